//! Operations, rebuilt from the journal's entries of one committed plan.

use std::collections::HashMap;

use nepho_core::{
    Failure, FailureCode, ResourceKey, State,
    journal::{JournalEntry, JournalEvent, NewEntry, OperationId},
    report::{Follower, Operation, OperationTarget, TargetResult, TargetStatus},
};

/// Builds one operation from its entries, oldest first. `None` without entries.
///
/// `follower` names the process that follows an unfinished target.
pub fn from_entries(
    id: &OperationId,
    entries: &[JournalEntry],
    follower: impl Fn(&NewEntry) -> Follower,
) -> Option<Operation> {
    let first = &entries.first()?.entry;
    let mut targets: Vec<OperationTarget> = Vec::new();
    let mut places: HashMap<&ResourceKey, usize> = HashMap::new();
    let mut last: Vec<&NewEntry> = Vec::new();
    let mut request = first.action.into();
    for entry in entries.iter().map(|entry| &entry.entry) {
        let place = *places.entry(&entry.key).or_insert_with(|| {
            targets.push(blank(entry));
            last.push(entry);
            targets.len() - 1
        });
        if let JournalEvent::Sent(intent) = &entry.event {
            request = intent.request;
        }
        apply(&mut targets[place].result, &entry.event);
        last[place] = entry;
    }
    for (target, last) in targets.iter_mut().zip(&last) {
        target.follower = (!last.event.is_final()).then(|| follower(last));
    }
    let running = targets.iter().any(OperationTarget::is_running);
    let finished_at = entries.iter().map(|entry| entry.entry.at).max();
    Some(Operation {
        id: id.clone(),
        request,
        started_at: first.at,
        finished_at: finished_at.filter(|_| !running),
        targets,
    })
}

fn blank(entry: &NewEntry) -> OperationTarget {
    OperationTarget {
        account_name: entry.account_name.clone(),
        name: entry.name.clone(),
        result: TargetResult {
            key: entry.key.clone(),
            status: TargetStatus::NotSent,
            observed_state: None,
            failure: None,
        },
        follower: None,
    }
}

/// Updates a target's result with one event.
pub fn apply(result: &mut TargetResult, event: &JournalEvent) {
    let (status, observed, failure): (_, Option<State>, Option<Failure>) = match event {
        JournalEvent::Sent(_) => (TargetStatus::Unknown, None, None),
        JournalEvent::Accepted { .. } => (TargetStatus::Sent, None, None),
        JournalEvent::NotSent(failure) => (TargetStatus::NotSent, None, Some(failure.clone())),
        JournalEvent::Refused(failure) => (TargetStatus::Refused, None, Some(failure.clone())),
        JournalEvent::Failed(failure) => (TargetStatus::Failed, None, Some(failure.clone())),
        JournalEvent::Unknown(failure) => (TargetStatus::Unknown, None, Some(failure.clone())),
        JournalEvent::Done { state, .. } => (TargetStatus::Done, Some(*state), None),
        JournalEvent::Contradicted { state, reason, .. } => {
            let reason = reason.clone().map(|message| Failure { code: FailureCode::Other, message });
            (TargetStatus::Failed, Some(*state), reason)
        }
        JournalEvent::TimedOut => (TargetStatus::Unknown, result.observed_state, result.failure.clone()),
    };
    *result = TargetResult { key: result.key.clone(), status, observed_state: observed, failure };
}
