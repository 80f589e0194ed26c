//! Tests of executing and following actions: requests, journal entries and rows.

use std::time::Duration;

use nepho_core::{
    Access, Action, FailureCode, ProviderError, State,
    plan::{CommitRefusal, Refusal, Verdict},
    report::{TargetResult, TargetStatus},
};
use nepho_engine::CommitError;
use nepho_testkit::{
    fake::{Call, Held, Recorded, SubmitStep},
    instance,
};

use crate::harness::{Harness, account, failure, harness};

const MINUTE: Duration = Duration::from_mins(1);

async fn one_running() -> Harness {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("web"));
    harness.sync().await;
    harness
}

fn outcome(results: &[TargetResult]) -> (TargetStatus, Option<State>) {
    assert_eq!(results.len(), 1);
    (results[0].status, results[0].observed_state)
}

#[tokio::test(start_paused = true)]
async fn stop_is_pending_until_stopped_is_observed() {
    let harness = one_running().await;
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    let row = harness.row("i-1");
    assert_eq!((row.state(), row.raw_state()), (State::Stopping, "stopping"));
    harness.pass(5).await;
    assert_eq!(harness.row("i-1").state(), State::Stopping);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(outcome(&results), (TargetStatus::Done, Some(State::Stopped)));
    assert_eq!(harness.row("i-1").state(), State::Stopped);
    assert_eq!(harness.row("i-1").pending(), None);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
    let stored = harness.store.rows().await.unwrap();
    assert_eq!(stored[0].resource.state, State::Stopped, "a new process shows the state too");
}

// Invariant 4
#[tokio::test(start_paused = true)]
async fn journal_entry_precedes_the_request() {
    let harness = one_running().await;
    let gate = harness.cloud.hold(Call::Submit, Held::Request);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    gate.reached().await;
    assert_eq!(harness.events("i-1").await, ["sent"]);
    assert_eq!(harness.cloud.truth("i-1").unwrap().resource.state, State::Running);
    gate.open();
    harness.engine.submitted(&id).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
}

// Invariant 4
#[tokio::test(start_paused = true)]
async fn mutation_runs_to_its_end_without_its_caller() {
    let harness = one_running().await;
    let gate = harness.cloud.hold(Call::Submit, Held::Request);
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    let commit = harness.engine.commit(&plan.nonce, None, true);
    let abandoned = tokio::time::timeout(Duration::from_millis(1), async {
        commit.await.expect("committed");
        gate.reached().await;
        std::future::pending::<()>().await;
    });
    assert!(abandoned.await.is_err());
    gate.open();
    harness.pass(2).await;
    assert_eq!(harness.cloud.counts().submit_ended, 1);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
}

#[tokio::test(start_paused = true)]
async fn refused_stop_never_shows_stopped() {
    let harness = one_running().await;
    let refusal = ProviderError::InvalidState { message: "protected".to_owned() };
    harness.cloud.script_submit("i-1", [SubmitStep::Refuse(refusal)]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Refused);
    assert_eq!(results[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::InvalidState));
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Running, None));
    assert_eq!(harness.events("i-1").await, ["sent", "refused"]);
}

// Invariant 4
#[tokio::test(start_paused = true)]
async fn stop_without_response_is_unknown_and_never_resent() {
    let harness = one_running().await;
    let lost = ProviderError::TimedOut { operation: "ec2:StopInstances".to_owned() };
    harness.cloud.script_submit("i-1", [SubmitStep::LoseReply(lost)]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    let results = harness.engine.submitted(&id).await;
    assert_eq!(outcome(&results), (TargetStatus::Unknown, None));
    assert_eq!(harness.events("i-1").await, ["sent", "unknown"]);
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(outcome(&results), (TargetStatus::Done, Some(State::Stopped)));
    assert_eq!(harness.events("i-1").await, ["sent", "unknown", "done"]);
    assert_eq!(harness.cloud.counts().submit, 1);
}

#[tokio::test(start_paused = true)]
async fn stop_that_never_arrived_stays_unknown() {
    let harness = one_running().await;
    let lost = ProviderError::Unavailable { message: "reset".to_owned() };
    harness.cloud.script_submit("i-1", [SubmitStep::Refuse(lost)]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    let results = harness.engine.wait(&id, 2 * MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Unknown);
    assert_eq!(harness.events("i-1").await, ["sent", "unknown", "timed_out"]);
    assert_eq!((harness.row("i-1").state(), harness.cloud.counts().submit), (State::Running, 1));
}

// Invariant 14
#[tokio::test(start_paused = true)]
async fn read_older_than_the_reply_cannot_undo_it() {
    let harness = one_running().await;
    let listing = harness.cloud.hold_listing("eu-west-1");
    let sweep = tokio::join!(harness.sync(), async {
        listing.reached().await; // the listing has read *running*, and its response is in transit
        let id = harness.act(Action::Stop, &["i-1"]).await;
        harness.engine.submitted(&id).await;
        harness.cloud.settle("i-1");
        harness.engine.wait(&id, MINUTE).await;
        assert_eq!(harness.row("i-1").state(), State::Stopped);
        listing.open();
    });
    assert!(sweep.0.scopes[0].failure.is_none());
    assert_eq!(harness.row("i-1").state(), State::Stopped);
    assert_eq!(harness.store.rows().await.unwrap()[0].resource.state, State::Stopped);
}

#[tokio::test(start_paused = true)]
async fn listing_older_than_the_reply_keeps_the_overlay() {
    let harness = one_running().await;
    let listing = harness.cloud.hold_listing("eu-west-1");
    tokio::join!(harness.sync(), async {
        listing.reached().await;
        let id = harness.act(Action::Stop, &["i-1"]).await;
        harness.engine.submitted(&id).await;
        listing.open();
    });
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Stopping, Some(Action::Stop)));
}

