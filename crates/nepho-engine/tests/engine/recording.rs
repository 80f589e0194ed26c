//! Actions of which the provider keeps a record: what it says counts, and what is seen counts with it.

use std::time::Duration;

use nepho_core::{
    Action, FailureCode, ProviderError, State,
    provider::{Progress, Ticket},
    report::TargetStatus,
};
use nepho_engine::GRACE;
use nepho_testkit::{
    fake::{Recorded, SubmitStep},
    instance,
};

use crate::stage::{Stage, engine, with};

const MINUTE: Duration = Duration::from_mins(1);
/// So long that a cloud without a record would be contradicted.
const LONG: u64 = GRACE.as_secs() + 30;

async fn recorded(natives: &[&str]) -> Stage {
    let stage = with(natives.iter().map(|native| instance(native))).await;
    stage.cloud.give_tickets();
    stage
}

fn busy() -> ProviderError {
    ProviderError::Conflict { message: "the disk is busy".to_owned() }
}

/// How often, and of what, the record was asked.
fn questions(stage: &Stage) -> Vec<Vec<Ticket>> {
    let asked = stage.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Progress(tickets) => Some(tickets),
        _ => None,
    });
    asked.collect()
}

#[tokio::test(start_paused = true)]
async fn an_action_that_came_to_nothing_ends_failed_in_the_providers_words() {
    let stage = recorded(&["i-1"]).await;
    stage.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    stage.pass(5).await;
    assert_eq!((stage.row("i-1").state, stage.row("i-1").pending), (State::Stopping, None), "seen on its way");
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"]);
    stage.cloud.settle("i-1");
    let results = stage.engine.wait(&id, MINUTE).await;
    let failure = results[0].failure.clone().expect("why");
    assert_eq!(results[0].status, TargetStatus::Failed);
    assert_eq!((failure.code, failure.message.as_str()), (FailureCode::Conflict, "the disk is busy"));
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "failed"]);
    assert_eq!(stage.row("i-1").state, State::Running, "it was read once more");
}

#[tokio::test(start_paused = true)]
async fn what_the_reply_said_is_not_shown_any_more_once_the_record_says_failed() {
    let stage = recorded(&["i-1"]).await;
    stage.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    stage.cloud.read_stale("i-1", 1000);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    stage.pass(5).await;
    assert_eq!((stage.row("i-1").state, stage.row("i-1").pending), (State::Stopping, Some(Action::Stop)));
    stage.cloud.settle("i-1");
    stage.engine.wait(&id, Duration::from_secs(5)).await;
    stage.pass(0).await;
    assert_eq!((stage.row("i-1").state, stage.row("i-1").pending), (State::Running, None), "long before its time");
}

#[tokio::test(start_paused = true)]
async fn while_the_record_is_open_no_state_contradicts_it_and_afterwards_one_does() {
    let stage = recorded(&["i-1"]).await;
    stage.cloud.read_stale("i-1", 1000);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.pass(LONG).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"], "seen running, and the record says at work");
    stage.cloud.settle("i-1"); // done, and the readings go on saying *running*
    let results = stage.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Failed, Some(State::Running)));
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "contradicted"]);
}

#[tokio::test(start_paused = true)]
async fn falling_back_is_no_contradiction_before_the_record_ends() {
    let stage = recorded(&["i-1"]).await;
    let steps = std::iter::repeat_n(Ok(Progress::Underway), 20).chain([Ok(Progress::Failed(busy()))]);
    stage.cloud.script_progress("i-1", steps);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.pass(3).await;
    stage.cloud.set_state("i-1", State::Running);
    stage.pass(10).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"]);
    stage.engine.wait(&id, MINUTE).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_says_done_is_not_asked_again_and_the_goal_is_waited_for() {
    let stage = recorded(&["i-1"]).await;
    stage.cloud.script_progress("i-1", [Ok(Progress::Done)]);
    stage.cloud.read_stale("i-1", 1 + 5); // the plan's reading, and five after the reply
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.pass(4).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"], "done, and not yet seen");
    stage.cloud.settle("i-1");
    let results = stage.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Accepted, Some(State::Stopped)));
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "settled"]);
    assert_eq!(questions(&stage), [vec![Ticket::new("i-1")]]);
}

