//! The application's status: its data, its generations, and the whole inventory in numbers.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{State, report::KeyringStatus};

/// The application's status.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its version.
    pub version: &'static str,
    /// The data directory.
    pub data_dir: PathBuf,
    /// `true` once the complete inventory is in memory.
    pub ready: bool,
    /// The number of accounts.
    pub accounts: usize,
    /// `true` if the demo cloud is one of them.
    pub demo: bool,
    /// The generations.
    pub changes: Changes,
    /// The whole inventory in numbers.
    pub totals: Totals,
    /// The keyring's result at its last use.
    pub keyring: KeyringStatus,
    /// Repairs made when the databases were opened.
    pub notes: Vec<OpenNote>,
}

/// Generations: numbers that grow with each change and tell the window to query again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows, freshness or overlays.
    pub inventory: u64,
    /// Accounts, sign-in or sync progress.
    pub accounts: u64,
    /// Operations or the journal.
    pub operations: u64,
}

/// Counts over the whole inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows in all.
    pub all: usize,
    /// Rows by state as shown; states without rows are left out.
    pub states: BTreeMap<State, usize>,
    /// Rows whose facts may be out of date, without the missing ones.
    pub stale: usize,
    /// Rows that the last complete listing of their scope did not show.
    pub missing: usize,
    /// Rows with an action whose result was not observed yet.
    pub pending: usize,
}

/// A repair that opening the store made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenNote {
    /// The cache could not be used; it was moved aside and an empty one made, which polling fills.
    CacheRebuilt {
        /// The reason.
        fault: CacheFault,
        /// The present place of the old file.
        kept: PathBuf,
    },
    /// The durable database was damaged; what could be read of it is in a new file.
    StateSalvaged {
        /// Journal entries saved, each at its place in the chain.
        entries: u64,
        /// Journal entries known to have been there and not saved; verifying finds the first.
        lost: u64,
        /// Accounts saved.
        accounts: u64,
        /// Settings saved.
        settings: u64,
        /// The present place of the damaged file; it is never deleted.
        kept: PathBuf,
    },
}

/// The reason why a cache could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheFault {
    /// It was written by a newer Nephoscope.
    Newer,
    /// It is damaged.
    Damaged,
}
