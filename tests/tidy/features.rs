//! One build: what `cargo xtask run` compiles for the app, `cargo xtask test` uses as it is.
//!
//! The tests read cargo's unit graph: one unit is one call of the compiler, with its features and its
//! profile. Cargo prints the graph only with `-Z unstable-options`, which `RUSTC_BOOTSTRAP` permits.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;

use super::{assert_none, checkout::root};

/// The build of `cargo xtask test`.
const TESTS: [&str; 3] = ["build", "--workspace", "--all-targets"];

/// A selection that looks right and resolves other features.
const SELECTED: [&str; 5] = ["build", "-p", "nephoscope", "-p", "nepho-cli"];

/// The arguments of the build of `cargo xtask run`, from the source of the task.
fn run() -> Vec<String> {
    let path = "xtask/src/run.rs";
    let source = fs::read_to_string(root().join(path)).expect("the task has a source");
    let build = source.lines().find(|line| line.starts_with("const BUILD:")).expect("the task has a build");
    build.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The units that cargo would compile, each with what its file is keyed by.
fn units<A: AsRef<str>>(arguments: &[A]) -> BTreeSet<String> {
    let graph = Command::new(env!("CARGO"))
        .args(arguments.iter().map(AsRef::as_ref))
        .args(["--unit-graph", "-Z", "unstable-options", "--offline", "--locked"])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(root())
        .output()
        .expect("cargo prints the graph");
    assert!(graph.status.success(), "cargo --unit-graph: {}", String::from_utf8_lossy(&graph.stderr));
    let graph: Value = serde_json::from_slice(&graph.stdout).expect("the graph is JSON");
    assert_eq!(graph["version"], 1, "cargo has another format of its unit graph");
    let units = graph["units"].as_array().expect("the graph has units");
    assert!(units.iter().any(|unit| name(unit) == "aws-sdk-ec2"), "the graph has the SDK");
    units.iter().map(key).collect()
}

fn name(unit: &Value) -> &str {
    let id = unit["pkg_id"].as_str().unwrap_or_default();
    let name = id.rsplit('#').next().unwrap_or_default();
    // A package in a folder of another name has `name@version`, one in a folder of its name the version.
    match name.split_once('@') {
        Some((name, _)) => name,
        None => id.split('#').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default(),
    }
}

fn key(unit: &Value) -> String {
    let target = (&unit["target"]["name"], &unit["target"]["kind"]);
    let (mode, platform) = (&unit["mode"], &unit["platform"]);
    let (features, profile) = (&unit["features"], &unit["profile"]);
    format!("{} {} {target:?} {mode} {platform} {features} {profile}", name(unit), unit["pkg_id"])
}

/// The units that only the first build has: they would be compiled for it alone.
fn only_in(first: &BTreeSet<String>, second: &BTreeSet<String>) -> Vec<String> {
    first.difference(second).cloned().collect()
}

// Invariant 15
#[test]
fn the_app_and_its_tests_share_every_dependency() {
    let hint = "other features than in the tests; list what the tests need in tests/Cargo.toml";
    let tests = units(&TESTS);
    assert_none(hint, &only_in(&units(&run()), &tests));
    assert_none(hint, &only_in(&units(&["build", "--workspace"]), &tests));
}

#[test]
fn run_builds_neither_tests_nor_test_kit() {
    let run = run();
    assert!(run.contains(&"--workspace".to_owned()), "cargo resolves the features of {run:?} only");
    let is_for_tests = |unit: &String| {
        let name = unit.split(' ').next().unwrap_or_default();
        ["nepho-tests", "nepho-testkit", "xtask", "axum", "proptest", "insta", "fantoccini"].contains(&name)
    };
    let units = units(&run);
    assert_none("units of tests in the build of the app", &units.into_iter().filter(is_for_tests).collect::<Vec<_>>());
}

#[test]
fn control_another_feature_set_is_found() {
    let found = only_in(&units(&SELECTED), &units(&TESTS));
    assert!(found.iter().any(|unit| unit.starts_with("tokio ")), "{found:?}");
}
