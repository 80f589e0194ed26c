//! The window's content: its packages, its checks, its tests and its build, all by npm.
//!
//! Installing and building are left out when nothing they depend on has changed since the last
//! time, since every new `ui/dist` makes cargo link the app anew.

use std::{
    fs,
    hash::{DefaultHasher, Hasher as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{place::Place, process::Run, report::Outcome, skips::Skip};

/// Installs the packages that `package-lock.json` names, unless they are in place already.
/// Install scripts of packages are not run.
pub fn install(place: &Place) -> Result<()> {
    let ui = place.ui();
    let stamp = ui.join("node_modules/.nephoscope-lock");
    let lock = fs::read_to_string(ui.join("package-lock.json")).context("failed to read ui/package-lock.json")?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    Run::new("npm", &ui).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).show()?;
    fs::write(&stamp, lock).with_context(|| format!("failed to write {}", stamp.display()))
}

/// Builds `ui/dist`, which is embedded in the app, unless it is up to date. Whether it built anew.
pub fn build(place: &Place) -> Result<bool> {
    let ui = place.ui();
    let stamp = ui.join("node_modules/.nephoscope-built");
    let sources = fingerprint(&ui)?;
    let built = fs::read_to_string(&stamp).is_ok_and(|built| built == sources);
    if built && ui.join("dist/index.html").is_file() {
        return Ok(false);
    }
    npm(place, "build").show()?;
    // Taken again: the build writes generated sources (the message catalogue) beside the others.
    fs::write(&stamp, fingerprint(&ui)?).with_context(|| format!("failed to write {}", stamp.display()))?;
    Ok(true)
}

/// Types, lints, tests and the build itself.
pub fn test(place: &Place) -> Outcome {
    let mut outcome = Outcome::default();
    let check = |name: &str, script: &str| match npm(place, script).quiet() {
        Ok(output) => Outcome::check(name, output.status.success()),
        Err(error) => Outcome::broken(&error),
    };
    outcome.add(check("svelte-check", "check"));
    outcome.add(check("ESLint", "lint"));
    outcome.add(vitest(place).unwrap_or_else(|error| Outcome::broken(&error)));
    outcome.add(match build(place) {
        Ok(_) => Outcome::check("the build", true),
        Err(error) => Outcome::broken(&error),
    });
    outcome
}

/// Whether every file of the UI is formatted.
pub fn format(place: &Place) -> Outcome {
    match npm(place, "format:check").quiet() {
        Ok(output) => Outcome::check("prettier", output.status.success()),
        Err(error) => Outcome::broken(&error),
    }
}

fn npm(place: &Place, script: &str) -> Run {
    Run::new("npm", &place.ui()).args(["run", "--silent", script])
}

fn vitest(place: &Place) -> Result<Outcome> {
    let file = place.artifacts()?.join("vitest.json");
    let _ = fs::remove_file(&file);
    let output = npm(place, "test")
        .args(["--", "--reporter=dot", "--reporter=json"])
        .arg(format!("--outputFile.json={}", file.display()))
        .tee()?;
    let text = fs::read_to_string(&file).context("vitest wrote no report")?;
    let mut outcome = read_vitest(&text)?;
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

/// Reads vitest's JSON report. A file that failed before any of its tests ran is one failure.
fn read_vitest(text: &str) -> Result<Outcome> {
    let report: VitestReport = serde_json::from_str(text).context("vitest's report is not as expected")?;
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
                    reason: "it is marked so in its source".to_owned(),
                }),
            }
        }
    }
    Ok(outcome)
}

/// One number for the names and the contents of everything that the build reads.
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
        let outcome = read_vitest(
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
        assert!(read_vitest("{}").is_err());
    }
}
