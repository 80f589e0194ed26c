//! `bench sync`: a whole sync by the real `nepho`, against the limit and the floor.
//!
//! Cloud by cloud, each round runs, one after the other and each as a process of its own: the floor
//! (the least work that a client can do) and what else there is to compare with, a first sync into
//! an empty data folder, and a sync of the same inventory again, which must write no row.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    cloud::{Cloud, Reference},
    count::{self, Counted},
    double::Double,
    figures::{Figures, Rounds},
    load::Load,
    measure::{Cost, measure},
};
use crate::{place::Place, process::Run};

/// What `nepho sync --json` says that is compared with what others counted.
#[derive(Deserialize)]
struct Said {
    requests: u64,
    resources: u64,
    changed: u64,
}

/// Everything that a round needs.
struct Course<'a> {
    load: &'a Load,
    cloud: Cloud,
    programs: &'a Path,
    double: Double,
    folder: &'a Path,
}

/// Measures, and prints the document on stdout and a table on stderr.
pub fn run(place: &Place, load: &Load) -> Result<ExitCode> {
    let programs = match &load.binaries {
        Some(folder) => folder.canonicalize().with_context(|| format!("no programs in {}", folder.display()))?,
        None => release(place)?,
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

/// The document: the figures of each cloud.
fn clouds(load: &Load, programs: &Path, folder: &Path) -> Result<Value> {
    let mut figures = Map::new();
    for &cloud in load.cloud.clouds() {
        let double = Double::start(programs, cloud, load)?;
        let course = Course { load, cloud, programs, double, folder };
        let rounds = course.run().with_context(|| format!("at {}", cloud.name()))?;
        eprint!("{}", rounds.table(cloud.name()));
        figures.insert(cloud.name().to_owned(), rounds.json());
    }
    Ok(json!({"bench": "sync", "load": load, "clouds": figures}))
}

/// Builds what is measured, as it is released.
fn release(place: &Place) -> Result<PathBuf> {
    let packages = ["build", "--release", "--locked", "--package", "nepho-cli", "--package", "nepho-testkit"];
    Run::new("cargo", &place.root).args(packages).show()?;
    Ok(place.target.join("release"))
}

impl Course<'_> {
    fn run(&self) -> Result<Rounds> {
        let mut rounds = Rounds::default();
        for round in 0..=self.load.runs {
            let mut counted = Rounds::default();
            // The first warms up the machine and the server, and is not counted.
            let into = if round == 0 { &mut counted } else { &mut rounds };
            self.round(round, into).with_context(|| format!("in round {round}"))?;
        }
        Ok(rounds)
    }

    fn round(&self, round: u64, rounds: &mut Rounds) -> Result<()> {
        let folder = self.folder.join(round.to_string());
        fs::create_dir_all(&folder)?;
        for (place, reference) in self.cloud.references().iter().enumerate() {
            let figures = self.reference(reference, &folder)?;
            if place == 0 {
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

    /// One run of a client to be compared with.
    fn reference(&self, reference: &Reference, folder: &Path) -> Result<Figures> {
        let database = folder.join(format!("{}.db", reference.name));
        let port = self.double.port.to_string();
        let mut arguments = vec![reference.api, &port, text(&database)?];
        arguments.extend(reference.way);
        self.double.forget()?;
        let (_, cost) = measure(&self.programs.join("bench_floor"), &arguments, folder, &[])?;
        let counted = count::floor(&database)?;
        self.figures(reference.name, cost, &counted, counted.rows)
    }

    /// One sync by `nepho` into `data` under `folder`; what its cache then holds.
    fn sync(
        &self,
        client: &'static str,
        folder: &Path,
        env: &[(&str, String)],
        rounds: &mut Rounds,
    ) -> Result<Counted> {
        self.double.forget()?;
        let (printed, cost) = measure(&self.nepho(), &["sync", "--json"], folder, env)?;
        let said: Said = serde_json::from_str(&printed).context("`nepho sync --json` is not understood")?;
        let counted = count::cache(&folder.join("data/cache.db"))?;
        let figures = self.figures(client, cost, &counted, said.changed)?;
        if (said.requests, said.resources) != (figures.requests, counted.rows) {
            bail!(
                "{client} says {} requests and {} rows, the server {} and the database {}",
                said.requests,
                said.resources,
                figures.requests,
                counted.rows
            );
        }
        let expected = if client == "first" { counted.rows } else { 0 };
        if said.changed != expected {
            bail!("the {client} sync wrote {} rows, not {expected}", said.changed);
        }
        rounds.add(client, figures);
        Ok(counted)
    }

    fn figures(&self, client: &str, cost: Cost, counted: &Counted, written: u64) -> Result<Figures> {
        let served = self.double.served()?;
        self.load.check(self.cloud, client, &served, counted)?;
        Ok(Figures::new(cost, &served, counted, written))
    }

    fn nepho(&self) -> PathBuf {
        self.programs.join("nepho")
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
