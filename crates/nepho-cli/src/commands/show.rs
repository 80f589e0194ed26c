//! `nepho show`, and the resolution of a target on the command line.

use std::fmt::Write;

use nepho_app::App;
use nepho_core::report::ShownDocument;
use nepho_index::{Details, RowView};
use nepho_wire::{cli::ShowJson, resource::Document};

use crate::{
    args::Show,
    exit::{CliError, Code},
    messages,
    output::{self, Output},
};

pub async fn run(app: &App, args: &Show, output: Output) -> Result<Code, CliError> {
    let mut code = if args.sync { super::sync::refresh(app).await } else { Code::Done };
    app.ready().await;
    let row = target(app, &args.target)?;
    let details = app.details(row.key()).await?;
    if args.fetch
        && let Err(error) = app.fetch_document(row.key()).await
    {
        let failed = CliError::from(error);
        output::warn(&messages::shown(&messages::no_full_document(&failed.message)));
        code = failed.code();
    }
    // A row can be here without its document; the rest of it is still worth showing.
    let kept = app.document(row.key()).await.ok();
    let document = kept.clone().map(Document::from);
    let json = ShowJson::new(&details.row, document.as_ref()).map_err(CliError::internal)?;
    output.result(&json, || people(&details, kept.as_ref(), app))?;
    Ok(code)
}

/// Returns the one row that `text` names: a key, a native id or an exact name.
pub fn target(app: &App, text: &str) -> Result<RowView, CliError> {
    let mut found = app.find(text);
    if found.len() > 1 {
        return Err(CliError::ambiguous(text, found.iter().map(|row| row.key().to_string()).collect()));
    }
    let none = || CliError::not_found(format!("{text:?} is not in the inventory; run `nepho sync` or check the name"));
    found.pop().ok_or_else(none)
}

fn people(details: &Details, document: Option<&ShownDocument>, app: &App) -> String {
    let row = &details.row;
    let (resource, facts) = (row.resource(), &row.resource().facts);
    let join = |texts: Vec<String>| texts.join(", ");
    let tags = resource.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let lines = [
        ("name", row.name().to_owned()),
        ("key", row.key().to_string()),
        ("state", format!("{} (raw {:?})", messages::state(row.state()), row.raw_state())),
        ("reason", facts.state_reason.clone().unwrap_or_default()),
        ("account", row.account_name.to_string()),
        ("realm", row.key().realm.to_string()),
        ("zone", row.place().to_owned()),
        ("size", resource.size.clone()),
        ("lifecycle", facts.lifecycle.to_string()),
        ("group", facts.group.clone().unwrap_or_default()),
        ("private ips", join(resource.private_ips.iter().map(ToString::to_string).collect())),
        ("public ips", join(resource.public_ips.iter().map(ToString::to_string).collect())),
        ("started", resource.started_at.map(|at| at.to_string()).unwrap_or_default()),
        ("image", facts.image.clone().unwrap_or_default()),
        ("network", join(facts.network.iter().chain(&facts.subnet).cloned().collect())),
        ("firewalls", join(facts.security_groups.clone())),
        ("tags", join(tags)),
        ("as of", row.as_of.map_or_else(|| "never".to_owned(), |at| format!("{} ago", messages::age(at, app.now())))),
        ("stale", row.failure.as_ref().map(messages::failure).unwrap_or_default()),
    ];
    let mut shown = String::new();
    for (label, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(shown, "{label:<12} {}", messages::shown(&value)); // writing to a String cannot fail
    }
    if let Some(document) = document {
        let lines: Vec<_> = document.json.lines().map(messages::shown).collect();
        let age = document.as_of.map_or_else(String::new, |at| format!(", read {} ago", messages::age(at, app.now())));
        let part = if document.whole { "" } else { "; partial, --fetch reads the full document" };
        let _ = writeln!(shown, "\ndocument{age}{part}\n{}", lines.join("\n"));
    }
    shown
}
