//! The writer of the inventory: applies each result to the store, then to the index, then
//! increments the generation.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use nepho_core::{
    Account, AccountId, Action, Clock, Failure, ResourceKey, Scope, ScopeKey, State, Timestamp,
    cache::{CachedRow, CommitOutcome, KnownScope, RowWrite, RowsCommit, ScopeCommit, ScopeRecord},
    fingerprint::Fingerprint,
    provider::{Accepted, ListedResource},
    status::Changes,
};
use nepho_index::{Change, Overlay, Snapshot};
use nepho_store::{Store, StoreError};
use tokio::sync::{Mutex as AsyncMutex, watch};

use crate::{
    actions::overlay::Overlays,
    sync::reconcile::{self, Listing},
};

/// The effect of a complete listing on its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of rows of the scope in the cache afterwards.
    pub rows: u64,
    /// Number of rows written, newly missing or gone.
    pub changed: u64,
}

/// Number of attempts to commit a listing while other processes change the scope.
const ATTEMPTS: usize = 5;

/// The inventory's single writer within this process.
#[derive(Debug)]
pub struct InventoryWriter {
    store: Store,
    clock: Arc<dyn Clock>,
    snapshot: ArcSwap<Snapshot>,
    changes: watch::Sender<Changes>,
    /// Held while a result is applied; caches the stored rows of each scope.
    known: AsyncMutex<HashMap<ScopeKey, KnownScope>>,
    overlays: Mutex<Overlays>,
}

