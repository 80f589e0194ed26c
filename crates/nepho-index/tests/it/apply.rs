//! Tests of consecutive snapshots: changed, kept and shared parts.

use std::sync::Arc;

use nepho_core::{
    AccountId, Failure, FailureCode, ScopeKey, State,
    cache::{CachedRow, ScopeRecord},
};
use nepho_index::{Change, Query, Snapshot, Sort};

use crate::fleet::{at, four, ids, key, record, row, scope, with};

fn rows(upserts: Vec<CachedRow>) -> Vec<Change> {
    vec![Change::Rows { upserts, removed: vec![] }]
}

#[test]
fn replacing_a_scope_keeps_the_other_scopes() {
    let before = four();
    let home = scope("b2", "us-west-2");
    let after = before.apply(vec![Change::ReplaceScope {
        key: home,
        rows: vec![row("b2", "us-west-2", "i-0ee", "fresh"), row("b2", "us-west-2", "i-0dd", "")],
    }]);
    assert_eq!(ids(&after, ""), ["i-0bb", "i-0ee", "i-0aa", "i-0dd"]);
    assert_eq!(ids(&before, ""), ["i-0bb", "i-0cc", "i-0aa", "i-0dd"], "a snapshot never changes");
    for (account, region, id) in
        [("a1", "eu-west-1", "i-0aa"), ("a1", "us-east-1", "i-0bb"), ("b2", "us-west-2", "i-0dd")]
    {
        let key = key(account, region, id);
        let (old, new) = (before.row(&key).expect("a row"), after.row(&key).expect("a row"));
        assert!(Arc::ptr_eq(&old, &new), "{key} is the same and is shared");
    }
}

#[test]
fn single_rows_are_added_changed_and_removed() {
    let snapshot = four();
    let renamed = with(row("a1", "eu-west-1", "i-0aa", "zebra"), |r| r.state = State::Stopped);
    let changes = vec![Change::Rows {
        upserts: vec![renamed, row("b2", "eu-north-1", "i-0ff", "bear")],
        removed: vec![key("b2", "us-west-2", "i-0cc"), key("b2", "us-west-2", "nobody")],
    }];
    let next = snapshot.apply(changes);
    assert_eq!(ids(&next, ""), ["i-0ff", "i-0bb", "i-0aa", "i-0dd"]);
    assert_eq!(ids(&next, "state:stopped"), ["i-0bb", "i-0aa"]);
    assert_eq!(ids(&next, "web"), [""; 0], "the old name no longer matches");
    assert_eq!((next.len(), next.totals(at(0)).missing), (4, 0));
    assert!(next.get(&key("b2", "us-west-2", "i-0cc"), at(0)).is_none());
}

#[test]
fn change_of_state_alone_is_visible() {
    let stopped = with(row("a1", "eu-west-1", "i-0aa", "web-1"), |r| r.state = State::Stopped);
    let next = four().apply(rows(vec![stopped]));
    assert_eq!(ids(&next, "state:stopped"), ["i-0bb", "i-0aa"]);
}

#[test]
fn removed_scopes_and_accounts_lose_their_rows() {
    let snapshot = four();
    let next = snapshot.apply(vec![Change::RemoveScopes(vec![scope("a1", "us-east-1")])]);
    assert_eq!(ids(&next, ""), ["i-0cc", "i-0aa", "i-0dd"]);
    assert!(next.scope(&scope("a1", "us-east-1")).is_none() && next.scope(&scope("a1", "eu-west-1")).is_some());
    let next = next.apply(vec![Change::RemoveAccount(AccountId::new("a1"))]);
    assert_eq!(ids(&next, ""), ["i-0cc", "i-0dd"]);
    assert_eq!((next.accounts().len(), next.scopes().len(), next.scopes_of(&AccountId::new("a1")).len()), (1, 1, 0));
    assert_eq!(next.account(&AccountId::new("b2")).map(|account| &*account.name), Some("lab"));
    // The rows in the reused slots are found, and the removed rows are not.
    let next = next.apply(vec![Change::ReplaceScope {
        key: scope("c3", "eu-west-1"),
        rows: vec![row("c3", "eu-west-1", "i-1", "new"), row("c3", "eu-west-1", "i-2", "newer")],
    }]);
    assert_eq!(ids(&next, ""), ["i-1", "i-2", "i-0cc", "i-0dd"]);
    assert_eq!(ids(&next, "account:c3"), ["i-1", "i-2"]);
    assert!(next.get(&key("a1", "eu-west-1", "i-0aa"), at(0)).is_none());
}

