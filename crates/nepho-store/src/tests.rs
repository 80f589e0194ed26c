//! Tests that need private access: the amount written, and a full disk.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use nepho_core::{
    Action, Document, DocumentFormat, Kind, ProviderKind, Resource, ResourceKey, Scope, ScopeKey, State, Timestamp,
    cache::{CommitOutcome, RowWrite, ScopeCommit},
    fingerprint::Fingerprint,
    journal::{Intent, JournalEvent, NewEntry, Verification},
    resource::InstanceFacts,
};

use rusqlite::types::Value;

use crate::{
    Store, StoreError, hash_chain,
    table::journal,
    table::journal_row::{COLUMNS, COLUMNS_1, WIDTH, WIDTH_1},
};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

fn scope() -> ScopeKey {
    ScopeKey { account: "acc-1".into(), scope: Scope { location: "eu-west-1".into(), kind: Kind::Instance } }
}

fn row(i: usize, state: State) -> RowWrite {
    let resource = Resource {
        key: ResourceKey {
            provider: ProviderKind::Aws,
            realm: "123456789012".into(),
            region: "eu-west-1".into(),
            kind: Kind::Instance,
            native: Arc::from(format!("i-{i:017x}")),
        },
        name: format!("web-{i}"),
        zone: Some("eu-west-1a".into()),
        state,
        raw_state: state.to_string(),
        size: "m6i.large".to_owned(),
        private_ips: vec!["10.0.0.7".parse().expect("an address")],
        public_ips: vec![],
        dns_names: vec![format!("ip-10-0-0-7.{i}.internal")],
        tags: [("Name".to_owned(), format!("web-{i}")), ("team".to_owned(), "pay".to_owned())].into(),
        created_at: None,
        started_at: Some(at(-5)),
        facts: InstanceFacts { image: Some("ami-1".to_owned()), ..InstanceFacts::default() },
    };
    let bytes = Bytes::from(format!("<item>{i} {state}</item>"));
    let document = Document { format: DocumentFormat::Ec2Xml, bytes };
    let hash = Fingerprint::of_document(&document);
    RowWrite { row: Fingerprint::of_row(&resource, 1), resource, document: Some((document, hash)) }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a time")
}

fn listing(base: u64, started: i64, writes: Vec<RowWrite>) -> ScopeCommit {
    let key = scope();
    ScopeCommit { key, base, started_at: at(started), writes, seen_again: vec![], missing: vec![], gone: vec![] }
}

/// Returns the number of cache rows written since the store was opened.
fn written(store: &Store) -> u64 {
    wait(store.write("count", |pair| Ok(pair.cache.total_changes()))).expect("a count")
}

#[test]
fn unchanged_listing_writes_the_scopes_age_only() {
    let store = Store::in_memory().expect("a store");
    let rows: Vec<_> = (0..500).map(|i| row(i, State::Running)).collect();
    wait(store.commit_scope(listing(0, 1, rows.clone()))).expect("committed");
    for (second, writes) in [(2, vec![]), (3, rows)] {
        let before = written(&store);
        wait(store.commit_scope(listing(1, second, writes))).expect("committed");
        assert_eq!(written(&store) - before, 1);
    }
    let before = written(&store);
    wait(store.commit_scope(listing(1, 4, vec![row(7, State::Stopped)]))).expect("committed");
    // Written: the row, its document, the scope's generation, the scope's age.
    assert_eq!(written(&store) - before, 4);
}

#[test]
fn full_document_adds_no_cost_to_a_listing() {
    let store = Store::in_memory().expect("a store");
    let rows: Vec<_> = (0..5).map(|i| row(i, State::Running)).collect();
    wait(store.commit_scope(listing(0, 1, rows.clone()))).expect("committed");
    let bytes = Bytes::from_static(b"<whole/>");
    let whole = Document { format: DocumentFormat::Ec2Xml, bytes };
    let before = written(&store);
    wait(store.put_full_document(&rows[0].resource.key, &whole, at(2))).expect("stored");
    assert_eq!(written(&store) - before, 1);
    let known = wait(store.known_scope(&scope())).expect("a scope");
    assert_eq!((known.generation, known.rows[0].document), (1, rows[0].document.as_ref().expect("listed").1));
    let before = written(&store);
    wait(store.commit_scope(listing(1, 3, rows))).expect("committed");
    assert_eq!(written(&store) - before, 1, "the scope's age");
}

