//! The inventory: a window of rows, and what there is to filter by.
//!
//! Rows live in Rust; a reply never carries more than [`crate::limits::MAX_LIMIT`] of them.

use nepho_index as index;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::{State, mirror_enum},
    limits::{Limit, QueryText},
    row::Row,
    selection::SelectionSummary,
};

mirror_enum! {
    /// A column that the table can be sorted by.
    SortColumn mirrors index::SortColumn {
        Name, State, Kind, Account, Region, Size, PrivateIp, PublicIp, StartedAt, AsOf,
    }
}

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// The column.
    pub column: SortColumn,
    /// True for descending order.
    pub descending: bool,
}

/// Asks for a window of the rows that match a query.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QueryInventoryRequest {
    /// The query; empty for everything.
    pub query: QueryText,
    /// The order.
    pub sort: Sort,
    /// The first row wanted, from 0.
    pub offset: u32,
    /// The number wanted, at most 200.
    pub limit: Limit,
}

/// A window of the rows that match a query, and what is around it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct InventoryWindow {
    /// The inventory's generation; a later `changed` event has a greater one.
    pub generation: u64,
    /// True once the index is complete. Before, only the default query is answered.
    pub ready: bool,
    /// The number of rows that match.
    pub total: u64,
    /// The number of rows in all.
    pub inventory_total: u64,
    /// The position of the first row of `rows`.
    pub offset: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// The values by which the matching rows can be narrowed.
    pub facets: Facets,
    /// The matching rows by state.
    pub totals: Vec<StateTotal>,
    /// The number of matching rows that are stale.
    pub stale: u64,
    /// The selection.
    pub selection: SelectionSummary,
    /// The error in the query, if it cannot be parsed; then no row matches.
    pub error: Option<QueryError>,
}

/// The number of rows in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct StateTotal {
    /// The state.
    pub state: State,
    /// The number.
    pub count: u64,
}

/// The values by which the matching rows can be narrowed, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Facets {
    /// By cloud.
    pub providers: Vec<FacetValue>,
    /// By account.
    pub accounts: Vec<FacetValue>,
    /// By region.
    pub regions: Vec<FacetValue>,
    /// By state.
    pub states: Vec<FacetValue>,
}

/// A value and how many matching rows have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FacetValue {
    /// The value: a word or an id.
    pub value: String,
    /// The value as it is shown where it is not a word to translate: an account's name, a region.
    pub label: String,
    /// The number.
    pub count: u64,
}

/// An error in a query, and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct QueryError {
    /// The class of the error.
    pub code: QueryErrorCode,
    /// The first wrong character, counted in UTF-16 code units as the window counts.
    pub start: u32,
    /// The character after the last wrong one.
    pub end: u32,
    /// The word that is not understood.
    pub word: String,
}

mirror_enum! {
    /// The class of an error in a query.
    QueryErrorCode mirrors index::QueryErrorCode {
        UnknownKey, UnknownState, UnknownKind, UnknownProvider, UnknownMark, UnknownColumn, BadAddress, EmptyValue,
        UnterminatedQuote, NegatedSort, RepeatedSort,
    }
}

impl From<&QueryInventoryRequest> for index::PageAsk {
    fn from(request: &QueryInventoryRequest) -> Self {
        Self {
            query: request.query.as_str().to_owned(),
            sort: request.sort.into(),
            offset: usize::try_from(request.offset).unwrap_or(usize::MAX),
            limit: request.limit.get(),
        }
    }
}

impl InventoryWindow {
    /// The page; `query` is the text in which the place of an error is counted.
    pub fn new(page: &index::InventoryPage, query: &str) -> Self {
        Self {
            generation: page.generation,
            ready: page.ready,
            total: count(page.total),
            inventory_total: count(page.inventory_total),
            offset: count(page.offset),
            rows: page.rows.iter().map(Row::from).collect(),
            facets: (&page.facets).into(),
            totals: state_totals(&page.facets),
            stale: count(page.stale),
            selection: (&page.selection).into(),
            error: page.error.as_ref().map(|error| QueryError::new(error, query)),
        }
    }
}

impl From<Sort> for index::Sort {
    fn from(sort: Sort) -> Self {
        Self { column: sort.column.into(), descending: sort.descending }
    }
}

impl From<&index::Facets> for Facets {
    fn from(facets: &index::Facets) -> Self {
        Self {
            providers: values(&facets.provider),
            accounts: values(&facets.account),
            regions: values(&facets.region),
            states: values(&facets.state),
        }
    }
}

fn values<T: ToString>(facets: &[index::Facet<T>]) -> Vec<FacetValue> {
    facets
        .iter()
        .map(|facet| FacetValue {
            value: facet.value.to_string(),
            label: facet.label.to_string(),
            count: count(facet.count),
        })
        .collect()
}

/// The states of a result, the most frequent first.
pub fn state_totals(facets: &index::Facets) -> Vec<StateTotal> {
    facets.state.iter().map(|facet| StateTotal { state: facet.value.into(), count: count(facet.count) }).collect()
}

/// A count as it goes over the wire.
pub fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl QueryError {
    /// The error, with its place counted in `text` as the window counts: in UTF-16 code units.
    pub fn new(error: &index::QueryError, text: &str) -> Self {
        let units = |end: usize| {
            let before = text.get(..end).unwrap_or(text);
            u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
        };
        Self {
            code: error.code.into(),
            start: units(error.span.start),
            end: units(error.span.end),
            word: error.word.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_codes_have_the_words_of_the_index() {
        for column in index::SortColumn::ALL {
            assert_eq!(serde_json::to_value(SortColumn::from(column)).unwrap(), column.as_str());
        }
        for code in index::QueryErrorCode::ALL {
            assert_eq!(serde_json::to_value(QueryErrorCode::from(code)).unwrap(), code.as_str());
        }
    }

    #[test]
    fn a_place_is_counted_as_the_window_counts() {
        let text = "名前 😀 stat:x";
        let error = index::QueryError {
            code: index::QueryErrorCode::UnknownKey,
            span: text.find("stat").unwrap()..text.len(),
            word: "stat:x".to_owned(),
        };
        let shown = QueryError::new(&error, text);
        // Two characters, a blank, a surrogate pair, a blank.
        assert_eq!((shown.start, shown.end), (6, 12));
    }
}
