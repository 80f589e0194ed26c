//! Following: what a fresh reading says about an action that was sent. Pure; `act` does the I/O.

use std::time::Duration;

use nepho_core::{
    Action, Failure, ProviderError, State,
    journal::JournalEvent,
    provider::{Progress, Ticket},
};

/// How long a cloud may go on showing the state from before an action that it accepted: EC2's
/// reads are eventually consistent.
pub const CONSISTENCY_WINDOW: Duration = Duration::from_mins(1);

/// After this long without a final state, following ends and the target is *unknown*.
pub const FOLLOW_TIMEOUT: Duration = Duration::from_mins(15);

/// How long to wait before the next reading, `elapsed` after the action was sent: fast while
/// something is likely to happen, then slower (1 s for 30 s, 2 s to 2 min, then 5 s).
pub const fn poll_interval(elapsed: Duration) -> Duration {
    match elapsed.as_secs() {
        0..30 => Duration::from_secs(1),
        30..120 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// One target under observation.
#[derive(Clone, Debug)]
pub struct TargetWaiter {
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
    /// When readings began to show the goal while the record told no end: so long after the reply.
    reached: Option<Duration>,
}

/// What the provider's own record of an action said the last time.
#[derive(Clone, Debug)]
enum Record {
    /// There is none, or the action had no answer.
    None,
    /// It has told no end.
    Open(Ticket, PollResult),
    /// Carried out.
    Done,
}

/// What the last question about an open record brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PollResult {
    /// At work, or not asked yet.
    Underway,
    /// No answer; the next question may have one.
    NoAnswer,
    /// These credentials will not be told.
    Forbidden,
}

impl TargetWaiter {
    /// Begins to waiter a target whose action the provider accepted.
    pub fn accepted(action: Action, before: State, ticket: Option<Ticket>) -> Self {
        let record = ticket.map_or(Record::None, |ticket| Record::Open(ticket, PollResult::Underway));
        Self { action, before, accepted: true, moved: false, absent: 0, record, reached: None }
    }

    /// Begins to waiter a target whose action was sent and had no answer.
    pub const fn unanswered(action: Action, before: State) -> Self {
        Self { action, before, accepted: false, moved: false, absent: 0, record: Record::None, reached: None }
    }

    /// The ticket to ask about, while the record tells no end.
    pub const fn open_ticket(&self) -> Option<&Ticket> {
        match &self.record {
            Record::Open(ticket, _) => Some(ticket),
            Record::None | Record::Done => None,
        }
    }

    /// Takes in what the provider's record says. An action that came to nothing has ended; one that
    /// was carried out has still to be seen. No answer says nothing of the action, but whether there
    /// will be one.
    pub fn on_operation_status(&mut self, answer: Result<Progress, ProviderError>) -> Option<JournalEvent> {
        let told = match answer {
            Ok(Progress::Underway) => PollResult::Underway,
            Ok(Progress::Done) => {
                self.record = Record::Done;
                return None;
            }
            Ok(Progress::Failed(error)) => return Some(JournalEvent::Failed(Failure::from(&error))),
            Err(ProviderError::NotFound { .. } | ProviderError::PermissionDenied { .. }) => PollResult::Forbidden,
            Err(_) => PollResult::NoAnswer,
        };
        if let Record::Open(_, last) = &mut self.record {
            *last = told;
        }
        None
    }

    /// Takes in a reading made `elapsed` after the reply; `None`: the provider does not know it.
    /// Answers how the action ended, if this reading shows that.
    pub fn on_read(&mut self, seen: Option<(State, &str)>, elapsed: Duration) -> Option<JournalEvent> {
        let Some((state, raw_state)) = seen else { return self.read_absent(elapsed) };
        self.absent = 0;
        let raw_state = raw_state.to_owned();
        if state == self.action.goal() {
            let ended = self.record_has_ended(elapsed);
            if ended && self.proves_goal() {
                return Some(JournalEvent::Done { state, raw_state });
            }
            if ended && self.open_ticket().is_some() {
                return Some(JournalEvent::TimedOut); // only the record could have told, and will not
            }
        } else {
            self.reached = None;
        }
        if state.is_transitional() {
            self.moved |= state == self.action.transition();
            return None;
        }
        // While the record says that it is at work, no state contradicts it.
        if matches!(self.record, Record::Open(..)) {
            return None;
        }
        let still_before = state == self.before && !self.moved;
        if still_before && elapsed < CONSISTENCY_WINDOW {
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
            Action::Reboot => self.accepted && !matches!(self.record, Record::Open(..)),
            Action::Start | Action::Stop | Action::Suspend | Action::Resume | Action::Terminate => true,
        }
    }

    /// Whether the record leaves nothing to be learned, now that a reading made `elapsed` after the
    /// reply shows the goal: the state may be there before the cloud is done, and the end may still
    /// be a failure. One that is not told to these credentials is not waited for, and one that gives
    /// no answer not longer than [`CONSISTENCY_WINDOW`].
    fn record_has_ended(&mut self, elapsed: Duration) -> bool {
        let Record::Open(_, told) = &self.record else { return true };
        let reached = *self.reached.get_or_insert(elapsed);
        match told {
            PollResult::Underway => false,
            PollResult::NoAnswer => elapsed.saturating_sub(reached) >= CONSISTENCY_WINDOW,
            PollResult::Forbidden => true,
        }
    }

    /// A deleted machine is forgotten by its cloud sooner or later; two readings say so. For any
    /// other action an absent machine proves nothing.
    fn read_absent(&mut self, elapsed: Duration) -> Option<JournalEvent> {
        self.absent = self.absent.saturating_add(1);
        let gone = self.action == Action::Terminate && self.absent >= 2 && (self.accepted || self.moved);
        (gone && self.record_has_ended(elapsed)).then(vanished)
    }
}

/// The end of a deletion whose machine its cloud does not know any more: there is no word to quote.
pub const fn vanished() -> JournalEvent {
    JournalEvent::Done { state: State::Terminated, raw_state: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(2);
    const LATE: Duration = Duration::from_secs(61);

    #[test]
    fn an_old_state_soon_after_the_reply_proves_nothing() {
        let mut waiter = TargetWaiter::accepted(Action::Stop, State::Running, None);
        assert_eq!(waiter.on_read(Some((State::Running, "running")), SOON), None);
        let late = waiter.on_read(Some((State::Running, "running")), LATE);
        assert!(matches!(late, Some(JournalEvent::Contradicted { state: State::Running, .. })));
    }

    #[test]
    fn falling_back_after_moving_is_a_contradiction_at_once() {
        let mut waiter = TargetWaiter::accepted(Action::Start, State::Stopped, None);
        assert_eq!(waiter.on_read(Some((State::Pending, "pending")), SOON), None);
        let back = waiter.on_read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(back, Some(JournalEvent::Contradicted { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_stop_is_settled_only_by_being_seen() {
        let mut waiter = TargetWaiter::unanswered(Action::Stop, State::Running);
        assert_eq!(waiter.on_read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
        let mut waiter = TargetWaiter::unanswered(Action::Stop, State::Running);
        assert_eq!(waiter.on_read(Some((State::Stopping, "stopping")), SOON), None);
        let seen = waiter.on_read(Some((State::Stopped, "stopped")), SOON);
        assert!(matches!(seen, Some(JournalEvent::Done { state: State::Stopped, .. })));
    }

    #[test]
    fn an_unanswered_reboot_is_never_called_done() {
        let mut waiter = TargetWaiter::unanswered(Action::Reboot, State::Running);
        assert_eq!(waiter.on_read(Some((State::Running, "running")), SOON), None);
        assert_eq!(waiter.on_read(Some((State::Running, "running")), LATE), Some(JournalEvent::TimedOut));
    }

    #[test]
    fn only_a_deleted_machine_may_vanish() {
        let mut waiter = TargetWaiter::accepted(Action::Stop, State::Running, None);
        assert_eq!(
            (waiter.on_read(None, SOON), waiter.on_read(None, SOON), waiter.on_read(None, SOON)),
            (None, None, None)
        );
        let mut waiter = TargetWaiter::accepted(Action::Terminate, State::Running, None);
        assert_eq!(waiter.on_read(None, SOON), None);
        assert!(matches!(waiter.on_read(None, SOON), Some(JournalEvent::Done { state: State::Terminated, .. })));
    }

    fn recorded(action: Action, before: State) -> TargetWaiter {
        TargetWaiter::accepted(action, before, Some(Ticket::new("t")))
    }

    fn unavailable() -> Result<Progress, ProviderError> {
        Err(ProviderError::Unavailable { message: "reset".to_owned() })
    }

    #[test]
    fn the_goal_does_not_end_what_the_record_says_is_at_work() {
        let mut waiter = recorded(Action::Start, State::Stopped);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Underway)), None);
        assert_eq!(waiter.on_read(Some((State::Running, "RUNNING")), SOON), None);
        assert_eq!(waiter.on_read(Some((State::Running, "RUNNING")), LATE), None, "however long it takes");
        let mut failed = waiter.clone();
        let busy = ProviderError::Conflict { message: "busy".to_owned() };
        assert!(matches!(failed.on_operation_status(Ok(Progress::Failed(busy))), Some(JournalEvent::Failed(_))));
        assert_eq!(waiter.on_operation_status(Ok(Progress::Done)), None);
        let seen = waiter.on_read(Some((State::Running, "RUNNING")), LATE);
        assert!(matches!(seen, Some(JournalEvent::Done { state: State::Running, .. })));
    }

    #[test]
    fn a_deleted_machine_is_gone_when_the_record_says_so_too() {
        let mut waiter = recorded(Action::Terminate, State::Running);
        assert_eq!([1, 2, 3].map(|_| waiter.on_read(None, SOON)), [None, None, None]);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Done)), None);
        assert_eq!(waiter.on_read(None, SOON), Some(vanished()));
    }

    #[test]
    fn a_record_without_an_answer_is_waited_for_as_long_as_a_cloud_may_be_behind() {
        let mut waiter = recorded(Action::Stop, State::Running);
        let stopped = Some((State::Stopped, "TERMINATED"));
        assert_eq!(
            (waiter.on_operation_status(unavailable()), waiter.on_read(stopped, LATE)),
            (None, None),
            "reached only now"
        );
        assert_eq!(waiter.on_read(stopped, 2 * CONSISTENCY_WINDOW), None);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Underway)), None);
        assert_eq!(waiter.on_read(stopped, LATE + CONSISTENCY_WINDOW), None, "it answers again");
        assert_eq!(waiter.on_operation_status(unavailable()), None);
        assert!(matches!(waiter.on_read(stopped, LATE + CONSISTENCY_WINDOW), Some(JournalEvent::Done { .. })));
        let mut waiter = recorded(Action::Stop, State::Running);
        assert_eq!((waiter.on_operation_status(unavailable()), waiter.on_read(stopped, SOON)), (None, None));
        assert_eq!(waiter.on_read(Some((State::Stopping, "STOPPING")), LATE), None);
        assert_eq!(waiter.on_read(stopped, LATE + SOON), None, "it was not the goal meanwhile");
    }

    #[test]
    fn a_record_that_these_credentials_are_not_told_is_not_waited_for() {
        let denied = || ProviderError::PermissionDenied { operation: "get".to_owned(), message: "no".to_owned() };
        let mut waiter = recorded(Action::Stop, State::Running);
        assert_eq!(waiter.on_operation_status(Err(denied())), None);
        let seen = waiter.on_read(Some((State::Stopped, "TERMINATED")), SOON);
        assert!(matches!(seen, Some(JournalEvent::Done { state: State::Stopped, .. })));
        let mut waiter = recorded(Action::Reboot, State::Running);
        assert_eq!(waiter.on_operation_status(Err(denied())), None);
        assert_eq!(waiter.on_read(Some((State::Running, "RUNNING")), SOON), Some(JournalEvent::TimedOut), "unknown");
    }

    #[test]
    fn readings_slow_down() {
        let seconds = [0, 29, 30, 119, 120, 800].map(|s| poll_interval(Duration::from_secs(s)).as_secs());
        assert_eq!(seconds, [1, 1, 2, 2, 5, 5]);
    }
}
