//! The server of `bench sync` for Compute Engine as a process: prints one JSON line when it is
//! ready, and ends when its stdin closes.
//!
//! `gce_pages [--port N] [--instances N] [--zones N] [--latency-ms N] [--per-instance-us N]
//! [--handshake-rtts N]`. Its control requests: `GET /_control/stats`, `POST /_control/reset`.

use std::{io, process::ExitCode, time::Duration};

use nepho_testkit::{
    gce_pages::{GcePages, Setup},
    process::{self, Arguments},
};
use serde_json::json;

fn main() -> ExitCode {
    process::main("gce_pages", run)
}

fn run(mut arguments: Arguments) -> io::Result<()> {
    let mut setup = Setup::default();
    while let Some(option) = arguments.option() {
        match option.as_str() {
            "--port" => setup.port = arguments.number()?,
            "--instances" => setup.instances = arguments.number()?,
            "--zones" => setup.zones = arguments.number()?,
            "--latency-ms" => setup.latency = arguments.millis()?,
            "--per-instance-us" => setup.per_instance = arguments.number().map(Duration::from_micros)?,
            "--handshake-rtts" => setup.handshake_rtts = arguments.number()?,
            _ => return Err(arguments.unknown()),
        }
    }
    let pages = GcePages::start(setup)?;
    process::print(&json!({"port": pages.port(), "endpoint": pages.endpoint(), "instances": setup.instances}))?;
    process::serve(false)
}
