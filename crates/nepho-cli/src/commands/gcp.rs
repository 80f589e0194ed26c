//! `nepho accounts add gcp` and `nepho accounts projects gcp`.

use nepho_app::App;
use nepho_core::{
    ProviderKind,
    report::{AddedProject, FoundProjects},
    request::{Credentials, NewAccount, NewProjects},
};
use nepho_wire::{
    accounts,
    cli::{AccountJson, AddedJson},
};

use crate::{
    args::{AddGcp, GcpProjects, GcpSource, regions},
    exit::{CliError, Code, code_of},
    messages,
    output::{self, Output},
    table::Table,
};

pub async fn add(app: &App, args: AddGcp, output: Output) -> Result<Code, CliError> {
    let many = args.projects.len() > 1;
    if many && args.name.is_some() {
        return Err(CliError::usage("several projects are named after their ids; leave --name out"));
    }
    if many && args.no_verify {
        return Err(CliError::usage("several projects are always verified; leave --no-verify out"));
    }
    let file = args.source.service_account_file.clone();
    let done = if many { add_many(app, args, output).await } else { add_one(app, args, output).await };
    if let (Ok((_, true)), Some(file)) = (&done, file) {
        let said =
            format!("the key is in the OS keyring; {} is not needed any longer and can be deleted", file.display());
        output::warn(&messages::shown(&said));
    }
    done.map(|(code, _)| code)
}

/// Returns the exit code, and true if an account was added.
async fn add_one(app: &App, mut args: AddGcp, output: Output) -> Result<(Code, bool), CliError> {
    let project = args.projects.pop().unwrap_or_default();
    let new = NewAccount {
        provider: ProviderKind::Gcp,
        name: args.name.take().unwrap_or_else(|| project.clone()),
        project: Some(project),
        credentials: credentials(args.source),
        regions: regions(&args.regions),
        access: args.terms.access(),
        prod: args.terms.prod,
        endpoint: args.terms.endpoint,
        verify: !args.no_verify,
    };
    let account = app.add_account(new).await?;
    output.result(&AccountJson::from(&account), || super::account_line::added(&account))?;
    Ok((Code::Done, true))
}

async fn add_many(app: &App, args: AddGcp, output: Output) -> Result<(Code, bool), CliError> {
    let new = NewProjects {
        provider: ProviderKind::Gcp,
        credentials: credentials(args.source),
        projects: args.projects,
        regions: regions(&args.regions),
        access: args.terms.access(),
        prod: args.terms.prod,
        endpoint: args.terms.endpoint,
    };
    let outcomes = app.add_projects(new).await?;
    output.result(&AddedJson::from(&outcomes[..]), || people(&outcomes))?;
    Ok((code(&outcomes), outcomes.iter().any(|one| one.outcome.is_ok())))
}

/// The exit code. All added: 0. Some: 3. None: 1, or 5 when no sign-in worked.
fn code(outcomes: &[AddedProject]) -> Code {
    let failures: Vec<_> = outcomes.iter().filter_map(|one| one.outcome.as_ref().err()).collect();
    if failures.is_empty() {
        Code::Done
    } else if failures.len() < outcomes.len() {
        Code::Partial
    } else if failures.iter().all(|failure| code_of(failure) == Code::NotSignedIn) {
        Code::NotSignedIn
    } else {
        Code::Failed
    }
}

fn people(outcomes: &[AddedProject]) -> String {
    let line = |one: &AddedProject| match &one.outcome {
        Ok(account) => super::account_line::added(account),
        Err(failure) => {
            format!("not added: {} ({})", messages::shown(&one.project), messages::shown(&messages::failure(failure)))
        }
    };
    outcomes.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub async fn projects(app: &App, args: GcpProjects, output: Output) -> Result<Code, CliError> {
    let found = app.find_projects(ProviderKind::Gcp, credentials(args.source), args.endpoint.as_deref()).await?;
    output.table(&accounts::FoundProjects::from(&found), || table(&found), "these credentials see no project")?;
    Ok(Code::Done)
}

fn table(found: &FoundProjects) -> Table {
    let mut table = Table::new(&["PROJECT", "NAME", "ADDED"]);
    for project in &found.projects {
        let added = if project.added { "added" } else { "-" };
        table.row([project.project.clone(), project.name.clone(), added.to_owned()]);
    }
    table
}

fn credentials(source: GcpSource) -> Credentials {
    match (source.service_account_file, source.access_token_env) {
        (Some(file), _) => Credentials::KeyFile(file),
        (None, Some(variable)) => Credentials::Variable(variable),
        (None, None) => Credentials::ApplicationDefault,
    }
}
