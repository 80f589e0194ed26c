//! Results of the suites, and the closing line.
//!
//! The rules of continuous integration are here: only a program that no registry has may be missing,
//! and a suite without a test fails.

use std::{fmt::Write as _, time::Duration};

use crate::skips::Skip;

/// Result of one suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Passed checks and tests.
    pub passed: u64,
    /// Failed checks and tests.
    pub failed: u64,
    /// Tests that could not run.
    pub skipped: Vec<Skip>,
    /// Remarks for the report, one line each.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Result of one named check.
    pub fn check(name: &str, passed: bool) -> Self {
        if passed {
            Self { passed: 1, ..Self::default() }
        } else {
            Self { failed: 1, notes: vec![format!("{name} failed")], ..Self::default() }
        }
    }

    /// Result of a check that failed with an error before it could pass.
    pub fn error(error: &anyhow::Error) -> Self {
        Self { failed: 1, notes: vec![format!("{error:#}")], ..Self::default() }
    }

    /// Adds the result of another part of the same suite.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
        self.notes.extend(other.notes);
    }

    /// Moves tests that noted a skip from `passed`, in which the test runner counted them, to `skipped`.
    pub fn note_skips(&mut self, skips: Vec<Skip>) {
        self.passed = self.passed.saturating_sub(skips.len() as u64);
        self.skipped.extend(skips);
    }
}

/// All suites of one run.
#[derive(Debug, Default)]
pub struct Report {
    suites: Vec<(String, Outcome, Duration)>,
}

impl Report {
    /// Adds a suite. With `ci`, a skip that is not allowed is a failure. A suite without a test is
    /// always one.
    pub fn add(&mut self, name: &str, mut outcome: Outcome, took: Duration, ci: bool) {
        if ci {
            let (allowed, refused): (Vec<_>, Vec<_>) = outcome.skipped.into_iter().partition(Skip::is_allowed);
            outcome.skipped = allowed;
            outcome.failed += refused.len() as u64;
            outcome
                .notes
                .extend(refused.iter().map(|skip| format!("CI does not allow to skip {}: {}", skip.test, skip.reason)));
        }
        if outcome.passed + outcome.failed == 0 {
            outcome.failed = 1;
            outcome.notes.push("ran no test".to_owned());
        }
        self.suites.push((name.to_owned(), outcome, took));
    }

    /// True if no check and no test failed.
    pub fn is_success(&self) -> bool {
        self.suites.iter().all(|(_, outcome, _)| outcome.failed == 0)
    }

    /// The table, the skips with their reasons, and as the last line `N passed, N failed, N skipped`.
    pub fn text(&self) -> String {
        let mut text = format!("{:<10} {:>7} {:>7} {:>8} {:>9}\n", "suite", "passed", "failed", "skipped", "seconds");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for (name, outcome, took) in &self.suites {
            let skips = outcome.skipped.len();
            let row = (outcome.passed, outcome.failed, took.as_secs_f64());
            let _ = writeln!(text, "{name:<10} {:>7} {:>7} {skips:>8} {:>9.1}", row.0, row.1, row.2);
            passed += outcome.passed;
            failed += outcome.failed;
            skipped += skips;
        }
        for (name, outcome, _) in &self.suites {
            for note in &outcome.notes {
                let _ = writeln!(text, "{name}: {note}");
            }
            for skip in &outcome.skipped {
                let _ = writeln!(text, "{name}: skipped {}: {}", skip.test, skip.reason);
            }
        }
        let _ = write!(text, "\n{passed} passed, {failed} failed, {skipped} skipped");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(missing: &str) -> Skip {
        Skip { test: "a::test".into(), missing: missing.into(), reason: "it is not here".into() }
    }

    fn closing(report: &Report) -> String {
        report.text().lines().last().unwrap_or_default().to_owned()
    }

    #[test]
    fn closing_line_sums_the_suites() {
        let mut report = Report::default();
        report.add("a", Outcome { passed: 3, ..Outcome::default() }, Duration::ZERO, true);
        let mut outcome = Outcome { passed: 4, failed: 1, ..Outcome::default() };
        outcome.note_skips(vec![skip("gcloud")]);
        report.add("b", outcome, Duration::from_millis(1500), true);
        assert_eq!(closing(&report), "6 passed, 1 failed, 1 skipped");
        assert!(report.text().contains("b: skipped a::test: it is not here"));
        assert!(!report.is_success());
    }

    #[test]
    fn only_gcloud_may_be_missing_in_ci() {
        let mut outcome = Outcome { passed: 2, ..Outcome::default() };
        outcome.note_skips(vec![skip("secret-tool")]);
        let mut report = Report::default();
        report.add("e2e", outcome.clone(), Duration::ZERO, true);
        assert_eq!(closing(&report), "1 passed, 1 failed, 0 skipped");
        let mut report = Report::default();
        report.add("e2e", outcome, Duration::ZERO, false);
        assert_eq!(closing(&report), "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn suite_without_a_test_fails() {
        let mut report = Report::default();
        report.add("rust", Outcome::default(), Duration::ZERO, false);
        assert_eq!(closing(&report), "0 passed, 1 failed, 0 skipped");
        let mut outcome = Outcome { passed: 1, ..Outcome::default() };
        outcome.note_skips(vec![skip("gcloud")]);
        let mut report = Report::default();
        report.add("gcp", outcome, Duration::ZERO, true);
        assert!(!report.is_success(), "a suite with skips only ran no test");
    }
}
