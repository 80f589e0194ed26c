//! The suites that cargo runs.
//!
//! The whole workspace is always built at once and with all targets: any smaller choice would
//! resolve other features and compile the AWS SDK again.

use anyhow::Result;

use super::counts;
use crate::{
    place::Place,
    process::Run,
    report::Outcome,
    skips::{self, SkipFile},
    tools, ui,
};

/// Variables of the person's own accounts. Tests speak to loopback with credentials of their own.
const CREDENTIALS: [&str; 3] = ["AWS_", "GOOGLE_", "CLOUDSDK_"];

fn cargo(place: &Place) -> Run {
    Run::new("cargo", &place.root)
}

/// `cargo fmt`.
pub fn format(place: &Place) -> Result<Outcome> {
    let output = cargo(place).args(["fmt", "--all", "--check"]).tee()?;
    Ok(Outcome::check("cargo fmt", output.status.success()))
}

/// Clippy, every warning an error.
pub fn lints(place: &Place) -> Result<Outcome> {
    ui::build(place)?;
    let output =
        cargo(place).args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).tee()?;
    Ok(Outcome::check("clippy", output.status.success()))
}

/// cargo-deny, offline: the advisories need a database that is not in any registry.
pub fn deny(place: &Place) -> Result<Outcome> {
    let program = tools::DENY.ensure(place)?;
    // The last words are the checks; the program is called as cargo would call it.
    let output =
        Run::new(program, &place.root).args(["--offline", "--locked", "check", "bans", "licenses", "sources"]).tee()?;
    Ok(Outcome::check("cargo deny", output.status.success()))
}

/// Builds everything, then runs the tests that `filter` (in nextest's language) chooses.
pub fn tests(place: &Place, suite: &str, filter: &str) -> Result<Outcome> {
    ui::build(place)?;
    let program = tools::NEXTEST.ensure(place)?;
    let build = cargo(place).args(["build", "--workspace", "--all-targets", "--locked"]).tee()?;
    if !build.status.success() {
        return Ok(Outcome::check("the build", false));
    }
    let skips = SkipFile::new(place, suite)?;
    let output = Run::new(program, &place.root)
        .args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "-E", filter])
        .without_env(&CREDENTIALS)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NEPHOSCOPE_BIN_DIR", place.binaries())
        .env("NEPHOSCOPE_CACHE_DIR", &place.cache)
        .env("NEPHOSCOPE_ARTIFACTS_DIR", place.artifacts()?)
        .env(skips::VARIABLE, skips.path())
        .tee()?;
    let mut outcome = counts::nextest(&output.text);
    if !output.status.success() && outcome.failed == 0 && outcome.passed > 0 {
        outcome.add(Outcome::check("nextest", false));
    }
    outcome.note_skips(skips.read()?);
    Ok(outcome)
}

/// The API documentation, every warning an error, and the examples in it.
pub fn docs(place: &Place) -> Result<Outcome> {
    ui::build(place)?;
    let output =
        cargo(place).args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings").tee()?;
    let mut outcome = Outcome::check("cargo doc", output.status.success());
    let output = cargo(place).args(["test", "--workspace", "--doc", "--locked"]).without_env(&CREDENTIALS).quiet()?;
    let examples = counts::libtest(&output.text);
    if !output.status.success() && examples.failed == 0 {
        outcome.add(Outcome::check("the documentation's examples", false));
    }
    outcome.add(examples);
    Ok(outcome)
}
