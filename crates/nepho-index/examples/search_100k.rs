//! Measures keystrokes against 100,000 rows in 17 regions: `cargo run --release -p nepho-index
//! --example search_100k`.
//!
//! Parses and runs each prefix of a set of queries and builds the first 100 rows, as the window
//! does at each keystroke. Prints microseconds and asserts nothing, because the computer may be
//! busy.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use nepho_core::{
    AccountId, Kind, Location, ProviderKind, Realm, Region, Resource, ResourceKey, Scope, ScopeKey, State, Timestamp,
    Zone,
    cache::{CachedRow, ScopeRecord},
    resource::InstanceFacts,
};
use nepho_index::{Change, Query, Snapshot, Sort, SortColumn};

const REGIONS: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "eu-central-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
];
const QUERIES: [&str; 11] = [
    "payments-api-000",
    "i-00000a1b2",
    "10.3.14.15",
    "web prod state:running",
    "tag:env=prod",
    "region:eu-*,us-east-1",
    "-state:stopped tag:team=core ip:10.2.0.0/16",
    "compute.internal",
    "nothing-has-this-name",
    "size:m6i.* is:stale",
    "name:search-worker-0001*",
];
const ROWS: u32 = 100_000;

fn row(n: u32, region: &str) -> CachedRow {
    let role = ["web", "payments-api", "db", "cache", "search-worker", "batch", "queue"][n as usize % 7];
    let env = ["prod", "staging", "dev"][n as usize % 3];
    let state = if n.is_multiple_of(5) { State::Stopped } else { State::Running };
    let ip = std::net::Ipv4Addr::from_bits(0x0A00_0000 + n);
    let tags = [("Name", format!("{role}-{n:06}")), ("env", env.to_owned()), ("team", "core".to_owned())];
    CachedRow {
        account: AccountId::new("lab"),
        scope: scope(region).scope,
        resource: Resource {
            key: ResourceKey {
                provider: ProviderKind::Aws,
                realm: Realm::new("123456789012"),
                region: Region::new(region),
                kind: Kind::Instance,
                native: Arc::from(format!("i-{:017x}", u64::from(n) * 2_654_435_761)),
            },
            name: format!("{role}-{n:06}"),
            zone: Some(Zone::new(format!("{region}{}", ["a", "b", "c"][n as usize % 3]))),
            state,
            raw_state: state.as_str().to_owned(),
            size: ["m6i.xlarge", "c7g.large", "t3.micro", "r6g.2xlarge"][n as usize % 4].to_owned(),
            private_ips: vec![ip.into()],
            public_ips: if n.is_multiple_of(4) { vec![[54, 1, 2, 3].into()] } else { Vec::new() },
            dns_names: vec![format!("ip-{}.{region}.compute.internal", ip.to_string().replace('.', "-"))],
            tags: tags.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<BTreeMap<_, _>>(),
            created_at: None,
            started_at: Timestamp::from_second(1_700_000_000 + i64::from(n)).ok(),
            facts: InstanceFacts::default(),
        },
        missing_since: None,
        observed_at: None,
    }
}

fn scope(region: &str) -> ScopeKey {
    ScopeKey { account: AccountId::new("lab"), scope: Scope { location: Location::new(region), kind: Kind::Instance } }
}

fn scope_rows(index: u32) -> Vec<CachedRow> {
    let regions = u32::try_from(REGIONS.len()).unwrap_or(1);
    (0..ROWS).filter(|n| n % regions == index).map(|n| row(n, REGIONS[index as usize])).collect()
}

#[expect(clippy::print_stdout, reason = "printing is what an example is for")]
fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let micros = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e6;
    println!("{what:34} n {:5}  p50 {:8.0} µs  p99 {:8.0} µs", times.len(), micros(50), micros(99));
}

fn time<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    times.push(start.elapsed());
    made
}

#[expect(clippy::print_stdout, reason = "printing is what an example is for")]
fn resident_mb() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|line| line.starts_with("VmRSS")) {
        println!("{line}");
    }
}

fn main() {
    let now = Timestamp::UNIX_EPOCH;
    let mut changes: Vec<_> = (0_u32..)
        .zip(REGIONS)
        .map(|(index, region)| Change::ReplaceScope { key: scope(region), rows: scope_rows(index) })
        .collect();
    changes.push(Change::Scopes(
        REGIONS
            .map(|region| ScopeRecord {
                key: scope(region),
                generation: 1,
                rows: 0,
                as_of: Some(now),
                attempted_at: Some(now),
                failure: None,
            })
            .to_vec(),
    ));
    resident_mb();
    let mut load = Vec::new();
    let snapshot = time(&mut load, || Snapshot::empty().apply(changes));
    report("build all rows", load);
    resident_mb();

    // The best of twenty rounds is the cost of the work; the rest is other load.
    let mut keystrokes: BTreeMap<&str, Duration> = BTreeMap::new();
    for _ in 0..20 {
        for text in QUERIES {
            for end in 1..=text.len() {
                let mut took = Vec::new();
                let shown = time(&mut took, || {
                    let query = Query::parse(&text[..end]).ok()?;
                    Some(snapshot.search(&query, Sort::default(), now).window(0, 100).len())
                });
                // An error is cheap and would improve the figures.
                if let (Some(_), [took]) = (shown, &*took) {
                    let best = keystrokes.entry(&text[..end]).or_insert(*took);
                    *best = (*best).min(*took);
                }
            }
        }
    }
    if let Some((slowest, took)) = keystrokes.iter().max_by_key(|(_, took)| **took) {
        report(&format!("slowest: {slowest}"), vec![*took]);
    }
    report("keystroke: parse, search, window", keystrokes.into_values().collect());

    for column in SortColumn::ALL {
        let sort = Sort::by(column).descending();
        let (mut first, mut then) = (Vec::new(), Vec::new());
        time(&mut first, || snapshot.search(&Query::default(), sort, now).window(0, 100));
        for _ in 0..20 {
            time(&mut then, || snapshot.search(&Query::default(), sort, now).window(0, 100));
        }
        report(&format!("sort by {column}, first time"), first);
        report(&format!("sort by {column}, then"), then);
    }

    let (mut same, mut swept, mut followed) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..20 {
        let rows = scope_rows(round % 17);
        let key = scope(REGIONS[round as usize % 17]);
        time(&mut same, || snapshot.apply(vec![Change::ReplaceScope { key: key.clone(), rows }]));
        let mut rows = scope_rows(round % 17);
        rows.truncate(rows.len() - 1);
        time(&mut swept, || snapshot.apply(vec![Change::ReplaceScope { key, rows }]));
        let one = vec![row(17 * round, REGIONS[0])];
        time(&mut followed, || snapshot.apply(vec![Change::Rows { upserts: one, removed: Vec::new() }]));
    }
    report("apply: a scope of 5,882 unchanged", same);
    report("apply: a scope less one row", swept);
    report("apply: one row read", followed);

    let hits = snapshot.search(&Query::default(), Sort::default(), now);
    let (mut all, mut summaries) = (Vec::new(), Vec::new());
    let keys = time(&mut all, || hits.keys());
    time(&mut summaries, || keys.iter().filter_map(|key| snapshot.summary(key)).count());
    report("select all: keys", all);
    report("select all: a summary of each", summaries);
}
