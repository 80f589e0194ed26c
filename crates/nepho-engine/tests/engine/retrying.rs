//! A sweep asks the cloud once: retries belong to the provider's client, repetition to the poller.

use nepho_core::ProviderError;
use nepho_testkit::{fake::Recorded, instance, instance::scope};

use crate::harness::harness;

/// Transient errors are the ones that a loop would be tempted to retry.
fn transient() -> ProviderError {
    ProviderError::Unavailable { message: "503".to_owned() }
}

// Invariant 3
#[tokio::test(start_paused = true)]
async fn sweep_lists_a_failing_scope_once() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.cloud.break_listing("eu-west-1", transient());
    let report = harness.sync().await;
    assert!(report.scopes.iter().any(|scope| scope.failure.is_some()), "the listing failed");
    let listings = harness.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::List(scopes) => Some(scopes.into_iter().filter(|listed| *listed == scope("eu-west-1")).count()),
        _ => None,
    });
    assert_eq!(listings.sum::<usize>(), 1, "one sweep, one listing");
}

#[tokio::test(start_paused = true)]
async fn sweep_asks_for_failing_scopes_once() {
    let harness = harness().await;
    harness.cloud.set_scopes(Err(transient()));
    harness.sync().await;
    let asked = harness.cloud.calls().into_iter().filter(|call| matches!(call, Recorded::Scopes)).count();
    assert_eq!(asked, 1, "one sweep, one question for the scopes");
}
