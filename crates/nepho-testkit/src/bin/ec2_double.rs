//! The EC2 double as a process: prints one JSON line when it is ready, and ends when stdin closes
//! or it is killed.
//!
//! `ec2_double [--port N] [--instances N] [--regions N] [--latency-ms N] [--per-instance-us N]
//! [--handshake-rtts N] [--lag-ms N] [--stale-ms N] [--key-id ID] [--no-gzip] [--keep]`.
//! With `--keep` the end of stdin is ignored. Its control requests: `nepho_testkit::ec2`.

use std::{
    io::{self, Read as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use nepho_testkit::ec2::{Ec2Double, Setup, fleet};
use serde_json::json;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "ec2_double: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut setup = Setup::default();
    let (mut instances, mut regions, mut keep) = (0, 0, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| wrong(&argument));
        let mut number = || value().and_then(|text| text.parse::<u32>().map_err(|_| wrong(&argument)));
        match argument.as_str() {
            "--port" => setup.port = u16::try_from(number()?).map_err(|_| wrong(&argument))?,
            "--instances" => instances = number()? as usize,
            "--regions" => regions = number()? as usize,
            "--latency-ms" => setup.latency = Duration::from_millis(number()?.into()),
            "--per-instance-us" => setup.per_instance = Duration::from_micros(number()?.into()),
            "--handshake-rtts" => setup.handshake_rtts = number()?,
            "--lag-ms" => setup.lag = Duration::from_millis(number()?.into()),
            "--stale-ms" => setup.stale = Duration::from_millis(number()?.into()),
            "--key-id" => setup.key_id = Some(value()?),
            "--no-gzip" => setup.gzip = false,
            "--keep" => keep = true,
            _ => return Err(wrong(&argument)),
        }
    }
    if instances > 0 && regions == 0 {
        regions = fleet::REGIONS.len();
    }
    if regions > 0 {
        setup.regions = fleet::REGIONS.iter().take(regions).map(|&region| region.to_owned()).collect();
    }
    let double = Ec2Double::start(setup)?;
    if instances > 0 {
        for one in fleet::fleet(instances, regions) {
            double.put(one);
        }
        double.warm();
    }
    let mut out = io::stdout();
    writeln!(out, "{}", json!({"port": double.port(), "endpoint": double.endpoint(), "instances": instances}))?;
    out.flush()?;
    if keep {
        loop {
            std::thread::park();
        }
    }
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn wrong(argument: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{argument} is unknown or lacks its value"))
}
