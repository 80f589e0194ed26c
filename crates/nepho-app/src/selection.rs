//! The selection: which rows the operator means. It lives here, so that all of 100,000 rows can be
//! selected without one of them crossing to the window.

use std::{
    collections::{HashMap, HashSet},
    sync::{MutexGuard, PoisonError},
};

use nepho_core::{
    Access, Action, ResourceKey,
    report::{ActionOffer, SelectionSummary},
};
use nepho_index::{Hits, Snapshot, Sort};

use crate::{App, AppError};

/// The keys that are selected, seen or not.
pub(crate) type Selection = HashSet<ResourceKey>;

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

impl App {
    /// Changes the selection, and counts it against the query on screen.
    pub fn update_selection(&self, change: SelectionChange, query: &str) -> Result<SelectionSummary, AppError> {
        match change {
            SelectionChange::Toggle(key) => {
                let mut selection = self.selection();
                if !selection.remove(&key) {
                    selection.insert(key);
                }
            }
            SelectionChange::Set(keys) => *self.selection() = keys.into_iter().collect(),
            SelectionChange::Range { query, sort, from, to } => {
                let hits = self.search(&query, sort)?;
                if let (Some(from), Some(to)) = (hits.position(&from), hits.position(&to)) {
                    let (first, last) = (from.min(to), from.max(to));
                    self.selection().extend(hits.keys_in(first, last - first + 1));
                }
            }
            SelectionChange::All { query } => {
                let keys = self.search(&query, Sort::default())?.keys();
                *self.selection() = keys.into_iter().collect();
            }
            SelectionChange::Clear => self.selection().clear(),
        }
        let hits = self.search(query, Sort::default())?;
        Ok(self.summarise(&hits))
    }

    /// The selection in numbers, against the hits on screen. Forgets rows that are gone.
    pub(crate) fn summarise(&self, hits: &Hits) -> SelectionSummary {
        let snapshot = self.snapshot();
        let mut selection = self.selection();
        if self.is_ready() {
            selection.retain(|key| snapshot.row(key).is_some());
        }
        let visible: Vec<&ResourceKey> = selection.iter().filter(|key| hits.contains(key)).collect();
        SelectionSummary {
            count: selection.len(),
            hidden: selection.len() - visible.len(),
            actions: self.offers(&snapshot, &visible),
        }
    }

    /// The selected rows that a plan is for, in the order of the query's hits; the hidden ones, by
    /// key, after them.
    pub(crate) fn selected(&self, query: &str, include_hidden: bool) -> Result<Vec<ResourceKey>, AppError> {
        let hits = self.search(query, Sort::default())?;
        let selection = self.selection();
        let mut keys: Vec<ResourceKey> = hits.keys().into_iter().filter(|key| selection.contains(key)).collect();
        if include_hidden {
            let mut hidden: Vec<_> = selection.iter().filter(|key| !hits.contains(key)).cloned().collect();
            hidden.sort();
            keys.extend(hidden);
        }
        Ok(keys)
    }

    pub(crate) fn selection(&self) -> MutexGuard<'_, Selection> {
        // Every change of the set is one call; a panic elsewhere leaves it whole.
        self.parts().selection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn offers(&self, snapshot: &Snapshot, keys: &[&ResourceKey]) -> Vec<ActionOffer> {
        let mut offered: HashMap<Action, usize> = HashMap::new();
        let mut known = HashSet::new();
        for key in keys {
            let Some(glance) = snapshot.glance(key) else { continue };
            let Some(capabilities) = self.engine().dialect(glance.provider).capabilities(glance.kind) else { continue };
            let access = snapshot.account(&glance.account).map(|account| account.access);
            for rule in capabilities.actions {
                known.insert(rule.action);
                if access == Some(Access::ReadWrite) && glance.pending.is_none() && rule.from.contains(&glance.state) {
                    *offered.entry(rule.action).or_default() += 1;
                }
            }
        }
        let offer = |action: Action| ActionOffer {
            action,
            eligible: offered.get(&action).copied().unwrap_or_default(),
            total: keys.len(),
        };
        Action::ALL.into_iter().filter(|action| known.contains(action)).map(offer).collect()
    }
}
