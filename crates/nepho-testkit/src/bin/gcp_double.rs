//! The GCP double as a process: prints one JSON line when it is ready, and ends when its stdin
//! closes.
//!
//! `gcp_double [--port N] [--project ID]… [--zones N] [--instances N] [--polls N] [--held]
//! [--latency-ms N] [--stale-reads N] [--per-minute N] [--keep]`.
//! With `--keep` it ignores the end of stdin. Its control requests: `nepho_testkit::gcp`. If there
//! were violations, it prints them and exits with a failure.

use std::{io, process::ExitCode};

use nepho_testkit::{
    gcp::{GcpDouble, GcpInstance, Pace, Setup},
    process::{self, Arguments},
};
use serde_json::json;

fn main() -> ExitCode {
    process::main("gcp_double", run)
}

fn run(mut arguments: Arguments) -> io::Result<()> {
    let mut setup = Setup::default();
    let (mut projects, mut instances, mut keep) = (Vec::new(), 0_usize, false);
    while let Some(option) = arguments.option() {
        match option.as_str() {
            "--port" => setup.port = arguments.number()?,
            "--project" => projects.push(arguments.value()?),
            "--zones" => setup.zones.truncate(arguments.number()?),
            "--instances" => instances = arguments.number()?,
            "--polls" => setup.pace = Pace::Polls(arguments.number()?),
            "--held" => setup.pace = Pace::Held,
            "--latency-ms" => setup.latency = arguments.millis()?,
            "--stale-reads" => setup.stale_reads = arguments.number()?,
            "--per-minute" => setup.per_minute = Some(arguments.number()?),
            "--keep" => keep = true,
            _ => return Err(arguments.unknown()),
        }
    }
    if !projects.is_empty() {
        setup.projects = projects;
    }
    let (projects, zones) = (setup.projects.clone(), setup.zones.clone());
    let double = GcpDouble::start(setup)?;
    for number in 0..instances {
        let (project, zone) = (&projects[number % projects.len()], &zones[number % zones.len()]);
        double.put(GcpInstance::new(project, zone, &format!("web-{number}")).label("team", "web"));
    }
    process::print(
        &json!({"port": double.port(), "endpoint": double.endpoint(), "token": double.token(), "projects": projects}),
    )?;
    process::serve(keep)?;
    let violations = double.take_violations();
    if violations.is_empty() { Ok(()) } else { Err(io::Error::other(violations.join("\n"))) }
}
