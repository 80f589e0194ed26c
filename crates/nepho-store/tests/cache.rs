//! Tests of the cache: the effect of listings, reads and failures, and their limits.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::Arc;

use nepho_core::{
    State,
    cache::{CachedRow, CommitOutcome, ScopeCommit},
    fingerprint::Fingerprint,
};
use nepho_store::{Store, StoreError};
use support::*;

const EU: &str = "eu-west-1";
const US: &str = "us-east-1";

fn memory() -> Store {
    Store::in_memory().expect("a store")
}

fn commit(store: &Store, commit: ScopeCommit) -> CommitOutcome {
    wait(store.commit_scope(commit)).expect("an outcome")
}

fn rows(store: &Store, region: &str) -> Vec<CachedRow> {
    wait(store.rows_of(&scope(region))).expect("rows")
}

fn natives(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().copied().map(Arc::from).collect()
}

#[test]
fn stored_row_is_read_unchanged() {
    let store = memory();
    let full = resource(EU, "i-1", "web");
    let mut bare = resource(EU, "i-2", "");
    bare.zone = None;
    bare.private_ips.clear();
    bare.public_ips.clear();
    bare.dns_names.clear();
    bare.tags.clear();
    bare.created_at = None;
    bare.started_at = None;
    bare.facts = nepho_core::resource::InstanceFacts::default();
    // The rows of a zonal scope name their region.
    let mut zonal = resource("europe-west1", "i-3", "zonal");
    zonal.facts.lifecycle = nepho_core::resource::Lifecycle::Other;
    let mut listed = listing(EU, 0, 1, vec![write(full.clone()), write(bare.clone()), write(zonal.clone())]);
    listed.key.scope.location = "europe-west1-b".into();
    assert_eq!(commit(&store, listed.clone()), CommitOutcome::Committed(1));
    let stored = wait(store.rows_of(&listed.key)).expect("rows");
    let expected: Vec<_> = [&full, &zonal, &bare]
        .into_iter()
        .map(|resource| CachedRow {
            account: "acc-1".into(),
            scope: listed.key.scope.clone(),
            resource: resource.clone(),
            missing_since: None,
            observed_at: None,
        })
        .collect();
    assert_eq!(stored, expected);
    assert_eq!(wait(store.document(&full.key)).expect("a document"), Some(document("<item>i-1</item>")));
    assert_eq!(wait(store.document(&zonal.key)).expect("a document"), Some(document("<item>i-3</item>")));
    assert_eq!(wait(store.document(&key(US, "i-1"))).expect("no document"), None);
}

#[test]
fn known_rows_have_the_fields_that_reconciling_compares() {
    let store = memory();
    let write = row(EU, "i-1");
    commit(&store, listing(EU, 0, 1, vec![write.clone()]));
    let known = wait(store.known_scope(&scope(EU))).expect("a scope");
    assert_eq!(known.generation, 1);
    assert_eq!(known.rows.len(), 1);
    let row = &known.rows[0];
    assert_eq!((&*row.native, row.row), ("i-1", write.row));
    assert_eq!(row.document, Fingerprint::of_document(&document("<item>i-1</item>")));
    assert_eq!(wait(store.known_scope(&scope(US))).expect("a scope").generation, 0);
}

// Invariant 13
#[test]
fn listing_of_another_generation_changes_nothing() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let before = rows(&store, EU);
    let mut stale = listing(EU, 0, 2, vec![row(EU, "i-2")]);
    stale.gone = natives(&["i-1"]);
    assert_eq!(commit(&store, stale), CommitOutcome::Moved);
    assert_eq!(rows(&store, EU), before);
    assert_eq!(wait(store.scopes()).expect("scopes")[0].as_of, Some(at(1)));
    // A refused first commit leaves no scope either.
    assert_eq!(commit(&store, listing(US, 7, 1, vec![])), CommitOutcome::Moved);
    assert_eq!(wait(store.scopes()).expect("scopes").len(), 1);
}

