//! Tests of the journal: append-only, chained, and tamper-evident.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::Path;

use nepho_core::{
    State,
    journal::{JournalEntry, JournalEvent, NewEntry, Verification},
};
use nepho_store::Store;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rusqlite::Connection;
use support::*;

fn every_event() -> Vec<JournalEvent> {
    vec![
        sent(),
        accepted(),
        JournalEvent::NotSent(failure()),
        JournalEvent::Refused(failure()),
        JournalEvent::Failed(failure()),
        JournalEvent::Unknown(failure()),
        JournalEvent::Done { state: State::Stopped, raw_state: "stopped".to_owned() },
        JournalEvent::Contradicted {
            state: State::Running,
            raw_state: "running".to_owned(),
            reason: Some("Client.InternalError".to_owned()),
        },
        JournalEvent::TimedOut,
    ]
}

/// Appends one entry for each event, each about another target: `i-1-0`, `i-1-1` and so on.
fn append(store: &Store, operation: &str, native: &str, events: Vec<JournalEvent>) -> Vec<JournalEntry> {
    let entries =
        events.into_iter().enumerate().map(|(i, event)| entry(operation, &format!("{native}-{i}"), event)).collect();
    wait(store.append(entries)).expect("appended")
}

/// Appends the events of one target.
fn live(store: &Store, operation: &str, native: &str, events: Vec<JournalEvent>) -> Vec<JournalEntry> {
    let entries = events.into_iter().map(|event| entry(operation, native, event)).collect();
    wait(store.append(entries)).expect("appended")
}

fn done() -> JournalEvent {
    JournalEvent::Done { state: State::Stopped, raw_state: "stopped".to_owned() }
}

fn places(entries: &[JournalEntry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

#[test]
fn entries_are_read_unchanged_and_in_order() {
    let store = Store::in_memory().expect("a store");
    let one = append(&store, "op-1", "i-1", every_event());
    let two = live(&store, "op-2", "i-2", vec![sent(), accepted()]);
    assert_eq!(places(&one), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(places(&two), [10, 11]);
    let mut newest = wait(store.journal(100, None)).expect("entries");
    newest.reverse();
    assert_eq!(newest, [one.clone(), two.clone()].concat());
    assert_eq!(places(&wait(store.journal(2, Some(6))).expect("entries")), [5, 4]);
    assert_eq!(places(&wait(store.entries_of(&key("eu-west-1", "i-2"), 1)).expect("entries")), [11]);
    assert_eq!(wait(store.operation(&"op-1".into())).expect("entries"), one);
    live(&store, "op-1", "i-1-0", vec![JournalEvent::TimedOut]);
    let recent = wait(store.recent_operations(5)).expect("operations");
    assert_eq!(
        recent.iter().map(|entries| places(entries)).collect::<Vec<_>>(),
        [vec![10, 11], vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 12]]
    );
    assert_eq!(wait(store.recent_operations(1)).expect("operations"), [two]);
}

#[test]
fn unfinished_target_has_all_that_a_follower_needs() {
    let store = Store::in_memory().expect("a store");
    live(&store, "op-1", "i-1", vec![sent(), accepted()]);
    live(&store, "op-1", "i-2", vec![sent(), JournalEvent::Refused(failure())]);
    live(&store, "op-1", "i-4", vec![sent(), accepted(), JournalEvent::Failed(failure())]);
    live(&store, "op-2", "i-1", vec![sent()]);
    live(&store, "op-2", "i-3", vec![sent(), JournalEvent::Unknown(failure())]);
    let unfinished = wait(store.unfinished()).expect("targets");
    let short: Vec<_> = unfinished
        .iter()
        .map(|one| {
            let NewEntry { operation, key, event, .. } = &one.last;
            (operation.to_string(), key.native.to_string(), event.as_str(), one.accepted, one.ticket.is_some())
        })
        .collect();
    let expected = [
        ("op-1", "i-1", "accepted", true, true),
        ("op-2", "i-1", "sent", false, false),
        ("op-2", "i-3", "unknown", false, false),
    ];
    assert_eq!(short, expected.map(|(operation, id, event, a, t)| (operation.to_owned(), id.to_owned(), event, a, t)));
    let JournalEvent::Sent(intent) = sent() else { panic!("an intent") };
    assert!(unfinished.iter().all(|one| one.intent == intent && one.sender.as_str() == "run-1"));
    for event in every_event() {
        let operation = format!("op-{}", event.as_str());
        let before = wait(store.unfinished()).expect("targets").len();
        let events = if event == sent() { vec![event.clone()] } else { vec![sent(), event.clone()] };
        live(&store, &operation, "i-9", events);
        let more = wait(store.unfinished()).expect("targets").len() - before;
        let expected = match &event {
            JournalEvent::Contradicted { .. } => 0, // the operation `op-failed` has ended already
            event => usize::from(!event.is_final()),
        };
        assert_eq!(more, expected, "{event:?}");
    }
}

#[test]
fn end_is_recorded_once_and_nothing_follows_it() {
    let store = Store::in_memory().expect("a store");
    live(&store, "op-1", "i-1", vec![sent(), accepted()]);
    assert_eq!(live(&store, "op-1", "i-1", vec![accepted()]), [], "the same event again");
    assert_eq!(places(&live(&store, "op-1", "i-1", vec![done()])), [3]);
    for late in [done(), JournalEvent::TimedOut, JournalEvent::Unknown(failure()), accepted()] {
        assert_eq!(live(&store, "op-1", "i-1", vec![late.clone()]), [], "{late:?}");
    }
    // The same target in another operation, and another target of the same one, are not affected.
    assert_eq!(places(&live(&store, "op-2", "i-1", vec![sent()])), [4]);
    let mixed = vec![entry("op-1", "i-1", done()), entry("op-2", "i-1", done())];
    assert_eq!(places(&wait(store.append(mixed)).expect("appended")), [5]);
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Intact { entries: 5, .. })));
}

