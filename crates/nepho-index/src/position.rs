//! Positions of rows: segment and row numbers.

/// Position of a row: the number of its segment and its number within the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct At {
    pub(crate) slot: u32,
    pub(crate) row: u32,
}

impl At {
    pub(crate) const fn row(self) -> usize {
        self.row as usize
    }
}

/// Converts the number of a row or a value to `u32`, the width in which millions of them are
/// stored.
#[expect(clippy::cast_possible_truncation, reason = "four billion rows of one scope do not fit into memory")]
pub(crate) const fn row_number(at: usize) -> u32 {
    at as u32
}
