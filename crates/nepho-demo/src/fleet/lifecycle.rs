//! The state of a machine at a moment: a pure function of its habit, its last action and the time.
//!
//! Times are milliseconds since 1970, durations are milliseconds.

use nepho_core::{Action, State};

use super::rng::between;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The time that a terminated machine is still listed.
pub(crate) const LISTED_AFTER_END: i64 = 5 * MINUTE;
/// The time until a scale group replaces a member that does not run.
pub(crate) const UNHEALTHY: i64 = 45 * SECOND;

/// Course of a machine's states without actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Runs, and restarts every `every`, the first time at `first`.
    Always { first: i64, every: i64 },
    /// Runs from `from` to `to` after midnight UTC, each day.
    Daily { from: i64, to: i64 },
    /// Stopped since the last multiple of `every` after `first`.
    Off { first: i64, every: i64 },
    /// Like `Off`, but suspended.
    Suspended { first: i64, every: i64 },
    /// Runs from `born` to `ends`, and is then replaced.
    Member { born: i64, ends: i64 },
}

/// Last accepted action on a machine. A reboot changes no state, so it is not logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoggedAction {
    pub(crate) action: Action,
    pub(crate) at: i64,
}

/// State of a machine at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LifecyclePoint {
    pub(crate) state: State,
    /// The time of the last start.
    pub(crate) started: i64,
    /// The time of the last stop, suspension or termination.
    pub(crate) ended: Option<i64>,
}

/// The state at `now`; `None` before the machine exists and after it is no longer listed.
pub(crate) fn life(native: &str, habit: Habit, logged: Option<LoggedAction>, now: i64) -> Option<LifecyclePoint> {
    let by_habit = by_habit(native, habit, now)?;
    let in_force = logged.filter(|logged| logged.at <= now && is_in_force(habit, *logged, now));
    let life = in_force.map_or(by_habit, |logged| after(native, logged, by_habit.started, now));
    match end(habit, logged) {
        Some(end) if now >= end => terminated(native, life.started, end, now),
        _ => Some(life),
    }
}

/// The start of the machine's termination; `None` if it stays.
pub(crate) fn end(habit: Habit, logged: Option<LoggedAction>) -> Option<i64> {
    let by_habit = match habit {
        Habit::Member { ends, .. } => Some(ends),
        _ => None,
    };
    let by_action = logged.and_then(|logged| match (logged.action, habit) {
        (Action::Terminate, _) => Some(logged.at),
        (Action::Stop | Action::Suspend, Habit::Member { .. }) => Some(logged.at + UNHEALTHY),
        _ => None,
    });
    by_habit.into_iter().chain(by_action).min()
}

/// False once the habit has changed the state after the action.
fn is_in_force(habit: Habit, logged: LoggedAction, now: i64) -> bool {
    match habit {
        Habit::Daily { from, to } if logged.action != Action::Terminate => {
            let midnight = now - now.rem_euclid(DAY);
            let last = [midnight - DAY + to, midnight + from, midnight + to].into_iter().filter(|at| *at <= now).max();
            last.is_none_or(|last| logged.at > last)
        }
        _ => true,
    }
}

fn by_habit(native: &str, habit: Habit, now: i64) -> Option<LifecyclePoint> {
    let running = |started: i64| LifecyclePoint {
        state: if now < started + boot(native, started) { State::Pending } else { State::Running },
        started,
        ended: None,
    };
    let resting = |first: i64, every: i64, state| {
        let ended = last_multiple(first, every, now);
        // It ran for three days before.
        LifecyclePoint { state, started: ended - 3 * DAY, ended: Some(ended) }
    };
    Some(match habit {
        Habit::Always { first, every } => running(last_multiple(first, every, now)),
        Habit::Off { first, every } => resting(first, every, State::Stopped),
        Habit::Suspended { first, every } => resting(first, every, State::Suspended),
        Habit::Member { born, .. } if now < born => return None,
        Habit::Member { born, .. } => running(born),
        Habit::Daily { from, to } => {
            let midnight = now - now.rem_euclid(DAY);
            if now >= midnight + from && now < midnight + to {
                running(midnight + from)
            } else {
                let ended = if now < midnight + from { midnight - DAY + to } else { midnight + to };
                let state = if now < ended + halt(native, ended) { State::Stopping } else { State::Stopped };
                LifecyclePoint { state, started: ended - (to - from), ended: Some(ended) }
            }
        }
    })
}

fn after(native: &str, logged: LoggedAction, started: i64, now: i64) -> LifecyclePoint {
    let LoggedAction { action, at } = logged;
    match action {
        Action::Start | Action::Reboot | Action::Resume => {
            let state = if now < at + boot(native, at) { State::Pending } else { State::Running };
            LifecyclePoint { state, started: at, ended: None }
        }
        Action::Suspend => {
            let state = if now < at + halt(native, at) { State::Suspending } else { State::Suspended };
            LifecyclePoint { state, started: started.min(at), ended: Some(at) }
        }
        Action::Stop | Action::Terminate => {
            let state = if now < at + halt(native, at) { State::Stopping } else { State::Stopped };
            // The log keeps only the last action, so the last start before this stop is the habit's,
            // or the stop itself if that is earlier.
            LifecyclePoint { state, started: started.min(at), ended: Some(at) }
        }
    }
}

