//! Tests of opening: file permissions, and unusable files.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use nepho_core::journal::Verification;
use nepho_store::{CacheFault, OpenNote, Store, StoreError, Unsafe};
use rusqlite::Connection;
use support::*;

const EU: &str = "eu-west-1";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").mode() & 0o777
}

fn refusal(dir: &Path) -> Unsafe {
    match Store::open(dir) {
        Err(StoreError::Unsafe { reason, .. }) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

/// Fills a store with an account, a setting, journal entries and a row, and closes it cleanly.
fn filled(dir: &Path) {
    let store = open(dir);
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
    wait(store.put_setting("theme", "dark")).expect("stored");
    for batch in 0..40 {
        let entries = (0..25).map(|i| entry(&format!("op-{batch}"), &format!("i-{i}"), sent()));
        wait(store.append(entries.collect())).expect("appended");
    }
    let writes = (0..300).map(|i| row(EU, &format!("i-{i}"))).collect();
    wait(store.commit_scope(listing(EU, 0, 1, writes))).expect("committed");
}

fn files_named(dir: &Path, part: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(part))
        .filter(|path| !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm"))
        .collect();
    found.sort();
    found
}

/// Overwrites a part of the file in place, like a failing disk.
fn damage(path: &Path, from: usize, length: usize) {
    let mut bytes = fs::read(path).expect("a file");
    let end = (from + length).min(bytes.len());
    bytes[from..end].fill(0xA5);
    fs::write(path, bytes).expect("damaged");
}

#[test]
fn directory_writable_by_others_is_refused() {
    let parent = tempfile::tempdir().expect("a directory");
    for open_to in [0o720, 0o702, 0o777] {
        let dir = parent.path().join(format!("{open_to:o}"));
        fs::create_dir(&dir).expect("a directory");
        fs::set_permissions(&dir, fs::Permissions::from_mode(open_to)).expect("opened to others");
        assert_eq!(refusal(&dir), Unsafe::WritableByOthers);
        assert_eq!(fs::read_dir(&dir).expect("a directory").count(), 0, "nothing was written");
    }
    // A directory that other users may only read is closed to them.
    let dir = parent.path().join("readable");
    fs::DirBuilder::new().mode(0o755).create(&dir).expect("a directory");
    open(&dir);
    assert_eq!(mode(&dir), 0o700);
}

#[test]
fn symbolic_link_as_directory_or_file_is_refused() {
    let parent = tempfile::tempdir().expect("a directory");
    let real = parent.path().join("real");
    open(&real);
    let link = parent.path().join("link");
    symlink(&real, &link).expect("a link");
    assert_eq!(refusal(&link), Unsafe::SymbolicLink);
    // A link in a parent directory is allowed.
    let above = parent.path().join("above");
    symlink(parent.path(), &above).expect("a link");
    open(&above.join("real"));
    for name in ["state.db", "cache.db", "migrate.lock", "open.lock"] {
        let dir = parent.path().join(format!("with-{name}"));
        fs::DirBuilder::new().mode(0o700).create(&dir).expect("a directory");
        symlink(parent.path().join("elsewhere"), dir.join(name)).expect("a link");
        assert_eq!(refusal(&dir), Unsafe::SymbolicLink, "{name}");
    }
    assert!(!parent.path().join("elsewhere").exists());
    let file = parent.path().join("file");
    fs::write(&file, "").expect("a file");
    assert_eq!(refusal(&file), Unsafe::WrongType);
}

#[test]
fn file_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        // Only root can create such a file; the check is the same as for the directory's mode.
        return;
    }
    let parent = tempfile::tempdir().expect("a directory");
    let dir = parent.path().join("data");
    fs::DirBuilder::new().mode(0o700).create(&dir).expect("a directory");
    std::os::unix::fs::chown(&dir, Some(12_345), None).expect("given away");
    assert_eq!(refusal(&dir), Unsafe::NotOurs);
}

// Invariant 1
#[test]
fn newer_durable_file_is_refused_and_unchanged() {
    let (dir, crashed) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    filled(dir.path());
    let raw = Connection::open(dir.path().join("state.db")).expect("the database");
    raw.pragma_update(None, "user_version", 9).expect("from the future");
    // As after a crash: the newer version's last write is still in the log.
    let names = ["state.db", "state.db-wal", "cache.db"];
    for name in names {
        fs::copy(dir.path().join(name), crashed.path().join(name)).expect("copied");
    }
    let before = names.map(|name| fs::read(crashed.path().join(name)).expect("a file"));
    assert!(!before[1].is_empty(), "the log holds something");
    match Store::open(crashed.path()) {
        Err(StoreError::Newer { found: 9, known: 3, path }) => assert!(path.ends_with("state.db")),
        other => panic!("not refused: {other:?}"),
    }
    for (name, before) in names.iter().zip(before) {
        assert!(fs::read(crashed.path().join(name)).expect("a file") == before, "{name} has changed");
    }
    assert_eq!(files_named(crashed.path(), "corrupt"), Vec::<PathBuf>::new());
}

