//! Tests of full documents: stored separately from the listed ones, with their own age.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::Arc;

use nepho_core::{Document, Timestamp, cache::CommitOutcome, fingerprint::Fingerprint};
use nepho_store::{Store, StoreError};
use support::*;

const EU: &str = "eu-west-1";

fn listed() -> Store {
    let store = Store::in_memory().expect("a store");
    wait(store.commit_scope(listing(EU, 0, 1, vec![row(EU, "i-1"), row(EU, "i-2")]))).expect("committed");
    store
}

fn put(store: &Store, text: &str, second: i64) -> bool {
    wait(store.put_full_document(&key(EU, "i-1"), &document(text), at(second))).expect("stored")
}

fn whole(store: &Store) -> Option<(Document, Timestamp)> {
    wait(store.full_document(&key(EU, "i-1"))).expect("an answer")
}

#[test]
fn full_document_is_separate_and_the_later_read_stays() {
    let store = listed();
    assert_eq!(whole(&store), None);
    assert!(put(&store, "<whole>1</whole>", 5));
    assert_eq!(whole(&store), Some((document("<whole>1</whole>"), at(5))));
    assert!(!put(&store, "<whole>0</whole>", 4), "an older read");
    assert!(put(&store, "<whole>2</whole>", 6));
    assert_eq!(whole(&store), Some((document("<whole>2</whole>"), at(6))));
    assert_eq!(wait(store.document(&key(EU, "i-1"))).expect("listed"), Some(document("<item>i-1</item>")));
    assert_eq!(wait(store.full_document(&key(EU, "i-2"))).expect("none"), None);
    let unknown = wait(store.put_full_document(&key(EU, "i-9"), &document("<whole/>"), at(5)));
    assert!(!unknown.expect("no row, nothing stored"));
}

#[test]
fn full_document_of_a_zonal_row_is_found() {
    let store = Store::in_memory().expect("a store");
    let mut zonal = listing("us-central1-a", 0, 1, vec![row("us-central1", "i-1")]);
    zonal.key.scope.location = "us-central1-a".into();
    wait(store.commit_scope(zonal)).expect("committed");
    let key = key("us-central1", "i-1");
    assert!(wait(store.put_full_document(&key, &document("<whole/>"), at(2))).expect("stored"));
    assert_eq!(wait(store.full_document(&key)).expect("stored"), Some((document("<whole/>"), at(2))));
}

#[test]
fn listing_keeps_full_documents_of_existing_rows() {
    let store = listed();
    put(&store, "<whole/>", 5);
    let mut changed = row(EU, "i-1");
    let part = document("<item>another</item>");
    changed.document = Some((part.clone(), Fingerprint::of_document(&part)));
    let outcome = wait(store.commit_scope(listing(EU, 1, 6, vec![changed]))).expect("committed");
    assert_eq!(outcome, CommitOutcome::Committed(2), "storing a full document must not change the generation");
    assert_eq!(wait(store.document(&key(EU, "i-1"))).expect("listed"), Some(part));
    assert_eq!(whole(&store), Some((document("<whole/>"), at(5))));
    let mut missing = listing(EU, 2, 7, vec![]);
    missing.missing = vec![Arc::from("i-1")];
    wait(store.commit_scope(missing)).expect("committed");
    assert!(whole(&store).is_some(), "missing is not gone");
    let mut gone = listing(EU, 3, 8, vec![]);
    gone.gone = vec![Arc::from("i-1")];
    wait(store.commit_scope(gone)).expect("committed");
    assert_eq!(whole(&store), None);
    // A later row with the same id does not get the document either.
    wait(store.commit_scope(listing(EU, 4, 9, vec![row(EU, "i-1")]))).expect("committed");
    assert_eq!(whole(&store), None);
}

#[test]
fn removed_account_loses_its_full_documents() {
    let store = listed();
    put(&store, "<whole/>", 5);
    wait(store.remove_account(&"acc-1".into())).expect("removed");
    assert_eq!(whole(&store), None);
}

#[test]
fn too_large_full_document_is_refused_and_the_old_stays() {
    let store = listed();
    put(&store, "<whole/>", 5);
    let large = document(&" ".repeat((64 << 20) + 1));
    let refused = wait(store.put_full_document(&key(EU, "i-1"), &large, at(6)));
    assert!(matches!(refused, Err(StoreError::Unreadable { .. })), "{refused:?}");
    assert_eq!(whole(&store), Some((document("<whole/>"), at(5))));
}
