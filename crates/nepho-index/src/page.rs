//! The shapes that the façade takes and returns about rows: a page, a selection, one resource.
//!
//! Deliberately not here: filling them, which the façade does.

use nepho_core::{
    ResourceKey,
    cache::ScopeRecord,
    journal::JournalEntry,
    report::{Offer, SelectionSummary},
};

use crate::{Facets, QueryError, RowView, Sort};

/// A request for a page of the rows that match a query.
#[derive(Clone, Debug)]
pub struct PageAsk {
    /// The query; empty for everything.
    pub query: String,
    /// The order, unless the query names one.
    pub sort: Sort,
    /// The first row wanted, from 0.
    pub offset: usize,
    /// The number of rows wanted.
    pub limit: usize,
}

/// A page of the rows that match a query, with counts of the whole result.
#[derive(Clone, Debug, Default)]
pub struct InventoryPage {
    /// The inventory's generation.
    pub generation: u64,
    /// `true` once the complete inventory is in memory. Before that, only the default query has rows.
    pub ready: bool,
    /// The number of rows that match.
    pub total: usize,
    /// The number of rows in all.
    pub inventory_total: usize,
    /// The position of the first row of `rows`.
    pub offset: usize,
    /// The rows.
    pub rows: Vec<InventoryRow>,
    /// The matching rows by cloud, account, region and state.
    pub facets: Facets,
    /// The number of matching rows that are stale.
    pub stale: usize,
    /// The selection.
    pub selection: SelectionSummary,
    /// The error in the query; then no row matches.
    pub error: Option<QueryError>,
}

/// A row, and whether it is selected.
#[derive(Clone, Debug)]
pub struct InventoryRow {
    /// The row.
    pub row: RowView,
    /// `true` if it is selected.
    pub selected: bool,
}

/// A change of the selection.
#[derive(Clone, Debug)]
pub enum SelectionChange {
    /// Adds the row, or takes it away.
    Toggle(ResourceKey),
    /// Selects exactly these.
    Set(Vec<ResourceKey>),
    /// Adds the rows between two of a query's rows, both included. Nothing if one is not there.
    Range {
        /// The query.
        query: String,
        /// Its order.
        sort: Sort,
        /// One end.
        from: ResourceKey,
        /// The other end.
        to: ResourceKey,
    },
    /// Selects every row that the query matches.
    All {
        /// The query.
        query: String,
    },
    /// Selects nothing.
    Clear,
}

/// One resource, as the cache has it.
#[derive(Clone, Debug)]
pub struct Details {
    /// The row, which holds the resource with its facts.
    pub row: RowView,
    /// `true` if it is selected.
    pub selected: bool,
    /// The actions that the provider has for its kind.
    pub offers: Vec<Offer>,
    /// `true` if the cloud's console has a page for it.
    pub console: bool,
    /// The record of its scope.
    pub scope: Option<ScopeRecord>,
    /// Its last journal entries, newest first.
    pub journal: Vec<JournalEntry>,
}
