//! `cargo xtask bench`: measurements with their load, printed as JSON.
//!
//! Each client is a release build, run as a process. Absolute figures hold for one machine only;
//! compare the ratios within one interleaved run. The server and the database count the load, and an
//! incomplete sync is an error. `bench isolation` has limits, and fails when one is missed.

mod check;
mod cloud;
mod count;
mod double;
mod figures;
mod isolation;
mod load;
mod measure;
mod sync;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::workspace::Workspace;

/// Arguments of `cargo xtask bench`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// A full sync against a loopback EC2 and a loopback Compute Engine with latency, service time and
    /// handshakes.
    Sync(load::Load),
    /// A healthy account beside accounts that hang, are locked, or fail, as ratios with limits. Fails when
    /// a limit is missed.
    Isolation(isolation::Load),
}

/// Runs one measurement.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.bench {
        Bench::Sync(load) => sync::run(workspace, load),
        Bench::Isolation(load) => isolation::run(workspace, load),
    }
}
