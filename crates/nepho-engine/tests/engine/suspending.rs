//! Tests of suspending and resuming: permitted states, confirmations, warnings and rows.

use std::{net::Ipv4Addr, time::Duration};

use nepho_core::{
    Account, Action, State,
    plan::{Confirmation, Refusal, Verdict, Warning},
    report::TargetStatus,
};
use nepho_testkit::instance;

use crate::{
    harness::{account, with},
    planning::verdicts,
};

#[tokio::test(start_paused = true)]
async fn suspend_and_resume_have_their_own_states() {
    let states = [State::Running, State::Suspended, State::Stopped, State::Suspending, State::Pending];
    let natives = ["i-0", "i-1", "i-2", "i-3", "i-4"];
    let harness = with(natives.iter().zip(states).map(|(native, state)| instance(native).state(state))).await;
    let refused = |state| Verdict::Refused(Refusal::State(state));
    let suspend = verdicts(&harness.plan(Action::Suspend, &natives).await);
    let expected =
        [Verdict::Eligible, Verdict::Already, refused(State::Stopped), Verdict::Underway, refused(State::Pending)];
    assert_eq!(suspend, expected);
    let resume = verdicts(&harness.plan(Action::Resume, &natives).await);
    let expected =
        [Verdict::Already, Verdict::Eligible, refused(State::Stopped), refused(State::Suspending), Verdict::Underway];
    assert_eq!(resume, expected);
    // Neither is a synonym of stopping or starting.
    for action in [Action::Start, Action::Stop, Action::Reboot] {
        assert_eq!(verdicts(&harness.plan(action, &["i-1"]).await), [refused(State::Suspended)], "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn suspended_and_resumed_instance_shows_its_state() {
    let harness = with([instance("i-1").named("web")]).await;
    for (action, on_its_way) in [(Action::Suspend, "state:suspending"), (Action::Resume, "state:pending")] {
        let id = harness.act(action, &["i-1"]).await;
        harness.engine.submitted(&id).await;
        assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (action.transition(), Some(action)));
        assert_eq!(
            (harness.ids(on_its_way), harness.ids("is:pending")),
            (vec!["i-1".to_owned()], vec!["i-1".to_owned()])
        );
        assert!(harness.ids("state:running").is_empty());
        harness.pass(3).await;
        harness.cloud.settle("i-1");
        let results = harness.engine.wait(&id, Duration::from_mins(1)).await;
        assert_eq!((results[0].status, results[0].observed_state), (TargetStatus::Done, Some(action.goal().state())));
        assert_eq!((harness.row("i-1").state(), harness.row("i-1").pending()), (action.goal().state(), None));
        assert_eq!(harness.ids(&format!("state:{}", action.goal().state())), ["i-1"]);
    }
    assert_eq!(harness.events("i-1").await, ["sent", "accepted", "done", "sent", "accepted", "done"]);
}

#[tokio::test(start_paused = true)]
async fn suspend_warns_like_stop_and_resume_never_warns() {
    let ip = Ipv4Addr::new(54, 0, 0, 1);
    let made = |native| instance(native).group("asg-web").spot().ephemeral_public_ip(ip);
    let harness = with([made("i-1"), made("i-2").state(State::Suspended)]).await;
    let plan = harness.plan(Action::Suspend, &["i-1"]).await;
    let group = Warning::GroupMember { group: "asg-web".to_owned() };
    assert_eq!(plan.targets[0].warnings, [group, Warning::Spot, Warning::PublicIpLost { ip: ip.into() }]);
    assert_eq!(harness.plan(Action::Resume, &["i-2"]).await.targets[0].warnings, []);
}

#[tokio::test(start_paused = true)]
async fn suspend_confirms_like_stop_and_resume_like_start() {
    let suspended = |native| instance(native).state(State::Suspended);
    let harness = with([suspended("i-1"), suspended("i-2"), instance("i-3").named("api")]).await;
    let asked = async |action: Action, natives: &[&str]| harness.plan(action, natives).await.confirmation;
    assert_eq!(asked(Action::Resume, &["i-1"]).await, Confirmation::None);
    assert_eq!(asked(Action::Resume, &["i-1", "i-2"]).await, Confirmation::Click);
    assert_eq!(asked(Action::Suspend, &["i-3"]).await, Confirmation::Click);
    harness.engine.put_account(Account { prod: true, ..account("lab") }).await;
    assert_eq!(asked(Action::Resume, &["i-1"]).await, Confirmation::Click);
    let typed = Confirmation::Type { accepted: vec!["api".to_owned(), "i-3".to_owned()] };
    assert_eq!(asked(Action::Suspend, &["i-3"]).await, typed);
}
