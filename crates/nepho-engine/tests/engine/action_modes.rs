//! Tests of plans at a cloud with restrictions: local disks, hard resets, missing permissions.

use nepho_core::{
    Action, ProviderError, State,
    plan::{Refusal, Verdict, Warning},
    provider::{ActionRequest, Detail, Preflight, StopOptions, Target},
};
use nepho_testkit::{
    InstanceBuilder,
    fake::{Recorded, SubmitStep},
    instance,
};

use crate::{
    harness::{Harness, with},
    planning::verdicts,
};

/// Pre-flight results without obstacles, but with local disks.
const LOCAL: Preflight = Preflight {
    hibernation: None,
    stop: Some(false),
    termination: Some(false),
    local_disks: Some(true),
    permitted: Some(true),
    offered: None,
    public_ip_unknown: false,
};

async fn rough(instances: impl IntoIterator<Item = InstanceBuilder>) -> Harness {
    let harness = with(instances).await;
    harness.host.set_rough();
    harness
}

const fn discarding(action: Action) -> ActionRequest {
    match action {
        Action::Suspend => ActionRequest::Suspend { discard_local_disks: true },
        _ => ActionRequest::Stop(StopOptions { force: false, hibernate: false, discard_local_disks: true }),
    }
}

fn sent(harness: &Harness) -> Vec<(ActionRequest, Vec<Target>)> {
    let sent = harness.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Submit { request, targets } => Some((request, targets)),
        _ => None,
    });
    sent.collect()
}

#[tokio::test(start_paused = true)]
async fn local_disks_are_discarded_only_on_request() {
    let harness = rough([instance("i-1"), instance("i-2")]).await;
    harness.cloud.protect("i-1", LOCAL);
    for action in [Action::Stop, Action::Suspend] {
        let plan = harness.plan(action, &["i-1", "i-2"]).await;
        assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::LocalDisks), Verdict::Eligible], "{action}");
        assert_eq!(plan.request, action.into());
        let plan = harness.plan(discarding(action), &["i-1"]).await;
        assert_eq!(verdicts(&plan), [Verdict::Eligible], "{action}");
        assert_eq!(plan.targets[0].warnings, [Warning::LocalDisksLost], "{action}");
        assert_eq!(plan.request, discarding(action));
    }
    // An action that keeps the disks, and a termination, need no permission to discard them.
    for action in [Action::Reboot, Action::Terminate] {
        assert_eq!(verdicts(&harness.plan(action, &["i-1"]).await), [Verdict::Eligible], "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn unchecked_local_disks_are_left_to_the_cloud() {
    let harness = rough([instance("i-1")]).await;
    harness.cloud.protect("i-1", Preflight { local_disks: None, ..LOCAL });
    let plan = harness.plan(Action::Stop, &["i-1"]).await;
    assert_eq!((verdicts(&plan), plan.targets[0].warnings.clone()), (vec![Verdict::Eligible], vec![]));
}

#[tokio::test(start_paused = true)]
async fn submission_has_the_planned_targets_with_their_zones() {
    let harness = rough([instance("i-1").zone("eu-west-1b"), instance("i-2")]).await;
    harness.cloud.protect("i-1", LOCAL);
    let targets =
        ["i-1", "i-2"].map(|native| harness.cloud.truth(native).unwrap()).map(|one| Target::from(&one.resource));
    assert_eq!(targets.clone().map(|target| target.zone.is_some()), [true, false]);
    for request in [discarding(Action::Stop), Action::Reboot.into()] {
        let id = harness.act(request, &["i-1", "i-2"]).await;
        harness.engine.submitted(&id).await;
        let (last, addressed) = sent(&harness).pop().unwrap();
        assert_eq!((last, &addressed[..]), (request, &targets[..]));
        harness.pass(2).await;
        for native in ["i-1", "i-2"] {
            harness.cloud.set_state(native, State::Running);
        }
        harness.sync().await;
    }
    let read = harness.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Observe { targets, detail } => Some((targets, detail)),
        _ => None,
    });
    let read: Vec<_> = read.collect();
    assert!(read.contains(&(targets.to_vec(), Detail::Plan(Action::Stop))), "{read:?}");
    assert!(read.contains(&(targets.to_vec(), Detail::State)), "followed with its zone too: {read:?}");
}

