//! Tests of deleted instances that their cloud no longer knows.

use std::time::Duration;

use nepho_core::{
    Action, FailureCode, ProviderError, State,
    journal::OperationId,
    provider::Progress,
    report::{TargetResult, TargetStatus},
};
use nepho_testkit::{fake::Recorded, instance};

use crate::harness::{Harness, with};

const MINUTE: Duration = Duration::from_mins(1);

/// `i-1` and `i-2` in two regions; the first is being terminated, and a read has shown that.
async fn terminating() -> (Harness, OperationId) {
    let harness = with([instance("i-1").named("web"), instance("i-2").region("us-east-1")]).await;
    let plan = harness.plan(Action::Terminate, &["i-1"]).await;
    let id = harness.engine.commit(&plan.nonce, Some("web"), false).await.expect("committed");
    harness.pass(3).await;
    assert_eq!(harness.row("i-1").state(), State::Terminating);
    (harness, id)
}

/// Returns the regions of each listing so far.
fn listings(harness: &Harness) -> Vec<Vec<String>> {
    let calls = harness.cloud.calls().into_iter();
    let lists = calls.filter_map(|call| if let Recorded::List(scopes) = call { Some(scopes) } else { None });
    lists.map(|scopes| scopes.iter().map(|scope| scope.location.to_string()).collect()).collect()
}

fn ended(results: &[TargetResult]) -> (TargetStatus, Option<State>) {
    (results[0].status, results[0].observed_state)
}

#[tokio::test(start_paused = true)]
async fn deleted_instance_is_missing_then_gone_after_two_listings() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    assert_eq!(ended(&harness.engine.wait(&id, MINUTE).await), (TargetStatus::Done, Some(State::Terminated)));
    let row = harness.row("i-1");
    assert!(row.stale && row.row.missing_since.is_some() && row.pending().is_none(), "{row:?}");
    assert!(harness.row("i-2").row.missing_since.is_none());
    assert_eq!(listings(&harness)[1..], [["eu-west-1"]], "its own region, once");
    harness.sync().await;
    assert!(harness.find("i-1").is_none());
    assert!(harness.find("i-2").is_some());
}

#[tokio::test(start_paused = true)]
async fn wait_includes_the_listing_after_a_deletion() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    let gate = harness.cloud.hold_listing("eu-west-1");
    let waiting = async {
        harness.engine.wait(&id, MINUTE).await;
        harness.row("i-1").row.missing_since.is_some()
    };
    let (missing, ()) = tokio::join!(waiting, async {
        gate.reached().await;
        harness.pass(5).await;
        gate.open();
    });
    assert!(missing);
}

#[tokio::test(start_paused = true)]
async fn visible_terminated_instance_triggers_no_listing() {
    let (harness, id) = terminating().await;
    harness.cloud.settle("i-1");
    assert_eq!(ended(&harness.engine.wait(&id, MINUTE).await), (TargetStatus::Done, Some(State::Terminated)));
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").row.missing_since), (State::Terminated, None));
    assert_eq!(listings(&harness).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn failed_listing_after_a_deletion_proves_nothing() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    let denied = ProviderError::PermissionDenied { operation: "list".to_owned(), message: "no".to_owned() };
    harness.cloud.break_listing("eu-west-1", denied);
    assert_eq!(ended(&harness.engine.wait(&id, MINUTE).await), (TargetStatus::Done, Some(State::Terminated)));
    let row = harness.row("i-1");
    assert_eq!(
        (row.row.missing_since, row.failure.map(|failure| failure.code)),
        (None, Some(FailureCode::PermissionDenied))
    );
    assert!(!harness.row("i-2").stale, "another region is not touched");
}

#[tokio::test(start_paused = true)]
async fn hanging_listing_blocks_neither_wait_nor_shutdown() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    let gate = harness.cloud.hold_listing("eu-west-1");
    let waited = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(ended(&waited), (TargetStatus::Done, Some(State::Terminated)));
    assert_eq!(gate.arrivals(), 1);
    tokio::time::timeout(MINUTE, harness.engine.shutdown()).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn missing_instance_is_not_read_repeatedly() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    harness.engine.wait(&id, MINUTE).await;
    let readings = harness.cloud.counts().observe;
    harness.engine.poll(10 * MINUTE);
    harness.cloud.add(instance("i-1").named("web").state(State::Terminating));
    harness.pass(1).await;
    harness.cloud.remove("i-1");
    harness.pass(40).await;
    assert!(harness.cloud.counts().observe > readings, "the instance was present again, in a transitional state");
    harness.sync().await;
    let readings = harness.cloud.counts().observe;
    harness.pass(300).await;
    assert!(harness.row("i-1").row.missing_since.is_some());
    assert_eq!(harness.cloud.counts().observe, readings);
}

#[tokio::test(start_paused = true)]
async fn instance_not_found_stays_until_its_operation_ends() {
    let harness = with([instance("i-1").named("web")]).await;
    harness.cloud.give_tickets();
    let busy = ProviderError::Conflict { message: "the disk is busy".to_owned() };
    let steps = std::iter::repeat_n(Ok(Progress::Underway), 10).chain([Ok(Progress::Failed(busy))]);
    harness.cloud.script_progress("i-1", steps);
    let plan = harness.plan(Action::Terminate, &["i-1"]).await;
    let id = harness.engine.commit(&plan.nonce, Some("web"), false).await.expect("committed");
    harness.cloud.remove("i-1");
    harness.pass(8).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    assert_eq!(harness.engine.wait(&id, MINUTE).await[0].status, TargetStatus::Failed);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}
