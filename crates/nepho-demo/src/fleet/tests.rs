//! The size and variety of the fleet, and its changes over time.

use std::collections::{BTreeMap, BTreeSet};

use nepho_core::{Action, State};

use super::{account::accounts, lifecycle::LoggedAction, workloads::Disks, *};

/// A Tuesday at noon.
const NOON: i64 = 1_767_700_800 * SECOND;

fn all(now: i64) -> Vec<(Machine, LifecyclePoint)> {
    accounts().iter().flat_map(|account| machines(account, &LoggedActions::new(), now)).collect()
}

#[test]
fn fleet_has_about_three_hundred_machines_of_every_sort() {
    let fleet = all(NOON);
    assert!((270..=330).contains(&fleet.len()), "{} machines", fleet.len());
    let states: BTreeSet<State> = fleet.iter().map(|(_, life)| life.state).collect();
    for state in [State::Running, State::Stopped, State::Suspended, State::Terminated] {
        assert!(states.contains(&state), "no {state} among {states:?}");
    }
    let has = |what: fn(&Machine) -> bool| fleet.iter().any(|(machine, _)| what(machine));
    assert!(has(|machine| machine.protected));
    assert!(has(Machine::has_local_root));
    assert!(has(|machine| machine.disks == Disks::LocalData));
    assert!(has(|machine| machine.public_ip.is_some() && machine.public == Public::Ephemeral));
    assert!(has(|machine| machine.lifecycle == nepho_core::resource::Lifecycle::Spot));
    assert!(has(|machine| machine.group == Some("asg-web-prod")));
    assert!(has(|machine| machine.name.is_empty()));
    assert!(has(|machine| machine.name.contains('\u{202E}')));
    assert!(has(|machine| machine.name.contains('数')));
}

#[test]
fn ids_are_unique_and_in_the_style_of_their_cloud() {
    let fleet = all(NOON);
    let ids: BTreeSet<&str> = fleet.iter().map(|(machine, _)| machine.native.as_str()).collect();
    assert_eq!(ids.len(), fleet.len());
    for (machine, _) in &fleet {
        match machine.account.style {
            Style::Aws => assert!(machine.native.len() == 19 && machine.native.starts_with("i-0")),
            Style::Gcp => assert!(machine.native.len() == 19 && machine.native.parse::<u64>().is_ok()),
        }
        assert!(machine.account.regions.contains(&machine.region), "{}", machine.region);
        assert_ne!(machine.account.denied, Some(machine.region), "no machine is in the denied region");
    }
}

#[test]
fn fleet_changes_within_minutes_without_actions() {
    let ids = |now| all(now).into_iter().map(|(machine, _)| machine.native).collect::<BTreeSet<_>>();
    let (before, after) = (ids(NOON), ids(NOON + 10 * MINUTE));
    let born = after.difference(&before).count();
    assert!((10..=80).contains(&born), "{born} born in ten minutes");
    assert!(before.difference(&after).count() >= 10, "and as many gone");
    let permanent = accounts().iter().flat_map(permanent_ids).collect::<BTreeSet<_>>();
    assert!(permanent.is_subset(&after), "only members of groups come and go");
}

#[test]
fn every_state_change_is_one_that_a_cloud_makes() {
    // Half an hour in steps of three seconds; no transition is shorter than four seconds.
    let mut before: BTreeMap<String, State> = BTreeMap::new();
    for second in (0..1800).step_by(3) {
        let mut now = BTreeMap::new();
        for (machine, life) in all(NOON + second * SECOND) {
            if let Some(was) = before.get(&machine.native).filter(|was| **was != life.state) {
                let step = (*was, life.state);
                let known = [
                    (State::Pending, State::Running),
                    (State::Running, State::Pending), // restarted
                    (State::Running, State::Stopping),
                    (State::Stopping, State::Stopped),
                    (State::Stopped, State::Pending),
                    (State::Pending, State::Terminating),
                    (State::Running, State::Terminating),
                    (State::Terminating, State::Terminated),
                ];
                assert!(known.contains(&step), "{} went {step:?}", machine.native);
            }
            now.insert(machine.native, life.state);
        }
        let vanished = before.iter().filter(|(native, _)| !now.contains_key(*native));
        assert!(vanished.into_iter().all(|(_, state)| *state == State::Terminated));
        before = now;
    }
}

#[test]
fn a_group_replaces_a_member_that_was_stopped() {
    let account = &accounts()[0];
    let group = |log: &LoggedActions, now| -> Vec<(String, State)> {
        let members = machines(account, log, now).into_iter();
        let of_group = members.filter(|(machine, _)| machine.group == Some("asg-checkout-api"));
        of_group.map(|(machine, life)| (machine.native, life.state)).collect()
    };
    let alive = |log: &LoggedActions, now| {
        group(log, now).iter().filter(|(_, state)| matches!(state, State::Pending | State::Running)).count()
    };
    let mut log = LoggedActions::new();
    // A member that the group does not replace soon.
    let victim = machines(account, &log, NOON)
        .into_iter()
        .find(|(machine, life)| {
            machine.group == Some("asg-checkout-api")
                && life.state == State::Running
                && matches!(machine.habit, Habit::Member { ends, .. } if ends > NOON + 4 * MINUTE)
        })
        .expect("a member with time to live")
        .0
        .native;
    log.insert(victim.clone(), LoggedAction { action: Action::Stop, at: NOON });
    let of_victim = |now| group(&log, now).into_iter().find(|(native, _)| *native == victim).map(|(_, state)| state);
    assert_eq!(of_victim(NOON + SECOND), Some(State::Stopping));
    assert_eq!(of_victim(NOON + 20 * SECOND), Some(State::Stopped));
    assert_eq!(of_victim(NOON + 46 * SECOND), Some(State::Terminating));
    assert_eq!(of_victim(NOON + 2 * MINUTE), Some(State::Terminated));
    assert_eq!(alive(&log, NOON + 30 * SECOND), alive(&LoggedActions::new(), NOON + 30 * SECOND) - 1);
    assert_eq!(alive(&log, NOON + 2 * MINUTE), alive(&LoggedActions::new(), NOON + 2 * MINUTE), "replaced");
}