#[test]
fn newer_cache_is_renamed_and_two_copies_are_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut kept_all = Vec::new();
    for _ in 0..4 {
        filled_again(dir.path());
        let cache = dir.path().join("cache.db");
        Connection::open(&cache).expect("the database").pragma_update(None, "user_version", 9).expect("newer");
        let (store, notes) = Store::open(dir.path()).expect("a store");
        let [OpenNote::CacheRebuilt { fault: CacheFault::Newer, kept }] = &notes[..] else { panic!("{notes:?}") };
        assert!(kept.exists());
        assert_eq!(wait(store.rows()).expect("rows"), []);
        assert_eq!(wait(store.accounts()).expect("accounts").len(), 1, "the durable file is not touched");
        kept_all.push(kept.clone());
    }
    for (i, kept) in kept_all.iter().enumerate() {
        assert_eq!(kept.exists(), i >= 2, "{}", kept.display());
    }
    assert_eq!(files_named(dir.path(), "cache.db.corrupt-").len(), 2);
}

fn filled_again(dir: &Path) {
    let store = open(dir);
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
    wait(store.commit_scope(listing(EU, 0, 1, vec![row(EU, "i-1")]))).expect("committed");
}

/// A change of a file's content.
type Damage = fn(&Path);

// Invariant 1
#[test]
fn store_opens_with_any_cache_content() {
    let damages: [(&str, Damage); 6] = [
        ("a text", |path| fs::write(path, "not a database").expect("written")),
        ("junk in the header", |path| damage(path, 0, 64)),
        ("a lost first page", |path| damage(path, 0, 4096)),
        ("junk in the middle", |path| damage(path, 20_000, 40_000)),
        ("half a file", |path| {
            let bytes = fs::read(path).expect("a file");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("other tables", |path| {
            let raw = Connection::open(path).expect("a database");
            raw.execute_batch("DROP TABLE documents; DROP TABLE resources;").expect("dropped");
        }),
    ];
    for (name, damage) in damages {
        let dir = tempfile::tempdir().expect("a directory");
        filled(dir.path());
        damage(&dir.path().join("cache.db"));
        let (store, notes) = Store::open(dir.path()).expect(name);
        assert!(matches!(notes[..], [OpenNote::CacheRebuilt { fault: CacheFault::Damaged, .. }]), "{name}: {notes:?}");
        assert_eq!(wait(store.rows()).expect(name), [], "{name}");
        wait(store.commit_scope(listing(EU, 0, 2, vec![row(EU, "i-1")]))).expect(name);
        assert_eq!(wait(store.accounts()).expect(name).len(), 1, "{name}");
        drop(store);
        open(dir.path());
    }
}

// Invariant 1
#[test]
fn deleted_cache_is_rebuilt() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path());
    fs::remove_file(dir.path().join("cache.db")).expect("deleted");
    let store = open(dir.path());
    assert_eq!(wait(store.scopes()).expect("scopes"), []);
    assert_eq!(wait(store.known_scope(&scope(EU))).expect("a scope").generation, 0);
    wait(store.commit_scope(listing(EU, 0, 2, vec![row(EU, "i-1")]))).expect("committed");
    assert_eq!(wait(store.journal(10, None)).expect("entries").len(), 10);
}

/// Opens a store after damage to `state.db`. Returns the number of saved entries of 1,000 and the
/// first lost one.
fn salvaged(dir: &Path, name: &str) -> (u64, u64, Store) {
    let damaged = fs::read(dir.join("state.db")).expect("a file");
    let (store, notes) = Store::open(dir).expect(name);
    let [OpenNote::StateSalvaged { entries, lost, kept, .. }] = &notes[..] else { panic!("{name}: {notes:?}") };
    assert!(fs::read(kept).expect("a file") == damaged, "{name}: the damaged file is kept as it was");
    assert_eq!(mode(kept), 0o600);
    (*entries, *lost, store)
}

