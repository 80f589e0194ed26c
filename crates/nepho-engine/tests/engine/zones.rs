//! Tests of scopes that are zones: each succeeds or fails separately, and its rows are found by
//! region.

use nepho_core::{FailureCode, ProviderError};
use nepho_index::{Query, Sort};
use nepho_testkit::instance;

use crate::harness::{Harness, engine, harness};

async fn zonal() -> Harness {
    let harness = harness().await;
    harness.cloud.list_by_zone();
    for (native, region, zone) in [
        ("i-1", "us-central1", "us-central1-a"),
        ("i-2", "us-central1", "us-central1-b"),
        ("i-3", "europe-west1", "europe-west1-b"),
    ] {
        harness.cloud.add(instance(native).region(region).zone(zone).named(native));
    }
    harness.sync().await;
    harness
}

#[tokio::test(start_paused = true)]
async fn rows_of_a_zone_are_found_by_their_region() {
    let harness = zonal().await;
    let locations: Vec<_> =
        harness.engine.accounts()[0].scopes.iter().map(|scope| scope.key.scope.location.to_string()).collect();
    assert_eq!(locations, ["europe-west1-b", "us-central1-a", "us-central1-b"]);
    for engine in [harness.engine.clone(), engine(&harness.store, &harness.host, &harness.clock, "run-2").await] {
        engine.loaded().await;
        let found = |query: &str| {
            let query = Query::parse(query).unwrap();
            let now = nepho_core::Clock::now(&*harness.clock);
            let hits = engine.snapshot().search(&query, Sort::default(), now);
            let names: Vec<String> = hits.keys().iter().map(|key| key.native.to_string()).collect();
            (names.join(" "), hits.facets.region.iter().map(|facet| (facet.value.to_string(), facet.count)).collect())
        };
        let regions = |regions: &[(&str, usize)]| -> Vec<(String, usize)> {
            regions.iter().map(|(region, count)| ((*region).to_owned(), *count)).collect()
        };
        assert_eq!(found("region:us-central1"), ("i-1 i-2".to_owned(), regions(&[("us-central1", 2)])));
        assert_eq!(found("zone:us-central1-b"), ("i-2".to_owned(), regions(&[("us-central1", 1)])));
        assert_eq!(found("region:us-central1-b").0, "", "a zone is not a region");
        assert_eq!(found("").0, "i-1 i-2 i-3");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_zone_makes_only_its_rows_stale() {
    let harness = zonal().await;
    let denied = ProviderError::PermissionDenied { operation: "list".to_owned(), message: "no".to_owned() };
    harness.cloud.break_listing("us-central1-b", denied);
    let report = harness.sync().await;
    let failed: Vec<_> = report.scopes.iter().filter(|scope| scope.failure.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].scope.as_ref().map(|scope| scope.location.as_str()), Some("us-central1-b"));
    assert_eq!(harness.ids("is:stale"), ["i-2"]);
    assert_eq!(harness.ids("region:us-central1 -is:stale"), ["i-1"], "the region's other zone stays fresh");
    let failure = harness.row("i-2").failure.unwrap();
    assert_eq!(failure.code, FailureCode::PermissionDenied);
    harness.cloud.heal("us-central1-b");
    harness.sync().await;
    assert!(harness.ids("is:stale").is_empty());
}
