//! `nepho`: the command line over the same engine as the window.
//!
//! It parses the command line, calls the façade, prints, and sets the exit code. Its contract is
//! `docs/cli.md`. Not here: decisions.

mod args;
mod commands;
mod exit;
mod messages;
mod output;
mod table;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use clap::Parser;
use nepho_app::{App, HostKind, Options, redirects_endpoint};

use crate::{args::Args, exit::CliError, output::Output};

fn main() -> ExitCode {
    let environment = nepho_app::Environment::of_process();
    forget_endpoints();
    let args = match Args::try_parse_from(args::words(std::env::args_os())) {
        Ok(args) => args,
        Err(refused) => return not_understood(&refused),
    };
    log_to_stderr(args.verbose);
    let output = Output::new(args.json);
    let outcome = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(args, environment, output)),
        Err(error) => Err(CliError::internal(error)),
    };
    match outcome {
        Ok(code) => code.into(),
        Err(failed) => {
            output.failed(&failed);
            failed.code().into()
        }
    }
}

/// Prints help and version as answers, anything else as a usage error, with `--json` as JSON too.
fn not_understood(refused: &clap::Error) -> ExitCode {
    if !refused.use_stderr() {
        // Nothing can be done when stdout is gone.
        let _ = refused.print();
        return exit::Code::Done.into();
    }
    // The command line could not be parsed, but this word of it can be found.
    let json = std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json");
    Output::new(json).error(&CliError::usage(refused.to_string()));
    // Nothing can be done when stderr is gone.
    let _ = refused.print();
    exit::Code::Usage.into()
}

async fn run(args: Args, environment: nepho_app::Environment, output: Output) -> Result<exit::Code, CliError> {
    let app = App::open(Options { environment, ..Options::new(HostKind::CommandLine) }).await?;
    for note in &app.status().notes {
        output::warn(&messages::note(note));
    }
    let outcome = commands::run(&app, args.command, output).await;
    app.shutdown().await;
    outcome
}

/// Removes variables that name endpoints. Only an endpoint that the operator approved for an account
/// is used, and the clouds' own libraries would follow these variables.
#[expect(unsafe_code, reason = "runs first in main, before any thread")]
fn forget_endpoints() {
    let names = std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_str().is_some_and(redirects_endpoint));
    for name in names.collect::<Vec<_>>() {
        // SAFETY: `main` calls this before it starts any thread.
        unsafe { std::env::remove_var(name) };
    }
}

/// Logs to stderr, so that stdout stays one document.
fn log_to_stderr(verbose: bool) {
    let level = if verbose { format!("info,{}", nepho_app::LOG_ALL) } else { "error".to_owned() };
    let filter = tracing_subscriber::EnvFilter::new(level);
    let colour = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colour).without_time().init();
}
