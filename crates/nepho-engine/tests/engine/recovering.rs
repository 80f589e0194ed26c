//! Recovery: what a process that ended left behind.

use nepho_core::{Action, ProviderError, State};
use nepho_testkit::{
    fake::{Call, Held, SubmitStep},
    instance,
};

use crate::stage::{Stage, engine, stage};

/// A stop was journalled by `run-1`, which then ended before an answer came.
async fn cut_off() -> Stage {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    let gate = stage.cloud.hold(Call::Submit, Held::Reply);
    stage.act(Action::Stop, &["i-1"]).await;
    gate.reached().await;
    assert_eq!(stage.events("i-1").await, ["sent"]);
    stage
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_without_an_answer_is_unknown_then_settled_by_a_sweep() {
    let stage = cut_off().await;
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    assert_eq!(stage.events("i-1").await, ["sent", "unknown"]);
    stage.cloud.set_state("i-1", State::Stopped);
    stage.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "unknown", "settled"]);
    assert_eq!(stage.cloud.counts().submit, 1, "never sent again");
}

#[tokio::test(start_paused = true)]
async fn an_observation_that_shows_no_trace_leaves_it_unknown() {
    let stage = cut_off().await;
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.cloud.set_state("i-1", State::Running);
    stage.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "unknown"], "too early to say");
    stage.pass(60).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "unknown", "timed_out"]);
}

#[tokio::test(start_paused = true)]
async fn entries_of_a_living_process_are_left_to_it() {
    let stage = cut_off().await;
    stage.host.set_running("run-1");
    engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    assert_eq!(stage.events("i-1").await, ["sent"]);
}

#[tokio::test(start_paused = true)]
async fn an_accepted_action_is_followed_up_by_the_next_process() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    stage.engine.shutdown().await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"]);
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    let shown = next.operations(1).await.unwrap();
    assert!(!shown[0].targets[0].running, "nobody follows it now");
    stage.cloud.settle("i-1");
    stage.pass(2).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "settled"]);
}

#[tokio::test(start_paused = true)]
async fn that_a_machine_runs_does_not_tell_the_next_process_that_it_was_rebooted() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.cloud.give_tickets();
    stage.sync().await;
    let id = stage.act(Action::Reboot, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    stage.engine.shutdown().await;
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted"]);
    stage.pass(60).await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "accepted", "timed_out"]);
}

#[tokio::test(start_paused = true)]
async fn a_finished_operation_is_left_alone() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    let refusal = ProviderError::InvalidState { message: "no".to_owned() };
    stage.cloud.script_submit("i-1", [SubmitStep::Refuse(refusal)]);
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    let next = engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    next.sync(&[], &[]).await;
    assert_eq!(stage.events("i-1").await, ["sent", "refused"]);
}