#[test]
fn intact_chain_returns_its_head_and_continues_after_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let empty = wait(open(dir.path()).verify_journal()).expect("a verdict");
    assert_eq!(empty, Verification::Intact { entries: 0, head: String::new() });
    append(&open(dir.path()), "op-1", "i-1", every_event());
    let store = open(dir.path());
    let Verification::Intact { entries: 9, head: first } = wait(store.verify_journal()).expect("a verdict") else {
        panic!("not intact")
    };
    assert_eq!(first.len(), 64);
    append(&store, "op-2", "i-1", every_event());
    let Verification::Intact { entries: 18, head } = wait(store.verify_journal()).expect("a verdict") else {
        panic!("not intact")
    };
    assert_ne!(head, first);
}

#[test]
fn database_triggers_refuse_changes_of_entries() {
    let dir = tempfile::tempdir().expect("a directory");
    append(&open(dir.path()), "op-1", "i-1", every_event());
    let raw = Connection::open(dir.path().join("state.db")).expect("the database");
    for sql in [
        "UPDATE journal SET name = 'x' WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 7",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 3",
    ] {
        let refused = raw.execute(sql, []).expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    assert!(matches!(wait(open(dir.path()).verify_journal()), Ok(Verification::Intact { entries: 9, .. })));
}

/// A manipulation of a journal, and the position that verification must report.
#[derive(Clone, Debug)]
enum Tampering {
    Edit { seq: u64, column: &'static str },
    Delete { seq: u64 },
    CutOff { seq: u64 },
    Swap { seq: u64, with: u64 },
    Insert { after: u64 },
    ForgedEnd,
}

/// Number of entries in the journal before the manipulation.
const ENTRIES: u64 = 120;

fn tampering() -> impl Strategy<Value = Tampering> {
    let seq = 1..=ENTRIES;
    let columns = prop::sample::select(vec![
        "at",
        "run",
        "operation",
        "account",
        "account_name",
        "key",
        "name",
        "action",
        "event",
        "failure_code",
        "detail",
        "state",
        "format",
        "request",
        "goal",
        "prior",
        "zone",
        "ticket",
        "reason",
        "hash",
    ]);
    prop_oneof![
        4 => (seq.clone(), columns).prop_map(|(seq, column)| Tampering::Edit { seq, column }),
        2 => seq.clone().prop_map(|seq| Tampering::Delete { seq }),
        1 => seq.clone().prop_map(|seq| Tampering::CutOff { seq }),
        2 => (1..ENTRIES).prop_flat_map(|seq| (Just(seq), seq + 1..=ENTRIES))
            .prop_map(|(seq, with)| Tampering::Swap { seq, with }),
        2 => (0..ENTRIES).prop_map(|after| Tampering::Insert { after }),
        1 => Just(Tampering::ForgedEnd),
    ]
}

impl Tampering {
    /// Applies the manipulation with plain SQL and returns the first changed position.
    fn apply(&self, raw: &Connection) -> u64 {
        let run = |sql: String| raw.execute_batch(&sql).expect("tampered with");
        match *self {
            Self::Edit { seq, column } => {
                let value = match column {
                    "at" | "format" => format!("{column} + 1"),
                    "hash" => "randomblob(32)".to_owned(),
                    other => format!("ifnull({other}, '') || 'x'"),
                };
                run(format!("UPDATE journal SET {column} = {value} WHERE seq = {seq}"));
                seq
            }
            Self::Delete { seq } => {
                run(format!("DELETE FROM journal WHERE seq = {seq}"));
                seq
            }
            Self::CutOff { seq } => {
                run(format!("DELETE FROM journal WHERE seq >= {seq}"));
                seq
            }
            Self::Swap { seq, with } => {
                run(format!(
                    "UPDATE journal SET seq = 999999 WHERE seq = {seq};
                     UPDATE journal SET seq = {seq} WHERE seq = {with};
                     UPDATE journal SET seq = {with} WHERE seq = 999999;"
                ));
                seq
            }
            Self::Insert { after } => {
                // Makes room as a careful forger would, then repeats an entry there.
                run(format!(
                    "UPDATE journal SET seq = -seq - 1 WHERE seq > {after}; UPDATE journal SET seq = -seq WHERE seq < 0;
                     CREATE TEMP TABLE copied AS SELECT * FROM journal WHERE seq <> {after} + 1 LIMIT 1;
                     UPDATE copied SET seq = {after} + 1;
                     INSERT INTO journal SELECT * FROM copied; DROP TABLE copied;"
                ));
                // Repeating the first entry at the first position would change nothing before the
                // second.
                if after == 0 { 2 } else { after + 1 }
            }
            Self::ForgedEnd => {
                run(format!(
                    "CREATE TEMP TABLE copied AS SELECT * FROM journal WHERE seq = {ENTRIES};
                     UPDATE copied SET seq = {ENTRIES} + 1;
                     INSERT INTO journal SELECT * FROM copied; DROP TABLE copied;"
                ));
                ENTRIES + 1
            }
        }
    }
}

fn found(path: &Path) -> u64 {
    let store = open(path);
    match wait(store.verify_journal()).expect("a verdict") {
        Verification::Broken { seq, .. } => seq,
        Verification::Intact { .. } => 0,
    }
}

#[test]
fn verification_finds_the_first_tampered_entry() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let store = open(dir.path());
        let events = every_event();
        let entries = (0..ENTRIES).map(|i| {
            let event = events[usize::try_from(i).expect("small") % events.len()].clone();
            entry(&format!("op-{}", i / 3), &format!("i-{i}"), event)
        });
        wait(store.append(entries.collect())).expect("appended");
    }
    let path = dir.path().join("state.db");
    let pristine = std::fs::read(&path).expect("the database");
    let config = Config { cases: 100, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&tampering(), |tampering| {
            std::fs::write(&path, &pristine).expect("restored");
            let first = {
                let raw = Connection::open(&path).expect("the database");
                raw.execute_batch(
                    "DROP TRIGGER journal_update; DROP TRIGGER journal_delete; DROP TRIGGER journal_insert;
                     PRAGMA ignore_check_constraints = ON;",
                )
                .expect("no triggers");
                tampering.apply(&raw)
            };
            prop_assert_eq!(found(dir.path()), first);
            Ok(())
        })
        .expect("verification finds every manipulation");
    std::fs::write(&path, &pristine).expect("restored");
    assert_eq!(found(dir.path()), 0, "an untouched journal is intact");
}

#[test]
fn foreign_entry_does_not_block_later_appends() {
    let dir = tempfile::tempdir().expect("a directory");
    append(&open(dir.path()), "op-1", "i-1", every_event());
    let raw = Connection::open(dir.path().join("state.db")).expect("the database");
    raw.execute_batch(
        "CREATE TEMP TABLE copied AS SELECT * FROM journal WHERE seq = 9; UPDATE copied SET seq = 10;
         INSERT INTO journal SELECT * FROM copied;",
    )
    .expect("an entry of another program");
    drop(raw);
    let store = open(dir.path());
    assert_eq!(places(&append(&store, "op-2", "i-1", vec![sent()])), [11]);
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Broken { seq: 10, .. })));
}