#[test]
fn in_memory_store_completes_in_the_first_poll() {
    let store = Store::in_memory().expect("a store");
    let commit = pin!(store.commit_scope(listing(0, 1, vec![row(1, State::Running)])));
    let answer = commit.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(answer, Poll::Ready(Ok(CommitOutcome::Committed(1)))), "{answer:?}");
}

#[test]
fn full_disk_is_reported_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("a store");
    wait(store.commit_scope(listing(0, 1, (0..50).map(|i| row(i, State::Running)).collect()))).expect("committed");
    let before = wait(store.rows()).expect("rows");
    limit_pages(&store, Some(4));
    let refused = wait(store.commit_scope(listing(1, 2, (0..5_000).map(|i| row(i, State::Stopped)).collect())));
    assert!(matches!(refused, Err(StoreError::Full { .. })), "{refused:?}");
    assert_eq!(wait(store.rows()).expect("rows"), before);
    let record = &wait(store.scopes()).expect("scopes")[0];
    assert_eq!((record.generation, record.as_of), (1, Some(at(1))));
    limit_pages(&store, None);
    let resumed = wait(store.commit_scope(listing(1, 3, (0..5_000).map(|i| row(i, State::Stopped)).collect())));
    assert_eq!(resumed.expect("there is room again"), CommitOutcome::Committed(2));
    assert_eq!(wait(store.rows()).expect("rows").len(), 5_000);
}

/// Lets the cache grow by this many pages; `None` removes the limit.
fn limit_pages(store: &Store, more: Option<i64>) {
    let limit = wait(store.write("limit", move |pair| {
        let pages: i64 = pair.cache.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let limit = more.map_or(1 << 30, |more| pages + more);
        pair.cache.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))?;
        Ok(limit)
    }));
    assert!(limit.expect("a limit") > 0);
}

#[test]
fn panicking_job_is_rolled_back_and_the_next_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("a store");
    wait(store.put_setting("theme", "dark")).expect("stored");
    let panicked = wait(store.write("panic", |pair| -> Result<(), crate::error::Fault> {
        let writing = crate::connection::write(&mut pair.state)?;
        crate::table::settings::put(&writing, "theme", "light")?;
        panic!("on purpose")
    }));
    assert!(matches!(panicked, Err(StoreError::Closed)), "{panicked:?}");
    assert_eq!(wait(store.setting("theme")).expect("a text").as_deref(), Some("dark"));
    wait(store.put_setting("theme", "light")).expect("stored");
}

#[test]
fn cleanly_closed_store_is_not_checked_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let open = || crate::open::open_lock::OpenLock::enter(dir.path()).expect("entered");
    drop(Store::open(dir.path()).expect("a store"));
    assert!(dir.path().join("clean").exists());
    let (ours, opening) = open();
    assert!(opening.trusted, "closed cleanly");
    drop(opening);
    let (theirs, opening) = open();
    assert!(opening.trusted, "in use by another process, which has checked it");
    drop(opening);
    ours.leave(true);
    assert!(!dir.path().join("clean").exists(), "another process still has it open");
    theirs.leave(true);
    assert!(dir.path().join("clean").exists());
    let (ours, opening) = open();
    assert!(opening.trusted);
    drop((ours, opening));
    assert!(!open().1.trusted, "the last process ended without a clean shutdown");
    let (ours, opening) = open();
    drop(opening);
    ours.leave(false);
    assert!(!open().1.trusted, "the last process had found damage");
    let (ours, opening) = open();
    drop(opening);
    ours.leave(true);
    assert!(dir.path().join("clean").exists());
    std::fs::write(dir.path().join("cache.db"), "changed").expect("written");
    assert!(!open().1.trusted, "changed by another program afterwards");
}

#[test]
fn last_connection_to_close_leaves_no_log() {
    let dir = tempfile::tempdir().expect("a directory");
    for round in 0..50 {
        let (store, _) = Store::open(dir.path()).expect("a store");
        wait(store.put_setting("round", &round.to_string())).expect("stored");
        drop(store);
        assert!(dir.path().join("clean").exists(), "no clean shutdown in round {round}");
    }
}

#[test]
fn first_rows_are_found_by_index_without_a_full_sort() {
    let store = Store::in_memory().expect("a store");
    let plan = wait(store.write("explain", |pair| {
        let mut statement =
            pair.cache.prepare(&format!("EXPLAIN QUERY PLAN {}", crate::table::resources::first_sql()))?;
        let steps = statement.query_map([10], |row| row.get::<_, String>("detail"))?;
        Ok(steps.collect::<Result<Vec<_>, _>>()?)
    }));
    let plan = plan.expect("a plan").join("; ");
    assert!(plan.contains("resources USING INDEX resources_by_name"), "{plan}");
    assert!(plan.contains("LAST 7 TERMS OF ORDER BY"), "{plan}");
}