#[test]
fn row_belongs_to_the_scope_that_lists_it() {
    let stray = row("b2", "us-west-2", "i-1", "stray");
    let next = Snapshot::empty().apply(vec![Change::ReplaceScope { key: scope("a1", "eu-west-1"), rows: vec![stray] }]);
    let key = key("b2", "us-west-2", "i-1");
    let row = next.row(&key).expect("a row");
    assert_eq!((row.account.as_str(), row.scope.location.as_str()), ("a1", "eu-west-1"));
    assert_eq!(ids(&next, "account:a1"), ["i-1"]);
    assert_eq!(ids(&next.apply(vec![Change::Rows { upserts: vec![], removed: vec![key] }]), ""), [""; 0]);
}

#[test]
fn repeated_row_of_a_listing_counts_once() {
    let twice = ["first", "last"].map(|name| row("a1", "eu-west-1", "i-1", name)).to_vec();
    let replaced =
        Snapshot::empty().apply(vec![Change::ReplaceScope { key: scope("a1", "eu-west-1"), rows: twice.clone() }]);
    for next in [Snapshot::empty().apply(rows(twice.clone())), replaced.apply(rows(twice)), replaced] {
        assert_eq!((ids(&next, ""), ids(&next, "name:last")), (vec!["i-1".to_owned()], vec!["i-1".to_owned()]));
    }
}

#[test]
fn row_listed_twice_prefers_the_present_one() {
    let missing = CachedRow { missing_since: Some(at(0)), ..row("a1", "eu-west-1", "i-1", "moved") };
    let there = with(row("a1", "eu-west-1", "i-1", "moved"), |r| r.state = State::Stopped);
    let next = Snapshot::empty().apply(vec![
        Change::ReplaceScope { key: scope("a1", "zone-1"), rows: vec![missing] },
        Change::ReplaceScope { key: scope("a1", "zone-2"), rows: vec![there] },
    ]);
    let key = key("a1", "eu-west-1", "i-1");
    assert_eq!(next.get(&key, at(0)).map(|row| (row.state(), row.row.missing_since)), Some((State::Stopped, None)));
    let hits = next.search(&Query::parse("is:missing").expect("a query"), Sort::default(), at(0));
    assert_eq!((hits.total, hits.position(&key)), (1, Some(0)));
}

