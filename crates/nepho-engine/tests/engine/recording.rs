//! Actions of which the provider keeps a record: what it says counts, and what is seen counts with it.

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
/// So long that a cloud without a record would be contradicted.
const LONG: u64 = CONSISTENCY_WINDOW.as_secs() + 30;

async fn recorded(natives: &[&str]) -> Harness {
    let harness = with(natives.iter().map(|native| instance(native))).await;
    harness.cloud.give_tickets();
    harness
}

fn busy() -> ProviderError {
    ProviderError::Conflict { message: "the disk is busy".to_owned() }
}

/// How often, and of what, the record was asked.
fn questions(harness: &Harness) -> Vec<Vec<Ticket>> {
    let asked = harness.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Progress(tickets) => Some(tickets),
        _ => None,
    });
    asked.collect()
}

#[tokio::test(start_paused = true)]
async fn an_action_that_came_to_nothing_ends_failed_in_the_providers_words() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.pass(5).await;
    assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (State::Stopping, None), "seen on its way");
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
async fn what_the_reply_said_is_not_shown_any_more_once_the_record_says_failed() {
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
async fn while_the_record_is_open_no_state_contradicts_it_and_afterwards_one_does() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.read_stale("i-1", 1000);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(LONG).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "seen running, and the record says at work");
    harness.cloud.settle("i-1"); // done, and the readings go on saying *running*
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Failed, Some(State::Running)));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn falling_back_is_no_contradiction_before_the_record_ends() {
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
async fn a_record_that_says_done_is_not_asked_again_and_the_goal_is_waited_for() {
    let harness = recorded(&["i-1"]).await;
    harness.cloud.script_progress("i-1", [Ok(Progress::Done)]);
    harness.cloud.read_stale("i-1", 1 + 5); // the plan's reading, and five after the reply
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.pass(4).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "done, and not yet seen");
    harness.cloud.settle("i-1");
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Done, Some(State::Stopped)));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
    assert_eq!(questions(&harness), [vec![Ticket::new("i-1")]]);
}

#[tokio::test(start_paused = true)]
async fn a_recorded_reboot_is_done_only_when_the_record_says_so() {
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
async fn a_question_without_an_answer_says_nothing() {
    let harness = recorded(&["i-1", "i-2"]).await;
    let gone = || Err(ProviderError::Unavailable { message: "reset".to_owned() });
    harness.cloud.script_progress("i-1", std::iter::repeat_with(gone).take(1000));
    harness.cloud.read_stale("i-2", 1000);
    harness.cloud.script_progress("i-2", std::iter::repeat_with(gone).take(60));
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    harness.pass(LONG).await;
    assert_eq!(harness.events("i-2").await, ["sent", "accepted"], "neither failed nor contradicted");
    harness.cloud.settle("i-1");
    harness.pass(5).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "the goal alone is no proof");
    harness.pass(CONSISTENCY_WINDOW.as_secs() + 5).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"], "nor is it waited for for ever");
    harness.cloud.settle("i-2");
    harness.engine.wait(&id, 3 * MINUTE).await;
    assert_eq!(harness.events("i-2").await, ["sent", "accepted", "failed"], "the record answers again");
}

#[tokio::test(start_paused = true)]
async fn an_action_may_come_to_nothing_after_its_goal_was_seen() {
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
        (State::Running, None),
        "shown as it is seen"
    );
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    let results = harness.engine.wait(&id, MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Failed);
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_the_record_sees_actions_end_by_what_is_seen() {
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
    assert_eq!(harness.events("i-2").await, ["sent", "accepted", "timed_out"], "it runs, as it did before");
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_does_not_spoil_the_others_and_is_not_asked_about_again() {
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
async fn an_action_without_an_answer_has_no_record_to_ask() {
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
async fn the_next_process_settles_a_recorded_action_by_what_it_sees() {
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