// Invariant 14
#[test]
fn listing_older_than_the_stored_one_changes_nothing() {
    let store = memory();
    commit(&store, listing(EU, 0, 10, vec![row(EU, "i-1")]));
    assert_eq!(commit(&store, listing(EU, 1, 9, vec![row(EU, "i-2")])), CommitOutcome::Older);
    assert_eq!(
        wait(store.commit_rows(reading(EU, 9, vec![row(EU, "i-2")]))).expect("an outcome"),
        CommitOutcome::Older
    );
    assert_eq!(rows(&store, EU).len(), 1);
    assert_eq!(wait(store.scopes()).expect("scopes")[0].as_of, Some(at(10)));
}

#[test]
fn generation_follows_row_changes_and_age_every_listing() {
    let store = memory();
    assert_eq!(commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")])), CommitOutcome::Committed(1));
    assert_eq!(commit(&store, listing(EU, 1, 2, vec![])), CommitOutcome::Committed(1));
    // Writing a row as it is stored is no change either.
    assert_eq!(commit(&store, listing(EU, 1, 3, vec![row(EU, "i-1")])), CommitOutcome::Committed(1));
    let record = &wait(store.scopes()).expect("scopes")[0];
    assert_eq!((record.generation, record.rows), (1, 1));
    assert_eq!((record.as_of, record.attempted_at), (Some(at(3)), Some(at(3))));
}

#[test]
fn absent_row_becomes_missing_then_gone() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1"), row(EU, "i-2")]));
    let mut second = listing(EU, 1, 2, vec![]);
    second.missing = natives(&["i-1"]);
    assert_eq!(commit(&store, second), CommitOutcome::Committed(2));
    assert_eq!(rows(&store, EU)[0].missing_since, Some(at(2)));
    assert_eq!(rows(&store, EU)[1].missing_since, None);
    let mut third = listing(EU, 2, 3, vec![]);
    third.seen_again = natives(&["i-1"]);
    assert_eq!(commit(&store, third), CommitOutcome::Committed(3));
    assert_eq!(rows(&store, EU)[0].missing_since, None);
    let mut fourth = listing(EU, 3, 4, vec![]);
    fourth.missing = natives(&["i-1"]);
    commit(&store, fourth.clone());
    // A second absence keeps the first time.
    fourth.base = 4;
    fourth.started_at = at(5);
    assert_eq!(commit(&store, fourth), CommitOutcome::Committed(4));
    assert_eq!(rows(&store, EU)[0].missing_since, Some(at(4)));
    let mut fifth = listing(EU, 4, 6, vec![]);
    fifth.gone = natives(&["i-1"]);
    assert_eq!(commit(&store, fifth), CommitOutcome::Committed(5));
    assert_eq!(rows(&store, EU).len(), 1);
    assert_eq!(wait(store.document(&key(EU, "i-1"))).expect("no document"), None);
    assert_eq!(wait(store.scopes()).expect("scopes")[0].rows, 1);
}

#[test]
fn written_row_is_no_longer_missing() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let mut second = listing(EU, 1, 2, vec![]);
    second.missing = natives(&["i-1"]);
    commit(&store, second);
    assert_eq!(commit(&store, listing(EU, 2, 3, vec![row(EU, "i-1")])), CommitOutcome::Committed(3));
    assert_eq!(rows(&store, EU)[0].missing_since, None);
}

