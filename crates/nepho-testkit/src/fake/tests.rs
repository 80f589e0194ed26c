//! Tests of the fake, for what other tests rely on.

use std::time::Duration;

use futures::StreamExt as _;
use nepho_core::{
    Provider as _,
    provider::{Detail, SweepItem, Target},
};

use super::*;
use crate::instance::{instance, key};

fn target(native: &str) -> Target {
    instance(native).target()
}

async fn sweep(fake: &FakeProvider, locations: &[&str]) -> Vec<String> {
    let scopes: Vec<_> = locations.iter().map(|location| scope(location)).collect();
    let mut items: Vec<_> = fake
        .list(&scopes)
        .map(|item| match item {
            SweepItem::Page { scope, resources } => format!("{} page {}", scope.location, resources.len()),
            SweepItem::Complete { scope } => format!("{} complete", scope.location),
            SweepItem::Failed { scope, error } => format!("{} failed {}", scope.location, error.code()),
        })
        .collect()
        .await;
    items.sort_by_key(|item| item.split(' ').next().map(str::to_owned));
    items
}

#[tokio::test(start_paused = true)]
async fn unscripted_listing_has_pages_of_the_true_resources() {
    let fake = FakeProvider::default();
    for native in ["i-1", "i-2", "i-3"] {
        fake.add(instance(native));
    }
    fake.add_scope("us-east-1");
    fake.set_page(2);
    let seen = sweep(&fake, &["eu-west-1", "us-east-1"]).await;
    assert_eq!(seen, ["eu-west-1 page 2", "eu-west-1 page 1", "eu-west-1 complete", "us-east-1 complete"]);
    assert_eq!(fake.scopes().await, Ok(vec![scope("eu-west-1"), scope("us-east-1")]));
    assert!(fake.traffic().requests >= 3);
}

#[tokio::test(start_paused = true)]
async fn a_scripted_scope_does_not_touch_the_others() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    fake.add(instance("i-2").region("us-east-1"));
    let throttled = ProviderError::Throttled { retry_after: None };
    let page = vec![fake.truth("i-2").expect("there")];
    fake.script_listing(
        "us-east-1",
        vec![ListStep::Page(page), ListStep::Sleep(Duration::from_mins(1)), ListStep::Fail(throttled.clone())],
    );
    let seen = sweep(&fake, &["eu-west-1", "us-east-1"]).await;
    assert_eq!(seen, ["eu-west-1 page 1", "eu-west-1 complete", "us-east-1 page 1", "us-east-1 failed throttled"]);
    fake.break_listing("us-east-1", throttled);
    assert_eq!(sweep(&fake, &["us-east-1"]).await, ["us-east-1 failed throttled"]);
    fake.heal("us-east-1");
    assert_eq!(sweep(&fake, &["us-east-1"]).await, ["us-east-1 page 1", "us-east-1 complete"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_listing_shows_the_cloud_as_it_was_read() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1").state(State::Running));
    let gate = fake.hold_listing("eu-west-1");
    let scopes = [scope("eu-west-1")];
    let listing = async {
        let items: Vec<_> = fake.list(&scopes).collect().await;
        let SweepItem::Page { resources, .. } = &items[0] else { panic!("a page first: {items:?}") };
        resources[0].resource.state
    };
    let meanwhile = async {
        gate.reached().await;
        fake.set_state("i-1", State::Stopped);
        gate.open();
    };
    let (state, ()) = tokio::join!(listing, meanwhile);
    assert_eq!(state, State::Running, "read before the change, delivered after it");
    assert_eq!(fake.truth("i-1").expect("there").resource.state, State::Stopped);
}

#[tokio::test(start_paused = true)]
async fn actions_move_their_target_and_settle_when_told() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    let state = || fake.truth("i-1").expect("there").resource.raw_state;
    let answers = fake.submit(Action::Stop.into(), &[target("i-1"), target("i-9")]).collect::<Vec<_>>().await;
    assert_eq!(answers[0].outcome.as_ref().expect("accepted").raw_state, "stopping");
    assert_eq!(answers[1].outcome, Err(ProviderError::NotFound { key: key("i-9") }));
    assert_eq!(state(), "stopping");
    fake.settle("i-1");
    assert_eq!(state(), "stopped");
    assert_eq!(fake.counts(), Counts { submit: 1, submit_ended: 1, mutations: 1, ..Counts::default() });
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_carried_out_and_a_refusal_is_not() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    let lost = ProviderError::TimedOut { operation: "ec2:StopInstances".into() };
    let refused = ProviderError::InvalidState { message: "no".into() };
    fake.script_submit("i-1", [SubmitStep::Refuse(refused.clone()), SubmitStep::LoseReply(lost.clone())]);
    assert_eq!(fake.submit(Action::Stop.into(), &[target("i-1")]).collect::<Vec<_>>().await[0].outcome, Err(refused));
    assert_eq!(fake.truth("i-1").expect("there").resource.state, State::Running);
    assert_eq!(fake.submit(Action::Stop.into(), &[target("i-1")]).collect::<Vec<_>>().await[0].outcome, Err(lost));
    assert_eq!(fake.truth("i-1").expect("there").resource.state, State::Stopping);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_submit_is_seen_not_to_have_ended() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    let gate = fake.hold(Call::Submit, Held::Reply);
    let targets = [target("i-1")];
    let mut answers = fake.submit(Action::Stop.into(), &targets);
    tokio::select! {
        _ = answers.next() => panic!("held"),
        () = gate.reached() => {}
    }
    assert_eq!((fake.counts().submit, fake.counts().submit_ended), (1, 0));
    assert_eq!(fake.truth("i-1").expect("there").resource.state, State::Stopping);
}

