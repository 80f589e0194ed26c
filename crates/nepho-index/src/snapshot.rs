//! The inventory at one moment.

use std::{sync::Arc, time::Duration};

use nepho_core::{
    Account, AccountId, ResourceKey, ScopeKey, Timestamp,
    cache::{CachedRow, ScopeRecord},
};

use crate::{Change, Glance, Hits, Query, RowView, Sort, Totals, hits::Facets};

/// The age past which facts are stale while nothing polls: 15 minutes.
pub const DEFAULT_STALE_AFTER: Duration = Duration::from_mins(15);

/// The inventory at one moment: immutable, cheap to clone, shared by all readers.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    stale_after: Option<Duration>,
}

impl Snapshot {
    /// An inventory with nothing in it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The same inventory with another limit of age, see [`RowView::stale`]: three times the
    /// polling interval, or [`DEFAULT_STALE_AFTER`] when nothing polls. The next snapshots keep it.
    #[must_use]
    pub fn with_stale_after(&self, limit: Duration) -> Self {
        Self { stale_after: Some(limit) }
    }

    /// The limit of age in use.
    pub fn stale_after(&self) -> Duration {
        self.stale_after.unwrap_or(DEFAULT_STALE_AFTER)
    }

    /// The inventory after `changes`. What they do not touch is shared with this one.
    #[must_use]
    pub fn apply(&self, changes: Vec<Change>) -> Self {
        let _ = changes;
        self.clone()
    }

    /// Runs `query`. The order is the query's own `sort:` if it has one, else `sort`.
    pub fn search(&self, query: &Query, sort: Sort, now: Timestamp) -> Hits {
        let _ = (query, now);
        Hits { total: 0, inventory_total: 0, stale: 0, facets: Facets::default(), sort }
    }

    /// One row as it is shown.
    pub fn get(&self, key: &ResourceKey, now: Timestamp) -> Option<RowView> {
        let _ = (key, now);
        None
    }

    /// One row as it is stored, without its overlay.
    pub fn row(&self, key: &ResourceKey) -> Option<Arc<CachedRow>> {
        let _ = key;
        None
    }

    /// The little that deciding about a selection needs.
    pub fn glance(&self, key: &ResourceKey) -> Option<Glance> {
        let _ = key;
        None
    }

    /// The rows that `text` names: the row with exactly that key; else the rows with exactly that
    /// native id; else the rows with exactly that name. Case counts. In order of name.
    pub fn find(&self, text: &str, now: Timestamp) -> Vec<RowView> {
        let _ = (text, now);
        Vec::new()
    }

    /// Counts over the whole inventory.
    pub fn totals(&self, now: Timestamp) -> Totals {
        let _ = now;
        Totals::default()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of a scope.
    pub fn scope(&self, key: &ScopeKey) -> Option<&ScopeRecord> {
        let _ = key;
        None
    }

    /// The scopes of an account, in order of location and kind.
    pub fn scopes_of(&self, account: &AccountId) -> Vec<&ScopeRecord> {
        let _ = account;
        Vec::new()
    }

    /// Every scope, by account, then in order of location and kind.
    pub fn scopes(&self) -> Vec<&ScopeRecord> {
        Vec::new()
    }

    /// One account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        let _ = id;
        None
    }

    /// The accounts, in order of id.
    pub fn accounts(&self) -> Vec<&Account> {
        Vec::new()
    }

    /// The overlay of a row, if it has one.
    pub fn overlay(&self, key: &ResourceKey) -> Option<&crate::Overlay> {
        let _ = key;
        None
    }
}
