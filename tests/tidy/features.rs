//! The app and its tests resolve the same features, so that the AWS SDK is compiled once.

use std::{collections::BTreeSet, process::Command};

use super::{assert_none, checkout::root};

/// Every dependency with its features, as cargo resolves them over these kinds of edges.
fn resolved(edges: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--offline", "--prefix", "none", "--format", "{p} {f}", "--edges", edges])
        .current_dir(root())
        .output()
        .expect("cargo prints the tree");
    assert!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).expect("the tree is UTF-8");
    text.lines()
        .map(|line| line.trim_end_matches(" (*)").trim_end().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// What the app is built with and its tests are not: it would be compiled for each.
fn only_in_app(app: &BTreeSet<String>, tests: &BTreeSet<String>) -> Vec<String> {
    app.difference(tests).cloned().collect()
}

#[test]
fn the_app_and_its_tests_share_every_dependency() {
    let app = resolved("normal,build");
    assert!(app.iter().any(|line| line.starts_with("aws-sdk-ec2 ")), "the tree has the SDK");
    let hint = "these have other features in the tests; name what the tests need in tests/Cargo.toml's [dependencies]";
    assert_none(hint, &only_in_app(&app, &resolved("normal,build,dev")));
}

#[test]
fn control_another_feature_set_is_found() {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>();
    let app = lines(&["serde v1.0.0 default,std", "syn v2.0.0 full"]);
    let tests = lines(&["serde v1.0.0 default,std", "syn v2.0.0 fold,full", "proptest v1.0.0 std"]);
    assert_eq!(only_in_app(&app, &tests), ["syn v2.0.0 full"]);
}
