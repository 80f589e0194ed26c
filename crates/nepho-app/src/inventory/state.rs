//! State between two requests of a host: the selection, and the hits of the last query.

use std::{collections::HashSet, sync::Arc};

use nepho_core::{ResourceKey, Timestamp, report::SelectionSummary};
use nepho_index::{Hits, Snapshot, Sort};

/// The selected rows, whether or not the query on screen shows them.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) keys: HashSet<ResourceKey>,
    /// The counts for the hits on screen, so that scrolling does not count 100,000 rows again.
    pub(crate) counted: Option<(Arc<Hits>, SelectionSummary)>,
}

impl Selection {
    pub(crate) fn contains(&self, key: &ResourceKey) -> bool {
        self.keys.contains(key)
    }

    /// The set, for a change; the counts are outdated from now on.
    pub(crate) fn change(&mut self) -> &mut HashSet<ResourceKey> {
        self.counted = None;
        &mut self.keys
    }
}

/// The hits of the last query, for its next page.
#[derive(Debug)]
pub(crate) struct LastHits {
    pub(crate) query: String,
    pub(crate) sort: Sort,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) at: Timestamp,
    pub(crate) hits: Arc<Hits>,
}
