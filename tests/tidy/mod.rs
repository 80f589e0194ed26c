//! Invariants as tests: they read the sources and the manifests, and hold ARCHITECTURE.md to them.
//!
//! Each rule is a function from text to problems, so that each has a control: a bad sample that it
//! must find. Deliberately not here: rules that the compiler, clippy or `ESLint` can check.

mod checkout;
mod circles;
mod clouds;
mod comments;
mod features;
mod imports;
mod invariants;
mod locks;
mod measures;
mod migrations;
mod modules;
mod names;
mod shape;
mod texts;
mod tokens;
mod ui;
mod words;
mod writers;

/// Fails with all the problems of a rule at once.
#[track_caller]
fn assert_none(rule: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{rule}:\n  {}", problems.join("\n  "));
}
