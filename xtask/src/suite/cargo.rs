//! Suites that run through cargo.
//!
//! Each builds the whole workspace: a selection of packages resolves other features, and cargo then
//! compiles the AWS SDK again.

use std::path::Path;

use anyhow::Result;

use super::counts;
use crate::{
    command::Cmd,
    report::Outcome,
    skips::{self, SkipFile},
    tools, ui,
    workspace::Workspace,
};

/// Prefixes of variables with the operator's credentials. Tests bring their own, for loopback.
const CREDENTIALS: [&str; 3] = ["AWS_", "GOOGLE_", "CLOUDSDK_"];

fn cargo(workspace: &Workspace) -> Cmd {
    Cmd::new("cargo", &workspace.root)
}

/// Checks the format of the Rust sources.
pub fn format(workspace: &Workspace) -> Result<Outcome> {
    let output = cargo(workspace).args(["fmt", "--all", "--check"]).tee()?;
    Ok(Outcome::check("cargo fmt", output.status.success()))
}

/// Runs clippy with every warning as an error.
pub fn lints(workspace: &Workspace) -> Result<Outcome> {
    ui::build(workspace)?;
    let output =
        cargo(workspace).args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).tee()?;
    Ok(Outcome::check("clippy", output.status.success()))
}

/// Checks licences, bans and sources of the dependencies with cargo-deny.
pub fn deny(workspace: &Workspace) -> Result<Outcome> {
    let program = tools::DENY.ensure(workspace)?;
    for step in deny_steps(&program, &workspace.root) {
        let name = step.to_string();
        if !step.tee()?.status.success() {
            return Ok(Outcome::check(&name, false));
        }
    }
    Ok(Outcome::check("cargo deny", true))
}

/// A download of every locked crate, then the check.
///
/// cargo-deny reads the manifests of all platforms' crates, and a build downloads those of the host
/// only. The check is offline because no registry has the advisory database.
fn deny_steps(program: &Path, root: &Path) -> [Cmd; 2] {
    [
        Cmd::new("cargo", root).args(["fetch", "--locked"]),
        Cmd::new(program, root).args(["--offline", "--locked", "check", "bans", "licenses", "sources"]),
    ]
}

/// Builds all targets, then runs the tests that `filter` (a nextest expression) selects.
pub fn tests(workspace: &Workspace, suite: &str, filter: &str) -> Result<Outcome> {
    ui::build(workspace)?;
    let program = tools::NEXTEST.ensure(workspace)?;
    let build = cargo(workspace).args(["build", "--workspace", "--all-targets", "--locked"]).tee()?;
    if !build.status.success() {
        return Ok(Outcome::check("the build", false));
    }
    let skips = SkipFile::new(workspace, suite)?;
    let output = Cmd::new(program, &workspace.root)
        .args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "-E", filter])
        .without_env(&CREDENTIALS)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NEPHOSCOPE_BIN_DIR", workspace.binaries())
        .env("NEPHOSCOPE_CACHE_DIR", &workspace.cache)
        .env("NEPHOSCOPE_ARTIFACTS_DIR", workspace.artifacts()?)
        .env(skips::VARIABLE, skips.path())
        .tee()?;
    let mut outcome = counts::nextest(&output.text);
    if !output.status.success() && outcome.failed == 0 && outcome.passed > 0 {
        outcome.add(Outcome::check("nextest", false));
    }
    outcome.note_skips(skips.read()?);
    Ok(outcome)
}

/// Builds the API documentation with every warning as an error, and runs its examples.
pub fn docs(workspace: &Workspace) -> Result<Outcome> {
    ui::build(workspace)?;
    let output = cargo(workspace)
        .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .tee()?;
    let mut outcome = Outcome::check("cargo doc", output.status.success());
    let output =
        cargo(workspace).args(["test", "--workspace", "--doc", "--locked"]).without_env(&CREDENTIALS).quiet()?;
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