/// Words that another version wrote, over the same columns and the same chain.
#[test]
fn entries_in_old_words_verify_and_are_read_in_the_new() {
    let store = Store::in_memory().expect("a store");
    let entry = |event: JournalEvent| NewEntry {
        at: at(1),
        run: "run-1".into(),
        operation: "op-1".into(),
        account: "acc-1".into(),
        account_name: "lab".to_owned(),
        key: row(if event.as_str() == "done" { 1 } else { 2 }, State::Running).resource.key,
        name: "web".to_owned(),
        action: Action::Stop,
        event,
    };
    let done = JournalEvent::Done { state: State::Stopped, raw_state: "stopped".to_owned() };
    let contradicted =
        JournalEvent::Contradicted { state: State::Running, raw_state: "running".to_owned(), reason: None };
    let events = vec![done, contradicted];
    wait(store.append(events.iter().cloned().map(entry).collect())).expect("appended");
    let words = |store: &Store| {
        wait(store.write("words", |pair| {
            let mut statement = pair.state.prepare("SELECT event FROM journal ORDER BY seq")?;
            Ok(statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?)
        }))
        .expect("words")
    };
    assert_eq!(words(&store), ["done", "failed"]);

    let rewritten = wait(store.write("old words", |pair| {
        pair.state.execute_batch("DROP TRIGGER journal_update")?;
        let mut hash = hash_chain::START;
        for (seq, word) in [(1, "settled"), (2, "contradicted")] {
            let sql = format!("SELECT {COLUMNS_1} FROM journal WHERE seq = ?1");
            let mut columns: Vec<Value> = pair
                .state
                .query_row(&sql, [seq], |row| (0..WIDTH_1).map(|column| row.get(column)).collect::<Result<_, _>>())?;
            columns[9] = Value::Text(word.to_owned());
            hash = hash_chain::link(&hash, columns.iter().map(Into::into));
            pair.state.execute(
                "UPDATE journal SET format = 1, event = ?1, hash = ?2 WHERE seq = ?3",
                rusqlite::params![word, hash, seq],
            )?;
        }
        journal::set_head(&pair.state, 2, &hash)
    }));
    rewritten.expect("rewritten");
    assert_eq!(words(&store), ["settled", "contradicted"]);
    let read = wait(store.operation(&"op-1".into())).expect("entries");
    assert_eq!(read.into_iter().map(|entry| entry.entry.event).collect::<Vec<_>>(), events);
    let verdict = wait(store.verify_journal()).expect("a verdict");
    assert!(matches!(verdict, Verification::Intact { entries: 2, .. }), "{verdict:?}");
    assert_eq!(words(&store), ["settled", "contradicted"], "reading and verifying rewrite nothing");
}

#[test]
fn rehashed_forged_entry_is_found_at_its_successor() {
    let store = Store::in_memory().expect("a store");
    let entries = (1..=5_u8).map(|i| NewEntry {
        at: at(i64::from(i)),
        run: "run-1".into(),
        operation: "op-1".into(),
        account: "acc-1".into(),
        account_name: "lab".to_owned(),
        key: row(usize::from(i), State::Running).resource.key,
        name: "web".to_owned(),
        action: Action::Stop,
        event: JournalEvent::Sent(Intent::of_action(Action::Stop)),
    });
    wait(store.append(entries.collect())).expect("appended");
    let forge = wait(store.write("forge", |pair| {
        let sql = format!("SELECT {COLUMNS}, (SELECT hash FROM journal WHERE seq = 2) FROM journal WHERE seq = 3");
        let hash = pair.state.query_row(&sql, [], |row| {
            let mut columns: Vec<Value> = (0..WIDTH).map(|column| row.get(column)).collect::<Result<_, _>>()?;
            columns[7] = Value::Text("db".to_owned());
            Ok(hash_chain::link(&row.get(WIDTH)?, columns.iter().map(Into::into)))
        })?;
        pair.state.execute_batch("DROP TRIGGER journal_update")?;
        Ok(pair.state.execute("UPDATE journal SET name = 'db', hash = ?1 WHERE seq = 3", [hash])?)
    }));
    assert_eq!(forge.expect("forged"), 1);
    let verdict = wait(store.verify_journal()).expect("a verdict");
    assert!(matches!(verdict, Verification::Broken { seq: 4, .. }), "{verdict:?}");
}
