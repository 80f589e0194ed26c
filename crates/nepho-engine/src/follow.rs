//! Following: what a fresh reading says about an action that was sent. Pure; `act` does the I/O.

use std::time::Duration;

use nepho_core::{Action, State, journal::JournalEvent};

/// How long a cloud may go on showing the state from before an action that it accepted: EC2's
/// reads are eventually consistent.
pub const GRACE: Duration = Duration::from_mins(1);

/// After this long without a final state, following ends and the target is *unknown*.
pub const LIMIT: Duration = Duration::from_mins(15);

/// How long to wait before the next reading, `elapsed` after the action was sent: fast while
/// something is likely to happen, then slower (1 s for 30 s, 2 s to 2 min, then 5 s).
pub const fn pause(elapsed: Duration) -> Duration {
    match elapsed.as_secs() {
        0..30 => Duration::from_secs(1),
        30..120 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// One target under observation.
#[derive(Clone, Debug)]
pub struct Watch {
    /// What was asked.
    pub action: Action,
    /// The state before it.
    pub before: State,
    /// Whether the provider accepted it; otherwise it is unknown whether anything was done.
    pub accepted: bool,
    /// Whether a reading has shown it on its way.
    moved: bool,
    /// Readings in a row that did not find it.
    absent: u8,
}

impl Watch {
    /// Begins to watch a target that was sent.
    pub const fn new(action: Action, before: State, accepted: bool) -> Self {
        Self { action, before, accepted, moved: false, absent: 0 }
    }

    /// Takes in a reading made `elapsed` after the reply; `None`: the provider does not know it.
    /// Answers how the action ended, if this reading shows that.
    pub fn read(&mut self, seen: Option<(State, &str)>, elapsed: Duration) -> Option<JournalEvent> {
        let Some((state, raw_state)) = seen else { return self.read_absent() };
        self.absent = 0;
        let raw_state = raw_state.to_owned();
        let goal = state == self.action.goal();
        if goal && self.proves_goal() {
            return Some(JournalEvent::Settled { state, raw_state });
        }
        if state.is_transitional() {
            self.moved |= state == self.action.transition();
            return None;
        }
        let still_before = state == self.before && !self.moved;
        if still_before && elapsed < GRACE {
            return None;
        }
        if self.accepted {
            return Some(JournalEvent::Contradicted { state, raw_state });
        }
        // The request had no answer, and the cloud shows no trace of it: it may never have
        // arrived, or still be on its way. That stays unknown.
        Some(JournalEvent::TimedOut)
    }

    /// Whether seeing the goal means that the action did it. A reboot looks the same before and
    /// after, so only an accepted one can be called done.
    const fn proves_goal(&self) -> bool {
        match self.action {
            Action::Reboot => self.accepted,
            Action::Start | Action::Stop | Action::Terminate => true,
        }
    }

    /// A deleted machine is forgotten by its cloud sooner or later; two readings say so. For any
    /// other action an absent machine proves nothing.
    fn read_absent(&mut self) -> Option<JournalEvent> {
        self.absent = self.absent.saturating_add(1);
        let gone = self.action == Action::Terminate && self.absent >= 2 && (self.accepted || self.moved);
        gone.then(|| JournalEvent::Settled { state: State::Terminated, raw_state: String::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(2);
    const LATE: Duration = Duration::from_secs(61);

    #[test]
    fn an_old_state_soon_after_the_reply_proves_nothing() {
        let mut watch = Watch::new(Action::Stop, State::Running, true);
        assert_eq!(watch.read(Some((State::Running, "running")), SOON), None);
        let late = watch.read(Some((State::Running, "running")), LATE);
        assert!(matches!(late, Some(JournalEvent::Contradicted { state: State::Running, .. })));
    }

    #[test]
    fn falling_back_after_moving_is_a_contradiction_at_once() {
        let mut watch = Watch::new(Action::Start, State::Stopped, true);
        assert_eq!(watch.read(Some((State::Pending, "pending")), SOON), None);
        let back = watch.read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(back, Some(JournalEvent::Contradicted { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_stop_is_settled_only_by_being_seen() {
        let mut watch = Watch::new(Action::Stop, State::Running, false);
        assert_eq!(watch.read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
        let mut watch = Watch::new(Action::Stop, State::Running, false);
        assert_eq!(watch.read(Some((State::Stopping, "stopping")), SOON), None);
        let seen = watch.read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(seen, Some(JournalEvent::Settled { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_reboot_is_never_called_done() {
        let mut watch = Watch::new(Action::Reboot, State::Running, false);
        assert_eq!(watch.read(Some((State::Running, "running")), SOON), None);
        assert_eq!(watch.read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
    }

    #[test]
    fn only_a_deleted_machine_may_vanish() {
        let mut watch = Watch::new(Action::Stop, State::Running, true);
        assert_eq!((watch.read(None, SOON), watch.read(None, SOON), watch.read(None, SOON)), (None, None, None));
        let mut watch = Watch::new(Action::Terminate, State::Running, true);
        assert_eq!(watch.read(None, SOON), None);
        assert!(matches!(watch.read(None, SOON), Some(JournalEvent::Settled { state: State::Terminated, .. })));
    }

    #[test]
    fn readings_slow_down() {
        let seconds = [0, 29, 30, 119, 120, 800].map(|s| pause(Duration::from_secs(s)).as_secs());
        assert_eq!(seconds, [1, 1, 2, 2, 5, 5]);
    }
}
