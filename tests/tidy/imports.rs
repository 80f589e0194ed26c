//! The imports between crates, as ARCHITECTURE.md describes them.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::{assert_none, checkout::root};

/// One declared dependency.
#[derive(Clone, Debug)]
struct Edge {
    from: String,
    to: String,
    kind: DependencyKind,
}

/// The siblings that each crate may import. A crate without an entry may import none.
const SIBLINGS: [(&str, &[&str]); 14] = [
    ("nepho-store", &["nepho-core"]),
    ("nepho-index", &["nepho-core"]),
    ("nepho-keyring", &["nepho-core"]),
    ("nepho-aws", &["nepho-core"]),
    ("nepho-gcp", &["nepho-core"]),
    ("nepho-demo", &["nepho-core"]),
    ("nepho-testkit", &["nepho-core"]),
    ("nepho-wire", &["nepho-core", "nepho-index"]),
    ("nepho-engine", &["nepho-core", "nepho-store", "nepho-index"]),
    (
        "nepho-app",
        &[
            "nepho-core",
            "nepho-store",
            "nepho-index",
            "nepho-keyring",
            "nepho-engine",
            "nepho-aws",
            "nepho-gcp",
            "nepho-demo",
        ],
    ),
    ("nepho-cli", &["nepho-core", "nepho-index", "nepho-app", "nepho-wire"]),
    ("nephoscope", &["nepho-core", "nepho-index", "nepho-app", "nepho-wire"]),
    ("nepho-core", &[]),
    ("xtask", &[]),
];

/// Libraries that only some crates may use, with the reason.
const ONLY_IN: [(&str, &[&str], &str); 10] = [
    ("ts-rs", &["nepho-wire"], "one crate speaks TypeScript"),
    ("rusqlite", &["nepho-store", "nepho-testkit"], "SQLite is behind the store; the bench's floor has its own"),
    ("tauri", &["nephoscope"], "the window's library stays in its host"),
    ("aws-config", &["nepho-aws"], "SDK types do not cross the provider"),
    ("aws-sdk-ec2", &["nepho-aws"], "SDK types do not cross the provider"),
    ("aws-sdk-sts", &["nepho-aws"], "SDK types do not cross the provider"),
    ("google-cloud-auth", &["nepho-gcp"], "SDK types do not cross the provider"),
    ("keyring-core", &["nepho-keyring"], "one thread owns the keyring"),
    ("zbus-secret-service-keyring-store", &["nepho-keyring"], "one thread owns the keyring"),
    ("anyhow", &["nepho-cli", "nephoscope", "xtask", "nepho-tests"], "libraries have typed errors"),
];

/// Crates whose types are not serialisable.
const WITHOUT_SERDE: [&str; 3] = ["nepho-core", "nepho-index", "nepho-engine"];

fn edges() -> Vec<Edge> {
    // Without the dependencies: the test needs only the declarations, and runs offline.
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .expect("cargo describes the workspace");
    let edges: Vec<Edge> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            package.dependencies.iter().map(|dependency| Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                kind: dependency.kind,
            })
        })
        .collect();
    assert!(edges.len() > 100, "the workspace has dependencies");
    edges
}

fn forbidden_siblings(edges: &[Edge]) -> Vec<String> {
    let allowed: BTreeMap<_, _> = SIBLINGS.into_iter().collect();
    let is_sibling = |name: &str| name.starts_with("nepho-") || ["nephoscope", "xtask"].contains(&name);
    edges
        .iter()
        // The stories depend on everything.
        .filter(|edge| is_sibling(&edge.to) && edge.from != "nepho-tests")
        .filter(|edge| {
            let listed = allowed.get(edge.from.as_str()).is_some_and(|allowed| allowed.contains(&edge.to.as_str()));
            let test_only = edge.kind == DependencyKind::Development && edge.to == "nepho-testkit";
            !(listed || test_only)
        })
        .map(|edge| format!("{} may not import {} ({:?})", edge.from, edge.to, edge.kind))
        .collect()
}

fn misplaced_libraries(edges: &[Edge]) -> Vec<String> {
    let mut problems = Vec::new();
    for edge in edges {
        for (library, places, reason) in ONLY_IN {
            if edge.to == library && !places.contains(&edge.from.as_str()) {
                problems.push(format!("{} may not import {library}: {reason}", edge.from));
            }
        }
        let is_serde = edge.to == "serde" || edge.to.starts_with("serde_");
        // Snapshot tests may print JSON; the crate itself may not.
        if is_serde && edge.kind != DependencyKind::Development && WITHOUT_SERDE.contains(&edge.from.as_str()) {
            problems.push(format!("{} may not import {}: domain types are not serialisable", edge.from, edge.to));
        }
    }
    problems
}

#[test]
fn the_import_graph_is_the_one_drawn() {
    assert_none("forbidden imports between our crates", &forbidden_siblings(&edges()));
}

// Invariant 9
#[test]
fn libraries_stand_where_they_belong() {
    assert_none("misplaced libraries", &misplaced_libraries(&edges()));
}

#[test]
fn control_forbidden_imports_are_found() {
    let edge = |from: &str, to: &str, kind| Edge { from: from.into(), to: to.into(), kind };
    let bad = [
        edge("nepho-core", "nepho-store", DependencyKind::Normal),
        edge("nepho-engine", "nepho-aws", DependencyKind::Normal),
        edge("nepho-engine", "nepho-aws", DependencyKind::Development),
        edge("nepho-app", "nepho-testkit", DependencyKind::Normal),
        edge("nepho-index", "serde", DependencyKind::Normal),
        edge("nepho-app", "rusqlite", DependencyKind::Normal),
        edge("nepho-store", "anyhow", DependencyKind::Normal),
    ];
    assert_eq!(forbidden_siblings(&bad).len(), 4);
    assert_eq!(misplaced_libraries(&bad).len(), 3);
    let good = [
        edge("nepho-aws", "nepho-testkit", DependencyKind::Development),
        edge("nephoscope", "nepho-wire", DependencyKind::Build),
        edge("nepho-index", "serde_json", DependencyKind::Development),
    ];
    assert_none("good edges", &[forbidden_siblings(&good), misplaced_libraries(&good)].concat());
}
