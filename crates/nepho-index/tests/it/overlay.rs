//! Tests of overlays: a reply to an action covers the row until it is removed.

use nepho_core::{Action, State};
use nepho_index::{Change, Overlay, Query, Snapshot, Sort, SortColumn};

use crate::fleet::{at, four, ids, key, row, with};

fn overlay(action: Action, state: Option<State>, raw_state: &str) -> Overlay {
    Overlay { action, state, raw_state: raw_state.to_owned(), since: at(1) }
}

fn put(snapshot: &Snapshot, id: &str, overlay: Option<Overlay>) -> Snapshot {
    snapshot.apply(vec![Change::Overlay { key: key("a1", "eu-west-1", id), overlay }])
}

#[test]
fn overlay_replaces_the_rows_state_in_views_and_queries() {
    let stopping = put(&four(), "i-0aa", Some(overlay(Action::Stop, Some(State::Stopping), "stopping")));
    let web = stopping.get(&key("a1", "eu-west-1", "i-0aa"), at(60)).expect("a row");
    assert_eq!((web.state(), web.raw_state(), web.pending()), (State::Stopping, "stopping", Some(Action::Stop)));
    for (query, found) in [
        ("state:running", vec!["i-0dd"]),
        ("state:stopping", vec!["i-0cc", "i-0aa"]),
        ("-state:stopping", vec!["i-0bb", "i-0dd"]),
        ("raw:running", vec!["i-0dd"]),
        ("raw:stopping", vec!["i-0aa"]),
        ("is:pending", vec!["i-0aa"]),
        ("-is:pending state:stopping", vec!["i-0cc"]),
    ] {
        assert_eq!(ids(&stopping, query), found, "{query}");
    }
    let totals = stopping.totals(at(60));
    assert_eq!((totals.states[&State::Stopping], totals.states[&State::Running], totals.pending), (2, 1, 1));
    let hits = stopping.search(&Query::parse("is:pending").expect("a query"), Sort::default(), at(60));
    assert_eq!(hits.facets.state.iter().map(|facet| facet.value).collect::<Vec<_>>(), [State::Stopping]);
    let summary = stopping.summary(web.key()).expect("a row");
    assert_eq!((summary.state, summary.pending), (State::Stopping, Some(Action::Stop)));
    let stored = stopping.row(web.key()).expect("a row");
    assert_eq!(stored.resource.state, State::Running, "the row itself is as it was read");
}

#[test]
fn overlay_without_a_state_only_marks_the_row() {
    let rebooting = put(&four(), "i-0aa", Some(overlay(Action::Reboot, None, "")));
    let web = rebooting.get(&key("a1", "eu-west-1", "i-0aa"), at(60)).expect("a row");
    assert_eq!((web.state(), web.raw_state(), web.pending()), (State::Running, "running", Some(Action::Reboot)));
    assert_eq!(ids(&rebooting, "state:running is:pending raw:running"), ["i-0aa"]);
}

#[test]
fn overlay_stays_over_newer_reads_until_removed() {
    let over = put(&four(), "i-0aa", Some(overlay(Action::Stop, Some(State::Stopping), "stopping")));
    // Rows are added before it, so that its number in the segment changes.
    let read = Change::Rows {
        upserts: vec![
            row("a1", "eu-west-1", "i-00", "aaa"),
            with(row("a1", "eu-west-1", "i-0aa", "web-1"), |web| web.size = "t3.nano".to_owned()),
        ],
        removed: vec![],
    };
    let read = over.apply(vec![read]);
    assert_eq!(ids(&read, "state:stopping -is:missing"), ["i-0aa"]);
    assert_eq!(ids(&read, "size:t3.nano is:pending"), ["i-0aa"]);
    let dropped = put(&read, "i-0aa", None);
    assert_eq!(ids(&dropped, "state:stopping -is:missing"), [""; 0]);
    assert_eq!(ids(&dropped, "is:pending"), [""; 0]);
}

#[test]
fn overlay_may_precede_its_row() {
    let early = put(&Snapshot::empty(), "i-1", Some(overlay(Action::Start, Some(State::Pending), "pending")));
    assert_eq!(early.totals(at(0)).pending, 0);
    let there = early.apply(vec![Change::Rows { upserts: vec![row("a1", "eu-west-1", "i-1", "x")], removed: vec![] }]);
    assert_eq!(ids(&there, "state:pending is:pending"), ["i-1"]);
}

#[test]
fn order_by_state_follows_the_overlay() {
    let by_state = |snapshot: &Snapshot| {
        let hits = snapshot.search(&Query::default(), Sort::by(SortColumn::State), at(60));
        hits.keys().iter().map(|key| key.native.to_string()).collect::<Vec<_>>()
    };
    let before = four();
    assert_eq!(by_state(&before), ["i-0aa", "i-0dd", "i-0cc", "i-0bb"]);
    let after = put(&before, "i-0aa", Some(overlay(Action::Terminate, Some(State::Terminating), "shutting-down")));
    assert_eq!(by_state(&after), ["i-0dd", "i-0cc", "i-0bb", "i-0aa"]);
}
