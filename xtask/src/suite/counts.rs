//! Counts of passed and failed tests, parsed from the output of the test runners.

use crate::{report::Outcome, skips::Skip};

/// Parses nextest's summary and the names of the failed tests:
///
/// ```text
///         FAIL [   0.01s] (1/9) nepho-core key::tests::round_trip
///      Summary [  12.34s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 4 skipped
/// ```
///
/// Nextest's *skipped* are the tests outside the filter, which do not count.
pub fn nextest(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(at) = text.lines().position(|line| line.trim_start().starts_with("Summary [")) else {
        return outcome;
    };
    let mut lines = text.lines().skip(at);
    let summary = lines.next().unwrap_or_default();
    let counts = summary.split_once(':').map_or("", |(_, counts)| counts);
    for part in counts.split(',') {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
        match words.next() {
            Some("passed") => outcome.passed += count,
            Some("skipped") | None => {}
            Some(_) => outcome.failed += count,
        }
    }
    // After the summary, nextest repeats the tests that did not pass.
    let is_failure = |verdict: &str| {
        let is_verdict = !verdict.is_empty() && verdict.chars().all(|c| c.is_ascii_uppercase() || c == '-');
        is_verdict && !["PASS", "SLOW", "LEAK", "SKIP"].contains(&verdict)
    };
    for line in lines.map(str::trim_start) {
        if let Some((verdict, rest)) = line.split_once(" [")
            && is_failure(verdict)
            && let Some((_, test)) = rest.split_once("] ")
        {
            outcome.notes.push(format!("{} {verdict}", test.trim()));
        }
    }
    outcome
}

/// Parses the `test result:` lines of libtest, one for each crate.
pub fn libtest(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for line in text.lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            for part in counts.split([';', '.']) {
                let mut words = part.split_whitespace();
                let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
                match words.next() {
                    Some("passed") => outcome.passed += count,
                    Some("failed") => outcome.failed += count,
                    _ => {}
                }
            }
        } else if let Some(test) = line.strip_prefix("test ") {
            if let Some((test, _)) = test.split_once(" ... ignored") {
                let reason = "its source marks it as ignored".to_owned();
                outcome.skipped.push(Skip { test: test.to_owned(), missing: String::new(), reason });
            } else if let Some((test, _)) = test.split_once(" ... FAILED") {
                outcome.notes.push(format!("{test} FAIL"));
            }
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successful_run_of_nextest_is_counted() {
        let text = "    Starting 3 tests across 2 binaries\n        PASS [   0.005s] (1/3) a b\n────────────\n     \
                    Summary [   0.123s] 3 tests run: 3 passed (1 slow), 12 skipped\n";
        assert_eq!(nextest(text), Outcome { passed: 3, ..Outcome::default() });
    }

    #[test]
    fn failed_run_of_nextest_names_its_tests() {
        let text = "        FAIL [   0.005s] (2/4) nepho-core key::round_trip\n────────────\n     Summary [  60.1s] 4 \
                    tests run: 1 passed, 2 failed, 1 timed out, 0 skipped\n        SLOW [> 30.000s] (1/4) nepho-core a\n        \
                    FAIL [   0.005s] (2/4) nepho-core key::round_trip\n     TIMEOUT [  60.0s] (3/4) nepho-engine poll::stops\n     SIGABRT [   0.1s] \
                    (4/4) nepho-store opens\nerror: test run failed\n";
        let outcome = nextest(text);
        assert_eq!((outcome.passed, outcome.failed), (1, 3));
        let notes = ["(2/4) nepho-core key::round_trip FAIL", "(3/4) nepho-engine poll::stops TIMEOUT"];
        assert_eq!(outcome.notes[..2], notes);
        assert_eq!(outcome.notes.len(), 3);
    }

    #[test]
    fn run_without_summary_or_test_counts_nothing() {
        assert_eq!(nextest("error: could not compile\n"), Outcome::default());
        assert_eq!(nextest("     Summary [   0.000s] 0 tests run: 0 passed, 7 skipped\n"), Outcome::default());
    }

    #[test]
    fn cancelled_run_counts_finished_tests() {
        let text = "     Summary [   0.2s] 2/9 tests run: 1 passed, 1 failed, 3 skipped\n";
        assert_eq!((nextest(text).passed, nextest(text).failed), (1, 1));
    }

    #[test]
    fn libtest_counts_are_summed_over_crates() {
        let text = "running 2 tests\ntest src/a.rs - a (line 3) ... ok\ntest src/a.rs - b (line 9) ... FAILED\n\ntest \
                    result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in \
                    0.31s\n\nrunning 1 test\ntest src/c.rs - c (line 1) ... ignored\n\ntest result: ok. 0 passed; 0 \
                    failed; 1 ignored; 0 measured; 0 filtered out\n";
        let outcome = libtest(text);
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped.len()), (1, 1, 1));
        assert_eq!(outcome.notes, ["src/a.rs - b (line 9) FAIL"]);
    }
}