fn terminated(native: &str, started: i64, end: i64, now: i64) -> Option<LifecyclePoint> {
    let terminated_at = end + halt(native, end);
    if now >= terminated_at + LISTED_AFTER_END {
        return None;
    }
    let state = if now < terminated_at { State::Terminating } else { State::Terminated };
    Some(LifecyclePoint { state, started: started.min(end), ended: Some(end) })
}

/// The duration of a start: 5 to 10 s.
fn boot(native: &str, at: i64) -> i64 {
    between(5 * SECOND, 10 * SECOND, 1, &[native, &at.to_string()])
}

/// The duration of a stop: 4 to 8 s.
fn halt(native: &str, at: i64) -> i64 {
    between(4 * SECOND, 8 * SECOND, 2, &[native, &at.to_string()])
}

fn last_multiple(first: i64, every: i64, now: i64) -> i64 {
    now - (now - first).rem_euclid(every.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 20_000 * DAY + 12 * HOUR;
    const STEADY: Habit = Habit::Always { first: 0, every: 30 * DAY };

    fn state(habit: Habit, logged: impl Into<Option<LoggedAction>>, now: i64) -> Option<State> {
        life("i-1", habit, logged.into(), now).map(|life| life.state)
    }

    fn logged(action: Action) -> LoggedAction {
        LoggedAction { action, at: NOW }
    }

    #[test]
    fn each_action_passes_through_its_transition() {
        let off = Habit::Off { first: 0, every: 30 * DAY };
        let asleep = Habit::Suspended { first: 0, every: 30 * DAY };
        for (habit, action) in [
            (off, Action::Start),
            (STEADY, Action::Stop),
            (STEADY, Action::Suspend),
            (asleep, Action::Resume),
            (STEADY, Action::Terminate),
        ] {
            assert_eq!(state(habit, logged(action), NOW), Some(action.transition()), "{action} at once");
            assert_eq!(state(habit, logged(action), NOW + 3 * SECOND), Some(action.transition()), "{action} soon");
            assert_eq!(
                state(habit, logged(action), NOW + 10 * SECOND),
                Some(action.goal().state()),
                "{action} in the end"
            );
        }
    }

    #[test]
    fn a_terminated_machine_vanishes_and_a_stopped_one_stays() {
        assert_eq!(state(STEADY, logged(Action::Terminate), NOW + 4 * MINUTE), Some(State::Terminated));
        assert_eq!(state(STEADY, logged(Action::Terminate), NOW + 6 * MINUTE), None);
        assert_eq!(state(STEADY, logged(Action::Stop), NOW + 400 * DAY), Some(State::Stopped));
    }

    #[test]
    fn group_member_ends_on_time_or_early_after_a_stop() {
        let member = Habit::Member { born: NOW - MINUTE, ends: NOW + 10 * MINUTE };
        assert_eq!(state(member, None, NOW - 2 * MINUTE), None);
        assert_eq!(state(member, None, NOW), Some(State::Running));
        assert_eq!(state(member, None, NOW + 10 * MINUTE), Some(State::Terminating));
        assert_eq!(state(member, logged(Action::Stop), NOW + 20 * SECOND), Some(State::Stopped));
        assert_eq!(state(member, logged(Action::Stop), NOW + UNHEALTHY), Some(State::Terminating));
        assert_eq!(state(member, logged(Action::Start), NOW + MINUTE), Some(State::Running));
        assert_eq!(state(member, logged(Action::Suspend), NOW + 20 * SECOND), Some(State::Suspended));
        assert_eq!(state(member, logged(Action::Suspend), NOW + UNHEALTHY), Some(State::Terminating));
    }

    #[test]
    fn office_hours_override_an_action() {
        let daily = Habit::Daily { from: 7 * HOUR, to: 19 * HOUR };
        assert_eq!(state(daily, None, NOW), Some(State::Running));
        assert_eq!(state(daily, None, NOW + 8 * HOUR), Some(State::Stopped));
        assert_eq!(state(daily, logged(Action::Stop), NOW + HOUR), Some(State::Stopped));
        assert_eq!(state(daily, logged(Action::Stop), NOW + 20 * HOUR), Some(State::Running), "the next morning");
        assert_eq!(state(daily, logged(Action::Terminate), NOW + 20 * HOUR), None);
    }

    #[test]
    fn started_is_the_time_of_the_last_start() {
        let started = life("i-1", STEADY, Some(logged(Action::Start)), NOW + HOUR).expect("there").started;
        assert_eq!(started, NOW);
        assert!(life("i-1", STEADY, None, NOW).expect("there").started < NOW);
    }
}
