//! Tests of actions with an operation record: both the record and the reads must agree.

use std::time::Duration;

use nepho_core::{
    Action, FailureCode, ProviderError, State,
    provider::{Progress, Ticket},
    report::TargetStatus,
};
use nepho_engine::CONSISTENCY_WINDOW;
use nepho_testkit::{
    fake::{Recorded, SubmitStep},
    instance,
};

use crate::harness::{Harness, engine, with};

const MINUTE: Duration = Duration::from_mins(1);
/// A time after which an action without a record would be contradicted.
const LONG: u64 = CONSISTENCY_WINDOW.as_secs() + 30;

async fn recorded(natives: &[&str]) -> Harness {
    let harness = with(natives.iter().map(|native| instance(native))).await;
    harness.cloud.give_tickets();
    harness
}

fn busy() -> ProviderError {
    ProviderError::Conflict { message: "the disk is busy".to_owned() }
}

/// Returns the tickets of each poll of the record.
fn questions(harness: &Harness) -> Vec<Vec<Ticket>> {
    let asked = harness.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Progress(tickets) => Some(tickets),
        _ => None,
    });
    asked.collect()
}

#[tokio::test(start_paused = true)]
async fn failed_operation_ends_with_the_providers_error() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.pass(5).await;
    assert_eq!(
        (harness.row("i-1").state(), harness.row("i-1").pending()),
        (State::Stopping, Some(Action::Stop)),
        "on its way"
    );
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    let failure = results[0].failure.clone().expect("why");
    assert_eq!(results[0].status, TargetStatus::Failed);
    assert_eq!((failure.code, failure.message.as_str()), (FailureCode::Conflict, "the disk is busy"));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
    assert_eq!(harness.row("i-1").state(), State::Running, "it was read once more");
}

#[tokio::test(start_paused = true)]
async fn overlay_ends_when_the_operation_fails() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    harness.cloud.read_stale("i-1", 1000);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.pass(5).await;
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Stopping, Some(Action::Stop)));
    harness.cloud.settle("i-1");
    harness.engine.wait(&id, Duration::from_secs(5)).await;
    harness.pass(0).await;
    assert_eq!(
        (harness.row("i-1").state(), harness.row("i-1").pending()),
        (State::Running, None),
        "long before its time"
    );
}

#[tokio::test(start_paused = true)]
async fn state_contradicts_only_after_the_operation_ended() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.read_stale("i-1", 1000);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(LONG).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "the state is running, and so is the operation");
    harness.cloud.settle("i-1"); // the operation is done, and reads still return *running*
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Failed, Some(State::Running)));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn old_state_is_no_contradiction_while_the_operation_runs() {
    let harness = recorded(&["i-1"]).await;
    let steps = std::iter::repeat_n(Ok(Progress::Underway), 20).chain([Ok(Progress::Failed(busy()))]);
    harness.cloud.script_progress("i-1", steps);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(3).await;
    harness.cloud.set_state("i-1", State::Running);
    harness.pass(10).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    harness.engine.wait(&id, MINUTE).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn done_operation_is_not_polled_and_awaits_the_goal() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_progress("i-1", [Ok(Progress::Done)]);
    harness.cloud.read_stale("i-1", 1 + 5); // the plan's read, and five reads after the reply
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(4).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "done, and not yet observed");
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Done, Some(State::Stopped)));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
    assert_eq!(questions(&harness), [vec![Ticket::new("i-1")]]);
}

#[tokio::test(start_paused = true)]
async fn recorded_reboot_is_done_only_by_its_operation() {
    let harness = recorded(&["i-1"]).await;
    let id = harness.act(Action::Reboot, &["i-1"]).await;
    harness.pass(30).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "running, as it was before");
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Running, Some(Action::Reboot)));
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Done, Some(State::Running)));
    harness.pass(0).await;
    assert_eq!(harness.row("i-1").pending(), None);
}

