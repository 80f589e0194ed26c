//! Operations, rebuilt from the journal's entries of one committed plan.

use nepho_core::{
    Failure, State,
    journal::{JournalEntry, JournalEvent, OperationId},
    report::{Operation, OperationTarget, TargetResult, TargetStatus},
};

/// Builds one operation from its entries, oldest first. `None` without entries.
///
/// `alive` tells whether a process still follows a target. An unfinished target that no process
/// follows is *unknown*, not running.
pub fn from_entries(
    id: &OperationId,
    entries: &[JournalEntry],
    alive: impl Fn(&JournalEntry) -> bool,
) -> Option<Operation> {
    let first = &entries.first()?.entry;
    let mut targets: Vec<(OperationTarget, bool)> = Vec::new();
    let mut finished_at = first.at;
    for entry in entries {
        let new = &entry.entry;
        finished_at = finished_at.max(new.at);
        let known = targets.iter().position(|(target, _)| target.result.key == new.key);
        let index = known.unwrap_or_else(|| {
            targets.push((blank(entry), false));
            targets.len() - 1
        });
        let (target, finished) = &mut targets[index];
        apply(&mut target.result, &new.event);
        *finished = new.event.is_final();
        target.running = !*finished && alive(entry);
    }
    let running = targets.iter().any(|(target, _)| target.running);
    Some(Operation {
        id: id.clone(),
        action: first.action,
        started_at: first.at,
        finished_at: (!running).then_some(finished_at),
        targets: targets.into_iter().map(|(target, _)| target).collect(),
    })
}

fn blank(entry: &JournalEntry) -> OperationTarget {
    OperationTarget {
        account_name: entry.entry.account_name.clone(),
        name: entry.entry.name.clone(),
        result: TargetResult {
            key: entry.entry.key.clone(),
            status: TargetStatus::NotSent,
            observed_state: None,
            failure: None,
        },
        running: true,
    }
}

/// Updates a target's result with one event.
pub fn apply(result: &mut TargetResult, event: &JournalEvent) {
    let (status, observed, failure): (_, Option<State>, Option<&Failure>) = match event {
        JournalEvent::Sent => (TargetStatus::Unknown, None, None),
        JournalEvent::Accepted { .. } => (TargetStatus::Sent, None, None),
        // Without an entry of its sending, no request was made.
        JournalEvent::Refused(failure) if result.status == TargetStatus::NotSent => {
            (TargetStatus::NotSent, None, Some(failure))
        }
        JournalEvent::Refused(failure) | JournalEvent::Failed(failure) => (TargetStatus::Failed, None, Some(failure)),
        JournalEvent::Unknown(failure) => (TargetStatus::Unknown, None, Some(failure)),
        JournalEvent::Done { state, .. } => (TargetStatus::Done, Some(*state), None),
        JournalEvent::Contradicted { state, .. } => (TargetStatus::Failed, Some(*state), None),
        JournalEvent::TimedOut => (TargetStatus::Unknown, result.observed_state, result.failure.as_ref()),
    };
    *result = TargetResult { key: result.key.clone(), status, observed_state: observed, failure: failure.cloned() };
}
