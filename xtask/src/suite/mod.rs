//! The suites of `cargo xtask test`, in the order in which they run.
//!
//! Every suite runs, whatever became of those before it: one run tells everything that is wrong.

mod cargo;
mod counts;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    packages::{self, Need},
    place::Place,
    process::Run,
    report::{Outcome, Report},
    run, ui,
};

/// A part of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// `cargo fmt` and Prettier.
    Format,
    /// The UI: svelte-check, `ESLint`, vitest, the build.
    Ui,
    /// Clippy over the whole workspace.
    Lints,
    /// Licences, bans and sources of the dependencies.
    Deny,
    /// The Rust tests but for the real window; generated bindings in step is one of them.
    Rust,
    /// The stories in the real window, on real parts.
    E2e,
    /// `cargo xtask run` on a machine without a display.
    Run,
    /// The documentation builds, and its examples run.
    Docs,
}

impl Suite {
    /// All of them, in order. The UI is early: cargo embeds what it builds.
    const ALL: [Self; 8] =
        [Self::Format, Self::Ui, Self::Rust, Self::E2e, Self::Run, Self::Lints, Self::Docs, Self::Deny];
    /// What is quick once the dependencies are built.
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

    fn run(self, place: &Place) -> Result<Outcome> {
        match self {
            Self::Format => {
                let mut outcome = cargo::format(place)?;
                outcome.add(ui::format(place));
                Ok(outcome)
            }
            Self::Ui => Ok(ui::test(place)),
            Self::Lints => cargo::lints(place),
            Self::Deny => cargo::deny(place),
            Self::Rust => cargo::tests(place, self.name(), "not (package(nepho-tests) & test(/^e2e::/))"),
            Self::E2e => cargo::tests(place, self.name(), "package(nepho-tests) & test(/^e2e::/)"),
            Self::Run => run::check(place),
            Self::Docs => cargo::docs(place),
        }
    }
}

/// Runs suites (all when none is named) and prints the report. Fails when something did.
pub fn test(place: &Place, fast: bool, chosen: &[Suite]) -> Result<ExitCode> {
    let suites: Vec<Suite> = match (fast, chosen) {
        (true, _) => Suite::FAST.to_vec(),
        (false, []) => Suite::ALL.to_vec(),
        (false, chosen) => Suite::ALL.into_iter().filter(|suite| chosen.contains(suite)).collect(),
    };
    let began = Instant::now();
    packages::ensure(place, &[Need::Build, Need::VirtualDisplay, Need::Test])?;
    packages::ensure_node(place)?;
    ui::install(place)?;

    let mut report = Report::default();
    for suite in suites {
        eprintln!("\n== {} ==", suite.name());
        let began = Instant::now();
        let outcome = suite.run(place).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Outcome::broken(&error)
        });
        report.add(suite.name(), outcome, began.elapsed(), Place::is_ci());
    }
    println!("\n{} in {:.0} s", if report.is_good() { "good" } else { "not good" }, began.elapsed().as_secs_f64());
    println!("{}", report.text());
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the TypeScript bindings. Only `nepho-wire` and what it stands on is built for it.
pub fn bindings(place: &Place) -> Result<ExitCode> {
    Run::new("cargo", &place.root)
        .args(["run", "--quiet", "--package", "nepho-wire", "--example", "bindings"])
        .show()?;
    println!("wrote ui/src/lib/ipc/generated");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_is_in_the_whole_run_once() {
        for suite in Suite::value_variants() {
            assert_eq!(Suite::ALL.iter().filter(|other| *other == suite).count(), 1, "{}", suite.name());
        }
        assert!(Suite::FAST.iter().all(|suite| Suite::ALL.contains(suite)));
    }
}
