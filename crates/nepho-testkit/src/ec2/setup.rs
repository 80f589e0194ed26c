//! The setup of a double.

use std::time::Duration;

/// The default account of a double.
pub const ACCOUNT: &str = "123456789012";

/// The setup of a double. The defaults are a fast cloud of three regions without faults.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The 12-digit account id.
    pub account: String,
    /// The only access key id that is accepted; `None` accepts any. The double checks no signature.
    pub key_id: Option<String>,
    /// The enabled regions.
    pub regions: Vec<String>,
    /// Regions that exist and are not enabled.
    pub not_opted_in: Vec<String>,
    /// The duration of each answer.
    pub latency: Duration,
    /// The additional duration for each instance in an answer.
    pub per_instance: Duration,
    /// The additional latencies of a connection's first request (TCP and TLS 1.3: 2).
    pub handshake_rtts: u32,
    /// True if the double compresses for `Accept-Encoding: gzip`.
    pub gzip: bool,
    /// The time from a transitional state to the final one. A new value applies to transitions
    /// under way as well, so zero ends them all.
    pub lag: Duration,
    /// The time for which describes show the old state after an accepted action.
    pub stale: Duration,
    /// The time for which a terminated instance is still described.
    pub vanish: Duration,
    /// The port; 0 picks a free one.
    pub port: u16,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            account: ACCOUNT.to_owned(),
            key_id: None,
            regions: ["eu-west-1", "us-east-1", "us-west-2"].map(str::to_owned).to_vec(),
            not_opted_in: vec!["af-south-1".to_owned()],
            latency: Duration::ZERO,
            per_instance: Duration::ZERO,
            handshake_rtts: 0,
            gzip: true,
            lag: Duration::from_millis(200),
            stale: Duration::ZERO,
            vanish: Duration::from_hours(1),
            port: 0,
        }
    }
}
