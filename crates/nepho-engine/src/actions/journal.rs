//! The journal as the engine uses it: appends, and the unfinished targets in memory.
//!
//! The unfinished targets of every process are kept, so that each row shows its pending action in
//! every process. They are read again when another process has written.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, JournalEvent, NewEntry, OperationId, Unfinished},
};
use nepho_index::Overlay;
use nepho_store::StoreError;

use crate::sync::inventory::InventoryWriter;

type Step = (OperationId, ResourceKey);

/// The journal of all processes.
#[derive(Debug)]
pub struct Journal {
    inventory: Arc<InventoryWriter>,
    /// The unfinished targets, oldest operation first.
    unfinished: Mutex<BTreeMap<Step, Unfinished>>,
}

impl Journal {
    /// Creates the journal over the store of `inventory`, whose rows show the pending actions.
    pub fn new(inventory: Arc<InventoryWriter>) -> Self {
        Self { inventory, unfinished: Mutex::default() }
    }

    /// Appends entries; they are durable on return. Returns those that were appended: another process
    /// may have recorded the end of a target already.
    pub async fn append(&self, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let asked = entries.len();
        let appended = self.inventory.store().append(entries).await?;
        let known = appended.iter().all(|entry| self.apply(&entry.entry));
        if known && appended.len() == asked {
            self.show_pending().await;
        } else {
            self.reload().await?;
        }
        self.inventory.notify_operations();
        Ok(appended)
    }

    /// Reads the unfinished targets again.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let read = self.inventory.store().unfinished().await?;
        let step = |one: Unfinished| ((one.last.operation.clone(), one.last.key.clone()), one);
        *self.table() = read.into_iter().map(step).collect();
        self.show_pending().await;
        Ok(())
    }

    /// Returns the unfinished targets of every process.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        self.table().values().cloned().collect()
    }

    /// Returns the latest unfinished action on a resource.
    pub fn pending(&self, key: &ResourceKey) -> Option<Unfinished> {
        self.table().values().rev().find(|one| one.last.key == *key).cloned()
    }

    /// Applies an appended entry to the memory. Returns `false` if its target is not in it.
    fn apply(&self, entry: &NewEntry) -> bool {
        let mut table = self.table();
        let step = (entry.operation.clone(), entry.key.clone());
        if entry.event.is_final() {
            table.remove(&step);
            return true;
        }
        if let JournalEvent::Sent(intent) = &entry.event {
            let unfinished = Unfinished {
                last: entry.clone(),
                sender: entry.run.clone(),
                sent_at: entry.at,
                intent: intent.clone(),
                ticket: None,
                accepted: false,
            };
            table.insert(step, unfinished);
            return true;
        }
        let Some(known) = table.get_mut(&step) else { return false };
        if let JournalEvent::Accepted { ticket, .. } = &entry.event {
            (known.accepted, known.ticket) = (true, ticket.clone());
        }
        known.last = entry.clone();
        true
    }

    async fn show_pending(&self) {
        let pending: HashMap<ResourceKey, Overlay> = self
            .table()
            .values()
            .map(|one| {
                let overlay =
                    Overlay { action: one.last.action, state: None, raw_state: String::new(), since: one.sent_at };
                (one.last.key.clone(), overlay)
            })
            .collect();
        self.inventory.set_pending(pending).await;
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<Step, Unfinished>> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
