//! Suites of `cargo xtask test`, in their order.
//!
//! A failed suite does not stop the next one, so that one run finds all failures.

mod cargo;
mod counts;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    command::Cmd,
    packages::{self, Need},
    phases::{Phases, SYSTEM_PACKAGES, UI_DEPENDENCIES},
    report::{Outcome, Report},
    run, ui,
    workspace::Workspace,
};

/// A part of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// `cargo fmt` and Prettier.
    Format,
    /// svelte-check, `ESLint`, vitest and the build of the UI.
    Ui,
    /// Clippy over the whole workspace.
    Lints,
    /// Licences, bans and sources of the dependencies.
    Deny,
    /// The Rust tests without the window.
    Rust,
    /// The stories in the window, with a keyring daemon and loopback clouds.
    E2e,
    /// `cargo xtask run` on a machine without a display.
    Run,
    /// The build of the documentation, and its examples.
    Docs,
}

impl Suite {
    /// All suites in their order. The UI precedes Rust, because cargo embeds `ui/dist`.
    const ALL: [Self; 8] =
        [Self::Format, Self::Ui, Self::Rust, Self::E2e, Self::Run, Self::Lints, Self::Docs, Self::Deny];
    /// Suites that are quick once the dependencies are built.
    const FAST: [Self; 3] = [Self::Format, Self::Ui, Self::Rust];

    const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Ui => "ui",
            Self::Lints => "lints",
            Self::Deny => "deny",
            Self::Rust => "rust",
            Self::E2e => "e2e",
            Self::Run => "run",
            Self::Docs => "docs",
        }
    }

    fn run(self, workspace: &Workspace) -> Result<Outcome> {
        match self {
            Self::Format => {
                let mut outcome = cargo::format(workspace)?;
                outcome.add(ui::format(workspace));
                Ok(outcome)
            }
            Self::Ui => Ok(ui::test(workspace)),
            Self::Lints => cargo::lints(workspace),
            Self::Deny => cargo::deny(workspace),
            Self::Rust => cargo::tests(workspace, self.name(), "not (package(nepho-tests) & test(/^e2e::/))"),
            Self::E2e => cargo::tests(workspace, self.name(), "package(nepho-tests) & test(/^e2e::/)"),
            Self::Run => run::check(workspace),
            Self::Docs => cargo::docs(workspace),
        }
    }
}

/// Runs the chosen suites, or all, and prints the report. The exit code is a failure if a suite fails.
pub fn test(workspace: &Workspace, fast: bool, chosen: &[Suite]) -> Result<ExitCode> {
    let suites: Vec<Suite> = match (fast, chosen) {
        (true, _) => Suite::FAST.to_vec(),
        (false, []) => Suite::ALL.to_vec(),
        (false, chosen) => Suite::ALL.into_iter().filter(|suite| chosen.contains(suite)).collect(),
    };
    let began = Instant::now();
    let names = [SYSTEM_PACKAGES, UI_DEPENDENCIES].into_iter().chain(suites.iter().map(|suite| suite.name()));
    let mut phases = Phases::load(workspace, "test", names.collect());
    phases.run(SYSTEM_PACKAGES, || {
        packages::ensure(workspace, &[Need::Build, Need::VirtualDisplay, Need::Test])?;
        packages::ensure_node(workspace)
    })?;
    phases.run(UI_DEPENDENCIES, || ui::install(workspace))?;

    let mut report = Report::default();
    for suite in suites {
        phases.announce(suite.name());
        let began = Instant::now();
        let outcome = suite.run(workspace).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Outcome::error(&error)
        });
        phases.keep(suite.name(), began.elapsed());
        report.add(suite.name(), outcome, began.elapsed(), Workspace::is_ci());
    }
    println!("\n{} in {:.0} s", if report.is_success() { "success" } else { "failure" }, began.elapsed().as_secs_f64());
    println!("{}", report.text());
    Ok(if report.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the TypeScript bindings. Builds `nepho-wire` and its dependencies only.
pub fn bindings(workspace: &Workspace) -> Result<ExitCode> {
    Cmd::new("cargo", &workspace.root)
        .args(["run", "--quiet", "--package", "nepho-wire", "--example", "bindings"])
        .show()?;
    println!("wrote ui/src/lib/ipc/generated");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_is_in_the_full_run_once() {
        for suite in Suite::value_variants() {
            assert_eq!(Suite::ALL.iter().filter(|other| *other == suite).count(), 1, "{}", suite.name());
        }
        assert!(Suite::FAST.iter().all(|suite| Suite::ALL.contains(suite)));
    }
}