impl InventoryWriter {
    /// Creates a writer over `store`. The index is empty until [`load_outline`](Self::load_outline)
    /// and [`load_rows`](Self::load_rows).
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            snapshot: ArcSwap::from_pointee(Snapshot::empty()),
            changes: watch::Sender::new(Changes::default()),
            known: AsyncMutex::default(),
            overlays: Mutex::default(),
        }
    }

    /// Returns the store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the current inventory; immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Returns the generations.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.changes.subscribe()
    }

    /// Announces a change of accounts, sign-in or progress.
    pub fn notify_accounts(&self) {
        self.changes.send_modify(|changes| changes.accounts += 1);
    }

    /// Announces a change of an operation or the journal.
    pub fn notify_operations(&self) {
        self.changes.send_modify(|changes| changes.operations += 1);
    }

    /// Loads accounts and scopes into the index, which suffices to show the age of all data.
    pub async fn load_outline(&self, accounts: Vec<Account>) -> Result<(), StoreError> {
        let scopes = self.store.scopes().await?;
        let _known = self.known.lock().await;
        self.publish(vec![Change::Accounts(accounts), Change::Scopes(scopes)]);
        Ok(())
    }

    /// Loads every stored row into the index.
    pub async fn load_rows(&self) -> Result<(), StoreError> {
        let rows = self.store.rows().await?;
        let _known = self.known.lock().await;
        self.publish(vec![Change::Rows { upserts: rows, removed: Vec::new() }]);
        Ok(())
    }

    /// Loads what other processes have stored since; returns `true` if anything changed.
    pub async fn reload(&self, accounts: Vec<Account>) -> Result<bool, StoreError> {
        let mut known = self.known.lock().await;
        let snapshot = self.snapshot();
        let mut scopes = self.store.scopes().await?;
        // A sweep that ran while its account was removed may have stored rows afterwards.
        scopes.retain(|record| accounts.iter().any(|account| account.id == record.key.account));
        let stored: HashSet<&ScopeKey> = scopes.iter().map(|record| &record.key).collect();
        let mut changes = Vec::new();
        let vanished: Vec<ScopeKey> = snapshot
            .scopes()
            .into_iter()
            .map(|record| &record.key)
            .filter(|key| !stored.contains(key))
            .cloned()
            .collect();
        for record in &scopes {
            let here = snapshot.scope(&record.key);
            if here.is_some_and(|here| here == record) {
                continue;
            }
            if here.is_none_or(|here| here.generation != record.generation) {
                known.remove(&record.key);
                changes.push(Change::ReplaceScope {
                    key: record.key.clone(),
                    rows: self.store.rows_of(&record.key).await?,
                });
            }
            changes.push(Change::Scopes(vec![record.clone()]));
        }
        if !vanished.is_empty() {
            for key in &vanished {
                known.remove(key);
            }
            changes.push(Change::RemoveScopes(vanished));
        }
        let moved = !changes.is_empty();
        changes.push(Change::Accounts(accounts));
        self.publish(changes);
        Ok(moved)
    }

    /// Updates an account's name and marks in the index.
    pub async fn put_account(&self, account: Account) {
        let _known = self.known.lock().await;
        self.publish(vec![Change::Accounts(vec![account])]);
        self.notify_accounts();
    }

    /// Removes an account and its rows from the index only; the store has a separate removal.
    pub async fn remove_account(&self, account: &AccountId) {
        let mut known = self.known.lock().await;
        known.retain(|key, _| key.account != *account);
        self.publish(vec![Change::RemoveAccount(account.clone())]);
        self.notify_accounts();
    }

    /// Removes scopes that the account no longer has.
    pub async fn retain_scopes(&self, account: &AccountId, scopes: &[Scope]) -> Result<(), StoreError> {
        let snapshot = self.snapshot();
        let vanished: Vec<ScopeKey> = snapshot
            .scopes_of(account)
            .into_iter()
            .map(|record| record.key.clone())
            .filter(|key| !scopes.contains(&key.scope))
            .collect();
        if vanished.is_empty() {
            return Ok(());
        }
        let mut known = self.known.lock().await;
        self.store.retain_scopes(account, scopes).await?;
        for key in &vanished {
            known.remove(key);
        }
        self.publish(vec![Change::RemoveScopes(vanished)]);
        Ok(())
    }

    /// Applies a complete listing. Returns `Ok(None)` if nothing was written: the store had a newer
    /// listing, or other processes changed the scope during every one of [`ATTEMPTS`] attempts.
    pub async fn commit_listing(&self, mut listing: Listing) -> Result<Option<Applied>, StoreError> {
        let mut cache = self.known.lock().await;
        let key = listing.key.clone();
        for _ in 0..ATTEMPTS {
            let known = match cache.remove(&key) {
                Some(known) => known,
                None => self.store.known_scope(&key).await?,
            };
            let (commit, rest) = reconcile::reconcile(&known, listing);
            // The store releases its reference before it returns.
            let commit = Arc::new(commit);
            let outcome = self.store.commit_scope(Arc::clone(&commit)).await?;
            let commit = Arc::unwrap_or_clone(commit);
            match outcome {
                CommitOutcome::Moved => listing = rest.listing(commit),
                CommitOutcome::Older => return Ok(None),
                CommitOutcome::Committed(generation) => {
                    let after = reconcile::after(&known, &commit, generation);
                    let rows = after.rows.len() as u64;
                    cache.insert(key, after);
                    let changed = commit.writes.len() + commit.missing.len() + commit.gone.len();
                    self.publish_listing(commit, generation, rows).await?;
                    return Ok(Some(Applied { rows, changed: changed as u64 }));
                }
            }
        }
        Ok(None)
    }

    /// Records the failure of a scope's listing; the rows stay.
    pub async fn fail(&self, key: &ScopeKey, attempted_at: Timestamp, failure: &Failure) -> Result<(), StoreError> {
        let _known = self.known.lock().await;
        self.store.fail_scope(key, attempted_at, failure).await?;
        let mut record = self.snapshot().scope(key).cloned().unwrap_or_else(|| ScopeRecord {
            key: key.clone(),
            generation: 0,
            rows: 0,
            as_of: None,
            attempted_at: None,
            failure: None,
        });
        record.attempted_at = Some(attempted_at);
        record.failure = Some(failure.clone());
        self.publish(vec![Change::Scopes(vec![record])]);
        Ok(())
    }

    /// Stores reads of single rows that started at `started_at`. Skips a read that an action's
    /// reply has overtaken.
    pub async fn commit_rows(
        &self,
        account: &AccountId,
        started_at: Timestamp,
        converter: u32,
        listed: Vec<ListedResource>,
    ) -> Result<(), StoreError> {
        let snapshot = self.snapshot();
        let mut by_scope: HashMap<ScopeKey, Vec<ListedResource>> = HashMap::new();
        for item in listed {
            let key = &item.resource.key;
            let Some(row) = snapshot.row(key).filter(|row| row.account == *account) else { continue };
            if self.overlays().admits(key, started_at) {
                let scope = ScopeKey { account: account.clone(), scope: row.scope.clone() };
                by_scope.entry(scope).or_default().push(item);
            }
        }
        let mut known = self.known.lock().await;
        for (key, listed) in by_scope {
            let writes: Vec<RowWrite> = listed.into_iter().map(|item| row_write(item, converter)).collect();
            let commit = RowsCommit { key: key.clone(), observed_at: started_at, writes };
            if let CommitOutcome::Committed(generation) = self.store.commit_rows(commit.clone()).await? {
                known.remove(&key); // its hashes changed; the next listing loads them again
                self.publish_rows(commit, generation);
            }
        }
        Ok(())
    }

    /// Shows a reply over its row.
    pub async fn set_overlay(&self, key: &ResourceKey, action: Action, reply: &Accepted) {
        let _known = self.known.lock().await;
        let overlay = self.overlays().set(key.clone(), action, reply, self.clock.now());
        self.publish(vec![Change::Overlay { key: key.clone(), overlay: Some(overlay) }]);
    }

    /// Ends the overlays of `keys` and all expired ones.
    pub async fn end_overlays(&self, keys: &[ResourceKey]) {
        let _known = self.known.lock().await;
        let mut ended = self.overlays().expire(self.clock.now());
        ended.extend(keys.iter().filter(|key| self.overlays().remove(key)).cloned());
        if !ended.is_empty() {
            self.publish(self.shown(ended));
        }
    }

    /// Shows the unfinished actions of all processes over their rows.
    pub async fn set_pending(&self, pending: HashMap<ResourceKey, Overlay>) {
        let _known = self.known.lock().await;
        let changed = self.overlays().set_pending(pending);
        if !changed.is_empty() {
            self.publish(self.shown(changed));
        }
    }

    fn shown(&self, keys: Vec<ResourceKey>) -> Vec<Change> {
        let overlays = self.overlays();
        let change = |key: ResourceKey| Change::Overlay { overlay: overlays.shown(&key), key };
        keys.into_iter().map(change).collect()
    }

    /// Stores that resources were deleted: their rows show *terminated* from now on, until the
    /// listings that lack them remove the rows.
    pub async fn commit_deleted(&self, keys: &[ResourceKey], observed_at: Timestamp) -> Result<(), StoreError> {
        let snapshot = self.snapshot();
        let mut known = self.known.lock().await;
        for row in keys.iter().filter_map(|key| snapshot.row(key)) {
            let key = ScopeKey { account: row.account.clone(), scope: row.scope.clone() };
            let mut resource = row.resource.clone();
            (resource.state, resource.raw_state) = (State::Terminated, String::new());
            let write = RowWrite { row: Fingerprint::of_row(&resource, 0), resource, document: None };
            let commit = RowsCommit { key: key.clone(), observed_at, writes: vec![write] };
            if let CommitOutcome::Committed(generation) = self.store.commit_rows(commit.clone()).await? {
                known.remove(&key);
                self.publish_rows(commit, generation);
            }
        }
        Ok(())
    }

    async fn publish_listing(&self, commit: ScopeCommit, generation: u64, rows: u64) -> Result<(), StoreError> {
        let ScopeCommit { key, base, started_at, writes, seen_again, missing, gone } = commit;
        // Another process may have stored rows since the index last loaded the scope.
        let is_current = self.snapshot().scope(&key).map_or(0, |held| held.generation) == base;
        let plain = is_current && seen_again.is_empty() && missing.is_empty() && gone.is_empty();
        let seen: Vec<_> = writes.iter().map(|write| (write.resource.key.clone(), write.resource.state)).collect();
        let rows_now = if plain {
            let upserts = writes.into_iter().map(|write| cached(&key, write.resource, None)).collect();
            Change::Rows { upserts, removed: Vec::new() }
        } else {
            // This is rare, and only the store knows the scope's remaining rows.
            Change::ReplaceScope { key: key.clone(), rows: self.store.rows_of(&key).await? }
        };
        let record = ScopeRecord {
            key,
            generation,
            rows,
            as_of: Some(started_at),
            attempted_at: Some(started_at),
            failure: None,
        };
        let mut changes = vec![rows_now, Change::Scopes(vec![record])];
        changes.extend(self.confirmed(seen, started_at));
        self.publish(changes);
        Ok(())
    }

    fn publish_rows(&self, commit: RowsCommit, generation: u64) {
        let RowsCommit { key, observed_at, writes } = commit;
        let seen: Vec<_> = writes.iter().map(|write| (write.resource.key.clone(), write.resource.state)).collect();
        let upserts = writes.into_iter().map(|write| cached(&key, write.resource, Some(observed_at))).collect();
        let mut changes = vec![Change::Rows { upserts, removed: Vec::new() }];
        // If the index is more than this commit behind, the old generation makes `reload` catch up.
        if let Some(record) = self.snapshot().scope(&key).filter(|record| record.generation + 1 == generation) {
            changes.push(Change::Scopes(vec![ScopeRecord { generation, ..record.clone() }]));
        }
        changes.extend(self.confirmed(seen, observed_at));
        self.publish(changes);
    }

    /// Returns the removal of each overlay that a read ended.
    fn confirmed(&self, seen: Vec<(ResourceKey, State)>, started_at: Timestamp) -> Vec<Change> {
        let mut overlays = self.overlays();
        let mut ended = seen;
        ended.retain(|(key, state)| overlays.confirm(key, *state, started_at));
        drop(overlays);
        self.shown(ended.into_iter().map(|(key, _)| key).collect())
    }

    /// Replaces the snapshot and increments the generation. Callers hold `known`.
    fn publish(&self, changes: Vec<Change>) {
        let next = self.snapshot.load().apply(changes);
        self.snapshot.store(Arc::new(next));
        self.changes.send_modify(|changes| changes.inventory += 1);
    }

    fn overlays(&self) -> std::sync::MutexGuard<'_, Overlays> {
        self.overlays.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cached(key: &ScopeKey, resource: nepho_core::Resource, observed_at: Option<Timestamp>) -> CachedRow {
    CachedRow { account: key.account.clone(), scope: key.scope.clone(), resource, missing_since: None, observed_at }
}

fn row_write(one: ListedResource, converter: u32) -> RowWrite {
    let row = Fingerprint::of_row(&one.resource, converter);
    let document = Fingerprint::of_document(&one.document);
    RowWrite { resource: one.resource, row, document: Some((one.document, document)) }
}
