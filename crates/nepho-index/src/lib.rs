//! The inventory in memory and the query language.
//!
//! A [`Snapshot`] is immutable: [`Snapshot::apply`] makes the next one and shares all that did not
//! change, so that a reader is never waited for and never sees half a sweep. A [`Query`] is parsed
//! once and run against a snapshot; its [`Hits`] count the whole result and build rows only for the
//! window that is asked for.
//!
//! Deliberately not here: I/O, an async runtime, serialisation, the present moment (callers pass
//! `now`), and any decision about actions. This crate is the only place where a query is parsed;
//! the window and `nepho` both come here.

mod apply;
mod change;
mod column;
mod freshness;
mod hits;
mod order;
mod page;
mod query;
mod row_set;
mod search;
mod segment;
mod snapshot;
mod sort;
mod text;
mod view;

pub use change::{Change, Overlay};
pub use hits::{Facet, Facets, Hits};
pub use page::{Details, InventoryPage, InventoryRow, PageAsk, SelectionChange};
pub use query::{
    Query, Term,
    error::{QueryError, QueryErrorCode},
};
pub use snapshot::{DEFAULT_STALE_AFTER, Snapshot};
pub use sort::{Sort, SortColumn, UnknownColumn};
pub use view::{RowSummary, RowView};
