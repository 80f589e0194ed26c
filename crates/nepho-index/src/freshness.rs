//! Age of facts, and the limit past which they are stale.

use std::time::Duration;

use nepho_core::{Timestamp, cache::ScopeRecord};

/// The current time and the age limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freshness {
    pub(crate) now: Timestamp,
    pub(crate) limit: Duration,
}

impl Freshness {
    /// Returns `true` if facts of that time are older than the limit, or if the time is unknown.
    pub(crate) fn is_old(self, as_of: Option<Timestamp>) -> bool {
        as_of.is_none_or(|as_of| {
            let age = self.now.duration_since(as_of);
            age.is_positive() && age.unsigned_abs() > self.limit
        })
    }
}

/// Returns the time of a row's facts: the last complete listing that can have contained it, or a
/// later read of the row alone.
///
/// The store does not keep the time of the last listing that contained a missing row. That listing
/// began before `missing_since`, so `missing_since` is the latest possible time.
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
