//! Selection: the rows that the operator means. It lives here, so that 100,000 rows can be selected
//! without sending them to the window.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, MutexGuard, PoisonError},
};

use nepho_core::{
    Access, Action, ResourceKey,
    plan::{MOST_TARGETS, asks},
    report::{ActionOffer, SelectionSummary},
};
use nepho_index::{Hits, SelectionChange, Snapshot};

use crate::{App, AppError, inventory::state::Selection};

impl App {
    /// Changes the selection, and counts it against the hits of the query on screen.
    pub fn update_selection(&self, change: SelectionChange, query: &str) -> Result<SelectionSummary, AppError> {
        match change {
            SelectionChange::Toggle(key) => {
                let mut selection = self.selection();
                let keys = selection.change();
                if !keys.remove(&key) {
                    keys.insert(key);
                }
            }
            SelectionChange::Set(keys) => *self.selection().change() = keys.into_iter().collect(),
            SelectionChange::Range { query, sort, from, to } => {
                let hits = self.search(&query, sort)?;
                if let (Some(from), Some(to)) = (hits.position(&from), hits.position(&to)) {
                    let (first, last) = (from.min(to), from.max(to));
                    self.selection().change().extend(hits.keys_in(first, last - first + 1));
                }
            }
            SelectionChange::All { query } => {
                let keys = self.hits_of(&query)?.keys();
                *self.selection().change() = keys.into_iter().collect();
            }
            SelectionChange::Clear => self.selection().change().clear(),
        }
        Ok(self.summarise(&self.hits_of(query)?))
    }

    /// Counts the selection against the hits on screen, and forgets rows that no longer exist.
    pub(crate) fn summarise(&self, hits: &Arc<Hits>) -> SelectionSummary {
        let snapshot = self.snapshot();
        let mut selection = self.selection();
        if let Some((of, summary)) = &selection.counted
            && Arc::ptr_eq(of, hits)
        {
            return summary.clone();
        }
        if self.is_ready() {
            selection.keys.retain(|key| snapshot.summary(key).is_some());
        }
        let visible: Vec<&ResourceKey> = selection.keys.iter().filter(|key| hits.contains(key)).collect();
        let summary = SelectionSummary {
            count: selection.keys.len(),
            hidden: selection.keys.len() - visible.len(),
            most: MOST_TARGETS,
            actions: self.offers(&snapshot, &visible),
        };
        selection.counted = Some((Arc::clone(hits), summary.clone()));
        summary
    }

    /// The selected rows for a plan, in the order of the query's hits; hidden rows follow, by key.
    pub(crate) fn selected(&self, query: &str, include_hidden: bool) -> Result<Vec<ResourceKey>, AppError> {
        let hits = self.hits_of(query)?;
        let selection = self.selection();
        let mut keys: Vec<ResourceKey> = hits.keys().into_iter().filter(|key| selection.contains(key)).collect();
        if include_hidden {
            let mut hidden: Vec<_> = selection.keys.iter().filter(|key| !hits.contains(key)).cloned().collect();
            hidden.sort();
            keys.extend(hidden);
        }
        Ok(keys)
    }

    pub(crate) fn selection(&self) -> MutexGuard<'_, Selection> {
        // Each change of the set is one call, so a panic elsewhere leaves it consistent.
        self.inner().selection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn offers(&self, snapshot: &Snapshot, keys: &[&ResourceKey]) -> Vec<ActionOffer> {
        // For each action, the number of eligible rows and whether one of them is in production.
        let mut offered: HashMap<Action, (usize, bool)> = HashMap::new();
        let mut known = HashSet::new();
        for key in keys {
            let Some(summary) = snapshot.summary(key) else { continue };
            let Some(capabilities) = self.engine().descriptor(summary.provider).capabilities(summary.kind) else {
                continue;
            };
            let account = snapshot.account(&summary.account);
            let access = account.map(|account| account.access);
            let in_prod = account.is_some_and(|account| account.prod);
            for rule in capabilities.actions {
                known.insert(rule.action);
                if access == Some(Access::ReadWrite) && summary.pending.is_none() && rule.from.contains(&summary.state)
                {
                    let (eligible, prod) = offered.entry(rule.action).or_default();
                    (*eligible, *prod) = (*eligible + 1, *prod || in_prod);
                }
            }
        }
        let offer = |action: Action| {
            let (eligible, in_prod) = offered.get(&action).copied().unwrap_or_default();
            ActionOffer { action, eligible, total: keys.len(), asks: asks(action, eligible, in_prod) }
        };
        Action::ALL.into_iter().filter(|action| known.contains(action)).map(offer).collect()
    }
}
