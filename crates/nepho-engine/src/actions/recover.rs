//! Recovery of journal entries that an ended process left unfinished.
//!
//! A *sent* entry without a response becomes *unknown*. Recovery never sends a request again; the
//! next read that is newer than the entry resolves it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use nepho_core::{
    AccountId, Action, Failure, FailureCode, Timestamp,
    cache::CachedRow,
    journal::{JournalEntry, JournalEvent, NewEntry, RunId},
};
use nepho_store::{Store, StoreError};

use crate::{
    Host,
    actions::waiter::{TargetWaiter, vanished},
    sync::inventory::InventoryWriter,
};

/// Entries of ended processes that wait for a read.
#[derive(Debug, Default)]
pub struct Orphans(Mutex<Vec<JournalEntry>>);

impl Orphans {
    /// Takes over unfinished entries of ended processes and returns their number.
    pub async fn take_over(
        &self,
        store: &Store,
        host: &dyn Host,
        run: &RunId,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut taken = Vec::new();
        let mut unknown = Vec::new();
        for entry in store.unfinished().await? {
            if entry.entry.run == *run || host.is_running(&entry.entry.run) {
                continue;
            }
            if entry.entry.event == JournalEvent::Sent {
                let message = "the process ended before the response arrived".to_owned();
                let event = JournalEvent::Unknown(Failure { code: FailureCode::Other, message });
                unknown.push(NewEntry { at: now, run: run.clone(), event, ..entry.entry.clone() });
            } else {
                taken.push(entry);
            }
        }
        if !unknown.is_empty() {
            taken.extend(store.append(unknown).await?);
        }
        let count = taken.len();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = taken;
        Ok(count)
    }

    /// Resolves entries by the account's current rows. Returns `true` if an entry was resolved.
    pub async fn settle(
        &self,
        inventory: &InventoryWriter,
        account: &AccountId,
        run: &RunId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let waiting = self.of(account);
        let mut events = HashMap::new();
        for entry in &waiting {
            let snapshot = inventory.snapshot();
            let row = snapshot.row(&entry.entry.key);
            let as_of = row.as_ref().and_then(|row| {
                let listed = snapshot.scope(&scope_of(row)).and_then(|record| record.as_of);
                listed.max(row.observed_at)
            });
            if let Some(event) = ending(&entry.entry, row.as_deref(), as_of) {
                let recorded = inventory.store().operation(&entry.entry.operation).await?;
                let last = recorded.iter().rev().find(|other| other.entry.key == entry.entry.key);
                if last.is_some_and(|last| !last.entry.event.is_final()) {
                    events.insert(entry.seq, NewEntry { at: now, run: run.clone(), event, ..entry.entry.clone() });
                }
                self.drop_entry(entry.seq);
            }
        }
        let settled = !events.is_empty();
        if settled {
            inventory.store().append(events.into_values().collect()).await?;
            inventory.notify_operations();
        }
        Ok(settled)
    }

    fn of(&self, account: &AccountId) -> Vec<JournalEntry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().filter(|entry| entry.entry.account == *account).cloned().collect()
    }

    fn drop_entry(&self, seq: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|entry| entry.seq != seq);
    }
}

fn scope_of(row: &CachedRow) -> nepho_core::ScopeKey {
    nepho_core::ScopeKey { account: row.account.clone(), scope: row.scope.clone() }
}

/// Returns the end of an entry's action that a row read at `as_of` shows; `None` if it shows none.
fn ending(entry: &NewEntry, row: Option<&CachedRow>, as_of: Option<Timestamp>) -> Option<JournalEvent> {
    let accepted = matches!(entry.event, JournalEvent::Accepted { .. });
    let Some(row) = row else {
        let deleted = entry.action == Action::Terminate && accepted;
        return deleted.then(vanished);
    };
    let elapsed = Duration::try_from(as_of?.duration_since(entry.at)).ok()?;
    let seen = &row.resource;
    // An instance looks the same before and after a reboot, and the operation record is no longer
    // known, so a running instance proves nothing.
    let mut waiter = if accepted && entry.action != Action::Reboot {
        TargetWaiter::accepted(entry.action, seen.state, None)
    } else {
        TargetWaiter::unanswered(entry.action, seen.state)
    };
    waiter.on_read(Some((seen.state, &seen.raw_state)), elapsed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use nepho_core::journal::OperationId;
    use nepho_testkit::{FakeClock, instance::key};

    use super::*;

    #[tokio::test]
    async fn settled_entries_are_not_looked_at_again() {
        let store = Store::in_memory().expect("a store");
        let account = AccountId::new("lab");
        let accepted = NewEntry {
            at: Timestamp::UNIX_EPOCH,
            run: RunId::new("run-1"),
            operation: OperationId::new("op-1"),
            account: account.clone(),
            account_name: "lab".to_owned(),
            key: key("i-1"),
            name: "web".to_owned(),
            action: Action::Terminate,
            event: JournalEvent::Accepted { raw_state: "shutting-down".to_owned() },
        };
        store.append(vec![accepted]).await.expect("appended");
        let orphans = Orphans(Mutex::new(store.unfinished().await.expect("entries")));
        let inventory = InventoryWriter::new(store, Arc::new(FakeClock::default()));
        let run = RunId::new("run-2");
        assert_eq!(orphans.of(&account).len(), 1);
        // The inventory has no such row: the delete has ended.
        assert!(orphans.settle(&inventory, &account, &run, Timestamp::UNIX_EPOCH).await.expect("settled"));
        assert!(orphans.of(&account).is_empty());
    }
}
