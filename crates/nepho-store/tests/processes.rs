//! Tests of killed processes, and of processes that share the directory.
//!
//! The test binary starts itself again as the child; `child` does nothing without a role.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use nepho_core::{
    cache::{CommitOutcome, RowWrite, ScopeCommit},
    journal::Verification,
};
use nepho_store::Store;
use rusqlite::Connection;
use support::*;

const REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "ap-south-1"];
const ROLE: &str = "NEPHO_STORE_TEST_ROLE";
const DIR: &str = "NEPHO_STORE_TEST_DIR";

#[test]
fn child() {
    let (Ok(role), Ok(dir)) = (std::env::var(ROLE), std::env::var(DIR)) else { return };
    let (store, notes) = Store::open(Path::new(&dir)).expect("a store");
    assert_eq!(notes, []);
    match role.as_str() {
        "commit" => commit_until_killed(&store),
        "append" => append_until_killed(&store),
        other => count_up(&store, other),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "> {line}").expect("the parent reads");
    out.flush().expect("the parent reads");
}

struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn start(role: &str, dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "child", "--nocapture"])
            .env(ROLE, role)
            .env(DIR, dir)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, lines }
    }

    /// Returns the next line that the child writes; `None` after its end.
    fn next(&mut self) -> Option<String> {
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("> ").map(|(_, text)| text.to_owned()))
    }

    /// Kills the child and returns the lines that were not read yet.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// Returns the number of rows of a scope in a generation.
fn size(generation: u64) -> u64 {
    150 + generation % 7 * 10
}

/// A listing that names the new generation in every row of the scope.
fn next_listing(region: &str, base: u64) -> ScopeCommit {
    let generation = base + 1;
    let native = |i: u64| format!("i-{region}-{i}");
    let writes: Vec<RowWrite> = (0..size(generation))
        .map(|i| write(resource(region, &native(i), &format!("generation {generation}"))))
        .collect();
    let mut commit = listing(region, base, i64::try_from(generation).expect("small"), writes);
    commit.gone = (size(generation)..size(base)).map(|i| Arc::from(native(i))).collect();
    commit
}

fn commit_until_killed(store: &Store) {
    for _ in 0..100_000 {
        for region in REGIONS {
            let base = wait(store.known_scope(&scope(region))).expect("a scope").generation;
            let outcome = wait(store.commit_scope(next_listing(region, base))).expect("an outcome");
            assert_eq!(outcome, CommitOutcome::Committed(base + 1));
            say(&format!("{region} {}", base + 1));
        }
    }
}

fn append_until_killed(store: &Store) {
    for round in 0..1_000_000 {
        let entries =
            (0..3).map(|i| entry(&format!("op-{}-{round}", std::process::id()), &format!("i-{i}"), sent())).collect();
        let appended = wait(store.append(entries)).expect("appended");
        say(&appended.last().expect("three").seq.to_string());
    }
}

#[test]
fn killed_process_leaves_scopes_complete_and_loses_no_commit() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut confirmed: HashMap<String, u64> = HashMap::new();
    for round in 0..30_u64 {
        let mut worker = Worker::start("commit", dir.path());
        let mut lines = Vec::new();
        for _ in 0..=round % 5 {
            lines.extend(worker.next());
        }
        assert!(!lines.is_empty(), "it committed");
        // This waits for nothing: each delay hits another moment of the commit.
        std::thread::sleep(Duration::from_micros(round * 733 % 9_000));
        lines.extend(worker.kill());
        for line in lines {
            let (region, generation) = line.split_once(' ').expect("two words");
            confirmed.insert(region.to_owned(), generation.parse().expect("a number"));
        }
        assert!(!dir.path().join("clean").exists(), "it was not closed");
        check_scopes(dir.path(), &confirmed);
    }
}

