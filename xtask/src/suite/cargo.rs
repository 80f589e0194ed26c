//! The suites that cargo runs.
//!
//! The whole workspace is always built at once and with all targets: any smaller choice would
//! resolve other features and compile the AWS SDK again.

use std::path::Path;

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

/// Licences, bans and sources of the dependencies, checked by cargo-deny.
pub fn deny(place: &Place) -> Result<Outcome> {
    let program = tools::DENY.ensure(place)?;
    for step in deny_steps(&program, &place.root) {
        let name = step.to_string();
        if !step.tee()?.status.success() {
            return Ok(Outcome::check(&name, false));
        }
    }
    Ok(Outcome::check("cargo deny", true))
}

/// A download of every locked crate, then the check.
///
/// cargo-deny reads the manifests of all platforms' crates; a build downloads those of its own
/// platform only. The check is offline because the advisory database is not in any registry.
fn deny_steps(program: &Path, root: &Path) -> [Run; 2] {
    [
        Run::new("cargo", root).args(["fetch", "--locked"]),
        Run::new(program, root).args(["--offline", "--locked", "check", "bans", "licenses", "sources"]),
    ]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_check_follows_a_download_of_all_platforms() {
        let steps = deny_steps(Path::new("cargo-deny"), Path::new("/")).map(|step| step.to_string());
        assert_eq!(steps[0], "cargo fetch --locked", "no `--target`: cargo-deny needs every platform's crates");
        assert!(steps[1].contains("--offline"), "{}", steps[1]);
    }
}