#[test]
fn failed_scope_keeps_its_rows_and_their_age() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let before = rows(&store, EU);
    wait(store.fail_scopes(at(5), &[(scope(EU), failure())])).expect("recorded");
    assert_eq!(rows(&store, EU), before);
    let record = wait(store.scopes()).expect("scopes").remove(0);
    assert_eq!((record.as_of, record.attempted_at), (Some(at(1)), Some(at(5))));
    assert_eq!((record.failure, record.generation), (Some(failure()), 1));
    // A report of an earlier attempt changes nothing.
    let older = nepho_core::Failure { message: "older".to_owned(), ..failure() };
    wait(store.fail_scopes(at(4), &[(scope(EU), older)])).expect("recorded");
    assert_eq!(wait(store.scopes()).expect("scopes")[0].failure, Some(failure()));
    commit(&store, listing(EU, 1, 6, vec![]));
    let record = wait(store.scopes()).expect("scopes").remove(0);
    assert_eq!((record.failure, record.as_of), (None, Some(at(6))));
}

#[test]
fn scope_that_failed_before_its_first_listing_is_stored() {
    let store = memory();
    wait(store.fail_scopes(at(5), &[(scope(EU), failure())])).expect("recorded");
    let record = wait(store.scopes()).expect("scopes").remove(0);
    assert_eq!((record.as_of, record.failure, record.rows), (None, Some(failure()), 0));
}

#[test]
fn later_single_read_prevails_over_a_listing() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1"), row(EU, "i-2"), row(EU, "i-3"), row(EU, "i-4")]));
    let stopped = |native: &str| {
        let mut resource = resource(EU, native, &format!("name of {native}"));
        resource.state = State::Stopped;
        write(resource)
    };
    let four = ["i-1", "i-2", "i-3", "i-4"];
    let outcome = wait(store.commit_rows(reading(EU, 10, four.map(stopped).to_vec()))).expect("an outcome");
    assert_eq!(outcome, CommitOutcome::Committed(2));
    let observed = rows(&store, EU);
    assert!(observed.iter().all(|row| row.observed_at == Some(at(10)) && row.resource.state == State::Stopped));
    assert_eq!(wait(store.scopes()).expect("scopes")[0].as_of, Some(at(1)), "a read does not change the age");

    let mut earlier = listing(EU, 2, 9, vec![row(EU, "i-1")]);
    earlier.missing = natives(&["i-2"]);
    earlier.gone = natives(&["i-3"]);
    earlier.seen_again = natives(&["i-4"]);
    assert_eq!(commit(&store, earlier), CommitOutcome::Committed(2));
    assert_eq!(rows(&store, EU), observed);

    let mut later = listing(EU, 2, 11, vec![row(EU, "i-1")]);
    later.missing = natives(&["i-2"]);
    later.gone = natives(&["i-3"]);
    later.seen_again = natives(&["i-4"]);
    assert_eq!(commit(&store, later), CommitOutcome::Committed(3));
    let now = rows(&store, EU);
    assert_eq!(now.len(), 3);
    assert_eq!((now[0].resource.state, now[0].observed_at), (State::Running, None));
    assert_eq!(now[1].missing_since, Some(at(11)));
    assert_eq!((now[2].resource.state, now[2].observed_at), (State::Stopped, None));
}

#[test]
fn older_read_does_not_undo_a_newer_read() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let mut stopped = resource(EU, "i-1", "web");
    stopped.state = State::Stopped;
    wait(store.commit_rows(reading(EU, 10, vec![write(stopped)]))).expect("an outcome");
    let mut stopping = resource(EU, "i-1", "web");
    stopping.state = State::Stopping;
    let outcome = wait(store.commit_rows(reading(EU, 9, vec![write(stopping)]))).expect("an outcome");
    assert_eq!(outcome, CommitOutcome::Committed(2));
    assert_eq!(rows(&store, EU)[0].resource.state, State::Stopped);
}

#[test]
fn read_of_a_missing_row_clears_missing_since() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let mut second = listing(EU, 1, 2, vec![]);
    second.missing = natives(&["i-1"]);
    commit(&store, second);
    wait(store.commit_rows(reading(EU, 3, vec![row(EU, "i-1")]))).expect("an outcome");
    let now = rows(&store, EU);
    assert_eq!((now[0].missing_since, now[0].observed_at), (None, Some(at(3))));
}

