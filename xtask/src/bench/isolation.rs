//! `bench isolation`: the effect of accounts that hang, are locked, or fail on the others.
//!
//! One program measures each part in a process of its own. Each limit is a ratio of two figures of the
//! same minute, except the CPU time of the largest failing sweep.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{command::Cmd, workspace::Workspace};

/// The program that measures.
const PROGRAM: &str = "bench_isolation";

/// The most CPU seconds of the sweep of [`MOST_CPU_ACCOUNTS`] accounts.
const MOST_CPU_S: f64 = 15.0;

/// The number of accounts that [`MOST_CPU_S`] is for.
const MOST_CPU_ACCOUNTS: u64 = 400;

/// The load of `bench isolation`.
#[derive(Args, Clone, Debug, Serialize)]
pub struct Load {
    /// Accounts whose regions do not answer.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub hung: u64,
    /// Regions of each account, 17 at most.
    #[arg(long, default_value_t = 17, value_parser = clap::value_parser!(u64).range(1..=17))]
    pub regions: u64,
    /// Instances of each account.
    #[arg(long, default_value_t = 1000)]
    pub instances: u64,
    /// Clicks in the healthy account, undisturbed and beside the hung ones.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub clicks: u64,
    /// The round trip to the healthy account, in milliseconds.
    #[arg(long, default_value_t = 20)]
    pub rtt_ms: u64,
    /// Accounts of which all but one are locked elsewhere.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u64).range(2..=100))]
    pub locked: u64,
    /// Numbers of accounts of the failing sweeps, each twice the one before.
    #[arg(long, value_delimiter = ',', default_values_t = [50, 100, 200, 400])]
    pub accounts: Vec<u64>,
    /// Zones of each account of the failing sweeps.
    #[arg(long, default_value_t = 130)]
    pub zones: u64,
    /// Folder with the program, instead of a release that is built first.
    #[arg(long, value_name = "DIR")]
    #[serde(skip)]
    pub binaries: Option<PathBuf>,
}

/// Figures of the healthy account.
#[derive(Debug, Deserialize, Serialize)]
struct Clouds {
    hung_accounts: u64,
    hung_regions: u64,
    syncs: u64,
    clicks: u64,
    sync_alone_ms: f64,
    sync_beside_ms: f64,
    click_alone_p50_ms: f64,
    click_beside_p50_ms: f64,
    click_alone_p99_ms: f64,
    click_beside_p99_ms: f64,
}

/// Figures of the locked accounts.
#[derive(Debug, Deserialize, Serialize)]
struct Locks {
    accounts: u64,
    locked: u64,
    one_wait_ms: f64,
    sync_ms: f64,
}

/// CPU time of a failing sweep: each zone fails, or the sign-in does.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Zones {
    accounts: u64,
    zones: u64,
    listings_cpu_ms: f64,
    sign_in_cpu_ms: f64,
}

/// One figure with its limit.
#[derive(Debug, PartialEq, Serialize)]
struct Verdict {
    what: String,
    figure: f64,
    limit: f64,
    kept: bool,
}

impl Verdict {
    fn new(what: impl Into<String>, figure: f64, limit: f64) -> Self {
        // A figure that is no number keeps no limit.
        Self { what: what.into(), figure, limit, kept: figure <= limit }
    }
}

