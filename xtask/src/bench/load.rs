//! The load of a measurement, from the command line.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::cloud::{Cloud, Selection};

/// The load of `bench sync`, the same for each cloud. The defaults are an ordinary large account,
/// far away.
#[derive(Args, Clone, Debug, Serialize)]
pub struct Load {
    /// The clouds to measure.
    #[arg(long, value_enum, default_value_t = Selection::All)]
    #[serde(skip)]
    pub cloud: Selection,
    /// Instances in all regions, or all zones, together; the n-th has 1/n of the first one's.
    #[arg(long, default_value_t = 10_000)]
    pub instances: u64,
    /// Regions of AWS, 17 at most.
    #[arg(long, default_value_t = 17)]
    pub regions: u64,
    /// Zones of GCP, 30 at most.
    #[arg(long, default_value_t = 30)]
    pub zones: u64,
    /// The round trip of each request, in milliseconds.
    #[arg(long, default_value_t = 80)]
    pub rtt_ms: u64,
    /// Service time of each instance of a page, in microseconds.
    #[arg(long, default_value_t = 1000)]
    pub per_instance_us: u64,
    /// Round trips before the first request of a connection (TCP and TLS 1.3: 2).
    #[arg(long, default_value_t = 2)]
    pub handshake_rtts: u64,
    /// Interleaved runs of each client; one more before them warms up and is not counted.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub runs: u64,
    /// Folder with the programs to measure, instead of a release that is built first.
    #[arg(long, value_name = "DIR")]
    pub binaries: Option<PathBuf>,
}

impl Load {
    /// Number of regions or zones of a cloud.
    pub fn scopes(&self, cloud: Cloud) -> u64 {
        match cloud {
            Cloud::Aws => self.regions,
            Cloud::Gcp => self.zones,
        }
    }
}
