//! The committed bindings are those of this code.

use std::{fs, path::Path};

use crate::{
    COMMANDS,
    bindings::{generate, out_of_step, write},
};

/// The folder of the bindings in the UI.
fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/ipc/generated")
}

#[test]
fn the_committed_bindings_are_in_step() {
    let stale = out_of_step(&committed());
    assert!(stale.is_empty(), "{stale:?} differ from the code; run `cargo xtask bindings`");
    let mut names: Vec<_> =
        fs::read_dir(committed()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["commands.ts", "types.ts"], "nothing else lies there");
}

#[test]
fn a_changed_file_is_noticed() {
    let dir = std::env::temp_dir().join(format!("nepho-wire-{}", std::process::id()));
    write(&dir).unwrap();
    assert!(out_of_step(&dir).is_empty());
    fs::write(dir.join("types.ts"), "// changed").unwrap();
    assert_eq!(out_of_step(&dir), ["types.ts"]);
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn every_command_is_in_the_interface_once() {
    let files = generate();
    let commands = &files.iter().find(|file| file.name == "commands.ts").unwrap().text;
    for name in COMMANDS {
        assert_eq!(commands.matches(&format!("  {name}: {{ request: ")).count(), 1, "{name}");
    }
    assert!(!files.iter().any(|file| file.text.contains("bigint")), "counters are numbers");
}

#[test]
fn names_are_verbs_and_nouns() {
    for name in COMMANDS {
        assert!(name.split_once('_').is_some_and(|(verb, noun)| !verb.is_empty() && !noun.is_empty()), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
    }
}
