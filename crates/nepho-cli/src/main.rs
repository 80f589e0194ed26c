//! `nepho`: the command line over the same engine as the window.
//!
//! It parses, asks the façade, prints, and says by its exit code how it went. Decisions are not
//! here; its contract is `docs/cli.md`.

mod args;
mod commands;
mod exit;
mod output;
mod table;
mod text;

use std::process::ExitCode;

use clap::Parser;
use nepho_app::{App, HostKind, Options};

use crate::{args::Args, exit::Failed, output::Output};

fn main() -> ExitCode {
    let environment = nepho_app::Environment::of_process();
    forget_endpoints();
    // A usage error ends the process with clap's own code, which is 2.
    let args = Args::parse();
    log_to_stderr(args.verbose);
    let output = Output::new(args.json);
    let outcome = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(args, environment, output)),
        Err(error) => Err(Failed::internal(error)),
    };
    match outcome {
        Ok(code) => code.into(),
        Err(failed) => {
            output.failed(&failed);
            failed.code().into()
        }
    }
}

async fn run(args: Args, environment: nepho_app::Environment, output: Output) -> Result<exit::Code, Failed> {
    let app = App::open(Options { environment, ..Options::new(HostKind::CommandLine) }).await?;
    for note in &app.status().notes {
        output.warn(&format!("{note:?}"));
    }
    let outcome = commands::run(&app, args.command, output).await;
    app.shutdown().await;
    outcome
}

/// Only an endpoint that the operator approved for an account is ever used. The AWS SDK's own
/// inner clients would still read these, so they must not be there at all.
#[expect(unsafe_code, reason = "runs first in main, before any thread")]
fn forget_endpoints() {
    let endpoints = std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.to_str().is_some_and(|name| name.starts_with("AWS_ENDPOINT_URL")));
    for name in endpoints.collect::<Vec<_>>() {
        // SAFETY: `main` calls this before it starts any thread.
        unsafe { std::env::remove_var(name) };
    }
}

/// Warnings go to stderr, so that stdout stays one document.
fn log_to_stderr(verbose: bool) {
    let level = if verbose { "info,nepho_engine=debug,nepho_app=debug,nepho_aws=debug" } else { "error" };
    let filter = tracing_subscriber::EnvFilter::new(level);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
