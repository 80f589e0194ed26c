//! The GCP double as a process: prints one JSON line when it is ready, and ends when stdin closes
//! or it is killed.
//!
//! `gcp_double [--port N] [--project ID]… [--zones N] [--instances N] [--polls N] [--held]
//! [--latency-ms N] [--stale-reads N] [--per-minute N] [--keep]`.
//! With `--keep` the end of stdin is ignored. Its control requests: `nepho_testkit::gcp`. It ends
//! with a failure if there were violations, and names them.

use std::{
    io::{self, Read as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use nepho_testkit::gcp::{GcpDouble, GcpInstance, Pace, Setup};
use serde_json::json;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "gcp_double: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut setup = Setup::default();
    let (mut projects, mut instances, mut keep) = (Vec::new(), 0_usize, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| wrong(&argument));
        let mut number = || value().and_then(|text| text.parse::<u32>().map_err(|_| wrong(&argument)));
        match argument.as_str() {
            "--port" => setup.port = u16::try_from(number()?).map_err(|_| wrong(&argument))?,
            "--project" => projects.push(value()?),
            "--zones" => setup.zones.truncate(number()? as usize),
            "--instances" => instances = number()? as usize,
            "--polls" => setup.pace = Pace::Polls(number()?),
            "--held" => setup.pace = Pace::Held,
            "--latency-ms" => setup.latency = Duration::from_millis(number()?.into()),
            "--stale-reads" => setup.stale_reads = number()?,
            "--per-minute" => setup.per_minute = Some(number()?),
            "--keep" => keep = true,
            _ => return Err(wrong(&argument)),
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
    let mut out = io::stdout();
    let ready =
        json!({"port": double.port(), "endpoint": double.endpoint(), "token": double.token(), "projects": projects});
    writeln!(out, "{ready}")?;
    out.flush()?;
    if keep {
        loop {
            std::thread::park();
        }
    }
    io::stdin().read_to_end(&mut Vec::new())?;
    let violations = double.take_violations();
    if violations.is_empty() { Ok(()) } else { Err(io::Error::other(violations.join("\n"))) }
}

fn wrong(argument: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{argument} is unknown or lacks its value"))
}
