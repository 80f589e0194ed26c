//! The selection: it lives in Rust, so that *select all* needs no rows in the window.

use nepho_core as domain;
use nepho_index as index;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::Action,
    inventory::{Sort, count},
    limits::{KeyText, List, QueryText},
};

/// Asks for a change of the selection.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UpdateSelectionRequest {
    /// The change.
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
        /// The key.
        key: KeyText,
    },
    /// Selects exactly these.
    Set {
        /// The key.
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
    /// The number of selected rows.
    pub count: u64,
    /// The number of those that the query on screen hides.
    pub hidden: u64,
    /// The most rows that one plan takes.
    pub most: u64,
    /// The actions that the visible ones allow.
    pub actions: Vec<ActionOffer>,
}

/// The number of selected rows that an action applies to, by the cache; a plan asks the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ActionOffer {
    /// The action.
    pub action: Action,
    /// The number of rows that it applies to.
    pub eligible: u64,
    /// Of how many.
    pub total: u64,
    /// True if a plan for them asks for a confirmation.
    pub asks: bool,
}

impl From<SelectionChange> for index::SelectionChange {
    fn from(change: SelectionChange) -> Self {
        match change {
            SelectionChange::Toggle { key } => Self::Toggle(key.into_key()),
            SelectionChange::Set { keys } => Self::Set(keys.into_vec().into_iter().map(KeyText::into_key).collect()),
            SelectionChange::Range { query, sort, from, to } => {
                Self::Range { query: query.into_string(), sort: sort.into(), from: from.into_key(), to: to.into_key() }
            }
            SelectionChange::All { query } => Self::All { query: query.into_string() },
            SelectionChange::Clear {} => Self::Clear,
        }
    }
}

impl From<&domain::report::SelectionSummary> for SelectionSummary {
    fn from(summary: &domain::report::SelectionSummary) -> Self {
        Self {
            count: count(summary.count),
            hidden: count(summary.hidden),
            most: count(summary.most),
            actions: summary.actions.iter().map(|offer| ActionOffer::from(*offer)).collect(),
        }
    }
}

impl From<domain::report::ActionOffer> for ActionOffer {
    fn from(offer: domain::report::ActionOffer) -> Self {
        Self {
            action: offer.action.into(),
            eligible: count(offer.eligible),
            total: count(offer.total),
            asks: offer.asks,
        }
    }
}
