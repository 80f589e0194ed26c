//! Time limits of calls.

use std::time::Duration;

/// Time limits of a call to AWS. The SDK itself limits only the connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For opening a connection.
    pub connect: Duration,
    /// From the request to the first byte of the reply.
    pub read: Duration,
    /// For one attempt, the reply's body included.
    pub attempt: Duration,
    /// For one call with its retries.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            attempt: Duration::from_secs(20),
            operation: Duration::from_mins(1),
        }
    }
}
