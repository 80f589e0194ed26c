//! A column with few distinct values: stores each value once, and a number for each row.

use std::{collections::HashMap, hash::Hash};

use crate::{position::row_number, row_set::RowSet};

/// The values of one fact over the rows of a segment.
#[derive(Debug)]
pub(crate) struct Column<T> {
    values: Vec<T>,
    rows: Vec<u32>,
}

impl<T> Column<T> {
    /// Builds the column from each row's borrowed value; calls `own` once for each distinct value.
    pub(crate) fn new<K: Copy + Eq + Hash>(values_of_rows: impl Iterator<Item = K>, own: impl Fn(K) -> T) -> Self {
        let mut numbers: HashMap<K, u32> = HashMap::new();
        let mut values = Vec::new();
        let rows = values_of_rows
            .map(|value| {
                *numbers.entry(value).or_insert_with(|| {
                    values.push(own(value));
                    row_number(values.len() - 1)
                })
            })
            .collect();
        Self { values, rows }
    }

    /// Returns the distinct values, in no particular order.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// Returns the index of a row's value.
    pub(crate) fn number(&self, row: usize) -> usize {
        self.rows[row] as usize
    }

    /// Returns the rows whose value is accepted; calls `accept` once for each distinct value.
    pub(crate) fn select(&self, accept: impl Fn(&T) -> bool) -> RowSet {
        let accepted: Vec<bool> = self.values.iter().map(accept).collect();
        match (accepted.contains(&true), accepted.contains(&false)) {
            (true, true) => RowSet::from_fn(self.rows.len(), |row| accepted[self.number(row)]),
            (any, _) => RowSet::filled(self.rows.len(), any),
        }
    }
}
