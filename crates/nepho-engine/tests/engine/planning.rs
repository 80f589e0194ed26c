//! Plans: what is judged, what is asked of the operator, and what a commit checks.

use std::{net::Ipv4Addr, time::Duration};

use nepho_core::{
    Account, Action, FailureCode, ProviderError, State,
    plan::{CommitRefusal, Confirmation, Plan, Refusal, Verdict, Warning},
    provider::Protections,
};
use nepho_engine::CommitError;
use nepho_testkit::{fake::ObserveStep, instance};

use crate::stage::{Stage, account, with};

pub fn verdicts(plan: &Plan) -> Vec<Verdict> {
    plan.targets.iter().map(|target| target.verdict.clone()).collect()
}

async fn refusal(stage: &Stage, plan: &Plan, typed: Option<&str>, clicked: bool) -> CommitRefusal {
    match stage.engine.commit(&plan.nonce, typed, clicked).await {
        Err(CommitError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn each_target_has_a_verdict_from_a_fresh_reading() {
    let stage = with(["i-1", "i-2", "i-3"].map(instance)).await;
    stage.cloud.set_state("i-2", State::Stopped);
    stage.cloud.set_state("i-3", State::Pending);
    let plan = stage.plan(Action::Stop, &["i-1", "i-2", "i-3", "i-9", "i-1"]).await;
    let expected = [
        Verdict::Eligible,
        Verdict::Already,
        Verdict::Refused(Refusal::State(State::Pending)),
        Verdict::Refused(Refusal::NotFound),
    ];
    assert_eq!(verdicts(&plan), expected);
    assert_eq!(stage.row("i-2").state, State::Stopped, "the reading is shown");
}

#[tokio::test(start_paused = true)]
async fn a_target_whose_reading_fails_is_refused_not_guessed() {
    let stage = with([instance("i-1")]).await;
    let error = ProviderError::TimedOut { operation: "ec2:DescribeInstances".to_owned() };
    stage.cloud.script_observe("i-1", [ObserveStep::Fail(error)]);
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    let Verdict::Refused(Refusal::ReadFailed(failure)) = &plan.targets[0].verdict else { panic!("{plan:?}") };
    assert_eq!(failure.code, FailureCode::TimedOut);
    assert_eq!(refusal(&stage, &plan, None, true).await, CommitRefusal::Nothing);
}

#[tokio::test(start_paused = true)]
async fn protection_and_ownership_refuse() {
    let stage = with([instance("i-1"), instance("i-2").local_root(), instance("i-3").managed_by("eks")]).await;
    let protected = Protections { stop: Some(true), termination: Some(true), ..Protections::default() };
    stage.cloud.protect("i-1", protected);
    let plan = stage.plan(Action::Stop, &["i-1", "i-2", "i-3"]).await;
    let expected = [Refusal::Protected, Refusal::LocalRoot, Refusal::ManagedBy("eks".to_owned())];
    assert_eq!(verdicts(&plan), expected.map(Verdict::Refused));
    let plan = stage.plan(Action::Terminate, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::Protected), Verdict::Eligible]);
}

#[tokio::test(start_paused = true)]
async fn the_operator_is_told_what_a_stop_loses() {
    let ip = Ipv4Addr::new(54, 0, 0, 1);
    let stage = with([instance("i-1").group("asg-web").spot().ephemeral_public_ip(ip)]).await;
    stage
        .cloud
        .protect("i-1", Protections { termination: Some(false), local_disks: Some(true), ..Protections::default() });
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    let expected = [
        Warning::GroupMember { group: "asg-web".to_owned() },
        Warning::Spot,
        Warning::LocalDisksLost,
        Warning::PublicIpLost { ip: ip.into() },
        Warning::ProtectionNotChecked,
    ];
    assert_eq!(plan.targets[0].warnings, expected);
    let reboot = stage.plan(Action::Reboot, &["i-1"]).await;
    assert_eq!(reboot.targets[0].warnings, [Warning::GroupMember { group: "asg-web".to_owned() }]);
}

#[tokio::test(start_paused = true)]
async fn an_old_row_is_named_as_old() {
    let stage = with([instance("i-1")]).await;
    let as_of = stage.row("i-1").as_of.unwrap();
    stage.pass(3600).await;
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    assert_eq!(plan.targets[0].warnings, [Warning::StaleRow { as_of }]);
}

#[tokio::test(start_paused = true)]
async fn confirmation_is_in_proportion() {
    let stopped = |id| instance(id).state(State::Stopped);
    let stage = with([stopped("i-1").named("web"), stopped("i-2").named("db"), instance("i-3").named("api")]).await;
    let asked = async |action, ids: &[&str]| stage.plan(action, ids).await.confirmation;
    let typed = |accepted: &[&str]| Confirmation::Type { accepted: accepted.iter().map(ToString::to_string).collect() };
    assert_eq!(asked(Action::Start, &["i-1"]).await, Confirmation::None);
    assert_eq!(asked(Action::Start, &["i-1", "i-2"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Stop, &["i-3"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Terminate, &["i-1"]).await, typed(&["web", "i-1"]));
    assert_eq!(asked(Action::Terminate, &["i-1", "i-2", "i-3"]).await, typed(&["lab 3"]));

    stage.engine.put_account(Account { prod: true, ..account("lab") }).await;
    assert_eq!(asked(Action::Start, &["i-1"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Stop, &["i-3"]).await, typed(&["api", "i-3"]));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_empty_or_shared_cannot_confirm() {
    let stage = with([instance("i-1").named("web"), instance("i-2").named("web"), instance("i-3")]).await;
    for (id, typed) in [("i-1", "web"), ("i-3", "")] {
        let plan = stage.plan(Action::Terminate, &[id]).await;
        assert_eq!(plan.confirmation, Confirmation::Type { accepted: vec![id.to_owned()] });
        assert_eq!(refusal(&stage, &plan, Some(typed), true).await, CommitRefusal::Confirmation);
    }
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_is_compared_exactly() {
    let stage = with([instance("i-1").named("web")]).await;
    let plan = stage.plan(Action::Terminate, &["i-1"]).await;
    for typed in [None, Some("Web"), Some(" web"), Some("web "), Some("wеb"), Some("")] {
        assert_eq!(refusal(&stage, &plan, typed, true).await, CommitRefusal::Confirmation, "{typed:?}");
    }
    assert!(stage.engine.commit(&plan.nonce, Some("web"), false).await.is_ok(), "a typo costs no new plan");
}

#[tokio::test(start_paused = true)]
async fn a_click_is_needed_where_a_click_is_asked() {
    let stage = with([instance("i-1")]).await;
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    assert_eq!(refusal(&stage, &plan, None, false).await, CommitRefusal::Confirmation);
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_committed_once_and_only_in_time() {
    let stage = with([instance("i-1")]).await;
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    stage.engine.commit(&plan.nonce, None, true).await.unwrap();
    assert_eq!(refusal(&stage, &plan, None, true).await, CommitRefusal::Expired);
    let late = stage.plan(Action::Reboot, &["i-1"]).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(refusal(&stage, &late, None, true).await, CommitRefusal::Expired);
    assert_eq!(stage.cloud.counts().submit, 1);
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_the_plan_is_not_sent() {
    for change in ["state", "name", "group"] {
        let stage = with([instance("i-1").named("web")]).await;
        let plan = stage.plan(Action::Stop, &["i-1"]).await;
        match change {
            "state" => stage.cloud.set_state("i-1", State::Stopped),
            "name" => stage.cloud.change("i-1", |resource| resource.name = "db".to_owned()),
            _ => stage.cloud.change("i-1", |resource| resource.facts.group = Some("asg".to_owned())),
        }
        stage.sync().await;
        let refused = refusal(&stage, &plan, None, true).await;
        assert_eq!(refused, CommitRefusal::Changed { changed: vec![plan.targets[0].key.clone()] }, "{change}");
        assert_eq!(stage.cloud.counts().submit, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_plan_made_before_the_first_was_sent_is_not_sent() {
    let stage = with([instance("i-1")]).await;
    let first = stage.plan(Action::Stop, &["i-1"]).await;
    let second = stage.plan(Action::Stop, &["i-1"]).await;
    let id = stage.engine.commit(&first.nonce, None, true).await.unwrap();
    stage.engine.submitted(&id).await;
    assert!(matches!(refusal(&stage, &second, None, true).await, CommitRefusal::Changed { .. }));
    assert_eq!(stage.cloud.counts().submit, 1);
}
