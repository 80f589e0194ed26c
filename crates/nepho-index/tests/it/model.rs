//! Tests of random histories against a simple model: a snapshot's results do not depend on its
//! history.

use std::collections::{BTreeMap, BTreeSet};

use nepho_core::{
    Account, AccountId, Action, Failure, FailureCode, ResourceKey, ScopeKey, State, Timestamp,
    cache::{CachedRow, ScopeRecord},
    text::sort_key,
};
use nepho_index::{Change, Overlay, Query, Snapshot, Sort, SortColumn};
use proptest::prelude::*;

use crate::fleet::{account, at, key, record, row, scope, with};

const ACCOUNTS: [&str; 2] = ["a1", "b2"];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];
const QUERIES: [&str; 12] = [
    "",
    "web",
    "i-1",
    "-web",
    "state:running",
    "region:us-* -state:stopped",
    "account:b2",
    "tag:env=prod",
    "ip:10.0.0.",
    "is:stale",
    "is:pending,missing",
    "size:*",
];

/// The expected content of a snapshot, in simple collections.
#[derive(Clone, Debug, Default)]
struct Model {
    rows: BTreeMap<ScopeKey, BTreeMap<ResourceKey, CachedRow>>,
    records: BTreeMap<ScopeKey, ScopeRecord>,
    accounts: BTreeMap<AccountId, Account>,
    overlays: BTreeMap<ResourceKey, Overlay>,
}

impl Model {
    fn make(&mut self, change: Change) {
        match change {
            Change::Rows { upserts, removed } => {
                self.rows.values_mut().for_each(|rows| rows.retain(|key, _| !removed.contains(key)));
                for row in upserts {
                    let home = ScopeKey { account: row.account.clone(), scope: row.scope.clone() };
                    self.rows.entry(home).or_default().insert(row.resource.key.clone(), row);
                }
            }
            Change::ReplaceScope { key, rows } => {
                self.rows.insert(key, rows.into_iter().map(|row| (row.resource.key.clone(), row)).collect());
            }
            Change::Scopes(records) => self.records.extend(records.into_iter().map(|one| (one.key.clone(), one))),
            Change::Failures { attempted_at, failures } => {
                for (key, failure) in failures {
                    let record = self.records.entry(key.clone()).or_insert_with(|| ScopeRecord {
                        key,
                        generation: 0,
                        rows: 0,
                        as_of: None,
                        attempted_at: None,
                        failure: None,
                    });
                    (record.attempted_at, record.failure) = (Some(attempted_at), Some(failure));
                }
            }
            Change::RemoveScopes(keys) => keys.iter().for_each(|key| {
                self.rows.remove(key);
                self.records.remove(key);
            }),
            Change::Accounts(all) => self.accounts.extend(all.into_iter().map(|one| (one.id.clone(), one))),
            Change::RemoveAccount(id) => {
                self.accounts.remove(&id);
                self.rows.retain(|key, _| key.account != id);
                self.records.retain(|key, _| key.account != id);
            }
            Change::Overlay { key, overlay: Some(overlay) } => drop(self.overlays.insert(key, overlay)),
            Change::Overlay { key, overlay: None } => drop(self.overlays.remove(&key)),
        }
    }

    /// Builds a snapshot in one step, each scope from nothing.
    fn rebuilt(&self) -> Snapshot {
        let mut changes = vec![
            Change::Accounts(self.accounts.values().cloned().collect()),
            Change::Scopes(self.records.values().cloned().collect()),
        ];
        for (key, rows) in self.rows.iter().rev() {
            changes.push(Change::ReplaceScope { key: key.clone(), rows: rows.values().cloned().collect() });
        }
        for (key, overlay) in &self.overlays {
            changes.push(Change::Overlay { key: key.clone(), overlay: Some(overlay.clone()) });
        }
        Snapshot::empty().apply(changes)
    }

