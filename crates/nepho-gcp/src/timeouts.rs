//! Time limits of calls.

use std::time::Duration;

/// Time limits of a call to Google. Opening a connection takes at most 5 s, for every project of an
/// identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the request to the reply's status line.
    pub read: Duration,
    /// For one attempt, the reply's body included.
    pub attempt: Duration,
    /// For one call with its retries and its token, without the time that it waits for quota.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { read: Duration::from_secs(15), attempt: Duration::from_secs(20), operation: Duration::from_mins(1) }
    }
}
