//! `cargo xtask bench`: measurements with their load, printed as JSON.
//!
//! What is measured is a release build of what people run, as a process. Figures of one machine
//! say little by themselves: what counts are the ratios within one interleaved run, and that the
//! load was what was asked, as the server and the database counted it.

mod cloud;
mod count;
mod double;
mod figures;
mod load;
mod measure;
mod sync;

use std::process::ExitCode;

use anyhow::Result;
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
    /// A whole sync against a loopback EC2 and a loopback Compute Engine with latency, service time
    /// and handshakes.
    Sync(load::Load),
}

/// Runs one measurement.
pub fn run(place: &Place, arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.bench {
        Bench::Sync(load) => sync::run(place, load),
    }
}
