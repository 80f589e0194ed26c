//! `cargo xtask bench`: measurements with their load, printed as JSON.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::place::Place;

/// What to measure.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// A whole sync against a loopback EC2 with latency.
    Sync,
}

/// Runs one measurement.
pub fn run(_place: &Place, arguments: &Arguments) -> Result<ExitCode> {
    match arguments.bench {
        Bench::Sync => bail!("`bench sync` is not written yet"),
    }
}
