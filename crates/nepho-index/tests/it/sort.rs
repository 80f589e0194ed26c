//! Tests of orders: each column, absent facts last, equal rows by name.

use nepho_core::{Account, State};
use nepho_index::{Change, Query, Snapshot, Sort, SortColumn};

use crate::fleet::{account, at, record, row, scope, with};

fn fleet() -> Snapshot {
    let ip = |text: &str| vec![text.parse().expect("an address")];
    let rows = vec![
        with(row("a1", "eu-west-1", "i-1", "Beta"), |r| {
            (r.size, r.private_ips, r.started_at) = ("m5.large".to_owned(), ip("10.0.0.9"), Some(at(5)));
            r.state = State::Stopped;
        }),
        with(row("a1", "eu-west-1", "i-2", "alpha"), |r| {
            (r.size, r.private_ips, r.public_ips) = ("C5.large".to_owned(), ip("10.0.0.10"), ip("::1"));
        }),
        with(row("a1", "eu-west-1", "i-3", ""), |r| (r.size, r.started_at) = ("c5.large".to_owned(), Some(at(1)))),
    ];
    let other = vec![
        with(row("b2", "ap-east-1", "i-4", "alpha"), |r| {
            (r.public_ips, r.state) = (ip("9.9.9.9"), State::Pending);
        }),
        with(row("b2", "ap-east-1", "i-5", "Gamma"), |r| "z1".clone_into(&mut r.size)),
    ];
    Snapshot::empty().apply(vec![
        Change::Accounts(vec![account("a1", "zeta"), Account { prod: true, ..account("b2", "Eta") }]),
        Change::Scopes(vec![record(&scope("a1", "eu-west-1"), 7), record(&scope("b2", "ap-east-1"), 3)]),
        Change::ReplaceScope { key: scope("a1", "eu-west-1"), rows },
        Change::ReplaceScope { key: scope("b2", "ap-east-1"), rows: other },
    ])
}

fn order(snapshot: &Snapshot, query: &str, sort: Sort) -> String {
    let hits = snapshot.search(&Query::parse(query).expect("a query"), sort, at(60));
    let ids: Vec<_> = hits.keys().iter().map(|key| key.native.trim_start_matches("i-").to_owned()).collect();
    ids.concat()
}

#[test]
fn each_column_sorts_with_absent_facts_last() {
    let snapshot = fleet();
    for (column, ascending, descending) in [
        (SortColumn::Name, "24153", "51243"),
        (SortColumn::State, "42531", "12534"),
        (SortColumn::Kind, "24153", "24153"),
        (SortColumn::Account, "45213", "21345"),
        (SortColumn::Region, "45213", "21345"),
        (SortColumn::Size, "23154", "51234"),
        (SortColumn::PrivateIp, "12453", "21453"),
        (SortColumn::PublicIp, "42153", "24153"),
        (SortColumn::StartedAt, "31245", "13245"),
        (SortColumn::AsOf, "45213", "21345"),
    ] {
        let sort = Sort::by(column);
        assert_eq!(order(&snapshot, "", sort), ascending, "{column}");
        assert_eq!(order(&snapshot, "", sort.descending()), descending, "-{column}");
    }
}

#[test]
fn sort_term_overrides_the_callers_order() {
    let snapshot = fleet();
    assert_eq!(order(&snapshot, "sort:-size", Sort::by(SortColumn::Region)), "51234");
    let hits = snapshot.search(&Query::parse("sort:-size").expect("a query"), Sort::default(), at(60));
    assert_eq!(hits.sort, Sort::by(SortColumn::Size).descending());
}

#[test]
fn few_hits_sort_as_in_the_order_of_all_rows() {
    // There are so many rows that sorting only the hits is faster, and no order is cached yet.
    let others = (0..20).map(|n| row("a1", "eu-south-1", &format!("x{n}"), "other")).collect();
    let snapshot = fleet().apply(vec![Change::ReplaceScope { key: scope("a1", "eu-south-1"), rows: others }]);
    for sort in SortColumn::ALL.into_iter().flat_map(|column| [Sort::by(column), Sort::by(column).descending()]) {
        let alone = order(&snapshot, "-name:other", sort);
        assert_eq!(alone.len(), 5, "{sort:?}");
        assert!(order(&snapshot, "", sort).len() > 5, "this computes the order of all rows");
        assert_eq!(order(&snapshot, "-name:other", sort), alone, "{sort:?}");
    }
}

#[test]
fn cached_orders_follow_changes() {
    let snapshot = fleet();
    let by = |column| Sort::by(column);
    assert_eq!(order(&snapshot, "", by(SortColumn::AsOf)), "45213");
    assert_eq!(order(&snapshot, "", by(SortColumn::Account)), "45213");
    let next = snapshot.apply(vec![
        Change::Scopes(vec![record(&scope("a1", "eu-west-1"), 1)]),
        Change::Accounts(vec![account("a1", "aaa")]),
    ]);
    assert_eq!(order(&next, "", by(SortColumn::AsOf)), "21345");
    assert_eq!(order(&next, "", by(SortColumn::Account)), "21345");
    assert_eq!(order(&snapshot, "", by(SortColumn::AsOf)), "45213", "the old snapshot does not change");
}