#[test]
fn records_are_replaced_one_by_one() {
    let home = scope("a1", "eu-west-1");
    let next = four().apply(vec![Change::Scopes(vec![record(&home, 9)])]);
    assert_eq!(next.scope(&home).and_then(|record| record.as_of), Some(at(9)));
    assert_eq!(next.scopes().len(), 3);
    let locations: Vec<_> =
        next.scopes_of(&AccountId::new("a1")).iter().map(|record| record.key.scope.location.to_string()).collect();
    assert_eq!(locations, ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_row_that_takes_the_name_of_another_takes_its_own_place() {
    let home = scope("a1", "eu-west-1");
    let twins = vec![row("a1", "eu-west-1", "i-1", "web"), row("a1", "us-east-1", "i-5", "web")];
    let before = Snapshot::empty().apply(rows(twins));
    let first = before.search(&Query::default(), Sort::default(), at(0)).keys();
    assert_eq!(first.iter().map(|key| &*key.native).collect::<Vec<_>>(), ["i-1", "i-5"]);
    let other = CachedRow { scope: home.scope.clone(), ..row("a1", "us-west-2", "i-9", "web") };
    let after = before.apply(vec![Change::ReplaceScope { key: home, rows: vec![other] }]);
    let then = after.search(&Query::default(), Sort::default(), at(0)).keys();
    assert_eq!(then.iter().map(|key| &*key.native).collect::<Vec<_>>(), ["i-5", "i-9"]);
}

// Invariant 18
/// One change copies no record of another scope, whichever scopes it names.
#[test]
fn change_of_one_scope_shares_every_other_record() {
    let accounts = ["a1", "b2", "c3"];
    let zones: Vec<ScopeKey> = (0..40).map(|zone| scope(accounts[zone % 3], &format!("zone-{zone}"))).collect();
    let before = Snapshot::empty().apply(vec![Change::Scopes(zones.iter().map(|key| record(key, 0)).collect())]);
    let failure = Failure { code: FailureCode::TimedOut, message: "no answer".to_owned() };
    let fails =
        |key: &ScopeKey| Change::Failures { attempted_at: at(9), failures: vec![(key.clone(), failure.clone())] };
    let lists =
        |key: &ScopeKey| Change::ReplaceScope { key: key.clone(), rows: vec![row("a1", "eu-west-1", "i-1", "")] };
    let changes = [
        vec![Change::Scopes(vec![record(&zones[7], 9)])],
        vec![fails(&zones[7])],
        vec![lists(&zones[7]), Change::Scopes(vec![record(&zones[7], 9)])],
        vec![Change::RemoveScopes(vec![zones[7].clone()])],
    ];
    for change in changes {
        let after = before.apply(change);
        for key in zones.iter().filter(|key| **key != zones[7]) {
            let (old, new) = (before.scope(key).expect("a record"), after.scope(key).expect("a record"));
            assert!(std::ptr::eq(old, new), "{key:?} is copied");
        }
        assert_ne!(before.scope(&zones[7]), after.scope(&zones[7]));
    }
}

#[test]
fn failure_keeps_the_other_facts_of_its_scope() {
    let failure = Failure { code: FailureCode::PermissionDenied, message: "no".to_owned() };
    let (home, fresh) = (scope("a1", "eu-west-1"), scope("z9", "eu-west-1"));
    let failures = [&home, &fresh].map(|key| (key.clone(), failure.clone())).to_vec();
    let next = four().apply(vec![Change::Failures { attempted_at: at(9), failures }]);
    let failed = ScopeRecord { attempted_at: Some(at(9)), failure: Some(failure.clone()), ..record(&home, 0) };
    let known = four().scope(&home).cloned().expect("a record");
    assert_eq!(next.scope(&home), Some(&ScopeRecord { attempted_at: Some(at(9)), failure: Some(failure), ..known }));
    let new = next.scope(&fresh).expect("a record");
    assert_eq!((new.generation, new.as_of, &new.failure), (0, None, &failed.failure));
    assert_eq!(ids(&next, ""), ids(&four(), ""), "the rows stay");
}

#[test]
fn keys_in_state_are_of_one_account_and_present() {
    let moving = |id: &str, account: &str| with(row(account, "eu-west-1", id, id), |r| r.state = State::Stopping);
    let missing = CachedRow { missing_since: Some(at(0)), ..moving("i-3", "a1") };
    let next = four().apply(rows(vec![moving("i-1", "a1"), moving("i-2", "b2"), missing]));
    let keys = next.keys_in_state(&AccountId::new("a1"), State::is_transitional);
    assert_eq!(keys.iter().map(|key| &*key.native).collect::<Vec<_>>(), ["i-1"]);
    assert!(next.keys_in_state(&AccountId::new("c3"), State::is_transitional).is_empty());
}
