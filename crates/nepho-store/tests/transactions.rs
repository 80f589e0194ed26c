//! Tests of the number of transactions, counted in the database's log.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{fs, path::Path};

use nepho_core::{Failure, ScopeKey};
use support::*;

/// Returns the number of commits in the cache's write-ahead log: the frames that name a size of the
/// database (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(dir: &Path) -> usize {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    let log = fs::read(dir.join("cache.db-wal")).expect("a log");
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"));
    let page = usize::try_from(word(8)).expect("a size");
    let salt = &log[16..24];
    let frames = (HEADER..log.len()).step_by(FRAME_HEADER + page).take_while(|at| at + FRAME_HEADER <= log.len());
    frames.filter(|at| log[at + 8..at + 16] == *salt && word(at + 4) > 0).count()
}

fn failures(count: usize) -> Vec<(ScopeKey, Failure)> {
    (0..count).map(|zone| (scope(&format!("zone-{zone}")), failure())).collect()
}

#[test]
fn failures_of_many_scopes_are_one_transaction() {
    for count in [1, 17, 130] {
        let dir = tempfile::tempdir().expect("a folder");
        let store = open(dir.path());
        for second in [1, 2] {
            let before = commits(dir.path());
            wait(store.fail_scopes(at(second), &failures(count))).expect("recorded");
            assert_eq!(commits(dir.path()) - before, 1, "{count} scopes");
        }
        let records = wait(store.scopes()).expect("scopes");
        assert_eq!(records.iter().filter(|record| record.attempted_at == Some(at(2))).count(), count);
    }
}
