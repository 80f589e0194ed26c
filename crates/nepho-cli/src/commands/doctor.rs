//! `nepho doctor`.

use nepho_app::App;
use nepho_core::report::CheckStatus;
use nepho_wire::cli::DoctorJson;

use crate::{
    exit::{CliError, Code},
    messages::host_purpose,
    output::Output,
    table::Table,
};

pub async fn run(app: &App, output: Output) -> Result<Code, CliError> {
    let found = app.diagnose().await;
    let table = || {
        let mut table = Table::new(&["SUBJECT", "VERDICT", "FINDING", "WHAT TO DO"]);
        for one in &found {
            table.row([one.subject.clone(), one.verdict.to_string(), one.finding.clone(), one.advice.clone()]);
            for host in &one.hosts {
                table.row(["", "", &format!("{} ({})", host.origin, host_purpose(host)), ""].map(str::to_owned));
            }
        }
        table
    };
    output.table(&DoctorJson::from(found.as_slice()), table, "nothing to look at")?;
    let broken = found.iter().any(|one| one.verdict == CheckStatus::Broken);
    Ok(if broken { Code::Failed } else { Code::Done })
}
