//! What is asked of a measurement, and whether it got it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;

use super::{
    cloud::{Cloud, Which},
    count::Counted,
    double::Served,
};

/// The load of `bench sync`, the same for each cloud. The defaults are an ordinary large account,
/// far away.
#[derive(Args, Clone, Debug, Serialize)]
pub struct Load {
    /// The clouds to measure.
    #[arg(long, value_enum, default_value_t = Which::All)]
    #[serde(skip)]
    pub cloud: Which,
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
    /// How long the server works on each instance of a page, in microseconds.
    #[arg(long, default_value_t = 1000)]
    pub per_instance_us: u64,
    /// Round trips before the first request of a connection (TCP and TLS 1.3: 2).
    #[arg(long, default_value_t = 2)]
    pub handshake_rtts: u64,
    /// Interleaved runs of each client, one more before them not counted.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub runs: u64,
    /// Measures the programs in this folder instead of building and measuring a release.
    #[arg(long, value_name = "DIR")]
    pub binaries: Option<PathBuf>,
}

impl Load {
    /// Fails unless the server and the database both counted all rows and all regions or zones.
    pub fn check(&self, cloud: Cloud, client: &str, served: &Served, counted: &Counted) -> Result<()> {
        let scopes = cloud.scope_count(self);
        let seen = [
            ("rows", "database", counted.rows, self.instances),
            (cloud.scopes(), "database", counted.scopes, scopes),
            (cloud.scopes(), "server", served.scopes, scopes),
        ];
        for (what, who, got, asked) in seen {
            if got != asked {
                bail!("short load: {client} has {got} of {asked} {what}, the {who} says");
            }
        }
        // A client that splits a region, or that looks before it lists by zones, may be served a row
        // twice, never less than once.
        if served.rows < self.instances {
            bail!("short load: {client} was served {} of {} rows, the server says", served.rows, self.instances);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        Load {
            cloud: Which::All,
            instances: 10,
            regions: 2,
            zones: 3,
            rtt_ms: 1,
            per_instance_us: 1,
            handshake_rtts: 0,
            runs: 1,
            binaries: None,
        }
    }

    #[test]
    fn a_full_load_is_good_and_a_short_one_says_what_is_missing() {
        for (cloud, scopes, what) in [(Cloud::Aws, 2, "of 2 regions"), (Cloud::Gcp, 3, "of 3 zones")] {
            let served = Served { rows: 10, scopes, ..Served::default() };
            let counted = Counted { rows: 10, scopes, generation: 0 };
            load().check(cloud, "x", &served, &counted).unwrap();
            load().check(cloud, "x", &Served { rows: 12, ..served.clone() }, &counted).unwrap();
            let short = [
                (Served { rows: 9, ..served.clone() }, counted, "9 of 10 rows, the server".to_owned()),
                (Served { scopes: 1, ..served.clone() }, counted, format!("1 {what}, the server")),
                (served.clone(), Counted { rows: 9, ..counted }, "9 of 10 rows, the database".to_owned()),
                (served.clone(), Counted { rows: 11, ..counted }, "11 of 10 rows, the database".to_owned()),
                (served, Counted { scopes: 1, ..counted }, format!("1 {what}, the database")),
            ];
            for (served, counted, words) in short {
                let error = load().check(cloud, "x", &served, &counted).unwrap_err().to_string();
                assert!(error.contains(&words), "{error}");
            }
        }
    }
}
