//! `nepho accounts`.

use std::io::Read;

use nepho_app::App;
use nepho_core::{
    Access, ProviderKind, Secret, Timestamp,
    report::{AccountStatus, SignIn},
    request::{AccountChange, Credentials, NewAccount},
};
use nepho_wire::cli::{AccountJson, IdentityJson};

use crate::{
    args::{Accounts, Add, AddAws, ProjectsOf, Set, regions},
    exit::{CliError, Code},
    messages,
    output::{self, Output},
    table::Table,
};

pub async fn run(app: &App, command: Accounts, output: Output) -> Result<Code, CliError> {
    match command {
        Accounts::Add(Add::Aws(args)) => add(app, args, output).await,
        Accounts::Add(Add::Gcp(args)) => super::gcp::add(app, args, output).await,
        Accounts::Projects(ProjectsOf::Gcp(args)) => super::gcp::projects(app, args, output).await,
        Accounts::List => list(app, output),
        Accounts::Remove { name } => remove(app, &name, output).await,
        Accounts::Verify { name } => verify(app, &name, output).await,
        Accounts::Set(args) => set(app, args, output).await,
    }
}

async fn add(app: &App, args: AddAws, output: Output) -> Result<Code, CliError> {
    let credentials = match (args.profile, args.access_key_id) {
        (Some(profile), _) => Credentials::Profile(profile),
        (None, Some(id)) => keys_from(std::io::stdin().lock(), id)?,
        (None, None) => Credentials::Environment,
    };
    let new = NewAccount {
        provider: ProviderKind::Aws,
        project: None,
        name: args.name,
        credentials,
        regions: regions(&args.regions),
        access: args.terms.access(),
        prod: args.terms.prod,
        endpoint: args.terms.endpoint,
        verify: !args.no_verify,
    };
    let account = app.add_account(new).await?;
    output.result(&AccountJson::from(&account), || super::account_line::added(&account))?;
    Ok(Code::Done)
}

/// The secret key on the first line, the session token on the second.
fn keys_from(mut stdin: impl Read, access_key_id: String) -> Result<Credentials, CliError> {
    let mut typed = String::new();
    let read = stdin.read_to_string(&mut typed);
    let typed = Secret::new(typed); // wiped when dropped, whatever happens next
    read.map_err(|error| CliError::usage(format!("the secret cannot be read from stdin: {error}")))?;
    let mut lines = typed.expose().lines().map(str::trim).filter(|line| !line.is_empty());
    let secret = lines.next().ok_or_else(|| CliError::usage("no secret access key on stdin"))?;
    Ok(Credentials::Keys {
        access_key_id: Secret::new(access_key_id),
        secret_access_key: Secret::new(secret.to_owned()),
        session_token: lines.next().map(|token| Secret::new(token.to_owned())),
    })
}

fn list(app: &App, output: Output) -> Result<Code, CliError> {
    let accounts = app.accounts();
    let document: Vec<AccountJson> = accounts.iter().map(AccountJson::from).collect();
    let table = || {
        let mut table = Table::new(&["NAME", "CLOUD", "REALM", "ACCESS", "PROD", "SCOPES", "OLDEST", "FAILED"]);
        for status in &accounts {
            table.row(cells(status, app.now()));
        }
        table
    };
    output.table(&document, table, "no accounts; add one with `nepho accounts add`, or try `nepho demo`")?;
    Ok(Code::Done)
}

fn cells(status: &AccountStatus, now: Timestamp) -> Vec<String> {
    let account = &status.account;
    let failed = status.scopes.iter().filter(|scope| scope.failure.is_some());
    let failed: Vec<_> = failed.map(|scope| scope.key.scope.location.to_string()).collect();
    let failed = match &status.sign_in {
        SignIn::Failed(failure) => messages::failure(failure),
        SignIn::NotTried | SignIn::Ok => failed.join(","),
    };
    let oldest = status.scopes.iter().filter_map(|scope| scope.as_of).min();
    vec![
        account.name.clone(),
        account.provider.to_string(),
        account.realm.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        super::account_line::access(account.access).to_owned(),
        if account.prod { "prod" } else { "-" }.to_owned(),
        status.scopes.len().to_string(),
        oldest.map_or_else(|| "never".to_owned(), |at| messages::age(at, now)),
        if failed.is_empty() { "-".to_owned() } else { failed },
    ]
}

async fn remove(app: &App, name: &str, output: Output) -> Result<Code, CliError> {
    let account = app.account(name)?;
    if let Some(failure) = app.remove_account(&account.id).await? {
        output::warn(&messages::shown(&messages::secret_left(&account.name, &failure)));
    }
    output.result(&AccountJson::from(&account), || format!("removed {}", messages::shown(&account.name)))?;
    Ok(Code::Done)
}

async fn verify(app: &App, name: &str, output: Output) -> Result<Code, CliError> {
    let account = app.account(name)?;
    let identity = app.verify_account(&account.id).await?;
    // Denied scopes are those that the last sync was refused: asking again would need one more permission.
    let document = IdentityJson::new(&account.name, &identity, &app.account_status(&account.id)?.scopes);
    output.result(&document, || {
        let lists = document
            .denied
            .iter()
            .map(|one| format!("  denied in {}: {}", one.location, messages::shown(&one.message)));
        let actions: Vec<&str> = identity.denied.iter().map(|action| action.as_str()).collect();
        let actions = (!actions.is_empty()).then(|| format!("  denied actions: {}", actions.join(", ")));
        let who = format!("{}: {}", messages::shown(&account.name), messages::shown(&identity.to_string()));
        std::iter::once(who).chain(lists).chain(actions).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Code::Done)
}

async fn set(app: &App, args: Set, output: Output) -> Result<Code, CliError> {
    let account = app.account(&args.name)?;
    let flag = |on: bool, off: bool| if on { Some(true) } else { off.then_some(false) };
    let access = flag(args.read_write, args.read_only);
    let only = args.regions.as_deref().map(regions);
    let change = AccountChange {
        name: args.rename,
        access: access.map(|write| if write { Access::ReadWrite } else { Access::ReadOnly }),
        prod: flag(args.prod, args.no_prod),
        regions: if args.all_regions { Some(Vec::new()) } else { only },
        credentials: None,
    };
    let changed = app.update_account(&account.id, change).await?;
    output.result(&AccountJson::from(&changed), || {
        let prod = if changed.prod { ", production" } else { "" };
        format!("{} is {}{prod}", messages::shown(&changed.name), super::account_line::access(changed.access))
    })?;
    Ok(Code::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_and_the_token_are_lines_of_stdin() {
        let read = keys_from("  wJalr/K7 \ntoken\n".as_bytes(), "AKIA".to_owned()).expect("keys");
        let Credentials::Keys { access_key_id, secret_access_key, session_token } = read else { panic!("not keys") };
        assert_eq!((access_key_id.expose(), secret_access_key.expose()), ("AKIA", "wJalr/K7"));
        assert_eq!(session_token.expect("a token").expose(), "token");
        assert!(keys_from("\n \n".as_bytes(), "AKIA".to_owned()).is_err());
    }
}
