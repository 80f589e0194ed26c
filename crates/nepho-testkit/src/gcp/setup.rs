//! The setup of a double.

use std::time::Duration;

/// The default project of a double.
pub const PROJECT: &str = "nepho-lab";

/// The default zones of a double: 13 in four regions.
pub const ZONES: [&str; 13] = [
    "asia-northeast1-a",
    "asia-northeast1-b",
    "asia-northeast1-c",
    "europe-west1-b",
    "europe-west1-c",
    "europe-west1-d",
    "us-central1-a",
    "us-central1-b",
    "us-central1-c",
    "us-central1-f",
    "us-east1-b",
    "us-east1-c",
    "us-east1-d",
];

/// The setup of a double. The defaults are a fast cloud of one project without faults.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The ids of the projects, which the owner of the double's own token sees.
    pub projects: Vec<String>,
    /// The zones of every project.
    pub zones: Vec<String>,
    /// The pace of operations.
    pub pace: Pace,
    /// The most steps that `zoneOperations.wait` takes before it answers.
    pub wait_steps: u32,
    /// The duration of each answer.
    pub latency: Duration,
    /// The additional latencies of a connection's first request (TCP and TLS 1.3: 2).
    pub handshake_rtts: u32,
    /// The additional duration for each instance in an answer.
    pub per_instance: Duration,
    /// True if the double compresses.
    pub gzip: bool,
    /// The number of reads after an accepted action that still show the former instance.
    pub stale_reads: u32,
    /// The number of requests per minute of a project; over it, 403 `rateLimitExceeded`. A minute
    /// lasts until a test begins the next one. `None` means no limit.
    pub per_minute: Option<u32>,
    /// The announced lifetime of the tokens that the double makes, in seconds. The double accepts
    /// them until the test expires them.
    pub token_seconds: u64,
    /// The port; 0 picks a free one.
    pub port: u16,
}

/// The pace of an operation after it was accepted. A poll is any read of the operation or of its
/// instance; no clock matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// This many polls see it unfinished; the next sees it done.
    Polls(u32),
    /// It stays unfinished until the test settles it.
    Held,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            projects: vec![PROJECT.to_owned()],
            zones: ZONES.map(str::to_owned).to_vec(),
            pace: Pace::Polls(2),
            wait_steps: 2,
            latency: Duration::ZERO,
            handshake_rtts: 0,
            per_instance: Duration::ZERO,
            gzip: true,
            stale_reads: 0,
            per_minute: None,
            token_seconds: 3599,
            port: 0,
        }
    }
}

/// Returns a project's number, made of its id: 12 digits.
pub(crate) fn number(project: &str) -> String {
    let sum = project.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
    (100_000_000_000 + sum % 900_000_000_000).to_string()
}

/// Returns the region of a zone: the name without its last part.
pub(crate) fn region(zone: &str) -> &str {
    zone.rsplit_once('-').map_or(zone, |(region, _)| region)
}
