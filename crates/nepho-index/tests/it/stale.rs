//! Tests of freshness: the age of a row's facts, and staleness.

use std::time::Duration;

use nepho_core::{
    Failure, FailureCode,
    cache::{CachedRow, ScopeRecord},
};
use nepho_index::{Change, DEFAULT_STALE_AFTER, Query, Snapshot, Sort};

use crate::fleet::{at, key, record, row, scope};

/// One scope, listed at noon: a plain row, a row read alone at 800 s, and a row missing since noon.
fn scene() -> Snapshot {
    let home = scope("a1", "eu-west-1");
    let plain = row("a1", "eu-west-1", "i-1", "plain");
    let observed = CachedRow { observed_at: Some(at(800)), ..row("a1", "eu-west-1", "i-2", "observed") };
    let missing = CachedRow { missing_since: Some(at(-300)), ..row("a1", "eu-west-1", "i-3", "missing") };
    Snapshot::empty().apply(vec![
        Change::Scopes(vec![record(&home, 0)]),
        Change::ReplaceScope { key: home, rows: vec![plain, observed, missing] },
    ])
}

/// Returns the stale rows by all three interfaces, which must agree.
fn stale(snapshot: &Snapshot, seconds: i64) -> String {
    let now = at(seconds);
    let all = snapshot.search(&Query::default(), Sort::default(), now);
    let by_row: Vec<_> =
        all.window(0, 9).into_iter().filter(|row| row.stale).map(|row| row.name().to_owned()).collect();
    let asked = snapshot.search(&Query::parse("is:stale").expect("a query"), Sort::default(), now);
    let by_query: Vec<_> = asked.window(0, 9).into_iter().map(|row| row.name().to_owned()).collect();
    assert_eq!(by_row, by_query);
    let totals = snapshot.totals(now);
    // The totals count a missing row apart.
    let counted = totals.stale + totals.missing;
    assert_eq!((all.stale, asked.stale, counted), (by_row.len(), by_row.len(), by_row.len()));
    by_row.join(" ")
}

#[test]
fn facts_older_than_the_limit_are_stale() {
    let snapshot = scene();
    assert_eq!(snapshot.stale_after(), DEFAULT_STALE_AFTER);
    assert_eq!(stale(&snapshot, 900), "missing", "an age of exactly fifteen minutes is not stale");
    assert_eq!(stale(&snapshot, 901), "missing plain", "the row that was read alone is fresher");
    assert_eq!(stale(&snapshot, 1701), "missing observed plain");
    assert_eq!(stale(&snapshot, -50), "missing", "a clock set back makes no row stale");
}

#[test]
fn stale_limit_is_kept_by_later_snapshots() {
    let polled = scene().with_stale_after(Duration::from_secs(90));
    assert_eq!(stale(&polled, 90), "missing");
    assert_eq!(stale(&polled, 91), "missing plain");
    let next = polled.apply(vec![Change::Scopes(vec![record(&scope("a1", "eu-west-1"), 10)])]);
    assert_eq!(stale(&next, 91), "missing");
    assert_eq!(stale(&next, 101), "missing plain");
}

#[test]
fn failed_listing_makes_its_scope_stale_with_the_failure() {
    let failure = Failure { code: FailureCode::TimedOut, message: "DescribeInstances timed out".to_owned() };
    let home = scope("a1", "eu-west-1");
    let snapshot =
        scene().apply(vec![Change::Scopes(vec![ScopeRecord { failure: Some(failure.clone()), ..record(&home, 0) }])]);
    assert_eq!(stale(&snapshot, 1), "missing observed plain");
    let row = snapshot.get(&key("a1", "eu-west-1", "i-1"), at(1)).expect("a row");
    assert_eq!((row.failure, row.as_of), (Some(failure), Some(at(0))));
    assert_eq!(stale(&snapshot.apply(vec![Change::Scopes(vec![record(&home, 0)])]), 1), "missing", "and recovers");
}

#[test]
fn facts_of_unknown_age_are_stale() {
    let unknown = Snapshot::empty()
        .apply(vec![Change::Rows { upserts: vec![row("a1", "eu-west-1", "i-1", "plain")], removed: vec![] }]);
    assert_eq!(stale(&unknown, 0), "plain");
}

#[test]
fn age_is_that_of_the_last_possible_listing() {
    let snapshot = scene();
    let as_of = |id| snapshot.get(&key("a1", "eu-west-1", id), at(900)).expect("a row").as_of;
    assert_eq!((as_of("i-1"), as_of("i-2"), as_of("i-3")), (Some(at(0)), Some(at(800)), Some(at(-300))));
}

#[test]
fn totals_count_each_row_once() {
    let totals = scene().totals(at(901));
    assert_eq!(
        (totals.all, totals.stale, totals.missing, totals.pending),
        (3, 1, 1, 0),
        "a missing row is not stale too"
    );
    assert_eq!(totals.states.values().sum::<usize>(), 3);
}
