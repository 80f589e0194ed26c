//! Tests of recovery from an ended process.

use nepho_core::{Action, ProviderError, State};
use nepho_testkit::{
    fake::{Call, Held, SubmitStep},
    instance,
    instance::key,
};

use crate::harness::{Harness, engine, harness};

/// A stop was journalled by `run-1`, which ended before the response arrived.
async fn cut_off() -> Harness {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    let gate = harness.cloud.hold(Call::Submit, Held::Reply);
    harness.act(Action::Stop, &["i-1"]).await;
    gate.reached().await;
    assert_eq!(harness.events("i-1").await, ["sent"]);
    harness
}

#[tokio::test(start_paused = true)]
async fn sent_entry_becomes_unknown_then_resolves_by_a_sweep() {
    let harness = cut_off().await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    assert_eq!(harness.events("i-1").await, ["sent", "unknown"]);
    let entries = harness.store.entries_of(&key("i-1"), 100).await.unwrap();
    let mut runs: Vec<_> = entries.iter().map(|entry| (entry.seq, entry.entry.run.as_str())).collect();
    runs.sort_unstable();
    assert_eq!(runs.iter().map(|(_, run)| *run).collect::<Vec<_>>(), ["run-1", "run-2"]);
    harness.cloud.set_state("i-1", State::Stopped);
    harness.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "unknown", "done"]);
    assert_eq!(harness.cloud.counts().submit, 1, "never sent again");
}

#[tokio::test(start_paused = true)]
async fn read_without_effect_leaves_the_entry_unknown() {
    let harness = cut_off().await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.cloud.set_state("i-1", State::Running);
    harness.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "unknown"], "the read is too early to prove anything");
    harness.pass(60).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "unknown", "timed_out"]);
}

#[tokio::test(start_paused = true)]
async fn entries_of_a_running_process_stay_with_it() {
    let harness = cut_off().await;
    harness.host.set_running("run-1");
    engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    assert_eq!(harness.events("i-1").await, ["sent"]);
}

#[tokio::test(start_paused = true)]
async fn accepted_action_is_resolved_by_the_next_process() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.engine.shutdown().await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    let shown = next.operations(1).await.unwrap();
    assert!(!shown[0].targets[0].is_running(), "no process follows it now");
    harness.cloud.settle("i-1");
    harness.pass(2).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
}

#[tokio::test(start_paused = true)]
async fn running_instance_does_not_prove_an_earlier_reboot() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.cloud.give_tickets();
    harness.sync().await;
    let id = harness.act(Action::Reboot, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    harness.engine.shutdown().await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.pass(5).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"]);
    harness.pass(60).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "timed_out"]);
}

#[tokio::test(start_paused = true)]
async fn finished_operation_stays_unchanged() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    let refusal = ProviderError::InvalidState { message: "no".to_owned() };
    harness.cloud.script_submit("i-1", [SubmitStep::Refuse(refusal)]);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "refused"]);
}
