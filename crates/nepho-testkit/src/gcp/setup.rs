//! How a double is set up.

use std::time::Duration;

/// The project that a double has, unless told otherwise.
pub const PROJECT: &str = "nepho-lab";

/// The zones that a double has, unless told otherwise: 13 in four regions.
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

/// What a double is like. The defaults are a quick, obedient cloud of one project.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The identifiers of the projects, which the double's own token may see.
    pub projects: Vec<String>,
    /// The zones of every project.
    pub zones: Vec<String>,
    /// How an operation goes on.
    pub pace: Pace,
    /// How many steps `zoneOperations.wait` takes at most before it answers.
    pub wait_steps: u32,
    /// How long each answer takes.
    pub latency: Duration,
    /// How many latencies the first request of a connection waits more (TCP and TLS 1.3: 2).
    pub handshake_rtts: u32,
    /// How much longer an answer takes for each instance in it.
    pub per_instance: Duration,
    /// Whether compression is honoured.
    pub gzip: bool,
    /// How many reads after an accepted action still show the instance as it was.
    pub stale_reads: u32,
    /// How many requests a project may make in a minute; over it, 403 `rateLimitExceeded`. A minute
    /// lasts until a test begins the next one. `None` is no limit.
    pub per_minute: Option<u32>,
    /// How long the tokens live that are made, in seconds, as their makers say; they are accepted
    /// until they are expired by the test.
    pub token_seconds: u64,
    /// The port; 0 picks a free one.
    pub port: u16,
}

/// How an operation goes on after it was accepted. A poll is any reading of the operation or of its
/// instance; no clock is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many polls see it unfinished; the next sees it done.
    Polls(u32),
    /// It stays unfinished until it is released.
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

/// A project's number, which is made of its identifier: 12 digits.
pub(crate) fn number(project: &str) -> String {
    let sum = project.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
    (100_000_000_000 + sum % 900_000_000_000).to_string()
}

/// The region of a zone: the name without its last part.
pub(crate) fn region(zone: &str) -> &str {
    zone.rsplit_once('-').map_or(zone, |(region, _)| region)
}
