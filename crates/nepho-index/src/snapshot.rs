//! Immutable snapshots of the inventory.

use std::{fmt, sync::Arc, time::Duration};

use nepho_core::{
    Account, AccountId, ResourceKey, ScopeKey, State, Timestamp,
    cache::{CachedRow, ScopeRecord},
    status::Totals,
};

use crate::{Change, Overlay, RowSummary, RowView, apply::Draft, freshness::Freshness, inner::Inner};

/// The inventory at one time: immutable, cheap to clone, shared by all readers.
#[derive(Clone, Default)]
pub struct Snapshot {
    pub(crate) inner: Arc<Inner>,
}

impl Snapshot {
    /// Returns an empty inventory.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Returns the same inventory with another age limit (see [`RowView::stale`]): three times the
    /// polling interval, or [`DEFAULT_STALE_AFTER`](crate::DEFAULT_STALE_AFTER) if no poller runs.
    /// Later snapshots keep the limit.
    #[must_use]
    pub fn with_stale_after(&self, limit: Duration) -> Self {
        Self { inner: Arc::new(Inner { limit, ..Inner::clone(&self.inner) }) }
    }

    /// Returns the current age limit.
    pub fn stale_after(&self) -> Duration {
        self.inner.limit
    }

    /// Returns the inventory after `changes`. The result shares the unchanged parts with this
    /// snapshot.
    #[must_use]
    pub fn apply(&self, changes: Vec<Change>) -> Self {
        let mut draft = Draft::new(Inner::clone(&self.inner));
        for change in changes {
            draft.make(change);
        }
        Self { inner: Arc::new(draft.finish()) }
    }

    /// Returns one row as shown.
    pub fn get(&self, key: &ResourceKey, now: Timestamp) -> Option<RowView> {
        self.inner.view(self.inner.locate_one(key)?, self.freshness(now))
    }

    /// Returns one row as stored, without its overlay.
    pub fn row(&self, key: &ResourceKey) -> Option<Arc<CachedRow>> {
        let at = self.inner.locate_one(key)?;
        Some(Arc::clone(self.inner.segment(at.slot)?.row(at.row())))
    }

    /// Returns the facts of one row that a selection needs.
    pub fn summary(&self, key: &ResourceKey) -> Option<RowSummary> {
        let at = self.inner.locate_one(key)?;
        let overlaid = &self.inner.overlaid;
        let overlay = overlaid.binary_search_by_key(&at, |(at, _)| *at).ok().map(|found| &overlaid[found].1);
        Some(crate::view::summary(self.inner.segment(at.slot)?, at.row(), overlay))
    }

    /// Returns the rows that `text` identifies, in order of name: the row with exactly that key;
    /// otherwise the rows with exactly that native id; otherwise the rows with exactly that name.
    /// Case matters.
    pub fn find(&self, text: &str, now: Timestamp) -> Vec<RowView> {
        if let Some(row) = text.parse().ok().and_then(|key| self.get(&key, now)) {
            return vec![row];
        }
        let named = |is_it: &dyn Fn(&CachedRow) -> bool| -> Vec<RowView> {
            let rows = self.inner.by_name.iter().copied();
            let found = rows.filter(|at| self.inner.segment(at.slot).is_some_and(|s| is_it(s.row(at.row()))));
            found.filter_map(|at| self.inner.view(at, self.freshness(now))).collect()
        };
        if text.is_empty() {
            return Vec::new();
        }
        let by_id = named(&|row| *row.resource.key.native == *text);
        if by_id.is_empty() { named(&|row| row.resource.name == text) } else { by_id }
    }

    /// Returns counts over the whole inventory.
    pub fn totals(&self, now: Timestamp) -> Totals {
        let mut totals = Totals { all: self.len(), pending: self.inner.overlaid.len(), ..Totals::default() };
        for (_, scene) in self.inner.scenes() {
            (0..scene.segment.len()).for_each(|at| *totals.states.entry(scene.state(at)).or_default() += 1);
            let mut stale = scene.stale(self.freshness(now));
            scene.segment.missing.iter().for_each(|&at| stale.set(at as usize, false));
            totals.stale += stale.count();
            totals.missing += scene.segment.missing.len();
        }
        totals
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.inner.by_name.len()
    }

    /// Returns `true` if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the record of a scope.
    pub fn scope(&self, key: &ScopeKey) -> Option<&ScopeRecord> {
        self.inner.scopes.record(key)
    }

    /// Returns the scopes of an account, in order of location and kind.
    pub fn scopes_of(&self, account: &AccountId) -> Vec<&ScopeRecord> {
        self.inner.scopes.records_of(account).collect()
    }

    /// Returns every scope, by account, then in order of location and kind.
    pub fn scopes(&self) -> Vec<&ScopeRecord> {
        self.inner.scopes.records().collect()
    }

    /// Returns the rows of one account whose shown state `is_wanted`, without missing rows. Reads no
    /// row of another account.
    pub fn keys_in_state(&self, account: &AccountId, is_wanted: impl Fn(State) -> bool) -> Vec<ResourceKey> {
        let scenes = self.inner.scopes.slots_of(account).filter_map(|slot| self.inner.scene(slot));
        let found = scenes.flat_map(|scene| {
            let wanted = (0..scene.segment.len()).filter(|&at| is_wanted(scene.state(at)));
            let rows: Vec<_> = wanted.map(|at| Arc::clone(scene.segment.row(at))).collect();
            rows
        });
        found.filter(|row| row.missing_since.is_none()).map(|row| row.resource.key.clone()).collect()
    }

    /// Returns one account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.inner.accounts.get(id)
    }

    /// Returns the accounts, in order of id.
    pub fn accounts(&self) -> Vec<&Account> {
        self.inner.accounts.values().collect()
    }

    /// Returns the overlay of a row.
    pub fn overlay(&self, key: &ResourceKey) -> Option<&Overlay> {
        self.inner.overlays.get(key)
    }

    pub(crate) fn freshness(&self, now: Timestamp) -> Freshness {
        Freshness { now, limit: self.inner.limit }
    }
}

/// Prints counts only: rows contain untrusted texts and are too many.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("accounts", &self.inner.accounts.len())
            .field("scopes", &self.inner.scopes.records().count())
            .field("rows", &self.len())
            .finish()
    }
}