    /// The keys of all rows, sorted the plain way: unnamed last, in natural order, case ignored, then by key.
    fn by_name(&self) -> Vec<ResourceKey> {
        let mut rows: Vec<_> = self.rows.values().flat_map(BTreeMap::values).collect();
        rows.sort_by_key(|row| {
            let name = sort_key(&row.resource.name.to_lowercase());
            (row.resource.name.is_empty(), name, row.resource.key.clone())
        });
        rows.into_iter().map(|row| row.resource.key.clone()).collect()
    }

    /// Returns the keys of the rows with `word` in a text that bare words search.
    fn with_word(&self, word: &str) -> BTreeSet<ResourceKey> {
        let rows = self.rows.values().flat_map(BTreeMap::values);
        let texts = |row: &CachedRow| {
            let resource = &row.resource;
            let ips = resource.private_ips.iter().map(ToString::to_string);
            let tags = resource.tags.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
            let own = [resource.name.clone(), resource.key.native.to_string()];
            own.into_iter().chain(ips).chain(tags).collect::<Vec<_>>()
        };
        rows.filter(|row| texts(row).iter().any(|text| text.to_lowercase().contains(word)))
            .map(|row| row.resource.key.clone())
            .collect()
    }
}

fn any_scope() -> impl Strategy<Value = (&'static str, &'static str)> {
    (prop::sample::select(&ACCOUNTS[..]), prop::sample::select(&REGIONS[..]))
}

fn any_row(account: &'static str, region: &'static str) -> impl Strategy<Value = CachedRow> {
    let states = prop::sample::select(vec![State::Running, State::Stopped, State::Stopping]);
    let names = prop::sample::select(vec!["", "web-1", "Web-1", "web-10", "db", "ärger", "Ärger", "i-1"]);
    let moment = || prop::option::weighted(0.2, (0..900_i64).prop_map(at));
    (0..5_u8, names, states, 0..4_u8, moment(), moment()).prop_map(
        move |(id, name, state, variant, missing_since, observed_at)| {
            let row = with(row(account, region, &format!("i-{id}"), name), |r| {
                state.as_str().clone_into(&mut r.raw_state);
                r.state = state;
                ["", "c5.large", "C5.large", "m5.large"][usize::from(variant)].clone_into(&mut r.size);
                r.started_at = (variant > 1).then(|| at(i64::from(variant)));
                r.private_ips = vec![[10, 0, variant, id].into()];
                r.tags.insert("env".to_owned(), if variant == 1 { "prod" } else { "Dev" }.to_owned());
            });
            CachedRow { missing_since, observed_at, ..row }
        },
    )
}

fn any_key() -> impl Strategy<Value = ResourceKey> {
    (any_scope(), 0..5_u8).prop_map(|((account, region), id)| key(account, region, &format!("i-{id}")))
}

fn any_change() -> impl Strategy<Value = Change> {
    let rows = |most| {
        any_scope().prop_flat_map(move |(account, region)| {
            let rows = prop::collection::vec(any_row(account, region), 0..most);
            rows.prop_map(move |rows| (scope(account, region), rows))
        })
    };
    let overlay = (prop::sample::select(&Action::ALL[..]), any::<bool>()).prop_map(|(action, says)| Overlay {
        action,
        state: says.then(|| action.transition()),
        raw_state: "overlaid".to_owned(),
        since: at(1),
    });
    prop_oneof![
        4 => rows(9).prop_map(|(key, rows)| Change::ReplaceScope { key, rows }),
        4 => (rows(4), prop::collection::vec(any_key(), 0..3))
            .prop_map(|((_, upserts), removed)| Change::Rows { upserts, removed }),
        2 => (any_scope(), 0..900_i64)
            .prop_map(|((account, region), as_of)| Change::Scopes(vec![record(&scope(account, region), as_of)])),
        2 => (prop::collection::vec(any_scope(), 1..3), 0..900_i64).prop_map(|(scopes, attempted_at)| {
            let failure = Failure { code: FailureCode::TimedOut, message: "no answer".to_owned() };
            let failures = scopes.into_iter().map(|(account, region)| (scope(account, region), failure.clone()));
            Change::Failures { attempted_at: at(attempted_at), failures: failures.collect() }
        }),
        1 => any_scope().prop_map(|(account, region)| Change::RemoveScopes(vec![scope(account, region)])),
        1 => (prop::sample::select(&ACCOUNTS[..]), "[a-z]{1,3}")
            .prop_map(|(id, name)| Change::Accounts(vec![account(id, &name)])),
        1 => prop::sample::select(&ACCOUNTS[..]).prop_map(|id| Change::RemoveAccount(AccountId::new(id))),
        3 => (any_key(), prop::option::weighted(0.7, overlay))
            .prop_map(|(key, overlay)| Change::Overlay { key, overlay }),
    ]
}

