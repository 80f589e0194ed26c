//! What opening the store had to put right, for the operator to know.

use std::path::PathBuf;

/// Something that opening the store had to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenNote {
    /// The cache could not be used; it was moved aside and an empty one made, which polling fills.
    CacheRebuilt {
        /// Why.
        fault: CacheFault,
        /// Where the old file is now.
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
        /// Where the damaged file is now; it is never deleted.
        kept: PathBuf,
    },
}

/// Why a cache could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheFault {
    /// It was written by a newer Nephoscope.
    Newer,
    /// It is damaged.
    Damaged,
}
