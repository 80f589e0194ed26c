//! What the lock files may name: one TLS, one HTTP, public registries only.

use std::fs;

use super::{assert_none, checkout::root};

/// Crates that may not be built in, by name and the start of the version.
const BANNED: [(&str, &str, &str); 6] = [
    ("openssl-sys", "", "TLS is rustls alone"),
    ("native-tls", "", "TLS is rustls alone"),
    ("rustls", "0.21.", "an AWS crate came with its default features"),
    ("hyper", "0.14.", "an AWS crate came with its default features"),
    ("tauri-plugin-shell", "", "the window opens nothing by itself"),
    ("tauri-plugin-http", "", "the window reaches no network"),
];

fn banned_crates(lock: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'))
        };
        let (Some(name), Some(version)) = (field("name"), field("version")) else { continue };
        for (banned, start, reason) in BANNED {
            if name == banned && version.starts_with(start) {
                problems.push(format!("{name} {version}: {reason}"));
            }
        }
        match field("source") {
            None | Some("registry+https://github.com/rust-lang/crates.io-index") => {}
            Some(other) => problems.push(format!("{name} comes from {other}")),
        }
    }
    problems
}

fn foreign_downloads(lock: &str) -> Vec<String> {
    lock.lines()
        .filter_map(|line| line.trim().strip_prefix("\"resolved\": \"")?.split('"').next())
        .filter(|address| !address.starts_with("https://registry.npmjs.org/"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn cargo_builds_in_nothing_that_is_banned() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the lock file is committed");
    assert!(lock.contains("name = \"rustls\""), "the lock file has the TLS that is wanted");
    assert_none("Cargo.lock", &banned_crates(&lock));
}

#[test]
fn npm_downloads_from_the_public_registry() {
    let lock = fs::read_to_string(root().join("ui/package-lock.json")).expect("the lock file is committed");
    assert_none("ui/package-lock.json", &foreign_downloads(&lock));
}

#[test]
fn control_bad_locks_are_found() {
    let lock = "version = 4\n\n[[package]]\nname = \"rustls\"\nversion = \"0.21.12\"\nsource = \
                \"registry+https://github.com/rust-lang/crates.io-index\"\n\n[[package]]\nname = \"hyper\"\nversion = \
                \"1.8.1\"\nsource = \"git+https://example.org/hyper\"\n\n[[package]]\nname = \"nepho-core\"\nversion = \
                \"0.1.0\"\n";
    assert_eq!(banned_crates(lock).len(), 2);
    let lock = "\"resolved\": \"https://registry.npmjs.org/svelte/-/svelte-5.0.0.tgz\",\n  \"resolved\": \
                \"http://mirror.example/svelte.tgz\",";
    assert_eq!(foreign_downloads(lock), ["http://mirror.example/svelte.tgz"]);
}
