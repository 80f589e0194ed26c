//! Medians and ratios of the runs, as one JSON document and as a table for people.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::{count::Counted, double::Served, measure::Cost};

/// One run of one client.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// From the process's start to its end.
    pub wall_ms: f64,
    /// User and system time.
    pub cpu_ms: f64,
    /// Per instance listed.
    pub cpu_us_per_instance: f64,
    /// Peak resident memory.
    pub rss_mb: f64,
    /// Requests, counted by the server.
    pub requests: u64,
    /// Bytes of bodies, counted by the server.
    pub bytes: u64,
    /// Connections, counted by the server.
    pub connections: u64,
    /// Highest number of concurrent requests, counted by the server.
    pub most_in_flight: u64,
    /// Rows in pages, counted by the server.
    pub rows_served: u64,
    /// Regions or zones listed, counted by the server.
    pub scopes_served: u64,
    /// Rows, counted in the database.
    pub rows_stored: u64,
    /// Regions or zones, counted in the database.
    pub scopes_stored: u64,
    /// Rows that this run wrote.
    pub rows_written: u64,
}

impl Figures {
    /// Combines the cost of a run with the counts of the server and the database.
    pub fn new(cost: Cost, served: &Served, counted: &Counted, rows_written: u64) -> Self {
        Self {
            wall_ms: cost.wall_ms,
            cpu_ms: cost.cpu_ms,
            cpu_us_per_instance: cost.cpu_ms * 1e3 / real(counted.rows.max(1)),
            rss_mb: real(cost.rss_kb) / 1024.0,
            requests: served.requests,
            bytes: served.bytes,
            connections: served.connections,
            most_in_flight: served.most_in_flight,
            rows_served: served.rows,
            scopes_served: served.scopes,
            rows_stored: counted.rows,
            scopes_stored: counted.scopes,
            rows_written,
        }
    }
}

/// Runs of the clients by name, and the limit of each round: the server's time for the pages of the
/// slowest region or zone in sequence.
#[derive(Debug, Default)]
pub struct Rounds {
    runs: BTreeMap<&'static str, Vec<Figures>>,
    limits: Vec<f64>,
}

impl Rounds {
    /// Adds a run.
    pub fn add(&mut self, client: &'static str, figures: Figures) {
        self.runs.entry(client).or_default().push(figures);
    }

    /// Adds a round's limit.
    pub fn limit(&mut self, milliseconds: f64) {
        self.limits.push(milliseconds);
    }

    fn of(&self, client: &str) -> &[Figures] {
        self.runs.get(client).map_or(&[], Vec::as_slice)
    }

    /// Median over the rounds of a client's figure divided by the floor's figure in the same round.
    fn over_floor(&self, client: &str, figure: fn(&Figures) -> f64) -> f64 {
        median(self.of(client).iter().zip(self.of("floor")).map(|(one, floor)| figure(one) / figure(floor)))
    }

    fn over_limit(&self, client: &str) -> f64 {
        median(self.of(client).iter().zip(&self.limits).map(|(one, limit)| one.wall_ms / limit))
    }

    /// The figures of one cloud.
    pub fn json(&self) -> Value {
        let clients: BTreeMap<_, _> =
            self.runs.iter().map(|(name, runs)| (name, json!({"median": medians(runs), "runs": runs}))).collect();
        let ratios: BTreeMap<_, _> = self
            .runs
            .keys()
            .map(|name| {
                let ratios = json!({
                    "wall_over_limit": self.over_limit(name),
                    "cpu_over_floor": self.over_floor(name, |one| one.cpu_ms),
                    "wall_over_floor": self.over_floor(name, |one| one.wall_ms),
                    "rss_over_floor": self.over_floor(name, |one| one.rss_mb),
                    "bytes_over_floor": self.over_floor(name, |one| real(one.bytes)),
                });
                (name, ratios)
            })
            .collect();
        json!({
            "limit_ms": median(self.limits.iter().copied()),
            "clients": clients,
            "ratios": ratios,
        })
    }

    /// The table of one cloud.
    pub fn table(&self, cloud: &str) -> String {
        let mut table = format!(
            "{cloud}: limit {:.0} ms, the slowest listing's pages in sequence\n{:<8}{:>9}{:>8}{:>9}{:>8}{:>10}{:>8}{:>10}{:>12}{:>8}{:>9}\n",
            median(self.limits.iter().copied()),
            "client",
            "wall ms",
            "/limit",
            "cpu ms",
            "/floor",
            "us/inst",
            "RSS MB",
            "requests",
            "bytes",
            "rows",
            "written",
        );
        for (name, runs) in &self.runs {
            let of = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure));
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                table,
                "{name:<8}{:>9.0}{:>8.2}{:>9.0}{:>8.2}{:>10.1}{:>8.1}{:>10.0}{:>12.0}{:>8.0}{:>9.0}",
                of(|one| one.wall_ms),
                self.over_limit(name),
                of(|one| one.cpu_ms),
                self.over_floor(name, |one| one.cpu_ms),
                of(|one| one.cpu_us_per_instance),
                of(|one| one.rss_mb),
                of(|one| real(one.requests)),
                of(|one| real(one.bytes)),
                of(|one| real(one.rows_stored)),
                of(|one| real(one.rows_written)),
            );
        }
        table
    }
}

/// The median of every figure.
fn medians(runs: &[Figures]) -> Value {
    let runs: Vec<Value> = runs.iter().filter_map(|run| serde_json::to_value(run).ok()).collect();
    let Some(Value::Object(first)) = runs.first() else { return Value::Null };
    let of = |name: &String| json!(median(runs.iter().filter_map(|run| run[name].as_f64())));
    first.keys().map(|name| (name.clone(), of(name))).collect::<serde_json::Map<_, _>>().into()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

/// A count as a float, for ratios.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn real(count: u64) -> f64 {
    count as f64
}
