//! Cache of orders other than the default one, shared between snapshots.

use std::sync::{Arc, OnceLock};

use crate::{Sort, SortColumn, position::At};

/// The orders that were computed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderCache([[CachedOrder; 2]; SortColumn::ALL.len()]);

/// One order, once computed; snapshots with the same order share it.
pub(crate) type CachedOrder = Arc<OnceLock<Arc<Vec<At>>>>;

impl OrderCache {
    /// Returns the place of one order, computed or not.
    pub(crate) fn of(&self, sort: Sort) -> &CachedOrder {
        &self.0[sort.column as usize][usize::from(sort.descending)]
    }

    /// Drops the orders by one column.
    pub(crate) fn forget(&mut self, column: SortColumn) {
        self.0[column as usize] = <[_; 2]>::default();
    }
}
