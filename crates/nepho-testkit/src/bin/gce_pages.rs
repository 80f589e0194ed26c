//! The server of `bench sync` for Compute Engine as a process: prints one JSON line when it is
//! ready, and ends when stdin closes or it is killed.
//!
//! `gce_pages [--port N] [--instances N] [--zones N] [--latency-ms N] [--per-instance-us N]
//! [--handshake-rtts N]`. Its control requests: `GET /_control/stats`, `POST /_control/reset`.

use std::{
    io::{self, Read as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use nepho_testkit::gce_pages::{GcePages, Setup};
use serde_json::json;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "gce_pages: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut setup = Setup::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let number = arguments.next().and_then(|text| text.parse::<u32>().ok()).ok_or_else(|| wrong(&argument))?;
        match argument.as_str() {
            "--port" => setup.port = u16::try_from(number).map_err(|_| wrong(&argument))?,
            "--instances" => setup.instances = number as usize,
            "--zones" => setup.zones = number as usize,
            "--latency-ms" => setup.latency = Duration::from_millis(number.into()),
            "--per-instance-us" => setup.per_instance = Duration::from_micros(number.into()),
            "--handshake-rtts" => setup.handshake_rtts = number,
            _ => return Err(wrong(&argument)),
        }
    }
    let pages = GcePages::start(setup)?;
    let mut out = io::stdout();
    let ready = json!({"port": pages.port(), "endpoint": pages.endpoint(), "instances": setup.instances});
    writeln!(out, "{ready}")?;
    out.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn wrong(argument: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{argument} is unknown or lacks its number"))
}
