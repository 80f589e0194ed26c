//! Following: what a fresh reading says about an action that was sent. Pure; `act` does the I/O.

use std::time::Duration;

use nepho_core::{
    Action, Failure, State,
    journal::JournalEvent,
    provider::{Progress, Ticket},
};

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
    record: Record,
}

/// What the provider's own record of an action said the last time.
#[derive(Clone, Debug)]
enum Record {
    /// There is none, or the action had no answer.
    None,
    /// At work, or not asked yet.
    Open(Ticket),
    /// Carried out.
    Done,
}

impl Watch {
    /// Begins to watch a target whose action the provider accepted.
    pub fn accepted(action: Action, before: State, ticket: Option<Ticket>) -> Self {
        let record = ticket.map_or(Record::None, Record::Open);
        Self { action, before, accepted: true, moved: false, absent: 0, record }
    }

    /// Begins to watch a target whose action was sent and had no answer.
    pub const fn unanswered(action: Action, before: State) -> Self {
        Self { action, before, accepted: false, moved: false, absent: 0, record: Record::None }
    }

    /// The ticket to ask about, while the record tells no end.
    pub const fn open_ticket(&self) -> Option<&Ticket> {
        match &self.record {
            Record::Open(ticket) => Some(ticket),
            Record::None | Record::Done => None,
        }
    }

    /// Takes in what the provider's record says. An action that came to nothing has ended; one that
    /// was carried out has still to be seen.
    pub fn told(&mut self, progress: Progress) -> Option<JournalEvent> {
        match progress {
            Progress::Underway => None,
            Progress::Done => {
                self.record = Record::Done;
                None
            }
            Progress::Failed(error) => Some(JournalEvent::Failed(Failure::from(&error))),
        }
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
        // While the record says that it is at work, no state contradicts it.
        if matches!(self.record, Record::Open(_)) {
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
    /// after, so only an accepted one can be called done, and one with a record only when that says so.
    const fn proves_goal(&self) -> bool {
        match self.action {
            Action::Reboot => self.accepted && !matches!(self.record, Record::Open(_)),
            Action::Start | Action::Stop | Action::Suspend | Action::Resume | Action::Terminate => true,
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
        let mut watch = Watch::accepted(Action::Stop, State::Running, None);
        assert_eq!(watch.read(Some((State::Running, "running")), SOON), None);
        let late = watch.read(Some((State::Running, "running")), LATE);
        assert!(matches!(late, Some(JournalEvent::Contradicted { state: State::Running, .. })));
    }

    #[test]
    fn falling_back_after_moving_is_a_contradiction_at_once() {
        let mut watch = Watch::accepted(Action::Start, State::Stopped, None);
        assert_eq!(watch.read(Some((State::Pending, "pending")), SOON), None);
        let back = watch.read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(back, Some(JournalEvent::Contradicted { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_stop_is_settled_only_by_being_seen() {
        let mut watch = Watch::unanswered(Action::Stop, State::Running);
        assert_eq!(watch.read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
        let mut watch = Watch::unanswered(Action::Stop, State::Running);
        assert_eq!(watch.read(Some((State::Stopping, "stopping")), SOON), None);
        let seen = watch.read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(seen, Some(JournalEvent::Settled { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_reboot_is_never_called_done() {
        let mut watch = Watch::unanswered(Action::Reboot, State::Running);
        assert_eq!(watch.read(Some((State::Running, "running")), SOON), None);
        assert_eq!(watch.read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
    }

    #[test]
    fn only_a_deleted_machine_may_vanish() {
        let mut watch = Watch::accepted(Action::Stop, State::Running, None);
        assert_eq!((watch.read(None, SOON), watch.read(None, SOON), watch.read(None, SOON)), (None, None, None));
        let mut watch = Watch::accepted(Action::Terminate, State::Running, None);
        assert_eq!(watch.read(None, SOON), None);
        assert!(matches!(watch.read(None, SOON), Some(JournalEvent::Settled { state: State::Terminated, .. })));
    }

    #[test]
    fn readings_slow_down() {
        let seconds = [0, 29, 30, 119, 120, 800].map(|s| pause(Duration::from_secs(s)).as_secs());
        assert_eq!(seconds, [1, 1, 2, 2, 5, 5]);
    }
}
