//! Counts of what a server served, and the duration of each listing.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

/// Counts of what was served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Requests, without control requests.
    pub requests: u64,
    /// Body bytes, as sent.
    pub bytes: u64,
    /// Instances in listings.
    pub rows: u64,
    /// Connections accepted.
    pub connections: u64,
    /// The most requests that were under way at once.
    pub most_in_flight: u64,
}

/// The counts of one server.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) served: Served,
    pub(crate) in_flight: u64,
    /// The duration of the pages of each region or zone, added up.
    pub(crate) listing: BTreeMap<String, Duration>,
}

impl Meter {
    /// Resets everything except the requests under way.
    pub(crate) fn forget(&mut self) {
        *self = Self { in_flight: self.in_flight, ..Self::default() };
    }

    /// Returns the counts as JSON, for the control requests.
    pub(crate) fn stats(&self) -> Value {
        let listing: BTreeMap<&str, f64> =
            self.listing.iter().map(|(name, took)| (name.as_str(), took.as_secs_f64() * 1e3)).collect();
        json!({
            "listing_ms": listing,
            "requests": self.served.requests,
            "bytes": self.served.bytes,
            "rows": self.served.rows,
            "connections": self.served.connections,
            "most_in_flight": self.served.most_in_flight,
        })
    }
}
