//! The tasks of this workspace: `cargo xtask run`, `test`, `lint`, `bindings`, `measures`,
//! `bench`.
//!
//! This crate starts other programs (cargo, npm, Xvfb …) and parses their output. Deliberately not
//! here: code of Nephoscope. The crate links no other crate of the workspace, so that cargo builds it in
//! seconds on a fresh machine.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task prints to the terminal")]

mod bench;
mod command;
mod display;
mod measures;
mod packages;
mod phases;
mod report;
mod run;
mod skips;
mod suite;
mod tools;
mod ui;
mod workspace;

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
    /// Builds Nephoscope and opens its window. Adds the demo cloud if no account is configured.
    Run {
        /// Without a display: keeps the app running on the virtual display after the screenshot.
        #[arg(long)]
        keep: bool,
        /// Without a display: path of the screenshot.
        #[arg(long, value_name = "PNG")]
        screenshot: Option<PathBuf>,
    },
    /// Runs all checks and tests. The last line is `N passed, N failed, N skipped`.
    Test {
        /// Only the quick suites: format, UI, Rust.
        #[arg(long, conflicts_with = "suites")]
        fast: bool,
        /// Only these suites.
        suites: Vec<suite::Suite>,
    },
    /// Checks format and lints of Rust and the UI, and the licences of dependencies.
    Lint,
    /// Rewrites the TypeScript bindings of the IPC types.
    Bindings,
    /// Prints figures on the sources: plain words, circles between files, styles, sizes.
    Measures {
        /// Prints each finding with its path and line as well.
        #[arg(long)]
        list: bool,
    },
    /// Measures a release build and prints the figures as JSON.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = workspace::Workspace::find().and_then(|workspace| match arguments.task {
        Task::Run { keep, screenshot } => run::run(&workspace, keep, screenshot),
        Task::Test { fast, suites } => suite::test(&workspace, fast, &suites),
        Task::Lint => suite::test(&workspace, false, &[suite::Suite::Format, suite::Suite::Lints, suite::Suite::Deny]),
        Task::Bindings => suite::bindings(&workspace),
        Task::Measures { list } => measures::run(&workspace, list),
        Task::Bench(arguments) => bench::run(&workspace, &arguments),
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