fn check_scopes(dir: &Path, confirmed: &HashMap<String, u64>) {
    let store = open(dir);
    for record in wait(store.scopes()).expect("scopes") {
        let region = record.key.scope.location.to_string();
        let rows = wait(store.rows_of(&record.key)).expect("rows");
        let expected = format!("generation {}", record.generation);
        assert!(rows.iter().all(|row| row.resource.name == expected), "{region} is torn");
        let count = u64::try_from(rows.len()).expect("small");
        assert_eq!((count, record.rows), (size(record.generation), size(record.generation)), "{region}");
        assert_eq!(record.as_of, Some(at(i64::try_from(record.generation).expect("small"))));
        let confirmed = confirmed.get(&region).copied().unwrap_or(0);
        assert!(record.generation >= confirmed, "{region} lost a commit: {} after {confirmed}", record.generation);
        for row in rows {
            assert!(wait(store.document(&row.resource.key)).expect("a document").is_some());
        }
    }
    drop(store);
    let raw = Connection::open(dir.join("cache.db")).expect("the cache");
    let orphans: i64 = raw
        .query_row("SELECT count(*) FROM documents WHERE resource_id NOT IN (SELECT id FROM resources)", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert_eq!(orphans, 0);
}

#[test]
fn killed_process_keeps_every_confirmed_journal_entry() {
    let dir = tempfile::tempdir().expect("a directory");
    for round in 0..6_u64 {
        let mut worker = Worker::start("append", dir.path());
        let mut last = None;
        for _ in 0..=round {
            last = worker.next().or(last);
        }
        std::thread::sleep(Duration::from_micros(round * 511));
        let last = worker.kill().pop().or(last).expect("it appended");
        let confirmed: u64 = last.parse().expect("a number");
        let store = open(dir.path());
        match wait(store.verify_journal()).expect("a verdict") {
            Verification::Intact { entries, .. } => {
                assert!(entries >= confirmed, "{entries} entries, {confirmed} confirmed");
                assert_eq!(entries % 3, 0, "three or none");
            }
            broken @ Verification::Broken { .. } => panic!("{broken:?}"),
        }
    }
}

const TIMES: u64 = 100;

/// Adds a row and an entry a hundred times, each computed from the stored ones.
fn count_up(store: &Store, name: &str) {
    let region = REGIONS[0];
    for i in 0..TIMES {
        let mut committed = false;
        for _ in 0..10_000 {
            let base = wait(store.known_scope(&scope(region))).expect("a scope").generation;
            let commit = listing(region, base, 1, vec![row(region, &format!("i-{name}-{i}"))]);
            match wait(store.commit_scope(commit)).expect("an outcome") {
                CommitOutcome::Moved => {}
                CommitOutcome::Committed(generation) => {
                    assert_eq!(generation, base + 1);
                    committed = true;
                    break;
                }
                CommitOutcome::Older => panic!("as old as the other"),
            }
        }
        assert!(committed, "the commit never succeeded");
        wait(store.append(vec![entry(name, &format!("i-{i}"), sent())])).expect("appended");
    }
}

#[test]
fn two_writing_processes_lose_no_changes() {
    let dir = tempfile::tempdir().expect("a directory");
    let workers = ["one", "two"].map(|name| Worker::start(name, dir.path()));
    for mut worker in workers {
        while worker.next().is_some() {}
        assert!(worker.child.wait().expect("ended").success());
    }
    let store = open(dir.path());
    let record = wait(store.scopes()).expect("scopes").remove(0);
    assert_eq!((record.generation, record.rows), (2 * TIMES, 2 * TIMES));
    assert_eq!(wait(store.rows()).expect("rows").len(), 200);
    assert!(matches!(wait(store.verify_journal()), Ok(Verification::Intact { entries: 200, .. })));
    for name in ["one", "two"] {
        assert_eq!(wait(store.operation(&name.into())).expect("entries").len(), 100);
    }
}

#[test]
fn data_version_changes_with_other_processes_cache_commits() {
    let dir = tempfile::tempdir().expect("a directory");
    let (ours, theirs) = (open(dir.path()), open(dir.path()));
    let version = || wait(ours.data_version()).expect("a version");
    let before = version();
    wait(ours.commit_scope(listing(REGIONS[0], 0, 1, vec![row(REGIONS[0], "i-1")]))).expect("committed");
    wait(theirs.put_setting("theme", "dark")).expect("stored");
    assert_eq!(version(), before, "neither our own commits nor the durable file count");
    wait(theirs.commit_scope(listing(REGIONS[0], 1, 2, vec![]))).expect("committed");
    let after = version();
    assert_ne!(after, before);
    assert_eq!(version(), after);
    assert_eq!(wait(ours.scopes()).expect("scopes")[0].as_of, Some(at(2)));
}
