//! The EC2 double as a process: prints one JSON line when it is ready, and ends when its stdin
//! closes.
//!
//! `ec2_double [--port N] [--instances N] [--regions N] [--latency-ms N] [--per-instance-us N]
//! [--handshake-rtts N] [--lag-ms N] [--stale-ms N] [--key-id ID] [--no-gzip] [--keep]`.
//! With `--keep` it ignores the end of stdin. Its control requests: `nepho_testkit::ec2`.

use std::{io, process::ExitCode, time::Duration};

use nepho_testkit::{
    ec2::{Ec2Double, Setup, fleet},
    process::{self, Arguments},
};
use serde_json::json;

fn main() -> ExitCode {
    process::main("ec2_double", run)
}

fn run(mut arguments: Arguments) -> io::Result<()> {
    let mut setup = Setup::default();
    let (mut instances, mut regions, mut keep) = (0_usize, 0_usize, false);
    while let Some(option) = arguments.option() {
        match option.as_str() {
            "--port" => setup.port = arguments.number()?,
            "--instances" => instances = arguments.number()?,
            "--regions" => regions = arguments.number()?,
            "--latency-ms" => setup.latency = arguments.millis()?,
            "--per-instance-us" => setup.per_instance = arguments.number().map(Duration::from_micros)?,
            "--handshake-rtts" => setup.handshake_rtts = arguments.number()?,
            "--lag-ms" => setup.lag = arguments.millis()?,
            "--stale-ms" => setup.stale = arguments.millis()?,
            "--key-id" => setup.key_id = Some(arguments.value()?),
            "--no-gzip" => setup.gzip = false,
            "--keep" => keep = true,
            _ => return Err(arguments.unknown()),
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
    process::print(&json!({"port": double.port(), "endpoint": double.endpoint(), "instances": instances}))?;
    process::serve(keep)
}
