//! The inventory: a window of rows, what there is to filter by, and the selection.
//!
//! Rows live in Rust; a reply never carries more than [`crate::limits::MAX_LIMIT`] of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    failure::Failure,
    limits::{KeyText, Limit, List, QueryText},
    words::{Action, Health, Kind, ProviderKind, State},
};

/// A column that the table can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SortColumn {
    /// The display name, then the id.
    Name,
    /// The state.
    State,
    /// The kind.
    Kind,
    /// The account's name.
    Account,
    /// The region.
    Region,
    /// The machine type.
    Size,
    /// The first private address, as a number.
    PrivateIp,
    /// The first public address, as a number.
    PublicIp,
    /// The last start.
    StartedAt,
    /// How fresh the row is.
    AsOf,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By which column.
    pub column: SortColumn,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Asks for a window of the rows that match a query.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QueryInventoryRequest {
    /// The query; empty for everything.
    pub query: QueryText,
    /// In which order.
    pub sort: Sort,
    /// The first row wanted, from 0.
    pub offset: u32,
    /// How many, at most 200.
    pub limit: Limit,
}

/// A window of the rows that match a query, and what is around it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct InventoryWindow {
    /// The inventory's generation; a later `changed` event has a greater one.
    pub generation: u64,
    /// Whether the index is complete. While it is not, only the default query is answered.
    pub ready: bool,
    /// How many rows match.
    pub total: u64,
    /// How many rows there are at all.
    pub inventory_total: u64,
    /// The position of the first row of `rows`.
    pub offset: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// What the matching rows can be narrowed by.
    pub facets: Facets,
    /// The matching rows by state.
    pub totals: Vec<StateTotal>,
    /// How many of the matching rows are stale.
    pub stale: u64,
    /// The selection.
    pub selection: SelectionSummary,
    /// What is wrong with the query, if it is not understood; then no row matches.
    pub error: Option<QueryError>,
}

/// How many rows are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct StateTotal {
    /// The state.
    pub state: State,
    /// How many.
    pub count: u64,
}

/// The values by which the matching rows can be narrowed, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Facets {
    /// By state.
    pub states: Vec<FacetValue>,
    /// By kind.
    pub kinds: Vec<FacetValue>,
    /// By cloud.
    pub providers: Vec<FacetValue>,
    /// By the account's name.
    pub accounts: Vec<FacetValue>,
    /// By region.
    pub regions: Vec<FacetValue>,
}

/// A value and how many matching rows have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FacetValue {
    /// The value as the query language writes it (quote it when it is not a bare word).
    pub value: String,
    /// How many.
    pub count: u64,
}

/// Where a query is not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct QueryError {
    /// What is wrong.
    pub code: QueryErrorCode,
    /// The first wrong character, counted in UTF-16 code units as the window counts.
    pub start: u32,
    /// The character after the last wrong one.
    pub end: u32,
    /// The word that is not understood.
    pub word: String,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of a row")]
pub struct Row {
    /// The resource key.
    pub key: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The account's name.
    pub account: String,
    /// The account's id.
    pub account_id: String,
    /// Whether it is a production account.
    pub prod: bool,
    /// The kind.
    pub kind: Kind,
    /// The region.
    pub region: String,
    /// The zone.
    pub zone: Option<String>,
    /// The cloud's own id.
    pub id: String,
    /// The display name, byte for byte as the cloud has it; empty when it has none.
    pub name: String,
    /// The normalised state; while an action is pending, what the cloud's reply said.
    pub state: State,
    /// The provider's word for it.
    pub raw_state: String,
    /// The action whose effect is expected but not seen yet.
    pub pending: Option<Action>,
    /// The health.
    pub health: Health,
    /// The machine type.
    pub size: String,
    /// Private addresses, primary first.
    pub private_ips: Vec<String>,
    /// Public addresses, primary first.
    pub public_ips: Vec<String>,
    /// DNS names.
    pub dns_names: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// When it was created; only from a source that keeps it.
    pub created_at: Option<String>,
    /// When it was last started.
    pub started_at: Option<String>,
    /// The start of the last complete listing that saw it.
    pub as_of: Option<String>,
    /// Whether that is too old, its scope failed, or it is missing.
    pub stale: bool,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<String>,
    /// Why its scope's last listing failed.
    pub failure: Option<Failure>,
    /// Whether it is selected.
    pub selected: bool,
}

/// Asks for a change of the selection.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UpdateSelectionRequest {
    /// What to change.
    pub change: SelectionChange,
    /// The query on screen, so that hidden rows can be counted.
    pub query: QueryText,
}

/// A change of the selection.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SelectionChange {
    /// Adds the row, or takes it away.
    Toggle {
        /// Which.
        key: KeyText,
    },
    /// Selects exactly these.
    Set {
        /// Which.
        #[ts(as = "Vec<KeyText>")]
        keys: List<KeyText>,
    },
    /// Adds the rows between two of the query's rows, both included.
    Range {
        /// The query.
        query: QueryText,
        /// The order.
        sort: Sort,
        /// One end.
        from: KeyText,
        /// The other end.
        to: KeyText,
    },
    /// Selects every row that the query matches.
    All {
        /// The query.
        query: QueryText,
    },
    /// Selects nothing.
    Clear {},
}

/// The selection in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SelectionSummary {
    /// How many rows are selected.
    pub count: u64,
    /// How many of them the query on screen hides.
    pub hidden: u64,
    /// What could be done with the visible ones.
    pub actions: Vec<ActionOffer>,
}

/// How many of the selected rows an action applies to, by the cache; a plan asks the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ActionOffer {
    /// The action.
    pub action: Action,
    /// How many it applies to.
    pub eligible: u64,
    /// Of how many.
    pub total: u64,
}

/// What is wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueryErrorCode {
    /// There is no such key.
    UnknownKey,
    /// The key has no such value, such as a state that does not exist.
    UnknownValue,
    /// A key without a value.
    MissingValue,
    /// A quotation that does not end.
    UnclosedQuote,
    /// The query has too many terms.
    TooLong,
}
