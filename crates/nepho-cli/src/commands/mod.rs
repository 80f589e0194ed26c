//! One module per command.

mod account_line;
mod accounts;
mod act;
mod demo;
mod doctor;
mod gcp;
mod journal;
mod list;
mod show;
mod sync;

use nepho_app::App;
use nepho_core::provider::ActionRequest;

use crate::{
    args::Command,
    exit::{CliError, Code},
    output::Output,
};

/// Runs a command to its end.
pub async fn run(app: &App, command: Command, output: Output) -> Result<Code, CliError> {
    match command {
        Command::Accounts(command) => accounts::run(app, command, output).await,
        Command::Sync(args) => sync::run(app, &args, output).await,
        Command::List(args) => list::run(app, &args, output).await,
        Command::Show(args) => show::run(app, &args, output).await,
        Command::Start(args) => act::run(app, ActionRequest::Start, args, output).await,
        Command::Stop(args) => act::run(app, args.order(), args.act, output).await,
        Command::Reboot(args) => act::run(app, ActionRequest::Reboot, args, output).await,
        Command::Suspend(args) => act::run(app, args.order(), args.act, output).await,
        Command::Resume(args) => act::run(app, ActionRequest::Resume, args, output).await,
        Command::Terminate(args) => act::run(app, ActionRequest::Terminate, args, output).await,
        Command::Journal(args) => journal::run(app, &args, output).await,
        Command::Doctor => doctor::run(app, output).await,
        Command::Demo(args) => demo::run(app, args, output).await,
    }
}
