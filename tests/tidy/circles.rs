//! Circles between files of one crate: files that cannot be read one after the other.
//!
//! A parent and its child that use each other are one as well. Each circle that stays has a reason
//! here; a file that joins one is a problem.

use super::{
    assert_none,
    checkout::{Source, rust},
    modules::crates,
};

/// The circles that stay: crate, files, reason.
const CIRCLES: [(&str, &[&str], &str); 5] = [
    ("nepho-testkit", &["ec2/control", "ec2/world"], "the world keeps what the control requests set"),
    (
        "nepho-testkit",
        &["gce_pages", "gce_pages/asked", "gce_pages/fleet", "gce_pages/project", "gce_pages/render"],
        "the children take the project's name from their parent",
    ),
    ("nepho-testkit", &["gcp/acts", "gcp/catalog", "gcp/world"], "the world carries out acts on itself"),
    ("nepho-wire", &["bindings", "commands"], "the table of commands declares its own bindings"),
    ("nepho-wire", &["inventory", "selection"], "a selection is a query of the inventory, which shows its summary"),
];

/// The circles of all crates, each with the name of its crate.
pub(super) fn circles(sources: &[Source]) -> Vec<(String, Vec<String>)> {
    let crates = crates(sources);
    crates.iter().flat_map(|(name, one)| one.circles().into_iter().map(|circle| (name.clone(), circle))).collect()
}

/// True if every file of the circle is in the listed one.
fn is_in(circle: &(String, Vec<String>), listed: &(&str, &[&str], &str)) -> bool {
    circle.0 == listed.0 && circle.1.iter().all(|file| listed.1.contains(&file.as_str()))
}

fn unlisted(circles: &[(String, Vec<String>)], listed: &[(&str, &[&str], &str)]) -> Vec<String> {
    let found = circles.iter().filter(|circle| !listed.iter().any(|one| is_in(circle, one)));
    found.map(|(name, files)| format!("{name}: {}", files.join(" "))).collect()
}

fn broken(circles: &[(String, Vec<String>)], listed: &[(&str, &[&str], &str)]) -> Vec<String> {
    let gone = listed.iter().filter(|one| !circles.iter().any(|circle| is_in(circle, one)));
    gone.map(|(name, files, _)| format!("{name}: {}", files.join(" "))).collect()
}

#[test]
fn circles_between_files_are_listed() {
    let hint = "files that use each other; move what they share into a file that uses neither";
    assert_none(hint, &unlisted(&circles(&rust()), &CIRCLES));
}

#[test]
fn listed_circles_are_there() {
    assert_none("circles that are broken; take them from the list", &broken(&circles(&rust()), &CIRCLES));
}

#[test]
fn control_circles_are_found() {
    let file = |path: &str, text: &str| Source::sample(&format!("crates/nepho-a/src/{path}.rs"), text);
    let sources = [
        // Re-exports make no circle with the root; `b` gets `A` through them.
        file("lib", "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::B;\n"),
        file("a", "use crate::B;\npub struct A;\n"),
        file("b/mod", "mod child;\nuse crate::A;\npub struct B;\n"),
        // A parent and its child.
        file("c/mod", "mod child;\nuse child::Child;\npub fn f() {}\n"),
        file("c/child", "pub struct Child;\npub fn g() { super::f(); }\n"),
        // Only the tests go back.
        file("b/child", "use super::B;\n"),
        file("d", "use crate::e::E;\npub struct D;\n"),
        file("e", "pub struct E;\n#[cfg(test)]\nmod tests {\n    use crate::d::D;\n}\n"),
    ];
    let circles = circles(&sources);
    let listed: [(&str, &[&str], &str); 2] = [("nepho-a", &["a", "b", "z"], "known"), ("nepho-a", &["d", "e"], "old")];
    assert_eq!(unlisted(&circles, &[]), ["nepho-a: a b", "nepho-a: c c/child"]);
    assert_eq!(unlisted(&circles, &listed), ["nepho-a: c c/child"]);
    assert_eq!(broken(&circles, &listed), ["nepho-a: d e"]);
}
