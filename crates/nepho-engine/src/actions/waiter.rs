//! Judgement of reads of an action's target. Pure; `executor` does the I/O.

use std::time::Duration;

use nepho_core::{
    Failure, Goal, ProviderError, Resource, State,
    journal::{JournalEvent, Unfinished},
    provider::{Progress, Ticket},
};

/// The time for which a cloud may still return the state from before an accepted action: reads may
/// be eventually consistent.
pub const CONSISTENCY_WINDOW: Duration = Duration::from_mins(1);

/// The time without a final state after which following ends and the target is *unknown*.
pub const FOLLOW_TIMEOUT: Duration = Duration::from_mins(15);

/// Returns the wait before the next read, `elapsed` after the action was sent: 1 s for the first 30
/// s, 2 s until 2 min, then 5 s.
pub const fn poll_interval(elapsed: Duration) -> Duration {
    match elapsed.as_secs() {
        0..30 => Duration::from_secs(1),
        30..120 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// The waiter of one target.
#[derive(Clone, Debug)]
pub struct TargetWaiter {
    /// The condition that ends the action.
    pub goal: Goal,
    /// The state before the action; [`State::Unknown`] if it is not known.
    pub before: State,
    /// `true` if the provider accepted the action; otherwise its effect is unknown.
    pub accepted: bool,
    /// `true` after a read showed the action's transition.
    moved: bool,
    /// Number of consecutive reads that did not find the target.
    absent: u8,
    record: Record,
    /// The time after the reply at which reads began to show the goal while the record was open.
    reached: Option<Duration>,
}

/// The last known status of the provider's operation record.
#[derive(Clone, Debug)]
enum Record {
    /// The provider keeps no record, or the action had no response.
    None,
    /// The record shows no end yet.
    Open(Ticket, PollResult),
    /// The record shows success.
    Done,
}

/// The result of the last poll of an open record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PollResult {
    /// Running, or not polled yet.
    Underway,
    /// The poll failed; the next one may succeed.
    Failed,
    /// The record is gone, or these credentials may not read it.
    Unreadable,
}

impl TargetWaiter {
    /// Creates the waiter of a target whose action the provider accepted.
    pub fn accepted(goal: Goal, before: State, ticket: Option<Ticket>) -> Self {
        let record = ticket.map_or(Record::None, |ticket| Record::Open(ticket, PollResult::Underway));
        Self { record, accepted: true, ..Self::unanswered(goal, before) }
    }

    /// Creates the waiter of a target whose action was sent and had no response.
    pub const fn unanswered(goal: Goal, before: State) -> Self {
        Self { goal, before, accepted: false, moved: false, absent: 0, record: Record::None, reached: None }
    }

    /// Creates the waiter of a target that was seen on the way to the goal, by an action of
    /// whatever origin.
    pub fn underway(goal: Goal, seen: State) -> Self {
        Self { accepted: true, moved: true, ..Self::unanswered(goal, seen) }
    }

    /// Creates the waiter of a target whose earlier steps the journal has.
    pub fn resumed(unfinished: &Unfinished) -> Self {
        let Unfinished { intent, ticket, accepted, .. } = unfinished;
        if *accepted {
            Self::accepted(intent.goal, intent.before, ticket.clone())
        } else {
            Self::unanswered(intent.goal, intent.before)
        }
    }

    /// Returns the ticket to poll while the record is open.
    pub const fn open_ticket(&self) -> Option<&Ticket> {
        match &self.record {
            Record::Open(ticket, _) => Some(ticket),
            Record::None | Record::Done => None,
        }
    }

    /// Handles the polled operation status. `Failed` ends the wait; `Done` still needs a confirming
    /// read. A failed poll says nothing about the action, only whether polling can continue.
    pub fn on_operation_status(&mut self, status: Result<Progress, ProviderError>) -> Option<JournalEvent> {
        let result = match status {
            Ok(Progress::Underway) => PollResult::Underway,
            Ok(Progress::Done) => {
                self.record = Record::Done;
                return None;
            }
            Ok(Progress::Failed(error)) => return Some(JournalEvent::Failed(Failure::from(&error))),
            Err(ProviderError::NotFound { .. } | ProviderError::PermissionDenied { .. }) => PollResult::Unreadable,
            Err(_) => PollResult::Failed,
        };
        if let Record::Open(_, last) = &mut self.record {
            *last = result;
        }
        None
    }

    /// Handles a read made `elapsed` after the reply; `None` means that the provider does not know
    /// the target. Returns the end of the action if this read shows it.
    pub fn on_read(&mut self, seen: Option<&Resource>, elapsed: Duration) -> Option<JournalEvent> {
        let Some(resource) = seen else { return self.on_absence(elapsed) };
        self.absent = 0;
        let (state, raw_state) = (resource.state, resource.raw_state.clone());
        if self.goal.holds(state) {
            let ended = self.record_has_ended(elapsed);
            if ended && self.proves_goal() {
                return Some(JournalEvent::Done { state, raw_state });
            }
            if ended && self.open_ticket().is_some() {
                return Some(JournalEvent::TimedOut); // only the record could prove it, and it is not readable
            }
        } else {
            self.reached = None;
        }
        if state.is_transitional() {
            self.moved |= state == self.goal.transition();
            return None;
        }
        // While the record shows a running operation, no state contradicts it.
        if matches!(self.record, Record::Open(_, PollResult::Underway | PollResult::Failed)) {
            return None;
        }
        let may_be_old = (state == self.before || self.before == State::Unknown) && !self.moved;
        if may_be_old && elapsed < CONSISTENCY_WINDOW {
            return None;
        }
        if self.accepted {
            let reason = resource.facts.state_reason.clone();
            return Some(JournalEvent::Contradicted { state, raw_state, reason });
        }
        // The request had no response, and the cloud shows no effect: the request may never have
        // arrived, or may still be processed. The target stays unknown.
        Some(JournalEvent::TimedOut)
    }

    /// Returns `true` if observing the goal proves that the action succeeded. One without a visible
    /// goal counts as done only if accepted, and with a record only if the record says so.
    const fn proves_goal(&self) -> bool {
        match self.goal {
            Goal::Unchanged(_) => self.accepted && !matches!(self.record, Record::Open(..)),
            Goal::State(_) | Goal::Absent => true,
        }
    }

    /// Returns `true` if the record yields nothing more, given a read of the goal made `elapsed`
    /// after the reply. The state may reach the goal before the operation ends, and the operation
    /// may still fail. A record that these credentials cannot read is not waited for; one whose
    /// polls fail is waited for at most [`CONSISTENCY_WINDOW`].
    fn record_has_ended(&mut self, elapsed: Duration) -> bool {
        let Record::Open(_, result) = &self.record else { return true };
        let reached = *self.reached.get_or_insert(elapsed);
        match result {
            PollResult::Underway => false,
            PollResult::Failed => elapsed.saturating_sub(reached) >= CONSISTENCY_WINDOW,
            PollResult::Unreadable => true,
        }
    }

    /// Handles a read that did not find the target. A cloud drops a deleted instance eventually. Its
    /// reads may be old, so the deletion is proved by two such reads, by one after
    /// [`CONSISTENCY_WINDOW`], or by one after the record shows success. For any other action an
    /// absent instance proves nothing.
    fn on_absence(&mut self, elapsed: Duration) -> Option<JournalEvent> {
        self.absent = self.absent.saturating_add(1);
        let carried_out = self.accepted || self.moved;
        let certain = self.absent >= 2 || elapsed >= CONSISTENCY_WINDOW || matches!(self.record, Record::Done);
        let gone = self.goal.holds_when_absent() && carried_out && certain;
        (gone && self.record_has_ended(elapsed)).then(vanished)
    }
}

/// The end of a deletion whose cloud no longer knows the instance, so there is no raw state.
pub const fn vanished() -> JournalEvent {
    JournalEvent::Done { state: State::Terminated, raw_state: String::new() }
}

#[cfg(test)]
mod tests {
    use nepho_core::Action;
    use nepho_testkit::{instance, instance::key};

    use super::*;

    const SOON: Duration = Duration::from_secs(2);
    const LATE: Duration = Duration::from_secs(61);

    #[test]
    fn old_state_soon_after_the_reply_proves_nothing() {
        let mut waiter = TargetWaiter::accepted(Action::Stop.goal(), State::Running, None);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), SOON), None);
        let late = waiter.on_read(Some(&seen(State::Running)), LATE);
        assert!(matches!(late, Some(JournalEvent::Contradicted { state: State::Running, .. })));
    }

    #[test]
    fn return_to_the_old_state_after_transition_contradicts_at_once() {
        let mut waiter = TargetWaiter::accepted(Action::Start.goal(), State::Stopped, None);
        assert_eq!(waiter.on_read(Some(&seen(State::Pending)), SOON), None);
        let back = waiter.on_read(Some(&seen(State::Stopped)), SOON);
        assert!(matches!(back, Some(JournalEvent::Contradicted { state: State::Stopped, .. })));
    }

    #[test]
    fn unanswered_stop_ends_only_when_observed() {
        let mut waiter = TargetWaiter::unanswered(Action::Stop.goal(), State::Running);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), LATE), Some(JournalEvent::TimedOut));
        let mut waiter = TargetWaiter::unanswered(Action::Stop.goal(), State::Running);
        assert_eq!(waiter.on_read(Some(&seen(State::Stopping)), SOON), None);
        let seen = waiter.on_read(Some(&seen(State::Stopped)), SOON);
        assert!(matches!(seen, Some(JournalEvent::Done { state: State::Stopped, .. })));
    }

    #[test]
    fn unanswered_reboot_is_never_done() {
        let mut waiter = TargetWaiter::unanswered(Action::Reboot.goal(), State::Running);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), SOON), None);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), LATE), Some(JournalEvent::TimedOut));
    }

    #[test]
    fn absence_ends_only_a_termination() {
        let mut waiter = TargetWaiter::accepted(Action::Stop.goal(), State::Running, None);
        assert_eq!(
            (waiter.on_read(None, SOON), waiter.on_read(None, SOON), waiter.on_read(None, SOON)),
            (None, None, None)
        );
        let mut waiter = TargetWaiter::accepted(Action::Terminate.goal(), State::Running, None);
        assert_eq!(waiter.on_read(None, SOON), None);
        assert!(matches!(waiter.on_read(None, SOON), Some(JournalEvent::Done { state: State::Terminated, .. })));
    }

    fn seen(state: State) -> Resource {
        instance("i-1").state(state).build()
    }

    fn recorded(action: Action, before: State) -> TargetWaiter {
        TargetWaiter::accepted(action.goal(), before, Some(Ticket::new("t")))
    }

    fn unavailable() -> Result<Progress, ProviderError> {
        Err(ProviderError::Unavailable { message: "reset".to_owned() })
    }

    #[test]
    fn goal_does_not_end_an_operation_still_running() {
        let mut waiter = recorded(Action::Start, State::Stopped);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Underway)), None);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), SOON), None);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), LATE), None, "however long it takes");
        let mut failed = waiter.clone();
        let busy = ProviderError::Conflict { message: "busy".to_owned() };
        assert!(matches!(failed.on_operation_status(Ok(Progress::Failed(busy))), Some(JournalEvent::Failed(_))));
        assert_eq!(waiter.on_operation_status(Ok(Progress::Done)), None);
        let seen = waiter.on_read(Some(&seen(State::Running)), LATE);
        assert!(matches!(seen, Some(JournalEvent::Done { state: State::Running, .. })));
    }

    #[test]
    fn deletion_ends_when_the_operation_is_done_too() {
        let mut waiter = recorded(Action::Terminate, State::Running);
        assert_eq!([1, 2, 3].map(|_| waiter.on_read(None, SOON)), [None, None, None]);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Done)), None);
        assert_eq!(waiter.on_read(None, SOON), Some(vanished()));
    }

    #[test]
    fn failing_polls_are_tolerated_for_the_consistency_window() {
        let mut waiter = recorded(Action::Stop, State::Running);
        let stopped = seen(State::Stopped);
        assert_eq!(
            (waiter.on_operation_status(unavailable()), waiter.on_read(Some(&stopped), LATE)),
            (None, None),
            "reached only now"
        );
        assert_eq!(waiter.on_read(Some(&stopped), 2 * CONSISTENCY_WINDOW), None);
        assert_eq!(waiter.on_operation_status(Ok(Progress::Underway)), None);
        assert_eq!(waiter.on_read(Some(&stopped), LATE + CONSISTENCY_WINDOW), None, "it answers again");
        assert_eq!(waiter.on_operation_status(unavailable()), None);
        assert!(matches!(waiter.on_read(Some(&stopped), LATE + CONSISTENCY_WINDOW), Some(JournalEvent::Done { .. })));
        let mut waiter = recorded(Action::Stop, State::Running);
        assert_eq!((waiter.on_operation_status(unavailable()), waiter.on_read(Some(&stopped), SOON)), (None, None));
        assert_eq!(waiter.on_read(Some(&seen(State::Stopping)), LATE), None);
        assert_eq!(waiter.on_read(Some(&stopped), LATE + SOON), None, "the state left the goal in between");
    }

    #[test]
    fn forbidden_operation_record_is_not_waited_for() {
        let denied = || ProviderError::PermissionDenied { operation: "get".to_owned(), message: "no".to_owned() };
        let mut waiter = recorded(Action::Stop, State::Running);
        assert_eq!(waiter.on_operation_status(Err(denied())), None);
        let end = waiter.on_read(Some(&seen(State::Stopped)), SOON);
        assert!(matches!(end, Some(JournalEvent::Done { state: State::Stopped, .. })));
        let mut waiter = recorded(Action::Reboot, State::Running);
        assert_eq!(waiter.on_operation_status(Err(denied())), None);
        assert_eq!(waiter.on_read(Some(&seen(State::Running)), SOON), Some(JournalEvent::TimedOut), "unknown");
    }

    #[test]
    fn reason_of_the_cloud_is_told_with_the_wrong_end() {
        let mut waiter = TargetWaiter::accepted(Action::Start.goal(), State::Stopped, None);
        assert_eq!(waiter.on_read(Some(&seen(State::Pending)), SOON), None);
        let mut back = seen(State::Stopped);
        back.facts.state_reason = Some("Client.InternalError: Client error on launch".to_owned());
        let Some(JournalEvent::Contradicted { reason, .. }) = waiter.on_read(Some(&back), SOON) else {
            panic!("a wrong end")
        };
        assert_eq!(reason.as_deref(), Some("Client.InternalError: Client error on launch"));
    }

    #[test]
    fn one_absence_suffices_late_or_after_the_record() {
        let mut late = TargetWaiter::accepted(Action::Terminate.goal(), State::Running, None);
        assert_eq!(late.on_read(None, LATE), Some(vanished()));
        let mut recorded = recorded(Action::Terminate, State::Running);
        assert_eq!(recorded.on_read(None, LATE), None, "the record is open");
        assert_eq!(recorded.on_operation_status(Ok(Progress::Done)), None);
        assert_eq!(recorded.on_read(None, SOON), Some(vanished()));
        let mut unanswered = TargetWaiter::unanswered(Action::Terminate.goal(), State::Running);
        assert_eq!([1, 2, 3].map(|_| unanswered.on_read(None, LATE)), [None, None, None]);
    }

    #[test]
    fn record_that_is_gone_leaves_the_word_to_the_instance() {
        let gone = || Err(ProviderError::NotFound { key: key("i-1") });
        for (state, done) in [(State::Stopped, true), (State::Running, false)] {
            let mut waiter = recorded(Action::Stop, State::Running);
            assert_eq!(waiter.on_operation_status(gone()), None);
            assert_eq!(waiter.on_read(Some(&seen(State::Stopping)), SOON), None);
            let end = waiter.on_read(Some(&seen(state)), SOON).expect("an end");
            assert_eq!(matches!(end, JournalEvent::Done { .. }), done, "{end:?}");
        }
    }

    #[test]
    fn target_on_its_way_ends_at_its_goal_or_elsewhere() {
        for (state, done) in [(State::Stopped, true), (State::Running, false)] {
            let mut waiter = TargetWaiter::underway(Action::Stop.goal(), State::Stopping);
            assert_eq!(waiter.on_read(Some(&seen(State::Stopping)), SOON), None);
            let end = waiter.on_read(Some(&seen(state)), SOON).expect("an end");
            assert_eq!(matches!(end, JournalEvent::Done { .. }), done, "{end:?}");
        }
    }

    #[test]
    fn poll_interval_grows_with_time() {
        let seconds = [0, 29, 30, 119, 120, 800].map(|s| poll_interval(Duration::from_secs(s)).as_secs());
        assert_eq!(seconds, [1, 1, 2, 2, 5, 5]);
    }
}