#[test]
fn damaged_durable_file_keeps_its_readable_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path());
    let length = usize::try_from(fs::metadata(dir.path().join("state.db")).expect("a file").len()).expect("small");
    damage(&dir.path().join("state.db"), length / 2, 8192);
    let (entries, lost, store) = salvaged(dir.path(), "junk in the middle");
    assert!(entries > 800 && entries + lost == 1_000, "{entries} saved, {lost} lost");
    let saved = wait(store.journal(2_000, None)).expect("entries");
    assert_eq!(u64::try_from(saved.len()).expect("small"), entries);
    // A lost entry stays visible: the chain shows the position of the first one.
    let places: Vec<u64> = saved.iter().rev().map(|entry| entry.seq).collect();
    let gap = (1..).zip(&places).find(|(expected, seq)| expected != *seq).map(|(expected, _)| expected);
    match (wait(store.verify_journal()).expect("a verdict"), gap) {
        (Verification::Broken { seq, .. }, Some(gap)) => assert_eq!(seq, gap),
        (Verification::Intact { .. }, None) => assert_eq!(lost, 0),
        (verdict, gap) => panic!("{verdict:?}, first gap {gap:?}"),
    }
    let appended = wait(store.append(vec![entry("op-x", "i-1", sent())])).expect("appended");
    assert_eq!(appended[0].seq, 1_001);
    assert_eq!(wait(store.accounts()).expect("accounts").len(), 1);
    drop(store);
    open(dir.path());
}

#[test]
fn durable_file_without_first_page_is_fully_salvaged() {
    for (name, from, length) in [("junk in the header", 0, 100), ("a lost first page", 0, 4096)] {
        let dir = tempfile::tempdir().expect("a directory");
        filled(dir.path());
        damage(&dir.path().join("state.db"), from, length);
        let (entries, lost, store) = salvaged(dir.path(), name);
        assert_eq!((entries, lost), (1_000, 0), "{name}");
        assert!(matches!(wait(store.verify_journal()), Ok(Verification::Intact { entries: 1_000, .. })), "{name}");
        assert_eq!(wait(store.accounts()).expect(name), [account("acc-1", "lab")]);
        assert_eq!(wait(store.setting("theme")).expect(name).as_deref(), Some("dark"));
        assert_eq!(wait(store.rows()).expect(name).len(), 300, "{name}: the cache is not touched");
    }
}

#[test]
fn truncated_durable_file_is_salvaged_up_to_its_end() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path());
    let state = dir.path().join("state.db");
    let bytes = fs::read(&state).expect("a file");
    fs::write(&state, &bytes[..bytes.len() / 2]).expect("cut short");
    let (entries, lost, store) = salvaged(dir.path(), "half a file");
    assert!(entries > 300 && entries + lost == 1_000, "{entries} saved, {lost} lost");
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Broken { .. })));
}

#[test]
fn salvage_of_an_unreadable_file_reports_no_records() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path());
    fs::write(dir.path().join("state.db"), "not a database").expect("written");
    let (entries, _, store) = salvaged(dir.path(), "a text");
    assert_eq!(entries, 0);
    assert_eq!(wait(store.accounts()).expect("accounts"), []);
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
}

#[test]
fn interrupted_salvage_is_finished_at_the_next_opening() {
    let dir = tempfile::tempdir().expect("a directory");
    filled(dir.path());
    // As after a crash just before the new file replaced the damaged one.
    fs::rename(dir.path().join("state.db"), dir.path().join("state.db.salvaged")).expect("renamed");
    fs::write(dir.path().join("state.db"), "not a database").expect("written");
    let store = open(dir.path());
    assert_eq!(wait(store.accounts()).expect("accounts").len(), 1);
    assert_eq!(files_named(dir.path(), "state.db.corrupt-").len(), 1);
}

#[test]
fn files_that_cannot_be_read_are_neither_replaced_nor_moved() {
    for name in ["state.db", "cache.db"] {
        let dir = tempfile::tempdir().expect("a directory");
        filled_again(dir.path());
        let before = fs::read(dir.path().join(name)).expect("a file");
        // SQLite cannot open the log, which says nothing about the content of the file.
        let log = dir.path().join(format!("{name}-wal"));
        let _ = fs::remove_file(&log);
        fs::create_dir(&log).expect("a directory in place of the log");
        let error = Store::open(dir.path()).map(drop).expect_err(name);
        assert!(matches!(error, StoreError::Database { .. }), "{name}: {error:?}");
        assert!(fs::read(dir.path().join(name)).expect("a file") == before, "{name} has changed");
        assert_eq!(files_named(dir.path(), "corrupt"), Vec::<PathBuf>::new(), "{name}");
        fs::remove_dir(&log).expect("removed");
        assert_eq!(wait(open(dir.path()).rows()).expect("rows").len(), 1, "{name}");
    }
}
