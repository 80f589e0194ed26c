//! Plans at a cloud that spares nothing: local disks, a cut of the power, missing permissions.

use nepho_core::{
    Action, ProviderError, State,
    plan::{Refusal, Verdict, Warning},
    provider::{Detail, Order, Protections, Target},
};
use nepho_testkit::{
    InstanceBuilder,
    fake::{Recorded, SubmitStep},
    instance,
};

use crate::{
    planning::verdicts,
    stage::{Stage, with},
};

/// Nothing in the way, and local disks.
const LOCAL: Protections = Protections {
    stop: Some(false),
    termination: Some(false),
    local_disks: Some(true),
    permitted: Some(true),
    offered: None,
    public_ip_unknown: false,
};

async fn rough(instances: impl IntoIterator<Item = InstanceBuilder>) -> Stage {
    let stage = with(instances).await;
    stage.host.set_rough();
    stage
}

const fn discarding(action: Action) -> Order {
    Order { action, discard_local_disks: true }
}

fn sent(stage: &Stage) -> Vec<(Order, Vec<Target>)> {
    let sent = stage.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Submit { order, targets } => Some((order, targets)),
        _ => None,
    });
    sent.collect()
}

#[tokio::test(start_paused = true)]
async fn local_disks_are_discarded_only_when_the_order_says_so() {
    let stage = rough([instance("i-1"), instance("i-2")]).await;
    stage.cloud.protect("i-1", LOCAL);
    for action in [Action::Stop, Action::Suspend] {
        let plan = stage.plan(action, &["i-1", "i-2"]).await;
        assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::LocalDisks), Verdict::Eligible], "{action}");
        assert_eq!(plan.order, action.into());
        let plan = stage.plan(discarding(action), &["i-1"]).await;
        assert_eq!(verdicts(&plan), [Verdict::Eligible], "{action}");
        assert_eq!(plan.targets[0].warnings, [Warning::LocalDisksLost], "{action}");
        assert_eq!(plan.order, discarding(action));
    }
    // What keeps the disks, and what ends the machine anyway, asks nothing more.
    for action in [Action::Reboot, Action::Terminate] {
        assert_eq!(verdicts(&stage.plan(action, &["i-1"]).await), [Verdict::Eligible], "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn disks_that_were_not_checked_are_left_to_the_cloud() {
    let stage = rough([instance("i-1")]).await;
    stage.cloud.protect("i-1", Protections { local_disks: None, ..LOCAL });
    let plan = stage.plan(Action::Stop, &["i-1"]).await;
    assert_eq!((verdicts(&plan), plan.targets[0].warnings.clone()), (vec![Verdict::Eligible], vec![]));
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_what_was_planned_with_each_zone() {
    let stage = rough([instance("i-1").zone("eu-west-1b"), instance("i-2")]).await;
    stage.cloud.protect("i-1", LOCAL);
    let targets =
        ["i-1", "i-2"].map(|native| stage.cloud.truth(native).unwrap()).map(|one| Target::from(&one.resource));
    assert_eq!(targets.clone().map(|target| target.zone.is_some()), [true, false]);
    for order in [discarding(Action::Stop), Action::Reboot.into()] {
        let id = stage.act(order, &["i-1", "i-2"]).await;
        stage.engine.submitted(&id).await;
        let (last, addressed) = sent(&stage).pop().unwrap();
        assert_eq!((last, &addressed[..]), (order, &targets[..]));
        stage.pass(2).await;
        for native in ["i-1", "i-2"] {
            stage.cloud.set_state(native, State::Running);
        }
        stage.sync().await;
    }
    let read = stage.cloud.calls().into_iter().filter_map(|call| match call {
        Recorded::Observe { targets, detail } => Some((targets, detail)),
        _ => None,
    });
    let read: Vec<_> = read.collect();
    assert!(read.contains(&(targets.to_vec(), Detail::Plan(Action::Stop))), "{read:?}");
    assert!(read.contains(&(targets.to_vec(), Detail::State)), "followed by zone too: {read:?}");
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_moved_is_addressed_where_the_plan_saw_it() {
    let stage = rough([instance("i-1").zone("eu-west-1a")]).await;
    stage.cloud.change("i-1", |resource| resource.zone = Some("eu-west-1c".into()));
    let id = stage.act(Action::Stop, &["i-1"]).await;
    stage.engine.submitted(&id).await;
    assert_eq!(sent(&stage)[0].1[0].zone, Some("eu-west-1c".into()));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_permitted_is_refused_and_what_was_not_asked_is_not() {
    let stage = with(["i-1", "i-2"].map(instance)).await;
    stage.cloud.forbid("i-1", Action::Stop);
    stage.cloud.protect("i-2", Protections { permitted: None, ..LOCAL });
    let plan = stage.plan(Action::Stop, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [Verdict::Refused(Refusal::NotPermitted), Verdict::Eligible]);
    assert_eq!(verdicts(&stage.plan(Action::Reboot, &["i-1"]).await), [Verdict::Eligible], "another action");
    // Should the cloud know better than its own answer, that is its refusal.
    let denied = ProviderError::PermissionDenied { operation: "stop".to_owned(), message: "no".to_owned() };
    stage.cloud.script_submit("i-2", [SubmitStep::Refuse(denied)]);
    let id = stage.act(Action::Stop, &["i-1", "i-2"]).await;
    stage.engine.submitted(&id).await;
    assert_eq!(sent(&stage)[0].1.len(), 1, "only what may be");
    assert_eq!(stage.events("i-2").await, ["sent", "refused"]);
    assert!(stage.events("i-1").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_there_is_not_for_this_machine_is_unsupported_whatever_else_is_in_the_way() {
    let stage = with([instance("i-1"), instance("i-2").state(State::Stopped)]).await;
    for native in ["i-1", "i-2"] {
        stage.cloud.protect(native, Protections { permitted: Some(false), offered: Some(false), ..LOCAL });
    }
    let unsupported = Verdict::Refused(Refusal::Unsupported);
    let plan = stage.plan(Action::Suspend, &["i-1", "i-2"]).await;
    assert_eq!(verdicts(&plan), [unsupported.clone(), unsupported]);
    stage.cloud.protect("i-1", Protections { offered: Some(true), ..LOCAL });
    assert_eq!(verdicts(&stage.plan(Action::Suspend, &["i-1"]).await), [Verdict::Eligible]);
}

#[tokio::test(start_paused = true)]
async fn that_nobody_knows_whether_the_address_is_kept_is_said_where_it_may_be_lost() {
    let stage = with(["i-1", "i-2"].map(instance)).await;
    stage.cloud.protect("i-1", Protections { local_disks: None, public_ip_unknown: true, ..LOCAL });
    let warnings = async |action: Action| stage.plan(action, &["i-1"]).await.targets[0].warnings.clone();
    for action in [Action::Stop, Action::Suspend, Action::Terminate] {
        assert_eq!(warnings(action).await, [Warning::PublicIpNotChecked], "{action}");
    }
    assert_eq!(warnings(Action::Reboot).await, []);
    let ip: std::net::IpAddr = "203.0.113.9".parse().unwrap();
    stage.cloud.change("i-1", |resource| resource.facts.ephemeral_public_ip = Some(ip));
    assert_eq!(warnings(Action::Stop).await, [Warning::PublicIpLost { ip }], "known from before");
}

#[tokio::test(start_paused = true)]
async fn a_cut_of_the_power_is_warned_of() {
    let stage = with([instance("i-1")]).await;
    let warnings = async |action: Action| stage.plan(action, &["i-1"]).await.targets[0].warnings.clone();
    assert_eq!(warnings(Action::Reboot).await, []);
    stage.host.set_rough();
    assert_eq!(warnings(Action::Reboot).await, [Warning::Hard]);
    assert_eq!(warnings(Action::Stop).await, []);
}
