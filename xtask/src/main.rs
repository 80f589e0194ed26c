//! The tasks of this workspace: `cargo xtask run`, `test`, `lint`, `bindings`, `measures`,
//! `bench`.
//!
//! This crate starts other programs (cargo, npm, Xvfb …) and reads what they say. Deliberately not
//! here: anything of Nephoscope itself. It links no other crate of the workspace, so that it is
//! built in seconds on a machine where nothing else has been built yet.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to the person at the terminal")]

mod bench;
mod display;
mod measures;
mod packages;
mod place;
mod process;
mod report;
mod run;
mod skips;
mod suite;
mod tools;
mod ui;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Tasks of the Nephoscope workspace.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds Nephoscope and opens its window (on the demo cloud when no account is configured).
    Run {
        /// With no display: leave the app running on the virtual one after the screenshot.
        #[arg(long)]
        keep: bool,
        /// With no display: where to write the screenshot.
        #[arg(long, value_name = "PNG")]
        screenshot: Option<PathBuf>,
    },
    /// Runs every check and every test, and closes with one line: `N passed, N failed, N skipped`.
    Test {
        /// Only what is quick: formatting, the UI, the Rust tests.
        #[arg(long, conflicts_with = "suites")]
        fast: bool,
        /// Only these suites.
        suites: Vec<suite::Suite>,
    },
    /// Formatting and lints only, of Rust and of the UI.
    Lint,
    /// Writes the TypeScript bindings of the IPC types anew.
    Bindings,
    /// Prints figures on the sources: plain words, circles between files, styles, sizes.
    Measures {
        /// Prints each finding with its place as well.
        #[arg(long)]
        list: bool,
    },
    /// Measures a release build, and prints the figures as JSON.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = place::Place::find().and_then(|place| match arguments.task {
        Task::Run { keep, screenshot } => run::run(&place, keep, screenshot),
        Task::Test { fast, suites } => suite::test(&place, fast, &suites),
        Task::Lint => suite::test(&place, false, &[suite::Suite::Format, suite::Suite::Lints, suite::Suite::Deny]),
        Task::Bindings => suite::bindings(&place),
        Task::Measures { list } => measures::run(&place, list),
        Task::Bench(arguments) => bench::run(&place, &arguments),
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
