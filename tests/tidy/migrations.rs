//! Migrations are append-only: a released migration never changes.

use std::fs;

use nepho_core::{Document, DocumentFormat, fingerprint::Fingerprint};

use super::{
    assert_none,
    checkout::{Source, root, sources},
};

/// One line for each migration: its fingerprint and its path. Append a line for a new migration;
/// never change one.
const PINS: &str = "tests/tidy/migrations.txt";

fn fingerprint(text: &str) -> String {
    let document = Document { bytes: text.as_bytes().to_vec().into(), format: DocumentFormat::Json };
    format!("{:016x}", Fingerprint::of_document(&document).0)
}

fn changed(pins: &str, migrations: &[Source]) -> Vec<String> {
    let pins: Vec<(&str, &str)> = pins.lines().filter_map(|line| line.split_once("  ")).collect();
    let mut problems = Vec::new();
    for (pin, path) in &pins {
        match migrations.iter().find(|migration| migration.path == *path) {
            None => problems.push(format!("{path} was taken away")),
            Some(migration) if fingerprint(&migration.text) != *pin => problems.push(format!("{path} was changed")),
            Some(_) => {}
        }
    }
    let new = migrations.iter().filter(|migration| !pins.iter().any(|(_, path)| *path == migration.path));
    problems.extend(
        new.map(|new| format!("{} is not pinned: append \"{}  {}\"", new.path, fingerprint(&new.text), new.path)),
    );
    problems
}

// Invariant 16
#[test]
fn migrations_are_append_only() {
    let pins = fs::read_to_string(root().join(PINS)).expect("the pins are committed");
    let migrations: Vec<Source> = sources().into_iter().filter(|source| source.is_one_of(&["sql"])).collect();
    assert!(!migrations.is_empty(), "the store has migrations");
    assert_none("a migration that may have run somewhere was touched; write a new one", &changed(&pins, &migrations));
}

#[test]
fn control_a_touched_migration_is_found() {
    let one = Source::sample("a/001.sql", "CREATE TABLE a (b);\n");
    let pins = format!("{}  a/001.sql\n", fingerprint(&one.text));
    assert_none("as pinned", &changed(&pins, std::slice::from_ref(&one)));
    assert_eq!(changed(&pins, &[Source::sample("a/001.sql", "CREATE TABLE a (c);\n")]).len(), 1);
    assert_eq!(changed(&pins, &[]).len(), 1);
    assert_eq!(changed(&pins, &[one, Source::sample("a/002.sql", "")]).len(), 1);
}