fn now() -> Timestamp {
    at(1_200)
}

fn every_sort() -> impl Iterator<Item = Sort> {
    SortColumn::ALL.into_iter().flat_map(|column| [Sort::by(column), Sort::by(column).descending()])
}

fn assert_same(one: &Snapshot, other: &Snapshot) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.totals(now()), other.totals(now()));
    prop_assert_eq!(one.scopes(), other.scopes());
    prop_assert_eq!(one.accounts(), other.accounts());
    for query in QUERIES {
        let query = Query::parse(query).expect("a query");
        for sort in every_sort() {
            let (a, b) = (one.search(&query, sort, now()), other.search(&query, sort, now()));
            prop_assert_eq!((a.total, a.stale, &a.facets), (b.total, b.stale, &b.facets), "{} {:?}", query, sort);
            prop_assert_eq!(a.window(0, usize::MAX), b.window(0, usize::MAX), "{} {:?}", query, sort);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn snapshot_equals_one_rebuilt_from_its_changes(
        batches in prop::collection::vec(prop::collection::vec(any_change(), 1..4), 1..10)
    ) {
        let mut model = Model::default();
        let mut snapshot = Snapshot::empty();
        for batch in batches {
            batch.iter().cloned().for_each(|change| model.make(change));
            snapshot = snapshot.apply(batch);
            // Computes orders, which the next change must not leave stale.
            for sort in every_sort() {
                drop(snapshot.search(&Query::default(), sort, now()));
            }
        }
        assert_same(&snapshot, &model.rebuilt())?;
    }

    #[test]
    fn search_results_equal_the_models(changes in prop::collection::vec(any_change(), 1..20)) {
        let mut model = Model::default();
        changes.iter().cloned().for_each(|change| model.make(change));
        let snapshot = Snapshot::empty().apply(changes);
        let all = model.by_name();
        prop_assert_eq!(snapshot.search(&Query::default(), Sort::default(), now()).keys(), all.clone());
        for word in ["web", "i-1", "är", "10.0.1", "prod", "de", "e"] {
            let found = snapshot.search(&Query::parse(word).expect("a query"), Sort::default(), now()).keys();
            let expected = model.with_word(word);
            prop_assert_eq!(found, all.iter().filter(|key| expected.contains(key)).cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn pages_join_to_the_result_and_orders_are_total(
        changes in prop::collection::vec(any_change(), 1..20),
        step in 1_usize..5,
    ) {
        let snapshot = Snapshot::empty().apply(changes);
        let all: BTreeSet<_> = snapshot.search(&Query::default(), Sort::default(), now()).keys().into_iter().collect();
        prop_assert_eq!(all.len(), snapshot.len());
        for sort in every_sort() {
            let hits = snapshot.search(&Query::default(), sort, now());
            let keys = hits.keys();
            prop_assert_eq!(&keys.iter().cloned().collect::<BTreeSet<_>>(), &all);
            let windows = (0..hits.total).step_by(step).flat_map(|from| hits.window(from, step));
            prop_assert_eq!(&windows.map(|row| row.key().clone()).collect::<Vec<_>>(), &keys);
            for (place, key) in keys.iter().enumerate() {
                prop_assert_eq!(hits.position(key), Some(place));
            }
            prop_assert!(hits.window(hits.total, 3).is_empty());
        }
    }
}