#[tokio::test(start_paused = true)]
async fn failed_poll_proves_nothing() {
    let harness = recorded(&["i-1", "i-2"]).await;
    let gone = || Err(ProviderError::Unavailable { message: "reset".to_owned() });
    harness.cloud.script_progress("i-1", std::iter::repeat_with(gone).take(1000));
    harness.cloud.read_stale("i-2", 1000);
    harness.cloud.script_progress("i-2", std::iter::repeat_with(gone).take(60));
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    harness.pass(LONG).await;
    assert_eq!(
        harness.events("i-2").await,
        ["sent", "accepted"],
        "a failed poll neither fails nor contradicts the action"
    );
    harness.cloud.settle("i-1");
    harness.pass(5).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "the goal alone proves nothing");
    harness.pass(CONSISTENCY_WINDOW.as_secs() + 5).await;
    assert_eq!(
        harness.events("i-1").await,
        ["sent", "accepted", "done"],
        "failing polls are not waited for indefinitely"
    );
    harness.cloud.settle("i-2");
    harness.engine.wait(&id, 3 * MINUTE).await;
    assert_eq!(harness.events("i-2").await, ["sent", "accepted", "failed"], "the record answers again");
}

#[tokio::test(start_paused = true)]
async fn operation_may_fail_after_its_goal_was_observed() {
    let harness = with([instance("i-1").state(State::Stopped)]).await;
    harness.cloud.give_tickets();
    let steps = std::iter::repeat_n(Ok(Progress::Underway), 10).chain([Ok(Progress::Failed(busy()))]);
    harness.cloud.script_progress("i-1", steps);
    let id = harness.act(Action::Start, &["i-1"]).await;
    harness.pass(2).await;
    harness.cloud.set_state("i-1", State::Running);
    harness.pass(5).await;
    assert_eq!(
        (harness.row("i-1").state(), harness.row("i-1").pending()),
        (State::Running, Some(Action::Start)),
        "shown as it is seen, and not done"
    );
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Failed);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn actions_end_by_reads_where_operations_are_forbidden() {
    let harness = recorded(&["i-1", "i-2"]).await;
    let denied = || Err(ProviderError::PermissionDenied { operation: "get".to_owned(), message: "no".to_owned() });
    for native in ["i-1", "i-2"] {
        harness.cloud.script_progress(native, std::iter::repeat_with(denied).take(1000));
    }
    let stop = harness.act(Action::Stop, &["i-1"]).await;
    let reboot = harness.act(Action::Reboot, &["i-2"]).await;
    harness.pass(3).await;
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&stop, Duration::from_secs(3)).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Done, Some(State::Stopped)));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
    assert_eq!(harness.engine.wait(&reboot, Duration::from_secs(3)).await[0].status, TargetStatus::Unknown);
    assert_eq!(harness.events("i-2").await, ["sent", "accepted", "timed_out"], "the state is the same as before");
}

#[tokio::test(start_paused = true)]
async fn failed_operation_is_not_polled_again() {
    let harness = recorded(&["i-1", "i-2"]).await;
    harness.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    harness.pass(3).await;
    harness.cloud.settle("i-1");
    harness.pass(3).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
    assert_eq!(harness.events("i-2").await, ["sent", "accepted"]);
    assert_eq!(questions(&harness).last(), Some(&vec![Ticket::new("i-2")]));
    harness.cloud.settle("i-2");
    let results = harness.engine.wait(&id, MINUTE).await;
    let statuses: Vec<_> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [TargetStatus::Failed, TargetStatus::Done]);
}

#[tokio::test(start_paused = true)]
async fn unanswered_action_has_no_operation_to_poll() {
    let harness = recorded(&["i-1"]).await;
    let lost = ProviderError::TimedOut { operation: "stop".to_owned() };
    harness.cloud.script_submit("i-1", [SubmitStep::LoseReply(lost)]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(3).await;
    harness.cloud.settle("i-1");
    harness.engine.wait(&id, MINUTE).await;
    assert_eq!(harness.events("i-1").await, ["sent", "unknown", "done"]);
    assert_eq!(questions(&harness), Vec::<Vec<Ticket>>::new());
}

#[tokio::test(start_paused = true)]
async fn next_process_resolves_a_recorded_action_by_reads() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.engine.shutdown().await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.cloud.settle("i-1");
    harness.pass(LONG).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}
