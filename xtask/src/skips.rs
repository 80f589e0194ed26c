//! How a test says that it could not run: a line in a file.
//!
//! A test harness knows "passed" and "failed" only; a test that finds its counterpart missing
//! returns early and would be counted as passed. So it appends `TEST<tab>MISSING<tab>REASON` to
//! the file that `NEPHOSCOPE_SKIP_FILE` names, and the task moves it from passed to skipped.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::place::Place;

/// The variable that names the file.
pub const VARIABLE: &str = "NEPHOSCOPE_SKIP_FILE";

/// What may be missing where continuous integration runs: Google's own client is not in any
/// package registry.
const MAY_BE_MISSING: [&str; 1] = ["gcloud"];

/// A test that did not run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The test.
    pub test: String,
    /// What it needs that is not here; one word.
    pub missing: String,
    /// Why, for a person.
    pub reason: String,
}

impl Skip {
    /// Whether continuous integration may go without this test.
    pub fn is_allowed(&self) -> bool {
        MAY_BE_MISSING.contains(&self.missing.as_str())
    }
}

/// The file in which a suite's tests note their skips.
#[derive(Debug)]
pub struct SkipFile(PathBuf);

impl SkipFile {
    /// An empty one for a suite.
    pub fn new(place: &Place, suite: &str) -> Result<Self> {
        let path = place.artifacts()?.join(format!("skips-{suite}.txt"));
        fs::write(&path, "").with_context(|| format!("failed to write {}", path.display()))?;
        Ok(Self(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What was noted.
    pub fn read(&self) -> Result<Vec<Skip>> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).with_context(|| format!("failed to read {}", self.0.display())),
        }
    }
}

/// Reads the lines. One that has not the three parts is kept, as a skip that names nothing missing:
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
    fn a_line_names_the_test_what_is_missing_and_why() {
        let skips = parse("gcp::lists\tgcloud\tGoogle's client is not installed\n\n");
        assert_eq!(skips.len(), 1);
        assert_eq!(skips[0].test, "gcp::lists");
        assert_eq!(skips[0].reason, "Google's client is not installed");
        assert!(skips[0].is_allowed());
    }

    #[test]
    fn a_malformed_line_is_a_skip_that_is_not_allowed() {
        let skips = parse("gcp::lists: no gcloud here");
        assert_eq!(skips.len(), 1);
        assert!(!skips[0].is_allowed());
    }

    #[test]
    fn a_test_is_skipped_once() {
        assert_eq!(parse("a\tgcloud\tx\na\tgcloud\ty\nb\tgcloud\tz\n").len(), 2);
    }
}
