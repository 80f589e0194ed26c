//! The inventory in memory and the query language.
//!
//! A [`Snapshot`] is immutable: [`Snapshot::apply`] makes the next one and shares all unchanged
//! parts. A reader therefore never waits and never sees half a sweep. A [`Query`] is parsed once
//! and run against a snapshot. Its [`Hits`] count the whole result and build rows only for the
//! requested page.
//!
//! Deliberately not here: I/O, an async runtime, serialisation, the current time (callers pass
//! `now`), and decisions about actions. Only this crate parses queries; the window and `nepho` both
//! use it.

mod apply;
mod change;
mod column;
mod freshness;
mod hits;
mod inner;
mod order;
mod order_cache;
mod page;
mod position;
mod query;
mod row_set;
mod scope_table;
mod search;
mod segment;
mod snapshot;
mod sort;
mod text;
mod view;

pub use change::{Change, Overlay};
pub use hits::{Facet, Facets, Hits};
pub use inner::DEFAULT_STALE_AFTER;
pub use page::{Details, InventoryPage, InventoryRow, PageAsk, SelectionChange};
pub use query::{
    Query, Term,
    error::{QueryError, QueryErrorCode},
};
pub use snapshot::Snapshot;
pub use sort::{Sort, SortColumn, UnknownColumn};
pub use view::{RowSummary, RowView};