#[tokio::test(start_paused = true)]
async fn a_recorded_reboot_is_done_only_when_the_record_says_so() {
    let stage = recorded(&["i-1"]).await;
    let id = stage.act(Action::Reboot, &["i-1"]).await;
    stage.pass(30).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"], "running, as it was before");
    assert_eq!((stage.row("i-1").state, stage.row("i-1").pending), (State::Running, Some(Action::Reboot)));
    stage.cloud.settle("i-1");
    let results = stage.engine.wait(&id, MINUTE).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Accepted, Some(State::Running)));
    stage.pass(0).await;
    assert_eq!(stage.row("i-1").pending, None);
}

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_says_nothing() {
    let stage = recorded(&["i-1", "i-2"]).await;
    let gone = || Err(ProviderError::Unavailable { message: "reset".to_owned() });
    stage.cloud.script_progress("i-1", std::iter::repeat_with(gone).take(1000));
    stage.cloud.read_stale("i-2", 1000);
    stage.cloud.script_progress("i-2", std::iter::repeat_with(gone).take(60));
    let id = stage.act(Action::Stop, &["i-1", "i-2"]).await;
    stage.pass(LONG).await;
    assert_eq!(stage.events("i-2").await, ["sent", "accepted"], "neither failed nor contradicted");
    stage.cloud.settle("i-1");
    stage.pass(5).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"], "the goal alone is no proof");
    stage.pass(GRACE.as_secs() + 5).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "settled"], "nor is it waited for for ever");
    stage.cloud.settle("i-2");
    stage.engine.wait(&id, 3 * MINUTE).await;
    assert_eq!(stage.events("i-2").await, ["sent", "accepted", "contradicted"], "the record answers again");
}

#[tokio::test(start_paused = true)]
async fn an_action_may_come_to_nothing_after_its_goal_was_seen() {
    let stage = with([instance("i-1").state(State::Stopped)]).await;
    stage.cloud.give_tickets();
    let steps = std::iter::repeat_n(Ok(Progress::Underway), 10).chain([Ok(Progress::Failed(busy()))]);
    stage.cloud.script_progress("i-1", steps);
    let id = stage.act(Action::Start, &["i-1"]).await;
    stage.pass(2).await;
    stage.cloud.set_state("i-1", State::Running);
    stage.pass(5).await;
    assert_eq!((stage.row("i-1").state, stage.row("i-1").pending), (State::Running, None), "shown as it is seen");
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"]);
    let results = stage.engine.wait(&id, MINUTE).await;
    assert_eq!(results[0].status, TargetStatus::Failed);
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_the_record_sees_actions_end_by_what_is_seen() {
    let stage = recorded(&["i-1", "i-2"]).await;
    let denied = || Err(ProviderError::PermissionDenied { operation: "get".to_owned(), message: "no".to_owned() });
    for native in ["i-1", "i-2"] {
        stage.cloud.script_progress(native, std::iter::repeat_with(denied).take(1000));
    }
    let stop = stage.act(Action::Stop, &["i-1"]).await;
    let reboot = stage.act(Action::Reboot, &["i-2"]).await;
    stage.pass(3).await;
    stage.cloud.settle("i-1");
    let results = stage.engine.wait(&stop, Duration::from_secs(3)).await;
    assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Accepted, Some(State::Stopped)));
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "settled"]);
    assert_eq!(stage.engine.wait(&reboot, Duration::from_secs(3)).await[0].status, TargetStatus::Unknown);
    assert_eq!(stage.events("i-2").await, ["sent", "accepted", "timed_out"], "it runs, as it did before");
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_does_not_spoil_the_others_and_is_not_asked_about_again() {
    let stage = recorded(&["i-1", "i-2"]).await;
    stage.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = stage.act(Action::Stop, &["i-1", "i-2"]).await;
    stage.pass(3).await;
    stage.cloud.settle("i-1");
    stage.pass(3).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "failed"]);
    assert_eq!(stage.events("i-2").await, ["sent", "accepted"]);
    assert_eq!(questions(&stage).last(), Some(&vec![Ticket::new("i-2")]));
    stage.cloud.settle("i-2");
    let results = stage.engine.wait(&id, MINUTE).await;
    let statuses: Vec<_> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [TargetStatus::Failed, TargetStatus::Accepted]);
}

#[tokio::test(start_paused = true)]
async fn an_action_without_an_answer_has_no_record_to_ask() {
    let stage = recorded(&["i-1"]).await;
    let lost = ProviderError::TimedOut { operation: "stop".to_owned() };
    stage.cloud.script_submit("i-1", [SubmitStep::LoseReply(lost)]);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.pass(3).await;
    stage.cloud.settle("i-1");
    stage.engine.wait(&id, MINUTE).await;
    assert_eq!(stage.events("i-1").await, ["sent", "unknown", "settled"]);
    assert_eq!(questions(&stage), Vec::<Vec<Ticket>>::new());
}

#[tokio::test(start_paused = true)]
async fn the_next_process_settles_a_recorded_action_by_what_it_sees() {
    let stage = recorded(&["i-1"]).await;
    stage.cloud.script_submit("i-1", [SubmitStep::ComeToNothing(busy())]);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    stage.engine.shutdown().await;
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.cloud.settle("i-1");
    stage.pass(LONG).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "contradicted"]);
}