/// Runs the measurement; prints the document on standard output and a table on standard error.
pub fn run(workspace: &Workspace, load: &Load) -> Result<ExitCode> {
    let program = match &load.binaries {
        Some(folder) => folder
            .canonicalize()
            .with_context(|| format!("cannot open the folder of programs {}", folder.display()))?
            .join(PROGRAM),
        None => release(workspace)?,
    };
    let clouds: Clouds = part(
        workspace,
        &program,
        "clouds",
        &[
            ("hung", load.hung),
            ("regions", load.regions),
            ("instances", load.instances),
            ("clicks", load.clicks),
            ("rtt-ms", load.rtt_ms),
        ],
    )?;
    let locks: Locks = part(workspace, &program, "locks", &[("accounts", load.locked)])?;
    let mut zones: Vec<Zones> = Vec::new();
    for &accounts in &load.accounts {
        zones.push(part(workspace, &program, "zones", &[("accounts", accounts), ("zones", load.zones)])?);
    }
    let verdicts = verdicts(&clouds, &locks, &zones);
    for verdict in &verdicts {
        let word = if verdict.kept { "kept" } else { "MISSED" };
        eprintln!("{:<64} {:>8.2}  limit {:>5.2}  {word}", verdict.what, verdict.figure, verdict.limit);
    }
    let kept = verdicts.iter().all(|verdict| verdict.kept);
    let document = json!({
        "bench": "isolation", "load": load, "clouds": clouds, "locks": locks, "zones": zones, "limits": verdicts,
    });
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the release of the program. Returns its path.
fn release(workspace: &Workspace) -> Result<PathBuf> {
    let build = ["build", "--release", "--locked", "--package", "nepho-tests", "--example", PROGRAM];
    Cmd::new("cargo", &workspace.root).args(build).show()?;
    Ok(workspace.target.join("release/examples").join(PROGRAM))
}

/// Runs one part of the program.
fn part<T: DeserializeOwned>(
    workspace: &Workspace,
    program: &std::path::Path,
    name: &str,
    numbers: &[(&str, u64)],
) -> Result<T> {
    let program = program.to_str().context("the path of the program is not UTF-8")?;
    let mut run =
        Cmd::new(program, &workspace.root).without_env(&["AWS_", "CLOUDSDK_", "GOOGLE_", "NEPHOSCOPE_"]).arg(name);
    for (option, number) in numbers {
        run = run.arg(format!("--{option}")).arg(number.to_string());
    }
    let printed = run.stdout().with_context(|| format!("in the part `{name}`"))?;
    serde_json::from_str(&printed).with_context(|| format!("unexpected figures of the part `{name}`"))
}

/// Compares the figures with their limits.
fn verdicts(clouds: &Clouds, locks: &Locks, zones: &[Zones]) -> Vec<Verdict> {
    let (hung, regions) = (clouds.hung_accounts, clouds.hung_regions);
    let beside = format!("beside {hung} accounts × {regions} hung regions ÷ alone");
    let mut verdicts = vec![
        Verdict::new(format!("sync {beside}"), clouds.sync_beside_ms / clouds.sync_alone_ms, 1.2),
        Verdict::new(
            format!("click to request, p99, {beside}"),
            clouds.click_beside_p99_ms / clouds.click_alone_p99_ms,
            1.5,
        ),
        Verdict::new(
            format!("sync of {} accounts, {} locked ÷ one lock's wait", locks.accounts, locks.locked),
            locks.sync_ms / locks.one_wait_ms,
            1.2,
        ),
    ];
    verdicts.extend(growth("failing listings", zones, |zones| zones.listings_cpu_ms));
    verdicts.extend(growth("failing sign-in", zones, |zones| zones.sign_in_cpu_ms));
    verdicts
}

/// Compares the CPU times of one kind of failure.
fn growth(kind: &str, zones: &[Zones], cpu_ms: fn(&Zones) -> f64) -> Vec<Verdict> {
    let cpu_ms: Vec<_> = zones.iter().map(|zones| (zones.accounts, cpu_ms(zones))).collect();
    let doublings = cpu_ms.windows(2).map(|pair| {
        let what = format!("{kind}: CPU of {} ÷ {} accounts", pair[1].0, pair[0].0);
        // The clock of the kernel has steps of 10 ms.
        Verdict::new(what, pair[1].1 / pair[0].1.max(10.0), 2.2)
    });
    let largest = cpu_ms.iter().filter(|(accounts, _)| *accounts == MOST_CPU_ACCOUNTS).map(|(accounts, cpu_ms)| {
        Verdict::new(format!("{kind}: CPU of {accounts} accounts in seconds"), cpu_ms / 1000.0, MOST_CPU_S)
    });
    doublings.chain(largest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Measured = (Clouds, Locks, Vec<Zones>);
    type Spoil = fn(&mut Measured);

    fn good() -> Measured {
        let clouds = Clouds {
            hung_accounts: 8,
            hung_regions: 17,
            syncs: 12,
            clicks: 200,
            sync_alone_ms: 100.0,
            sync_beside_ms: 119.0,
            click_alone_p50_ms: 10.0,
            click_beside_p50_ms: 30.0,
            click_alone_p99_ms: 20.0,
            click_beside_p99_ms: 29.0,
        };
        let locks = Locks { accounts: 6, locked: 5, one_wait_ms: 3000.0, sync_ms: 3500.0 };
        let zones = [(50, 1000.0), (100, 2100.0), (200, 4400.0), (400, 9000.0)];
        let zones = zones.map(|(accounts, cpu)| Zones {
            accounts,
            zones: 130,
            listings_cpu_ms: cpu,
            sign_in_cpu_ms: cpu / 2.0,
        });
        (clouds, locks, zones.to_vec())
    }

    fn missed(figures: &Measured) -> Vec<String> {
        let verdicts = verdicts(&figures.0, &figures.1, &figures.2);
        assert_eq!(verdicts.len(), 3 + 2 * 4);
        verdicts.into_iter().filter(|verdict| !verdict.kept).map(|verdict| verdict.what).collect()
    }

    #[test]
    fn each_limit_is_missed_alone() {
        assert_eq!(missed(&good()), [""; 0]);
        let spoil: [(&str, Spoil); 5] = [
            ("sync beside", |figures| figures.0.sync_beside_ms = 121.0),
            ("click to request", |figures| figures.0.click_beside_p99_ms = 31.0),
            ("sync of 6 accounts", |figures| figures.1.sync_ms = 15_300.0),
            ("failing sign-in: CPU of 200", |figures| figures.2[2].sign_in_cpu_ms = 2400.0),
            ("failing listings: CPU of 400 accounts in seconds", |figures| {
                for zones in &mut figures.2 {
                    zones.listings_cpu_ms *= 1.8;
                }
            }),
        ];
        for (expected, spoil) in spoil {
            let mut figures = good();
            spoil(&mut figures);
            let missed = missed(&figures);
            assert!(matches!(&missed[..], [one] if one.starts_with(expected)), "{expected}: {missed:?}");
        }
    }

    #[test]
    fn figure_that_is_no_number_misses_its_limit() {
        let mut figures = good();
        (figures.0.sync_alone_ms, figures.0.sync_beside_ms) = (0.0, 0.0);
        assert_eq!(missed(&figures).len(), 1);
    }
}
