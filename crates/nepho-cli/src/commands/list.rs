//! `nepho list`.

use nepho_app::App;
use nepho_index::{RowView, Sort};
use nepho_wire::cli::ListRow;

use crate::{
    args::List,
    exit::{CliError, Code},
    messages,
    output::Output,
    table::Table,
};

pub async fn run(app: &App, args: &List, output: Output) -> Result<Code, CliError> {
    let code = if args.sync { super::sync::refresh(app).await } else { Code::Done };
    app.ready().await;
    let hits = app.search(&args.query.join(" "), Sort::default())?;
    let rows = hits.window(0, args.limit.unwrap_or(usize::MAX));
    let document: Vec<ListRow> = rows.iter().map(ListRow::from).collect();
    output.table(&document, || table(&rows, app), "nothing matches")?;
    Ok(code)
}

fn table(rows: &[RowView], app: &App) -> Table {
    let mut table =
        Table::new(&["NAME", "ID", "STATE", "ACCOUNT", "REGION", "SIZE", "PRIVATE IP", "PUBLIC IP", "AS OF"]);
    for row in rows {
        let first = |ips: &[std::net::IpAddr]| ips.first().map_or_else(|| "-".to_owned(), ToString::to_string);
        let mark = if row.stale { " stale" } else { "" };
        let as_of = row.as_of.map_or_else(|| "never".to_owned(), |at| messages::age(at, app.now()));
        let resource = row.resource();
        table.row([
            if row.name().is_empty() { "-".to_owned() } else { row.name().to_owned() },
            row.key().native.to_string(),
            state(row),
            row.account_name.to_string(),
            row.place().to_owned(),
            resource.size.clone(),
            first(&resource.private_ips),
            first(&resource.public_ips),
            format!("{as_of}{mark}"),
        ]);
    }
    table
}

/// Returns the text of the state, with the provider's own word after an unknown one.
fn state(row: &RowView) -> String {
    let text = messages::state(row.state());
    if row.state() == nepho_core::State::Unknown { format!("{text} ({})", row.raw_state()) } else { text }
}