#[tokio::test(start_paused = true)]
async fn readings_can_be_stale_and_protections_need_the_plan_detail() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    fake.protect("i-1", Preflight { stop: Some(true), ..Preflight::default() });
    fake.read_stale("i-1", 1);
    fake.set_state("i-1", State::Stopped);
    let mut states = Vec::new();
    for detail in [Detail::State, Detail::Plan(Action::Stop)] {
        let seen = fake.observe(&[target("i-1")], detail).await.remove(0).seen.expect("seen");
        states.push((seen.listed.resource.state, seen.preflight.stop));
    }
    assert_eq!(states, [(State::Running, None), (State::Stopped, Some(true))]);
    assert!(fake.observe(&[target("i-9")], Detail::State).await[0].seen.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cloud_refuses_and_sends_nothing() {
    let fake = FakeProvider::default();
    fake.add(instance("i-1"));
    fake.set_access(Access::ReadOnly);
    assert_eq!(
        fake.submit(Action::Stop.into(), &[target("i-1")]).collect::<Vec<_>>().await[0].outcome,
        Err(ProviderError::ReadOnly)
    );
    assert_eq!(fake.traffic(), Traffic::default());
}

#[tokio::test(start_paused = true)]
async fn a_ticket_tells_how_its_action_ends() {
    let fake = FakeProvider::default();
    fake.give_tickets();
    let failed = ProviderError::Conflict { message: "busy".into() };
    fake.script_submit("i-1", [SubmitStep::ComeToNothing(failed.clone())]);
    for native in ["i-1", "i-2"] {
        fake.add(instance(native));
    }
    let answers = fake.submit(Action::Suspend.into(), &[target("i-1"), target("i-2")]).collect::<Vec<_>>().await;
    let tickets: Vec<_> = answers.into_iter().filter_map(|answer| answer.outcome.expect("accepted").ticket).collect();
    assert_eq!(fake.progress(&tickets).await, [Ok(Progress::Underway), Ok(Progress::Underway)]);
    fake.settle("i-1");
    fake.settle("i-2");
    assert_eq!(fake.progress(&tickets).await, [Ok(Progress::Failed(failed)), Ok(Progress::Done)]);
    let states = ["i-1", "i-2"].map(|native| fake.truth(native).expect("there").resource.state);
    assert_eq!(states, [State::Running, State::Suspended]);
}

#[tokio::test(start_paused = true)]
async fn zones_can_be_its_scopes_and_permissions_be_taken() {
    let fake = FakeProvider::default();
    fake.list_by_zone();
    fake.add(instance("i-1").region("us-central1").zone("us-central1-a"));
    assert_eq!(sweep(&fake, &["us-central1-a"]).await, ["us-central1-a page 1", "us-central1-a complete"]);
    assert_eq!(fake.scopes().await, Ok(vec![scope("us-central1-a")]));
    let one = [instance("i-1").region("us-central1").target()];
    fake.forbid("i-1", Action::Stop);
    let refused = fake.submit(Action::Stop.into(), &one).collect::<Vec<_>>().await.remove(0).outcome;
    assert!(matches!(refused, Err(ProviderError::PermissionDenied { .. })), "{refused:?}");
    assert!(fake.submit(Action::Reboot.into(), &one).collect::<Vec<_>>().await[0].outcome.is_ok());
}
