//! Tests of plans: verdicts, confirmations, and the checks of a commit.

use std::{net::Ipv4Addr, time::Duration};

use nepho_core::{
    Account, Action, FailureCode, ProviderError, State,
    plan::{CommitRefusal, Confirmation, Plan, Refusal, Verdict, Warning},
    provider::Preflight,
    report::TargetStatus,
};
use nepho_engine::CommitError;
use nepho_testkit::{fake::ObserveStep, instance};

use crate::harness::{Harness, account, with};

pub fn verdicts(plan: &Plan) -> Vec<Verdict> {
    plan.targets.iter().map(|target| target.verdict.clone()).collect()
}

async fn refusal(harness: &Harness, plan: &Plan, typed: Option<&str>, clicked: bool) -> CommitRefusal {
    match harness.engine.commit(&plan.nonce, typed, clicked).await {
        Err(CommitError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn target_on_its_way_to_the_goal_is_underway_and_nothing_is_sent() {
    let harness = with(["i-1", "i-2"].map(instance)).await;
    for (action, state) in
        [(Action::Stop, State::Stopping), (Action::Start, State::Pending), (Action::Terminate, State::Terminating)]
    {
        harness.cloud.set_state("i-1", state);
        let plan = harness.plan(action, &["i-1"]).await;
        assert_eq!(verdicts(&plan), [Verdict::Underway], "{action} while {state}");
        assert_eq!(refusal(&harness, &plan, None, true).await, CommitRefusal::Nothing);
    }
    harness.cloud.set_state("i-1", State::Stopping);
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    let results = harness.engine.submitted(&id).await;
    let outcome: Vec<_> = results.iter().map(|result| (result.status, result.observed_state)).collect();
    assert_eq!(outcome, [(TargetStatus::NotSent, Some(State::Stopping)), (TargetStatus::Sent, None)]);
    assert!(harness.events("i-1").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_target_has_a_verdict_from_a_fresh_read() {
    let harness = with(["i-1", "i-2", "i-3"].map(instance)).await;
    harness.cloud.set_state("i-2", State::Stopped);
    harness.cloud.set_state("i-3", State::Pending);
    let plan = harness.plan(Action::Stop, &["i-1", "i-2", "i-3", "i-9", "i-1"]).await;
    let expected = [
        Verdict::Eligible,
        Verdict::Already,
        Verdict::Refused(Refusal::State(State::Pending)),
        Verdict::Refused(Refusal::NotFound),
    ];
    assert_eq!(verdicts(&plan), expected);
    assert_eq!(harness.row("i-2").state(), State::Stopped, "the reading is shown");
}

#[tokio::test(start_paused = true)]
async fn target_whose_read_fails_is_refused() {
    let harness = with([instance("i-1")]).await;
    let error = ProviderError::TimedOut { operation: "ec2:DescribeInstances".to_owned() };
    harness.cloud.script_observe("i-1", [ObserveStep::Fail(error)]);
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    let Verdict::Refused(Refusal::ReadFailed(failure)) = &plan.targets[0].verdict else { panic!("{plan:?}") };
    assert_eq!(failure.code, FailureCode::TimedOut);
    assert_eq!(refusal(&harness, &plan, None, true).await, CommitRefusal::Nothing);
}

#[tokio::test(start_paused = true)]
async fn protected_and_managed_instances_are_refused() {
    let harness = with([instance("i-1"), instance("i-2").local_root(), instance("i-3").managed_by("eks")]).await;
    let protected = Preflight { stop: Some(true), termination: Some(true), ..Preflight::default() };
    harness.cloud.protect("i-1", protected);
    let plan = harness.plan(Action::Stop, &["i-1", "i-2", "i-3"]).await;
    let expected = [Refusal::Protected, Refusal::LocalRoot, Refusal::ManagedBy("eks".to_owned())];
    assert_eq!(verdicts(&plan), expected.map(Verdict::Refused));
    let plan = harness.plan(Action::Terminate, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::Protected), Verdict::Eligible]);
}

#[tokio::test(start_paused = true)]
async fn plan_warns_of_losses_by_a_stop() {
    let ip = Ipv4Addr::new(54, 0, 0, 1);
    let harness = with([instance("i-1").group("asg-web").spot().ephemeral_public_ip(ip)]).await;
    harness
        .cloud
        .protect("i-1", Preflight { termination: Some(false), local_disks: Some(true), ..Preflight::default() });
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    let expected = [
        Warning::GroupMember { group: "asg-web".to_owned() },
        Warning::Spot,
        Warning::LocalDisksLost,
        Warning::PublicIpLost { ip: ip.into() },
        Warning::ProtectionNotChecked,
    ];
    assert_eq!(plan.targets[0].warnings, expected);
    let reboot = harness.plan(Action::Reboot, &["i-1"]).await;
    assert_eq!(reboot.targets[0].warnings, [Warning::GroupMember { group: "asg-web".to_owned() }]);
}

#[tokio::test(start_paused = true)]
async fn plan_warns_of_a_stale_row() {
    let harness = with([instance("i-1")]).await;
    let as_of = harness.row("i-1").as_of.unwrap();
    harness.pass(3600).await;
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    assert_eq!(plan.targets[0].warnings, [Warning::StaleRow { as_of }]);
}

#[tokio::test(start_paused = true)]
async fn confirmation_is_proportional_to_the_effect() {
    let stopped = |id| instance(id).state(State::Stopped);
    let harness = with([stopped("i-1").named("web"), stopped("i-2").named("db"), instance("i-3").named("api")]).await;
    let asked = async |action, ids: &[&str]| harness.plan(action, ids).await.confirmation;
    let typed = |accepted: &[&str]| Confirmation::Type { accepted: accepted.iter().map(ToString::to_string).collect() };
    assert_eq!(asked(Action::Start, &["i-1"]).await, Confirmation::None);
    assert_eq!(asked(Action::Start, &["i-1", "i-2"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Stop, &["i-3"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Terminate, &["i-1"]).await, typed(&["web", "i-1"]));
    assert_eq!(asked(Action::Terminate, &["i-1", "i-2", "i-3"]).await, typed(&["terminate 3", "lab 3"]));

    harness.engine.put_account(Account { prod: true, ..account("lab") }).await;
    assert_eq!(asked(Action::Start, &["i-1"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Stop, &["i-3"]).await, typed(&["api", "i-3"]));
}

#[tokio::test(start_paused = true)]
async fn empty_or_shared_name_cannot_confirm() {
    let harness = with([instance("i-1").named("web"), instance("i-2").named("web"), instance("i-3")]).await;
    for (id, typed) in [("i-1", "web"), ("i-3", "")] {
        let plan = harness.plan(Action::Terminate, &[id]).await;
        assert_eq!(plan.confirmation, Confirmation::Type { accepted: vec![id.to_owned()] });
        assert_eq!(refusal(&harness, &plan, Some(typed), true).await, CommitRefusal::Confirmation);
    }
}

#[tokio::test(start_paused = true)]
async fn confirmation_text_is_compared_exactly() {
    let harness = with([instance("i-1").named("web")]).await;
    let plan = harness.plan(Action::Terminate, &["i-1"]).await;
    for typed in [None, Some("Web"), Some(" web"), Some("web "), Some("wеb"), Some("")] {
        assert_eq!(refusal(&harness, &plan, typed, true).await, CommitRefusal::Confirmation, "{typed:?}");
    }
    assert!(harness.engine.commit(&plan.nonce, Some("web"), false).await.is_ok(), "a typo needs no new plan");
}

#[tokio::test(start_paused = true)]
async fn click_is_required_where_the_plan_requires_it() {
    let harness = with([instance("i-1")]).await;
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    assert_eq!(refusal(&harness, &plan, None, false).await, CommitRefusal::Confirmation);
}

#[tokio::test(start_paused = true)]
async fn plan_is_committed_once_and_before_expiry() {
    let harness = with([instance("i-1")]).await;
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    harness.engine.commit(&plan.nonce, None, true).await.unwrap();
    assert_eq!(refusal(&harness, &plan, None, true).await, CommitRefusal::Expired);
    let late = harness.plan(Action::Reboot, &["i-1"]).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(refusal(&harness, &late, None, true).await, CommitRefusal::Expired);
    assert_eq!(harness.cloud.counts().submit, 1);
}

#[tokio::test(start_paused = true)]
async fn target_changed_since_planning_is_not_sent() {
    for change in ["state", "name", "group"] {
        let harness = with([instance("i-1").named("web")]).await;
        let plan = harness.plan(Action::Stop, &["i-1"]).await;
        match change {
            "state" => harness.cloud.set_state("i-1", State::Stopped),
            "name" => harness.cloud.change("i-1", |resource| resource.name = "db".to_owned()),
            _ => harness.cloud.change("i-1", |resource| resource.facts.group = Some("asg".to_owned())),
        }
        harness.sync().await;
        let refused = refusal(&harness, &plan, None, true).await;
        assert_eq!(refused, CommitRefusal::Changed { changed: vec![plan.targets[0].key.clone()] }, "{change}");
        assert_eq!(harness.cloud.counts().submit, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn second_plan_of_a_sent_target_is_not_sent() {
    let harness = with([instance("i-1")]).await;
    let first = harness.plan(Action::Stop, &["i-1"]).await;
    let second = harness.plan(Action::Stop, &["i-1"]).await;
    let id = harness.engine.commit(&first.nonce, None, true).await.unwrap();
    harness.engine.submitted(&id).await;
    assert!(matches!(refusal(&harness, &second, None, true).await, CommitRefusal::Changed { .. }));
    assert_eq!(harness.cloud.counts().submit, 1);
}
