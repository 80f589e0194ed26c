//! The store's first rows, which the window shows while the index loads, have the index's order, so
//! that no row moves when the index is ready.

use std::sync::Arc;

use nepho_core::{
    AccountId, Kind, Location, Scope, ScopeKey, Timestamp,
    cache::{RowWrite, ScopeCommit},
    fingerprint::Fingerprint,
};
use nepho_index::{Change, Query, Snapshot, Sort};
use nepho_store::Store;
use nepho_testkit::instance;
use proptest::{collection::vec, prelude::*, sample::select};

/// Names that differ only in case, empty names, names with equal prefixes, and names with
/// separators.
const NAMES: [&str; 24] = [
    "",
    " ",
    "\n",
    "\u{0}",
    "\u{1}",
    "\u{3}a",
    "a",
    "A",
    "a\nb",
    "a b",
    "A\u{2}B",
    "a\u{0}",
    "Z",
    "z",
    "é",
    "É",
    "ΟΔΟΣ",
    "οδος",
    "İ",
    "ﬀ",
    "名前",
    "🚀",
    "\u{202E}gpj",
    "'; DROP TABLE resources; --",
];
const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "EU-WEST-1"];
/// Two accounts may see the same realm.
const ACCOUNTS: [(&str, &str); 3] = [("b", "111122223333"), ("a", "111122223333"), ("c", "000000000000")];

type Drawn = Vec<((&'static str, &'static str), &'static str, Vec<(String, Option<&'static str>)>)>;

fn drawn() -> impl Strategy<Value = Drawn> {
    let name = prop_oneof![4 => select(&NAMES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    // A row in another region than its scope's location, like a zonal row.
    let rows = vec((name, prop::option::of(select(&REGIONS[..]))), 0..12);
    vec((select(&ACCOUNTS[..]), select(&REGIONS[..]), rows), 1..5)
}

fn commit(account: (&str, &str), location: &str, rows: &[(String, Option<&str>)]) -> ScopeCommit {
    let writes = rows.iter().enumerate().map(|(at, (name, region))| {
        // Ids count down, so that the order of writing is not the order of ids.
        let native = format!("i-{:02}", 50 - at);
        let resource =
            instance(&native).named(name).realm(&account.1.into()).region(region.unwrap_or(location)).build();
        RowWrite { row: Fingerprint::of_row(&resource, 1), resource, document: None }
    });
    ScopeCommit {
        key: ScopeKey {
            account: AccountId::new(account.0),
            scope: Scope { location: Location::new(location), kind: Kind::Instance },
        },
        base: 0,
        started_at: Timestamp::UNIX_EPOCH,
        writes: writes.collect(),
        seen_again: vec![],
        missing: vec![],
        gone: vec![],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn first_rows_of_the_store_have_the_index_order(drawn in drawn()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let store = Store::in_memory().expect("a store");
            for (account, location, rows) in &drawn {
                store.commit_scope(Arc::new(commit(*account, location, rows))).await.expect("committed");
            }
            let rows = store.rows().await.expect("rows");
            let count = rows.len();
            let snapshot = Snapshot::empty().apply(vec![Change::Rows { upserts: rows, removed: vec![] }]);
            let hits = snapshot.search(&Query::parse("").expect("a query"), Sort::default(), Timestamp::UNIX_EPOCH);
            let all: Vec<_> = hits.window(0, count).into_iter().map(|row| (row.row.account.clone(), row.key().clone())).collect();
            for limit in [0, 1, count / 2, count, count + 1] {
                let first = store.first_rows(limit).await.expect("rows");
                let first: Vec<_> = first.into_iter().map(|row| (row.account, row.resource.key)).collect();
                prop_assert_eq!(&first[..], &all[..limit.min(count)]);
            }
            Ok(())
        })?;
    }
}
