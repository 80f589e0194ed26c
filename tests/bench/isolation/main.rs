//! The program behind `cargo xtask bench isolation`: measures one part and prints its figures as one
//! line of JSON.
//!
//! `bench_isolation clouds [--hung N] [--regions N] [--instances N] [--clicks N] [--rounds N] [--rtt-ms N]` ·
//! `bench_isolation locks [--accounts N]` · `bench_isolation zones [--accounts N] [--zones N]`.
//! The clouds are doubles on loopback, and the fake provider for the zones. Deliberately not here:
//! limits and their check, which are in `xtask/src/bench/isolation.rs`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program of the benchmark prints its figures")]

mod clouds;
mod lab;
mod locks;
mod zones;

use std::{collections::HashMap, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result, bail};

/// Numbers of the command line, by option.
pub struct Numbers(HashMap<String, usize>);

impl Numbers {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut numbers = HashMap::new();
        while let Some(option) = arguments.next() {
            let number = arguments.next().with_context(|| format!("{option} has no number"))?;
            numbers.insert(option, number.parse()?);
        }
        Ok(Self(numbers))
    }

    /// Returns the option's number, or `default`.
    pub fn get(&self, option: &str, default: usize) -> usize {
        self.0.get(option).copied().unwrap_or(default)
    }
}

/// Returns a duration in milliseconds.
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let part = arguments.next().unwrap_or_default();
    let figures = Numbers::read(arguments).and_then(|numbers| match part.as_str() {
        "clouds" => clouds::measure(&numbers),
        "locks" => locks::measure(&numbers),
        "zones" => zones::measure(&numbers),
        _ => bail!("{part:?} is not a part: clouds, locks, zones"),
    });
    match figures {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
