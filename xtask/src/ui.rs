//! The UI: its packages, checks, tests and build, all through npm.
//!
//! An install or a build is left out if its inputs have not changed, because cargo links the app again
//! after each change of `ui/dist`.

use std::{
    fs,
    hash::{DefaultHasher, Hasher as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{command::Cmd, report::Outcome, skips::Skip, workspace::Workspace};

/// Installs the packages of `package-lock.json`, unless they are already installed. Does not run the
/// install scripts of packages.
pub fn install(workspace: &Workspace) -> Result<()> {
    let ui = workspace.ui();
    let stamp = ui.join("node_modules/.nephoscope-lock");
    let lock = fs::read_to_string(ui.join("package-lock.json")).context("failed to read ui/package-lock.json")?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    Cmd::new("npm", &ui).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).show()?;
    fs::write(&stamp, lock).with_context(|| format!("failed to write {}", stamp.display()))
}

/// Builds `ui/dist`, which cargo embeds in the app, unless it is up to date.
pub fn build(workspace: &Workspace) -> Result<()> {
    let ui = workspace.ui();
    let stamp = ui.join("node_modules/.nephoscope-built");
    let sources = fingerprint(&ui)?;
    let built = fs::read_to_string(&stamp).is_ok_and(|built| built == sources);
    if built && ui.join("dist/index.html").is_file() {
        return Ok(());
    }
    npm(workspace, "build").show()?;
    // A second fingerprint: the build writes generated sources (the message catalogue) into `src`.
    fs::write(&stamp, fingerprint(&ui)?).with_context(|| format!("failed to write {}", stamp.display()))
}

/// Checks types and lints, runs the tests, and builds `ui/dist`.
pub fn test(workspace: &Workspace) -> Outcome {
    let mut outcome = Outcome::default();
    let check = |name: &str, script: &str| match npm(workspace, script).quiet() {
        Ok(output) => Outcome::check(name, output.status.success()),
        Err(error) => Outcome::error(&error),
    };
    outcome.add(check("svelte-check", "check"));
    outcome.add(check("ESLint", "lint"));
    outcome.add(vitest(workspace).unwrap_or_else(|error| Outcome::error(&error)));
    outcome.add(match build(workspace) {
        Ok(()) => Outcome::check("the build", true),
        Err(error) => Outcome::error(&error),
    });
    outcome
}

/// Checks the format of every file of the UI.
pub fn format(workspace: &Workspace) -> Outcome {
    match npm(workspace, "format:check").quiet() {
        Ok(output) => Outcome::check("prettier", output.status.success()),
        Err(error) => Outcome::error(&error),
    }
}

fn npm(workspace: &Workspace, script: &str) -> Cmd {
    Cmd::new("npm", &workspace.ui()).args(["run", "--silent", script])
}

fn vitest(workspace: &Workspace) -> Result<Outcome> {
    let file = workspace.artifacts()?.join("vitest.json");
    let _ = fs::remove_file(&file);
    let output = npm(workspace, "test")
        .args(["--", "--reporter=dot", "--reporter=json"])
        .arg(format!("--outputFile.json={}", file.display()))
        .tee()?;
    let text = fs::read_to_string(&file).context("failed to read vitest's report")?;
    let mut outcome = parse_vitest(&text)?;
    if !output.status.success() && outcome.failed == 0 {
        outcome.add(Outcome::check("vitest", false));
    }
    Ok(outcome)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestReport {
    test_results: Vec<VitestFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestFile {
    name: String,
    status: String,
    assertion_results: Vec<VitestTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestTest {
    full_name: String,
    status: String,
}

/// Parses vitest's JSON report. A file that fails before its first test is one failure.
fn parse_vitest(text: &str) -> Result<Outcome> {
    let report: VitestReport = serde_json::from_str(text).context("unexpected format of vitest's report")?;
    let mut outcome = Outcome::default();
    for file in report.test_results {
        if file.assertion_results.is_empty() && file.status == "failed" {
            outcome.add(Outcome::check(&file.name, false));
        }
        for test in file.assertion_results {
            match test.status.as_str() {
                "passed" => outcome.passed += 1,
                "failed" => outcome.add(Outcome::check(&test.full_name, false)),
                _ => outcome.skipped.push(Skip {
                    test: test.full_name,
                    missing: String::new(),
                    reason: "its source marks it as skipped".to_owned(),
                }),
            }
        }
    }
    Ok(outcome)
}

/// Hash of the names and the contents of all files that the build reads.
fn fingerprint(ui: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let mut folders = vec![ui.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let listing = fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
        let mut entries = listing.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (name, path) = (entry.file_name(), entry.path());
            if entry.file_type()?.is_dir() {
                if name != "node_modules" && name != "dist" {
                    folders.push(path);
                }
            } else {
                hasher.write(path.as_os_str().as_encoded_bytes());
                hasher.write(&fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?);
            }
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vitest_reports_are_counted() {
        let outcome = parse_vitest(
            r#"{"numTotalTests":3,"testResults":[
                {"name":"a.test.ts","status":"failed","assertionResults":[
                    {"fullName":"a one","status":"passed"},{"fullName":"a two","status":"failed"},
                    {"fullName":"a three","status":"pending"}]},
                {"name":"broken.test.ts","status":"failed","assertionResults":[]}]}"#,
        )
        .unwrap();
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped.len()), (1, 2, 1));
        assert!(outcome.notes.contains(&"broken.test.ts failed".to_owned()));
        assert!(!outcome.skipped[0].is_allowed());
        assert!(parse_vitest("{}").is_err());
    }
}
