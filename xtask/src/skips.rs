//! Skipped tests: each writes a line into a file.
//!
//! Rust's test runners know *passed* and *failed* only, and count a test that returns early as passed.
//! A test whose counterpart is missing appends `TEST<tab>MISSING<tab>REASON` to the file in
//! `NEPHOSCOPE_SKIP_FILE`, and the task moves it from passed to skipped.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// Environment variable with the path of the file.
pub const VARIABLE: &str = "NEPHOSCOPE_SKIP_FILE";

/// Programs that may be missing in continuous integration: no package registry has Google's client.
const MAY_BE_MISSING: [&str; 1] = ["gcloud"];

/// A test that could not run, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Name of the test.
    pub test: String,
    /// The missing program or service, in one word.
    pub missing: String,
    /// Reason, for people.
    pub reason: String,
}

impl Skip {
    /// True if continuous integration allows to skip this test.
    pub fn is_allowed(&self) -> bool {
        MAY_BE_MISSING.contains(&self.missing.as_str())
    }
}

/// File in which the tests of a suite note their skips.
#[derive(Debug)]
pub struct SkipFile(PathBuf);

impl SkipFile {
    /// Creates an empty file for a suite.
    pub fn new(workspace: &Workspace, suite: &str) -> Result<Self> {
        let path = workspace.artifacts()?.join(format!("skips-{suite}.txt"));
        fs::write(&path, "").with_context(|| format!("failed to write {}", path.display()))?;
        Ok(Self(path))
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the noted skips.
    pub fn read(&self) -> Result<Vec<Skip>> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).with_context(|| format!("failed to read {}", self.0.display())),
        }
    }
}

/// Parses the lines. A line without three parts is a skip with empty members, which CI does not allow:
/// a mistake in a test must not hide the skip.
fn parse(text: &str) -> Vec<Skip> {
    let mut skips: Vec<Skip> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut parts = line.splitn(3, '\t');
        let mut part = || parts.next().unwrap_or_default().trim().to_owned();
        let skip = Skip { test: part(), missing: part(), reason: part() };
        // A test that notes its skip twice is still one test.
        if !skips.iter().any(|known| known.test == skip.test) {
            skips.push(skip);
        }
    }
    skips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_has_test_missing_program_and_reason() {
        let skips = parse("gcp::lists\tgcloud\tGoogle's client is not installed\n\n");
        assert_eq!(skips.len(), 1);
        assert_eq!(skips[0].test, "gcp::lists");
        assert_eq!(skips[0].reason, "Google's client is not installed");
        assert!(skips[0].is_allowed());
    }

    #[test]
    fn malformed_line_is_skip_that_is_not_allowed() {
        let skips = parse("gcp::lists: no gcloud here");
        assert_eq!(skips.len(), 1);
        assert!(!skips[0].is_allowed());
    }

    #[test]
    fn test_with_two_lines_is_skipped_once() {
        assert_eq!(parse("a\tgcloud\tx\na\tgcloud\ty\nb\tgcloud\tz\n").len(), 2);
    }
}
