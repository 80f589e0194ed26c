//! Tests of recovery from an ended process.

use std::time::Duration;

use nepho_core::{
    AccountId, Action, ProviderError, State,
    journal::OperationId,
    plan::Verdict,
    provider::Progress,
    report::{Follower, TargetStatus},
};
use nepho_testkit::{
    fake::{Call, Held, SubmitStep},
    instance,
    instance::key,
};

use crate::harness::{Harness, account, engine, harness, with};

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

/// The process `run-1` has had a reply to its action and has ended since.
async fn accepted(harness: &Harness, action: Action, native: &str) {
    submitted(harness, action, native).await;
    harness.engine.shutdown().await;
}

async fn submitted(harness: &Harness, action: Action, native: &str) -> OperationId {
    let plan = harness.plan(action, &[native]).await;
    let id = harness.engine.commit(&plan.nonce, Some(native), true).await.expect("committed");
    harness.engine.submitted(&id).await;
    id
}

#[tokio::test(start_paused = true)]
async fn reboot_of_an_ended_process_ends_with_its_record() {
    for (last, events) in [
        (Ok(Progress::Done), ["sent", "accepted", "done"]),
        (Err(ProviderError::NotFound { key: key("i-1") }), ["sent", "accepted", "timed_out"]),
    ] {
        let harness = with([instance("i-1")]).await;
        harness.cloud.give_tickets();
        harness.cloud.script_progress("i-1", [Ok(Progress::Underway), last]);
        accepted(&harness, Action::Reboot, "i-1").await;
        let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
        harness.pass(70).await;
        next.sync(&[], &[]).await;
        assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "a running instance proves nothing");
        next.sync(&[], &[]).await;
        assert_eq!(harness.events("i-1").await, events);
    }
}

#[tokio::test(start_paused = true)]
async fn failure_after_a_restart_has_the_reason_of_the_cloud() {
    let harness = with([instance("i-1"), instance("i-2").state(State::Stopped)]).await;
    accepted(&harness, Action::Start, "i-2").await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.cloud.change("i-2", |resource| {
        resource.state = State::Stopped;
        resource.facts.state_reason = Some("Client.InternalError: Client error on launch".to_owned());
    });
    harness.pass(70).await;
    next.sync(&[], &[]).await;
    let told = &next.operations(1).await.unwrap()[0].targets[0].result;
    assert_eq!((told.status, told.observed_state), (TargetStatus::Failed, Some(State::Stopped)));
    assert_eq!(told.failure.as_ref().unwrap().message, "Client.InternalError: Client error on launch");
}

#[tokio::test(start_paused = true)]
async fn failed_record_is_told_after_a_restart() {
    let harness = with([instance("i-1")]).await;
    harness.cloud.give_tickets();
    let busy = ProviderError::Conflict { message: "the disk is busy".to_owned() };
    harness.cloud.script_progress("i-1", [Ok(Progress::Failed(busy))]);
    accepted(&harness, Action::Stop, "i-1").await;
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    next.sync(&[], &[]).await;
    let told = &next.operations(1).await.unwrap()[0].targets[0].result;
    assert_eq!(told.failure.as_ref().unwrap().message, "the disk is busy");
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn open_window_follows_what_an_ended_process_left() {
    let harness = with([instance("i-1")]).await;
    let window = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.host.set_running("run-1");
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    window.reload().await.unwrap();
    window.follow_unfinished();
    assert_eq!(window.operations(1).await.unwrap()[0].targets[0].follower, Some(elsewhere("nepho, run-1")));
    harness.engine.shutdown().await;
    harness.host.end("run-1");
    assert_eq!(window.operations(1).await.unwrap()[0].targets[0].follower, Some(Follower::Nobody));
    window.follow_unfinished();
    harness.pass(1).await;
    assert_eq!(window.operations(1).await.unwrap()[0].targets[0].follower, Some(Follower::Here));
    harness.cloud.settle("i-1");
    harness.pass(5).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
    assert_eq!(harness.cloud.counts().submit, 1);
}

#[tokio::test(start_paused = true)]
async fn pending_action_shows_in_every_process_and_is_not_repeated() {
    let harness = with([instance("i-1"), instance("i-2")]).await;
    let other = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    other.loaded().await;
    harness.host.set_running("run-1");
    // The cloud's reads are old for a while: only the journal shows the stop.
    harness.cloud.read_stale("i-1", 30);
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    other.reload().await.unwrap();
    let now = nepho_core::Clock::now(&*harness.clock);
    let pending = |native| other.snapshot().find(native, now)[0].pending();
    assert_eq!((pending("i-1"), pending("i-2")), (Some(Action::Stop), None));
    let plan = other.plan(Action::Stop.into(), vec![key("i-1"), key("i-2")]).await;
    let verdicts: Vec<_> = plan.targets.iter().map(|target| target.verdict.clone()).collect();
    assert_eq!(verdicts, [Verdict::Underway, Verdict::Eligible]);
    harness.cloud.settle("i-1");
    harness.engine.wait(&id, Duration::from_mins(2)).await;
    other.reload().await.unwrap();
    let now = nepho_core::Clock::now(&*harness.clock);
    assert_eq!(other.snapshot().find("i-1", now)[0].pending(), None);
}

#[tokio::test(start_paused = true)]
async fn operation_is_followed_by_one_process_at_a_time() {
    let harness = with([instance("i-1")]).await;
    accepted(&harness, Action::Stop, "i-1").await;
    let first = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    let second = engine(&harness.store, &harness.host, &harness.clock, "run-3").await;
    first.follow_unfinished();
    second.follow_unfinished();
    harness.cloud.settle("i-1");
    harness.pass(5).await;
    let entries = harness.store.entries_of(&key("i-1"), 10).await.unwrap();
    let last = &entries[0].entry;
    assert_eq!((last.event.as_str(), last.run.as_str()), ("done", "run-2"));
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
}

#[tokio::test(start_paused = true)]
async fn deletion_is_judged_by_the_instance_not_by_an_empty_cache() {
    let harness = with([instance("i-1")]).await;
    accepted(&harness, Action::Terminate, "i-1").await;
    // The cache was deleted, and the cloud still shows the instance.
    harness.store.remove_account(&AccountId::new("lab")).await.unwrap();
    harness.store.put_account(&account("lab")).await.unwrap();
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.pass(70).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted"], "it is shutting down");
    harness.cloud.remove("i-1");
    harness.pass(1).await;
    next.sync(&[], &[]).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done"]);
}

#[tokio::test(start_paused = true)]
async fn deleted_instance_shows_as_terminated_until_its_row_is_gone() {
    let harness = with([instance("i-1"), instance("i-2")]).await;
    let id = submitted(&harness, Action::Terminate, "i-1").await;
    harness.cloud.remove("i-1");
    harness.engine.wait(&id, Duration::from_mins(2)).await;
    assert_eq!(harness.ids("state:running"), ["i-2"]);
    assert_eq!(harness.find("i-1").map(|row| row.state()), Some(State::Terminated));
    harness.sync().await;
    assert!(harness.find("i-1").is_none());
}

#[tokio::test(start_paused = true)]
async fn actions_of_a_removed_account_end_as_unknown() {
    let harness = with([instance("i-1")]).await;
    accepted(&harness, Action::Stop, "i-1").await;
    harness.store.remove_account(&AccountId::new("lab")).await.unwrap();
    let next = engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    next.follow_unfinished();
    harness.pass(1).await;
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "timed_out"]);
}

fn elsewhere(process: &str) -> Follower {
    Follower::Elsewhere(process.to_owned())
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