#[test]
fn rows_are_sorted_by_name() {
    let store = memory();
    let names = |region: &str, names: [(&str, &str); 3]| {
        names.map(|(native, name)| write(resource(region, native, name))).to_vec()
    };
    commit(&store, listing(EU, 0, 1, names(EU, [("i-1", "c"), ("i-2", "a"), ("i-3", "b")])));
    commit(&store, listing(US, 0, 1, names(US, [("i-4", "b"), ("i-5", "a"), ("i-6", "d")])));
    let shown = |rows: Vec<CachedRow>| rows.iter().map(|row| row.resource.key.native.to_string()).collect::<Vec<_>>();
    assert_eq!(shown(wait(store.first_rows(4)).expect("rows")), ["i-2", "i-5", "i-3", "i-4"]);
    assert_eq!(shown(rows(&store, US)), ["i-5", "i-4", "i-6"]);
    assert_eq!(wait(store.rows()).expect("rows").len(), 6);
}

#[test]
fn names_sort_case_insensitively_with_unnamed_rows_last() {
    let store = memory();
    let named = [("i-1", ""), ("i-2", "ΟΔΟΣ"), ("i-3", "web"), ("i-4", "Web-1"), ("i-5", "οδος-2"), ("i-6", "WEB")];
    let named = named.map(|(native, name)| write(resource(EU, native, name)));
    commit(&store, listing(EU, 0, 1, named.to_vec()));
    let shown = || {
        let rows = wait(store.first_rows(9)).expect("rows");
        rows.iter().map(|row| row.resource.key.native.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(), ["i-3", "i-6", "i-4", "i-2", "i-5", "i-1"]);
    // A changed name moves its row.
    commit(&store, listing(EU, 1, 2, vec![write(resource(EU, "i-1", "Apex")), write(resource(EU, "i-3", ""))]));
    assert_eq!(shown(), ["i-1", "i-6", "i-4", "i-2", "i-5", "i-3"]);
}

#[test]
fn numbers_in_names_sort_as_numbers() {
    let store = memory();
    let named = [("i-1", "web-10"), ("i-2", "web-2"), ("i-3", "web-1"), ("i-4", "web"), ("i-5", "")];
    commit(&store, listing(EU, 0, 1, named.map(|(native, name)| write(resource(EU, native, name))).to_vec()));
    let shown: Vec<_> = wait(store.first_rows(9)).expect("rows").into_iter().map(|row| row.resource.name).collect();
    assert_eq!(shown, ["web", "web-1", "web-2", "web-10", ""]);
}

#[test]
fn scopes_that_the_account_lost_are_removed() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    commit(&store, listing(US, 0, 1, vec![row(US, "i-2")]));
    let mut foreign = listing(EU, 0, 1, vec![]);
    foreign.key.account = "acc-2".into();
    commit(&store, foreign.clone());
    wait(store.retain_scopes(&"acc-1".into(), &[scope(US).scope])).expect("forgotten");
    let left: Vec<_> = wait(store.scopes()).expect("scopes").into_iter().map(|record| record.key).collect();
    assert_eq!(left, [scope(US), foreign.key]);
    let left = wait(store.rows()).expect("rows");
    assert_eq!(left.len(), 1);
    assert_eq!(wait(store.document(&key(EU, "i-1"))).expect("no document"), None);
}

#[test]
fn row_of_another_realm_refuses_its_complete_commit() {
    let store = memory();
    commit(&store, listing(EU, 0, 1, vec![row(EU, "i-1")]));
    let mut foreign = resource(EU, "i-2", "foreign");
    foreign.key.realm = "210987654321".into();
    let refused = wait(store.commit_scope(listing(EU, 1, 2, vec![row(EU, "i-3"), write(foreign)])));
    assert!(matches!(refused, Err(StoreError::ForeignRow { .. })), "{refused:?}");
    assert_eq!(rows(&store, EU).len(), 1);
}
