//! How a double is set up.

use std::time::Duration;

/// The account that a double says it is, unless told otherwise.
pub const ACCOUNT: &str = "123456789012";

/// What a double is like. The defaults are a quick, obedient cloud of three regions.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The 12-digit account id.
    pub account: String,
    /// The only access key id that is accepted; `None` accepts any. Signatures are not checked.
    pub key_id: Option<String>,
    /// The enabled regions.
    pub regions: Vec<String>,
    /// Regions that exist and are not enabled.
    pub not_opted_in: Vec<String>,
    /// How long each answer takes.
    pub latency: Duration,
    /// How much longer for each instance in it.
    pub per_instance: Duration,
    /// How many latencies the first request of a connection waits more (TCP and TLS 1.3: 2).
    pub handshake_rtts: u32,
    /// Whether `Accept-Encoding: gzip` is honoured.
    pub gzip: bool,
    /// How long an instance takes from a transitional state to the final one; changed, it holds for
    /// those under way as well, so zero ends them all.
    pub lag: Duration,
    /// For how long describes show the old state after an accepted action.
    pub stale: Duration,
    /// For how long a terminated instance is still described.
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
