//! Progress of the operations that this process started, for the callers that wait for them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use nepho_core::{
    journal::{NewEntry, OperationId},
    report::TargetResult,
};
use tokio::sync::watch;

use crate::actions::operations;

/// The number of ended operations whose progress is kept for late callers.
const KEPT: usize = 64;

/// Progress of an operation, with the result of each target so far.
#[derive(Clone, Debug, Default)]
pub struct OperationProgress {
    /// Every request has a response or was given up.
    pub submitted: bool,
    /// No further result is expected.
    pub done: bool,
    /// The results, in the order of the plan.
    pub results: Vec<TargetResult>,
}

/// The progress of each operation of this process; the oldest ended ones are dropped.
#[derive(Debug, Default)]
pub struct ProgressTable(Mutex<HashMap<OperationId, watch::Sender<OperationProgress>>>);

impl ProgressTable {
    /// Adds an operation whose initial results are the plan's verdicts.
    pub fn open(&self, id: &OperationId, results: Vec<TargetResult>) {
        let begun = OperationProgress { results, ..OperationProgress::default() };
        let mut table = self.table();
        table.insert(id.clone(), watch::Sender::new(begun));
        let mut ended: Vec<OperationId> =
            table.iter().filter(|(_, progress)| progress.borrow().done).map(|(id, _)| id.clone()).collect();
        // Ids are ordered by time.
        ended.sort_unstable();
        for id in &ended[..ended.len().saturating_sub(KEPT)] {
            table.remove(id);
        }
    }

    /// Returns the progress of an operation that this process started.
    pub fn of(&self, id: &OperationId) -> Option<watch::Receiver<OperationProgress>> {
        self.table().get(id).map(watch::Sender::subscribe)
    }

    /// Returns `true` while the operation runs in this process.
    pub fn is_running(&self, id: &OperationId) -> bool {
        self.table().get(id).is_some_and(|progress| !progress.borrow().done)
    }

    /// Updates the results with recorded events.
    pub fn apply(&self, entries: &[NewEntry]) {
        for entry in entries {
            self.update(&entry.operation, |progress| {
                if let Some(result) = progress.results.iter_mut().find(|result| result.key == entry.key) {
                    operations::apply(result, &entry.event);
                }
            });
        }
    }

    /// Marks that every request has a response.
    pub fn submitted(&self, id: &OperationId) {
        self.update(id, |progress| progress.submitted = true);
    }

    /// Marks that no further result is expected, and releases the waiting callers.
    pub fn finish(&self, id: &OperationId) {
        self.update(id, |progress| (progress.submitted, progress.done) = (true, true));
    }

    fn update(&self, id: &OperationId, change: impl FnOnce(&mut OperationProgress)) {
        if let Some(progress) = self.table().get(id) {
            progress.send_modify(change);
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<OperationId, watch::Sender<OperationProgress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_operations_are_dropped_oldest_first() {
        let table = ProgressTable::default();
        let id = |number: usize| OperationId::new(format!("op-{number:04}"));
        table.open(&id(0), Vec::new());
        for number in 1..=3 * KEPT {
            table.open(&id(number), Vec::new());
            table.finish(&id(number));
        }
        table.open(&id(9_999), Vec::new());
        assert!(table.is_running(&id(0)), "a running one stays");
        assert!(table.of(&id(1)).is_none() && table.of(&id(3 * KEPT)).is_some());
        assert_eq!(table.table().len(), KEPT + 2);
    }
}
