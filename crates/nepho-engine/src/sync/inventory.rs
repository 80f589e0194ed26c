//! The writer of the inventory: applies each result to the store, then to the index, then
//! increments the generation.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

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
    sync::publisher::Publisher,
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

/// The most changed rows that wait for the other listings of their batch.
const PUBLISHED_ROWS: u64 = 500;

/// The inventory's single writer within this process.
#[derive(Debug)]
pub struct InventoryWriter {
    store: Store,
    clock: Arc<dyn Clock>,
    publisher: Publisher,
    /// Held while a result is stored; caches the stored rows of each scope.
    known: AsyncMutex<HashMap<ScopeKey, KnownScope>>,
    overlays: Mutex<Overlays>,
}

impl InventoryWriter {
    /// Creates a writer over `store`. The index is empty until [`load_outline`](Self::load_outline)
    /// and [`load_rows`](Self::load_rows).
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, publisher: Publisher::default(), known: AsyncMutex::default(), overlays: Mutex::default() }
    }

    /// Returns the store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the current inventory; immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.publisher.snapshot()
    }

    /// Returns the generations.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.publisher.generations()
    }

    /// Announces a change of accounts, sign-in or progress.
    pub fn notify_accounts(&self) {
        self.publisher.notify(|generations| generations.accounts += 1);
    }

    /// Announces a change of an operation or the journal.
    pub fn notify_operations(&self) {
        self.publisher.notify(|generations| generations.operations += 1);
    }

    /// Loads accounts and scopes into the index, which suffices to show the age of all data.
    pub async fn load_outline(&self, accounts: Vec<Account>) -> Result<(), StoreError> {
        let scopes = self.store.scopes().await?;
        let _known = self.known.lock().await;
        self.publish(vec![Change::Accounts(accounts), Change::Scopes(scopes)]).await;
        Ok(())
    }

    /// Loads every stored row into the index.
    pub async fn load_rows(&self) -> Result<(), StoreError> {
        let rows = self.store.rows().await?;
        let _known = self.known.lock().await;
        self.publish(vec![Change::Rows { upserts: rows, removed: Vec::new() }]).await;
        Ok(())
    }

    /// Loads what other processes have stored since; returns `true` if anything changed.
    pub async fn reload(&self, accounts: Vec<Account>) -> Result<bool, StoreError> {
        let mut known = self.known.lock().await;
        self.publisher.flush().await;
        let snapshot = self.snapshot();
        let mut scopes = self.store.scopes().await?;
        // A sweep that ran while its account was removed may have stored rows afterwards.
        let ids: HashSet<&AccountId> = accounts.iter().map(|account| &account.id).collect();
        scopes.retain(|record| ids.contains(&record.key.account));
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
        self.publish(changes).await;
        Ok(moved)
    }

    /// Updates an account's name and marks in the index.
    pub async fn put_account(&self, account: Account) {
        let _known = self.known.lock().await;
        self.publish(vec![Change::Accounts(vec![account])]).await;
        self.notify_accounts();
    }

    /// Removes an account and its rows from the index only; the store has a separate removal.
    pub async fn remove_account(&self, account: &AccountId) {
        let mut known = self.known.lock().await;
        known.retain(|key, _| key.account != *account);
        self.publish(vec![Change::RemoveAccount(account.clone())]).await;
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
        self.publish(vec![Change::RemoveScopes(vanished)]).await;
        Ok(())
    }

    /// Applies complete listings, each in one transaction, and publishes them together: after all of
    /// them, and before that whenever [`PUBLISHED_ROWS`] rows have changed. Returns the result of
    /// each, in order.
    pub async fn commit_listings(&self, listings: Vec<Listing>) -> Result<Vec<Option<Applied>>, StoreError> {
        let (mut results, mut unseen) = (Vec::with_capacity(listings.len()), 0);
        for listing in listings {
            let applied = self.commit_listing(listing).await;
            unseen += applied.as_ref().map_or(PUBLISHED_ROWS, |applied| applied.map_or(0, |one| one.changed));
            if unseen >= PUBLISHED_ROWS {
                self.publisher.flush().await;
                unseen = 0;
            }
            results.push(applied?);
        }
        self.publisher.flush().await;
        Ok(results)
    }

    /// Stores a complete listing and queues its changes of the index. Returns `Ok(None)` if nothing
    /// was written: the store had a newer listing, or other processes changed the scope during every
    /// one of [`ATTEMPTS`] attempts.
    async fn commit_listing(&self, mut listing: Listing) -> Result<Option<Applied>, StoreError> {
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
                    self.queue_listing(commit, generation, rows).await?;
                    return Ok(Some(Applied { rows, changed: changed as u64 }));
                }
            }
        }
        Ok(None)
    }

    /// Records failed listings in one transaction and publishes them together; the rows stay.
    pub async fn fail(&self, attempted_at: Timestamp, failures: Vec<(ScopeKey, Failure)>) -> Result<(), StoreError> {
        if failures.is_empty() {
            return Ok(());
        }
        let known = self.known.lock().await;
        self.store.fail_scopes(attempted_at, &failures).await?;
        self.publisher.queue(vec![Change::Failures { attempted_at, failures }]);
        drop(known);
        self.publisher.flush().await;
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
                // The next step updates the scope's record, so the snapshot must have the latest.
                self.publisher.flush().await;
                self.queue_rows(commit, generation);
            }
        }
        drop(known);
        self.publisher.flush().await;
        Ok(())
    }

    /// Shows a reply over its row.
    pub async fn set_overlay(&self, key: &ResourceKey, action: Action, reply: &Accepted) {
        {
            // Queued while the overlays are locked, so that the index sees their changes in order.
            let mut overlays = self.overlays();
            let overlay = overlays.set(key.clone(), action, reply, self.clock.now());
            self.publisher.queue(vec![Change::Overlay { key: key.clone(), overlay: Some(overlay) }]);
        }
        self.publisher.flush().await;
    }

    /// Ends the overlays of `keys` and all expired ones.
    pub async fn end_overlays(&self, keys: &[ResourceKey]) {
        {
            let mut overlays = self.overlays();
            let mut ended = overlays.expire(self.clock.now());
            ended.extend(keys.iter().filter(|key| overlays.remove(key)).cloned());
            self.publisher.queue(overlays.changes(ended));
        }
        self.publisher.flush().await;
    }

    /// Shows the unfinished actions of all processes over their rows.
    pub async fn set_pending(&self, pending: HashMap<ResourceKey, Overlay>) {
        {
            let mut overlays = self.overlays();
            let changed = overlays.set_pending(pending);
            self.publisher.queue(overlays.changes(changed));
        }
        self.publisher.flush().await;
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
                self.publisher.flush().await;
                self.queue_rows(commit, generation);
            }
        }
        drop(known);
        self.publisher.flush().await;
        Ok(())
    }

    async fn queue_listing(&self, commit: ScopeCommit, generation: u64, rows: u64) -> Result<(), StoreError> {
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
        self.queue_read(vec![rows_now, Change::Scopes(vec![record])], seen, started_at);
        Ok(())
    }

    fn queue_rows(&self, commit: RowsCommit, generation: u64) {
        let RowsCommit { key, observed_at, writes } = commit;
        let seen: Vec<_> = writes.iter().map(|write| (write.resource.key.clone(), write.resource.state)).collect();
        let upserts = writes.into_iter().map(|write| cached(&key, write.resource, Some(observed_at))).collect();
        let mut changes = vec![Change::Rows { upserts, removed: Vec::new() }];
        // If the index is more than this commit behind, the old generation makes `reload` catch up.
        if let Some(record) = self.snapshot().scope(&key).filter(|record| record.generation + 1 == generation) {
            changes.push(Change::Scopes(vec![ScopeRecord { generation, ..record.clone() }]));
        }
        self.queue_read(changes, seen, observed_at);
    }

    /// Queues the changes of a read, and the removal of each overlay that it ended.
    fn queue_read(&self, mut changes: Vec<Change>, seen: Vec<(ResourceKey, State)>, started_at: Timestamp) {
        let mut overlays = self.overlays();
        let mut ended = seen;
        ended.retain(|(key, state)| overlays.confirm(key, *state, started_at));
        changes.extend(overlays.changes(ended.into_iter().map(|(key, _)| key)));
        self.publisher.queue(changes);
    }

    /// Publishes changes. Callers that stored them hold `known`, so that the order of the queue is
    /// that of the store.
    async fn publish(&self, changes: Vec<Change>) {
        self.publisher.queue(changes);
        self.publisher.flush().await;
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