#[tokio::test(start_paused = true)]
async fn stale_read_after_the_reply_keeps_the_overlay() {
    let harness = one_running().await;
    harness.cloud.read_stale("i-1", 3 + 1); // the plan's read, and three reads after the reply
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    for _ in 0..3 {
        harness.pass(1).await;
        assert_eq!(harness.row("i-1").state(), State::Stopping);
    }
    harness.cloud.settle("i-1");
    assert_eq!(outcome(&harness.engine.wait(&id, MINUTE).await).1, Some(State::Stopped));
}

#[tokio::test(start_paused = true)]
async fn accepted_stop_without_effect_is_contradicted() {
    let harness = one_running().await;
    harness.cloud.read_stale("i-1", 1000);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    let results = harness.engine.wait(&id, 2 * MINUTE).await;
    assert_eq!(outcome(&results), (TargetStatus::Failed, Some(State::Running)));
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Running, None));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn following_without_a_final_state_ends_unknown() {
    let harness = one_running().await;
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(15 * 60 + 10).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "timed_out"]);
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Unknown);
    let reads = harness.cloud.counts().observe;
    assert!((200..300).contains(&reads), "reads slow down: {reads}");
}

#[tokio::test(start_paused = true)]
async fn terminated_instance_may_become_not_found() {
    let harness = one_running().await;
    let plan = harness.plan(Action::Terminate, &["i-1"]).await;
    let id = harness.engine.commit(&plan.nonce, Some("web"), false).await.unwrap();
    harness.engine.submitted(&id).await;
    harness.pass(2).await;
    harness.cloud.remove("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(outcome(&results), (TargetStatus::Done, Some(State::Terminated)));
}

#[tokio::test(start_paused = true)]
async fn reboot_ends_when_the_instance_is_running() {
    let harness = one_running().await;
    let id = harness.act(Action::Reboot, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    assert_eq!(harness.row("i-1").pending(), Some(Action::Reboot));
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(outcome(&results), (TargetStatus::Done, Some(State::Running)));
    assert_eq!(harness.row("i-1").pending(), None);
}

#[tokio::test(start_paused = true)]
async fn failed_target_does_not_affect_the_others() {
    let harness = one_running().await;
    harness.cloud.add(instance("i-2"));
    harness.sync().await;
    let refusal = ProviderError::Conflict { message: "busy".to_owned() };
    harness.cloud.script_submit("i-2", [SubmitStep::Refuse(refusal)]);
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    harness.engine.submitted(&id).await;
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    let statuses: Vec<_> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [TargetStatus::Done, TargetStatus::Refused]);
}

#[tokio::test(start_paused = true)]
async fn account_locked_by_another_process_sends_nothing() {
    let harness = one_running().await;
    harness.host.set_locked(Some(failure(FailureCode::Conflict)));
    let id = harness.act(Action::Stop, &["i-1"]).await;
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, harness.cloud.counts().submit), (TargetStatus::NotSent, 0));
    assert_eq!(results[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::Conflict));
    assert_eq!(harness.events("i-1").await, ["not_sent"]);
    let recorded = harness.engine.operations(1).await.expect("operations");
    assert_eq!(recorded[0].targets[0].result.status, TargetStatus::NotSent, "the journal tells the same");
}

#[tokio::test(start_paused = true)]
async fn read_only_account_is_never_called() {
    let harness = one_running().await;
    let read_only = nepho_core::Account { access: Access::ReadOnly, ..account("lab") };
    harness.engine.put_account(read_only).await;
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    assert_eq!(plan.targets[0].verdict, Verdict::Refused(Refusal::ReadOnly));
    let refused = harness.engine.commit(&plan.nonce, Some("web"), true).await;
    assert!(matches!(refused, Err(CommitError::Refused(CommitRefusal::Nothing))));
    assert!(!harness.cloud.calls().iter().any(|call| matches!(call, Recorded::Submit { .. })));
}

#[tokio::test(start_paused = true)]
async fn operation_is_rebuilt_from_its_journal_entries() {
    let harness = one_running().await;
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    let running = &harness.engine.operations(10).await.unwrap()[0];
    assert!(running.targets[0].is_running() && running.finished_at.is_none());
    harness.cloud.settle("i-1");
    harness.engine.wait(&id, MINUTE).await;
    let ended = &harness.engine.operations(10).await.unwrap()[0];
    assert_eq!((ended.id.clone(), ended.request.action()), (id, Action::Stop));
    assert!(!ended.targets[0].is_running() && ended.finished_at.is_some());
    assert_eq!(ended.targets[0].name, "web");
}
