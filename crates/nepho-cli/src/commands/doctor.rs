//! `nepho doctor`.

use nepho_app::App;
use nepho_core::report::CheckStatus;
use nepho_wire::cli::DoctorJson;

use crate::{
    exit::{CliError, Code},
    messages,
    output::Output,
    table::Table,
};

pub async fn run(app: &App, output: Output) -> Result<Code, CliError> {
    let found = app.diagnose().await;
    let table = || {
        let mut table = Table::new(&["SUBJECT", "VERDICT", "FINDING", "WHAT TO DO"]);
        for one in &found {
            table.row([one.subject.clone(), messages::check(one.verdict), one.finding.clone(), one.advice.clone()]);
            for host in &one.hosts {
                let reason = messages::host_purpose(host);
                table.row(["", "", &format!("{} ({reason})", host.origin), ""].map(str::to_owned));
            }
        }
        table
    };
    output.table(&DoctorJson::from(found.as_slice()), table, "nothing to look at")?;
    let broken = found.iter().any(|one| one.verdict == CheckStatus::Broken);
    Ok(if broken { Code::Failed } else { Code::Done })
}
