//! The floor of `cargo xtask bench sync`: the least work that a client of the loopback clouds can do.
//!
//! `bench_floor ec2 PORT DB`, or `bench_floor gce PORT DB` followed by `zones` (the floor),
//! `masked` or `chain`, lists all instances, reads twelve columns of each and writes them into a
//! new SQLite file; it prints one JSON line. Deliberately not here: signatures, errors, retries,
//! limits, compression, documents, comparison with earlier rows.

mod ec2;
mod gce;
mod http;
mod rows;

use std::{io, process::ExitCode, sync::mpsc};

use nepho_testkit::process::{self, Arguments};
use serde_json::json;

use gce::Way;

/// The project that `gce_pages` has.
const PROJECT: &str = "proj-0";

fn main() -> ExitCode {
    process::main("bench_floor", run)
}

fn run(arguments: Arguments) -> io::Result<()> {
    let usage = || io::Error::new(io::ErrorKind::InvalidInput, "usage: bench_floor ec2|gce PORT DB [WAY]");
    let arguments = arguments.all();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (port, database, way) = match arguments[..] {
        ["ec2", port, database] => (port, database, None),
        ["gce", port, database, "zones"] => (port, database, Some(Way::Zones)),
        ["gce", port, database, "masked"] => (port, database, Some(Way::Masked)),
        ["gce", port, database, "chain"] => (port, database, Some(Way::Chain)),
        _ => return Err(usage()),
    };
    let (port, database) = (port.parse().map_err(|_| usage())?, database.to_owned());
    let (send, receive) = mpsc::channel();
    let writer = std::thread::spawn(move || rows::write(&database, &receive).map_err(io::Error::other));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let places = runtime.block_on(async {
        match way {
            None => ec2::sync(port, send).await,
            Some(way) => gce::sync(port, PROJECT, way, send).await,
        }
    })?;
    let rows = writer.join().map_err(|_| io::Error::other("the writer panicked"))??;
    process::print(&json!({"rows": rows, "places": places}))
}
