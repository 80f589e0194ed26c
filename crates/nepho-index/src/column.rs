//! A column of few distinct values: each value once, a number for each row.

use std::{collections::HashMap, hash::Hash};

use crate::{row_set::RowSet, segment::row_number};

/// The values of one fact over the rows of a segment.
#[derive(Debug)]
pub(crate) struct Column<T> {
    values: Vec<T>,
    rows: Vec<u32>,
}

impl<T> Column<T> {
    /// Takes each row's value as it is lent; `own` is asked once for each distinct one.
    pub(crate) fn new<K: Copy + Eq + Hash>(of_rows: impl Iterator<Item = K>, own: impl Fn(K) -> T) -> Self {
        let mut numbers: HashMap<K, u32> = HashMap::new();
        let mut values = Vec::new();
        let rows = of_rows
            .map(|value| {
                *numbers.entry(value).or_insert_with(|| {
                    values.push(own(value));
                    row_number(values.len() - 1)
                })
            })
            .collect();
        Self { values, rows }
    }

    /// The distinct values, in no order.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// Which of the values a row has.
    pub(crate) fn number(&self, row: usize) -> usize {
        self.rows[row] as usize
    }

    /// The rows whose value is accepted; asks once for each distinct value.
    pub(crate) fn select(&self, accept: impl Fn(&T) -> bool) -> RowSet {
        let accepted: Vec<bool> = self.values.iter().map(accept).collect();
        match (accepted.contains(&true), accepted.contains(&false)) {
            (true, true) => RowSet::from_fn(self.rows.len(), |row| accepted[self.number(row)]),
            (any, _) => RowSet::filled(self.rows.len(), any),
        }
    }
}
