//! `bench sync`: a full sync by the release build of `nepho`, compared with the limit and the floor.
//!
//! For each cloud, each round runs these in sequence, each in a separate process: the clients to
//! compare with, of which the floor does the least work; a first sync into an empty data folder; a
//! sync of the same inventory again, which must write no row.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    check,
    cloud::{Cloud, Reference},
    count::{self, Counted},
    double::Double,
    figures::{Figures, Rounds},
    load::Load,
    measure::{Cost, measure},
};
use crate::{command::Cmd, workspace::Workspace};

/// Counts in the output of `nepho sync --json`.
#[derive(Deserialize)]
struct Printed {
    requests: u64,
    resources: u64,
    changed: u64,
}

/// One cloud's server with the load and the programs of its rounds.
struct Session<'a> {
    load: &'a Load,
    cloud: Cloud,
    programs: &'a Path,
    double: Double,
    folder: &'a Path,
}

/// Runs the measurement; prints the document on standard output and a table on standard error.
pub fn run(workspace: &Workspace, load: &Load) -> Result<ExitCode> {
    let programs = match &load.binaries {
        Some(folder) => {
            folder.canonicalize().with_context(|| format!("cannot open the folder of programs {}", folder.display()))?
        }
        None => release(workspace)?,
    };
    let folder = std::env::temp_dir().join(format!("nephoscope-bench-{}", std::process::id()));
    let document = clouds(load, &programs, &folder);
    fs::remove_dir_all(&folder).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    println!("{}", serde_json::to_string_pretty(&document?)?);
    Ok(ExitCode::SUCCESS)
}

/// Measures each cloud. Returns the document with their figures.
fn clouds(load: &Load, programs: &Path, folder: &Path) -> Result<Value> {
    let mut figures = Map::new();
    for &cloud in load.cloud.clouds() {
        let double = Double::start(programs, cloud, load)?;
        let session = Session { load, cloud, programs, double, folder };
        let rounds = session.run().with_context(|| format!("at {}", cloud.name()))?;
        eprint!("{}", rounds.table(cloud.name()));
        figures.insert(cloud.name().to_owned(), rounds.json());
    }
    Ok(json!({"bench": "sync", "load": load, "clouds": figures}))
}

/// Builds the release of the programs to measure. Returns their folder.
fn release(workspace: &Workspace) -> Result<PathBuf> {
    let packages = ["build", "--release", "--locked", "--package", "nepho-cli", "--package", "nepho-testkit"];
    Cmd::new("cargo", &workspace.root).args(packages).show()?;
    Ok(workspace.target.join("release"))
}

impl Session<'_> {
    fn run(&self) -> Result<Rounds> {
        let mut rounds = Rounds::default();
        for round in 0..=self.load.runs {
            let mut uncounted = Rounds::default();
            // The first round warms up the machine and the server and is not counted.
            let into = if round == 0 { &mut uncounted } else { &mut rounds };
            self.round(round, into).with_context(|| format!("in round {round}"))?;
        }
        Ok(rounds)
    }

    fn round(&self, round: u64, rounds: &mut Rounds) -> Result<()> {
        let folder = self.folder.join(round.to_string());
        fs::create_dir_all(&folder)?;
        for (number, reference) in self.cloud.references().iter().enumerate() {
            let figures = self.reference(reference, &folder)?;
            if number == 0 {
                rounds.limit(self.double.served()?.slowest_ms);
            }
            rounds.add(reference.name, figures);
        }

        let mut env = vec![("NEPHOSCOPE_DATA_DIR", text(&folder.join("data"))?.to_owned())];
        env.extend(self.cloud.credentials().iter().map(|(name, value)| (*name, (*value).to_owned())));
        let endpoint = self.double.endpoint();
        let add = [&["accounts", "add"], self.cloud.account(), &["--name", "bench", "--endpoint", &endpoint]].concat();
        measure(&self.nepho(), &add, &folder, &env)?;
        let first = self.sync("first", &folder, &env, rounds)?;
        let again = self.sync("again", &folder, &env, rounds)?;
        if again.generation != first.generation {
            bail!("a sync of the same inventory wrote rows: generation {} → {}", first.generation, again.generation);
        }
        fs::remove_dir_all(&folder).context("failed to remove the round's folder")
    }

    /// One run of a client to compare with.
    fn reference(&self, reference: &Reference, folder: &Path) -> Result<Figures> {
        let database = folder.join(format!("{}.db", reference.name));
        let port = self.double.port.to_string();
        let mut arguments = vec![reference.api, &port, text(&database)?];
        arguments.extend(reference.method);
        self.double.reset()?;
        let (_, cost) = measure(&self.programs.join("bench_floor"), &arguments, folder, &[])?;
        let counted = count::floor(&database)?;
        self.figures(reference.name, cost, &counted, counted.rows)
    }

    /// One sync by `nepho` into `data` under `folder`. Returns the counts of its cache.
    fn sync(
        &self,
        client: &'static str,
        folder: &Path,
        env: &[(&str, String)],
        rounds: &mut Rounds,
    ) -> Result<Counted> {
        self.double.reset()?;
        let (output, cost) = measure(&self.nepho(), &["sync", "--json"], folder, env)?;
        let printed: Printed = serde_json::from_str(&output).context("unexpected output of `nepho sync --json`")?;
        let counted = count::cache(&folder.join("data/cache.db"))?;
        let figures = self.figures(client, cost, &counted, printed.changed)?;
        if (printed.requests, printed.resources) != (figures.requests, counted.rows) {
            bail!(
                "{client} printed {} requests and {} rows, but the server counted {} requests and the database {} rows",
                printed.requests,
                printed.resources,
                figures.requests,
                counted.rows
            );
        }
        let expected = if client == "first" { counted.rows } else { 0 };
        if printed.changed != expected {
            bail!("the {client} sync wrote {} rows, expected {expected}", printed.changed);
        }
        rounds.add(client, figures);
        Ok(counted)
    }

    fn figures(&self, client: &str, cost: Cost, counted: &Counted, written: u64) -> Result<Figures> {
        let served = self.double.served()?;
        check::complete(self.load, self.cloud, client, &served, counted)?;
        Ok(Figures::new(cost, &served, counted, written))
    }

    fn nepho(&self) -> PathBuf {
        self.programs.join("nepho")
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
