//! A set of rows of one segment.

/// A bit set with one bit for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowSet {
    words: Vec<u64>,
    len: usize,
}

impl RowSet {
    /// Creates a set of `len` rows that contains every row (`true`) or none (`false`).
    pub(crate) fn filled(len: usize, value: bool) -> Self {
        let mut bits = Self { words: vec![if value { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// Creates the set of the rows for which `is_in` returns `true`.
    pub(crate) fn from_fn(len: usize, mut is_in: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::filled(len, false);
        for (w, word) in bits.words.iter_mut().enumerate() {
            for i in 0..64.min(len - w * 64) {
                *word |= u64::from(is_in(w * 64 + i)) << i;
            }
        }
        bits
    }

    pub(crate) fn get(&self, row: usize) -> bool {
        self.words[row / 64] >> (row % 64) & 1 == 1
    }

    pub(crate) fn set(&mut self, row: usize, value: bool) {
        let bit = 1 << (row % 64);
        if value {
            self.words[row / 64] |= bit;
        } else {
            self.words[row / 64] &= !bit;
        }
    }

    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// Keeps the rows that are also in `other`.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Adds the rows of `other`.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Returns the number of rows.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(w, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.checked_sub(1)?;
                Some(w * 64 + bit)
            })
        })
    }

    /// Clears the bits past the last row, which `invert` and `filled` set.
    fn trim(&mut self) {
        if let (Some(last), past @ 1..) = (self.words.last_mut(), self.len % 64) {
            *last &= (1 << past) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_past_the_last_row_stay_clear() {
        for len in [0, 1, 63, 64, 65, 130] {
            let mut bits = RowSet::filled(len, true);
            assert_eq!(bits.count(), len);
            bits.invert();
            assert!(bits.is_empty());
            bits.invert();
            assert_eq!(bits.iter().collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
        }
    }

    #[test]
    fn intersection_keeps_common_rows() {
        let mut even = RowSet::from_fn(200, |row| row % 2 == 0);
        even.intersect(&RowSet::from_fn(200, |row| row % 3 == 0));
        even.set(1, true);
        even.set(6, false);
        assert_eq!(even.iter().take(4).collect::<Vec<_>>(), [0, 1, 12, 18]);
        assert!(even.get(1) && !even.get(6));
    }
}
