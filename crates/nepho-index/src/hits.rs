//! The result of a query: counts over all of it, rows for a window of it.

use std::sync::Arc;

use nepho_core::{AccountId, ProviderKind, Region, ResourceKey, State};

use crate::{RowView, Sort};

/// How many hits have one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet<T> {
    /// The value, as a query names it.
    pub value: T,
    /// The value as it is shown: an account's name, else the word itself.
    pub label: Arc<str>,
    /// How many hits have it; never 0.
    pub count: usize,
}

/// The values among the hits, each list with the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Clouds.
    pub provider: Vec<Facet<ProviderKind>>,
    /// Accounts.
    pub account: Vec<Facet<AccountId>>,
    /// Regions.
    pub region: Vec<Facet<Region>>,
    /// States as shown.
    pub state: Vec<Facet<State>>,
}

/// The hits of one query in one snapshot, in order. Holds the snapshot, so it stays true to it.
#[derive(Clone, Debug)]
pub struct Hits {
    /// How many.
    pub total: usize,
    /// How many rows the inventory has.
    pub inventory_total: usize,
    /// How many hits are stale.
    pub stale: usize,
    /// How they fall into clouds, accounts, regions and states.
    pub facets: Facets,
    /// The order that was used: the query's own `sort:`, else the caller's.
    pub sort: Sort,
}

impl Hits {
    /// The rows from `offset`, at most `len`; empty past the end.
    pub fn window(&self, offset: usize, len: usize) -> Vec<RowView> {
        let _ = (offset, len);
        Vec::new()
    }

    /// The keys of the hits from `offset`, at most `len`; builds no rows.
    pub fn keys_in(&self, offset: usize, len: usize) -> Vec<ResourceKey> {
        let _ = (offset, len);
        Vec::new()
    }

    /// The keys of all hits, in order.
    pub fn keys(&self) -> Vec<ResourceKey> {
        self.keys_in(0, self.total)
    }

    /// Where the row is among the hits.
    pub fn position(&self, key: &ResourceKey) -> Option<usize> {
        let _ = key;
        None
    }

    /// Whether the row is among the hits; faster than [`Hits::position`].
    pub fn contains(&self, key: &ResourceKey) -> bool {
        self.position(key).is_some()
    }
}