#[tokio::test(start_paused = true)]
async fn moved_instance_is_addressed_by_the_planned_zone() {
    let harness = rough([instance("i-1").zone("eu-west-1a")]).await;
    harness.cloud.change("i-1", |resource| resource.zone = Some("eu-west-1c".into()));
    let id = harness.act(Action::Stop, &["i-1"]).await;
    harness.engine.submitted(&id).await;
    assert_eq!(sent(&harness)[0].1[0].zone, Some("eu-west-1c".into()));
}

#[tokio::test(start_paused = true)]
async fn forbidden_action_is_refused_and_unchecked_one_is_not() {
    let harness = with(["i-1", "i-2"].map(instance)).await;
    harness.cloud.forbid("i-1", Action::Stop);
    harness.cloud.protect("i-2", Preflight { permitted: None, ..LOCAL });
    let plan = harness.plan(Action::Stop, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::NotPermitted), Verdict::Eligible]);
    assert_eq!(verdicts(&harness.plan(Action::Reboot, &["i-1"]).await), [Verdict::Eligible], "another action");
    // If the cloud decides otherwise at submission, that is the cloud's refusal.
    let denied = ProviderError::PermissionDenied { operation: "stop".to_owned(), message: "no".to_owned() };
    harness.cloud.script_submit("i-2", [SubmitStep::Refuse(denied)]);
    let id = harness.act(Action::Stop, &["i-1", "i-2"]).await;
    harness.engine.submitted(&id).await;
    assert_eq!(sent(&harness)[0].1.len(), 1, "only the permitted target");
    assert_eq!(harness.events("i-2").await, ["sent", "refused"]);
    assert!(harness.events("i-1").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn action_not_offered_for_the_instance_is_unsupported() {
    let harness = with([instance("i-1"), instance("i-2").state(State::Stopped)]).await;
    for native in ["i-1", "i-2"] {
        harness.cloud.protect(native, Preflight { permitted: Some(false), offered: Some(false), ..LOCAL });
    }
    let unsupported = Verdict::Refused(Refusal::Unsupported);
    let plan = harness.plan(Action::Suspend, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [unsupported.clone(), unsupported]);
    harness.cloud.protect("i-1", Preflight { offered: Some(true), ..LOCAL });
    assert_eq!(verdicts(&harness.plan(Action::Suspend, &["i-1"]).await), [Verdict::Eligible]);
}

#[tokio::test(start_paused = true)]
async fn plan_warns_when_public_ip_status_is_unknown() {
    let harness = with(["i-1", "i-2"].map(instance)).await;
    harness.cloud.protect("i-1", Preflight { local_disks: None, public_ip_unknown: true, ..LOCAL });
    let warnings = async |action: Action| harness.plan(action, &["i-1"]).await.targets[0].warnings.clone();
    for action in [Action::Stop, Action::Suspend, Action::Terminate] {
        assert_eq!(warnings(action).await, [Warning::PublicIpNotChecked], "{action}");
    }
    assert_eq!(warnings(Action::Reboot).await, []);
    let ip: std::net::IpAddr = "203.0.113.9".parse().unwrap();
    harness.cloud.change("i-1", |resource| resource.facts.ephemeral_public_ip = Some(ip));
    assert_eq!(warnings(Action::Stop).await, [Warning::PublicIpLost { ip }], "known from the listing");
}

#[tokio::test(start_paused = true)]
async fn plan_warns_of_a_hard_reset() {
    let harness = with([instance("i-1")]).await;
    let warnings = async |action: Action| harness.plan(action, &["i-1"]).await.targets[0].warnings.clone();
    assert_eq!(warnings(Action::Reboot).await, []);
    harness.host.set_rough();
    assert_eq!(warnings(Action::Reboot).await, [Warning::Hard]);
    assert_eq!(warnings(Action::Stop).await, []);
}
