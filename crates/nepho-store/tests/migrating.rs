//! Tests of databases from an earlier version: they open with their complete content.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use nepho_core::{
    Account, Action, CredentialSource, ProviderKind, SignInId,
    journal::{Intent, Verification},
};
use nepho_store::{OpenNote, Store};
use rusqlite::{Connection, types::ValueRef};
use sha2::{Digest, Sha256};
use support::*;

const EU: &str = "eu-west-1";

/// The databases of format 1, with their tables in an order that satisfies foreign keys.
const FIRST: [(&str, &str, &[&str]); 2] = [
    ("state.db", include_str!("../src/migrations/state_001.sql"), &["accounts", "settings", "journal", "journal_head"]),
    ("cache.db", include_str!("../src/migrations/cache_001.sql"), &["scopes", "resources", "documents"]),
];

const TRIGGER: &str = "CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;";

/// Writes files of format 1 with the content that `fill` stores: creates them with the first
/// migrations, then copies the columns that they have.
fn in_first_format(dir: &Path, fill: impl FnOnce(&Store)) {
    let now = tempfile::tempdir().expect("a directory");
    let store = open(now.path());
    fill(&store);
    drop(store);
    for (name, sql, tables) in FIRST {
        let path = dir.join(name);
        let old = Connection::open(&path).expect("a database");
        old.execute_batch(sql).expect("the first format");
        old.execute("ATTACH ?1 AS now", [now.path().join(name).to_str()]).expect("attached");
        for table in tables {
            let statement = old.prepare(&format!("SELECT * FROM main.{table}")).expect("a table");
            let columns = statement.column_names().join(", ");
            drop(statement);
            // A later migration gave this column another name.
            let present = columns.replace("folded_name", "sort_name");
            let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {present} FROM now.{table}");
            old.execute(&copy, []).expect("copied");
        }
        if name == "state.db" {
            rehash(&old);
        }
        old.pragma_update(None, "user_version", 1).expect("of format 1");
        old.close().expect("closed");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("ours alone");
    }
}

/// Gives the entries the hashes of format 1: SHA-256 over its name, the previous hash and the 13
/// columns, each with its type and length.
fn rehash(old: &Connection) {
    old.execute_batch("DROP TRIGGER journal_update").expect("no trigger");
    let mut previous = vec![0_u8; 32];
    let entries: i64 = old.query_row("SELECT count(*) FROM journal", [], |row| row.get(0)).expect("a count");
    for seq in 1..=entries {
        let mut hasher = Sha256::new();
        hasher.update(b"nephoscope journal 1");
        hasher.update(&previous);
        old.query_row("SELECT * FROM journal WHERE seq = ?1", [seq], |row| {
            for column in 0..13 {
                let (kind, bytes) = match row.get_ref(column)? {
                    ValueRef::Null => (0, Vec::new()),
                    ValueRef::Integer(value) => (1, value.to_le_bytes().to_vec()),
                    ValueRef::Text(text) => (3, text.to_vec()),
                    other => panic!("no column of the journal: {other:?}"),
                };
                hasher.update([kind]);
                hasher.update((bytes.len() as u64).to_le_bytes());
                hasher.update(bytes);
            }
            Ok(())
        })
        .expect("an entry");
        previous = hasher.finalize().to_vec();
        old.execute("UPDATE journal SET hash = ?1 WHERE seq = ?2", (&previous, seq)).expect("hashed");
    }
    old.execute("UPDATE journal_head SET hash = ?1", [&previous]).expect("a head");
    old.execute_batch(TRIGGER).expect("the trigger of format 1");
}

/// Stores an account, a setting, 200 journal entries and 50 rows.
fn filled(store: &Store) {
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
    wait(store.put_setting("theme", "dark")).expect("stored");
    for batch in 0..10 {
        let entries = (0..20).map(|i| entry(&format!("op-{batch}"), &format!("i-{i}"), sent()));
        wait(store.append(entries.collect())).expect("appended");
    }
    let writes = (0..50).map(|i| row(EU, &format!("i-{i}"))).collect();
    wait(store.commit_scope(listing(EU, 0, 1, writes))).expect("committed");
}

#[test]
fn directory_in_first_format_opens_with_all_records() {
    let dir = tempfile::tempdir().expect("a directory");
    in_first_format(dir.path(), filled);
    let store = open(dir.path());
    assert_eq!(wait(store.accounts()).expect("accounts"), [account("acc-1", "lab")]);
    assert_eq!(wait(store.setting("theme")).expect("a text").as_deref(), Some("dark"));
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Intact { entries: 200, .. })));
    let unfinished = wait(store.unfinished()).expect("targets");
    assert_eq!(unfinished.len(), 200, "the old entries are followed too");
    assert_eq!(unfinished[0].intent, Intent::of_action(Action::Stop), "an old entry kept only its action");
    assert_eq!(wait(store.rows()).expect("rows").len(), 50, "the cache is kept, not rebuilt");
    assert_eq!(wait(store.document(&key(EU, "i-7"))).expect("a document"), Some(document("<item>i-7</item>")));
    let scope = &wait(store.scopes()).expect("scopes")[0];
    assert_eq!((scope.generation, scope.rows, scope.as_of), (1, 50, Some(at(1))));
    // The purpose of the new format.
    let added = Account {
        provider: ProviderKind::Gcp,
        project: Some("proj-0".to_owned()),
        source: CredentialSource::SignIn(SignInId::new("s-1")),
        ..account("acc-2", "proj-0")
    };
    wait(store.put_account(&added)).expect("stored");
    assert!(wait(store.put_full_document(&key(EU, "i-7"), &document("<whole/>"), at(2))).expect("stored"));
    wait(store.append(vec![entry("op-x", "i-1", sent())])).expect("appended");
    drop(store);
    let store = open(dir.path());
    assert_eq!(wait(store.accounts()).expect("accounts"), [account("acc-1", "lab"), added]);
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Intact { entries: 201, .. })));
}

#[test]
fn damaged_directory_in_first_format_keeps_its_accounts() {
    for (name, from) in [("junk in the middle", None), ("a lost first page", Some(0))] {
        let dir = tempfile::tempdir().expect("a directory");
        in_first_format(dir.path(), filled);
        let path = dir.path().join("state.db");
        let mut bytes = fs::read(&path).expect("a file");
        let from = from.unwrap_or(bytes.len() / 2 / 4096 * 4096);
        bytes[from..from + 4096].fill(0xA5);
        fs::write(&path, bytes).expect("damaged");
        let (store, notes) = Store::open(dir.path()).expect(name);
        assert!(matches!(notes[..], [OpenNote::StateSalvaged { accounts: 1, .. }]), "{name}: {notes:?}");
        let OpenNote::StateSalvaged { entries, lost, .. } = &notes[0] else { panic!("{notes:?}") };
        assert!(*entries > 100 && entries + lost == 200, "{name}: {notes:?}");
        assert!(!wait(store.unfinished()).expect(name).is_empty(), "{name}");
        assert_eq!(wait(store.accounts()).expect(name), [account("acc-1", "lab")], "{name}");
        assert_eq!(wait(store.rows()).expect(name).len(), 50, "{name}: the cache is not touched");
    }
}
