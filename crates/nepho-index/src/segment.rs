//! The rows of one scope, laid out for searching. A segment never changes after construction.

mod build;

use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use memchr::memmem;
use nepho_core::{
    ProviderKind, Realm, Region, ResourceKey, ScopeKey, State, Timestamp, cache::CachedRow, text::natural_cmp,
};

use crate::{column::Column, row_set::RowSet, text};

/// The place of a resource, from its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) provider: ProviderKind,
    pub(crate) realm: Realm,
    pub(crate) region: Region,
}

impl Place {
    pub(crate) fn of(key: &ResourceKey) -> Self {
        Self { provider: key.provider, realm: key.realm.clone(), region: key.region.clone() }
    }
}

/// The rows of one scope in order of name, then key; keys are unique.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) key: ScopeKey,
    rows: Vec<Arc<CachedRow>>,
    /// The concatenated packed texts, and the end of each one; see [`text`].
    packed: String,
    ends: Vec<usize>,
    /// The [`digest`] of each key with its row's number, sorted by digest. A look-up reads one
    /// contiguous block of memory instead of a dozen rows.
    digests: Vec<(u64, u32)>,
    pub(crate) places: Column<Place>,
    pub(crate) zones: Column<Box<str>>,
    pub(crate) sizes: Column<Box<str>>,
    pub(crate) raw_states: Column<Box<str>>,
    pub(crate) states: Vec<State>,
    /// Missing rows.
    pub(crate) missing: Vec<u32>,
    /// Rows that were read alone, with the time of the read.
    pub(crate) observed: Vec<(u32, Timestamp)>,
}

impl Segment {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn row(&self, at: usize) -> &Arc<CachedRow> {
        &self.rows[at]
    }

    /// Returns the packed text of a row.
    pub(crate) fn packed(&self, at: usize) -> &str {
        &self.packed[self.begin(at)..self.ends[at]]
    }

    fn begin(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Returns the position of the row of `key`.
    pub(crate) fn position(&self, key: &ResourceKey) -> Option<usize> {
        let digest = digest(key);
        let from = self.digests.partition_point(|(other, _)| *other < digest);
        let alike = self.digests[from..].iter().take_while(|(other, _)| *other == digest);
        alike.map(|&(_, at)| at as usize).find(|&at| self.rows[at].resource.key == *key)
    }

    /// The order of two rows: by name in natural order, unnamed last, then by key, then by account. No two
    /// rows of an inventory are equal in it.
    pub(crate) fn compare(&self, at: usize, other: &Self, other_at: usize) -> Ordering {
        compare(self.packed(at), &self.rows[at], other.packed(other_at), &other.rows[other_at])
    }

    /// Returns `true` if both segments have the same names and keys in the same order, so that row
    /// numbers keep their meaning.
    pub(crate) fn is_aligned_with(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|at| {
                Arc::ptr_eq(&self.rows[at], &other.rows[at])
                    || (self.rows[at].resource.key == other.rows[at].resource.key
                        && text::name(self.packed(at)) == text::name(other.packed(at)))
            })
    }

    /// Returns the rows in `among` whose packed text satisfies `is_met`. Every such text must
    /// contain `needle`.
    pub(crate) fn search(&self, among: &RowSet, needle: &str, is_met: impl Fn(&str) -> bool) -> RowSet {
        if needle.is_empty() {
            return RowSet::from_fn(self.len(), |at| among.get(at) && is_met(self.packed(at)));
        }
        let mut found = RowSet::filled(self.len(), false);
        let finder = memmem::Finder::new(needle);
        let (mut from, mut row) = (0, 0);
        while let Some(hit) = finder.find(&self.packed.as_bytes()[from..]) {
            // A short needle occurs in nearly every row, so the next row is usually the match.
            if self.ends[row] <= from + hit {
                row += self.ends[row..].partition_point(|&end| end <= from + hit);
            }
            if among.get(row) && is_met(self.packed(row)) {
                found.set(row, true);
            }
            from = self.ends[row];
            row += 1;
        }
        found
    }
}

/// See [`Segment::compare`].
fn compare(packed: &str, row: &CachedRow, other_packed: &str, other: &CachedRow) -> Ordering {
    let (name, other_name) = (text::name(packed), text::name(other_packed));
    (name.is_empty().cmp(&other_name.is_empty()))
        .then_with(|| natural_cmp(name, other_name))
        .then_with(|| row.resource.key.cmp(&other.resource.key))
        .then_with(|| (&row.account, &row.scope).cmp(&(&other.account, &other.scope)))
}

/// Returns a hash for looking a key up; keys with equal hashes are compared.
fn digest(key: &ResourceKey) -> u64 {
    // The hasher has no random keys: an attacker who chooses colliding ids only slows a look-up
    // down, and the digest orders nothing that is visible.
    let mut hasher = DefaultHasher::new();
    key.native.hash(&mut hasher);
    hasher.finish()
}
