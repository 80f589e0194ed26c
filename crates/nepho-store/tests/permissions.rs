//! Test of file permissions. It has a binary to itself, because the umask belongs to the process.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use support::*;

const EU: &str = "eu-west-1";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").mode() & 0o777
}

#[test]
fn files_are_private_from_their_first_byte() {
    let parent = tempfile::tempdir().expect("a directory");
    let dir = parent.path().join("a").join("data");
    // The most permissive umask: every file that is not created as private is open to all users.
    let old = rustix::process::umask(rustix::fs::Mode::empty());
    let store = open(&dir);
    wait(store.put_setting("a", "b")).expect("stored");
    wait(store.commit_scope(listing(EU, 0, 1, vec![row(EU, "i-1")]))).expect("committed");
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = fs::read_dir(&dir).expect("a directory").map(|entry| entry.expect("an entry").path()).collect();
    rustix::process::umask(old);
    for name in ["state.db", "state.db-wal", "state.db-shm", "cache.db", "cache.db-wal", "cache.db-shm"] {
        assert!(files.contains(&dir.join(name)), "{name} is there");
    }
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    drop(store);
    assert_eq!(mode(&dir.join("clean")), 0o600);
}
