//! Machines that were deleted and are not known to their cloud any more: what is shown of them.

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

/// `i-1` and `i-2` in two regions; the first is being terminated, and seen on its way.
async fn terminating() -> (Harness, OperationId) {
    let harness = with([instance("i-1").named("web"), instance("i-2").region("us-east-1")]).await;
    let plan = harness.plan(Action::Terminate, &["i-1"]).await;
    let id = harness.engine.commit(&plan.nonce, Some("web"), false).await.expect("committed");
    harness.pass(3).await;
    assert_eq!(harness.row("i-1").state(), State::Terminating);
    (harness, id)
}

/// The regions of each listing so far.
fn listings(harness: &Harness) -> Vec<Vec<String>> {
    let calls = harness.cloud.calls().into_iter();
    let lists = calls.filter_map(|call| if let Recorded::List(scopes) = call { Some(scopes) } else { None });
    lists.map(|scopes| scopes.iter().map(|scope| scope.location.to_string()).collect()).collect()
}

fn ended(results: &[TargetResult]) -> (TargetStatus, Option<State>) {
    (results[0].status, results[0].observed_state)
}

#[tokio::test(start_paused = true)]
async fn a_deleted_machine_is_missing_when_its_action_has_ended_and_gone_after_the_next_listing() {
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
async fn who_waits_for_an_action_waits_for_what_the_listing_shows() {
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
async fn nothing_is_listed_for_a_machine_that_its_cloud_still_shows() {
    let (harness, id) = terminating().await;
    harness.cloud.settle("i-1");
    assert_eq!(ended(&harness.engine.wait(&id, MINUTE).await), (TargetStatus::Done, Some(State::Terminated)));
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").row.missing_since), (State::Terminated, None));
    assert_eq!(listings(&harness).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_fails_proves_nothing_and_its_scope_says_why() {
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
async fn a_listing_that_hangs_keeps_neither_who_waits_nor_the_end_of_the_process() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    let gate = harness.cloud.hold_listing("eu-west-1");
    let waited = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(ended(&waited), (TargetStatus::Done, Some(State::Terminated)));
    assert_eq!(gate.arrivals(), 1);
    tokio::time::timeout(MINUTE, harness.engine.shutdown()).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn a_missing_machine_is_not_read_again_and_again() {
    let (harness, id) = terminating().await;
    harness.cloud.remove("i-1");
    harness.engine.wait(&id, MINUTE).await;
    let readings = harness.cloud.counts().observe;
    harness.engine.poll(10 * MINUTE);
    harness.cloud.add(instance("i-1").named("web").state(State::Terminating));
    harness.pass(1).await;
    harness.cloud.remove("i-1");
    harness.pass(40).await;
    assert!(harness.cloud.counts().observe > readings, "it came back, and was on its way");
    harness.sync().await;
    let readings = harness.cloud.counts().observe;
    harness.pass(300).await;
    assert!(harness.row("i-1").row.missing_since.is_some());
    assert_eq!(harness.cloud.counts().observe, readings);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_not_found_is_not_gone_before_the_record_says_so() {
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
