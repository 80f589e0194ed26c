//! `nepho sync`.

use nepho_app::App;
use nepho_core::{AccountId, Kind, report::SyncReport};
use nepho_wire::cli::SyncJson;

use crate::{
    args::Sync,
    exit::{CliError, Code, code_of},
    messages,
    output::{self, Output},
    table::Table,
};

pub async fn run(app: &App, args: &Sync, output: Output) -> Result<Code, CliError> {
    let accounts: Vec<AccountId> =
        args.accounts.iter().map(|name| Ok(app.account(name)?.id)).collect::<Result<_, CliError>>()?;
    let kinds: Vec<Kind> = args
        .kinds
        .iter()
        .map(|word| word.parse().map_err(|error| CliError::usage(format!("{error}"))))
        .collect::<Result<_, CliError>>()?;
    let report = app.sync(&accounts, &kinds).await;
    output.result(&SyncJson::from(&report), || people(&report, app))?;
    Ok(code(&report))
}

/// Syncs for `--sync`. Prints failures to stderr; the cache is still shown.
pub async fn refresh(app: &App) -> Code {
    let report = app.sync(&[], &[]).await;
    for scope in &report.scopes {
        if let Some(failure) = &scope.failure {
            let place = scope.scope.as_ref().map_or_else(String::new, |scope| format!(" {}", scope.location));
            output::warn(&messages::shown(&format!("{}{place}: {}", scope.account_name, messages::failure(failure))));
        }
    }
    code(&report)
}

/// The exit code. Every scope failed: 1, or 5 when no account could sign in. Some failed: 3.
fn code(report: &SyncReport) -> Code {
    let failures: Vec<_> = report.scopes.iter().filter_map(|scope| scope.failure.as_ref()).collect();
    if failures.is_empty() {
        return Code::Done;
    }
    if failures.len() < report.scopes.len() {
        return Code::Partial;
    }
    let signed_out = failures.iter().all(|failure| code_of(failure) == Code::NotSignedIn);
    if signed_out { Code::NotSignedIn } else { Code::Failed }
}

fn people(report: &SyncReport, app: &App) -> String {
    let mut table = Table::new(&["ACCOUNT", "REGION", "ROWS", "AS OF", "FAILURE"]);
    for scope in &report.scopes {
        let as_of = scope.as_of.map_or_else(|| "never".to_owned(), |at| messages::age(at, app.now()));
        table.row([
            scope.account_name.clone(),
            scope.scope.as_ref().map_or_else(|| "-".to_owned(), |scope| scope.location.to_string()),
            scope.rows.to_string(),
            as_of,
            scope.failure.as_ref().map_or_else(|| "-".to_owned(), messages::failure),
        ]);
    }
    if table.is_empty() {
        return "no accounts to sync; add one with `nepho accounts add`, or try `nepho demo`".to_owned();
    }
    let seconds = report.elapsed.as_secs_f64();
    let (resources, changed, requests) = (report.resources, report.changed, report.traffic.requests);
    format!("{table}\n{resources} resources, {changed} changed, {requests} requests in {seconds:.1} s")
}

#[cfg(test)]
mod tests {
    use nepho_core::{Failure, FailureCode, ProviderKind, report::ScopeReport};

    use super::*;

    fn report(failures: &[Option<FailureCode>]) -> SyncReport {
        let scope = |code: &Option<FailureCode>| ScopeReport {
            account: AccountId::new("a"),
            account_name: "lab".to_owned(),
            provider: ProviderKind::Aws,
            scope: None,
            rows: 0,
            as_of: None,
            failure: code.map(|code| Failure { code, message: "no".to_owned() }),
        };
        SyncReport { scopes: failures.iter().map(scope).collect(), ..SyncReport::default() }
    }

    #[test]
    fn the_exit_code_says_how_much_failed() {
        let denied = Some(FailureCode::PermissionDenied);
        let locked = Some(FailureCode::KeyringLocked);
        assert_eq!(code(&report(&[])), Code::Done);
        assert_eq!(code(&report(&[None, None])), Code::Done);
        assert_eq!(code(&report(&[None, denied])), Code::Partial);
        assert_eq!(code(&report(&[denied, denied])), Code::Failed);
        assert_eq!(code(&report(&[locked, locked])), Code::NotSignedIn);
        assert_eq!(code(&report(&[locked, denied])), Code::Failed);
    }
}
