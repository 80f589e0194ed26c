//! How old facts are, and when that is too old.

use std::time::Duration;

use nepho_core::{Timestamp, cache::ScopeRecord};

/// The present moment and the limit of age.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freshness {
    pub(crate) now: Timestamp,
    pub(crate) limit: Duration,
}

impl Freshness {
    /// Whether facts of that moment are older than the limit, or of a moment unknown.
    pub(crate) fn is_old(self, as_of: Option<Timestamp>) -> bool {
        as_of.is_none_or(|as_of| {
            let age = self.now.duration_since(as_of);
            age.is_positive() && age.unsigned_abs() > self.limit
        })
    }
}

/// How old a row's facts are: the last complete listing that can have shown it, or a later reading
/// of the row alone.
///
/// The listing that showed a missing row is not kept. It began before `missing_since`, so that is
/// the latest that can be said.
pub(crate) fn as_of(
    record: Option<&ScopeRecord>,
    missing_since: Option<Timestamp>,
    observed_at: Option<Timestamp>,
) -> Option<Timestamp> {
    let listed = record.and_then(|record| record.as_of);
    let listed = match (listed, missing_since) {
        (Some(listed), Some(missing_since)) => Some(listed.min(missing_since)),
        (listed, _) => listed,
    };
    listed.max(observed_at)
}
