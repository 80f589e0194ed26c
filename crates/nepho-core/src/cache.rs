//! The cache's records: the rows and scopes that the store keeps, and the changes that the engine
//! commits to them.

use std::sync::Arc;

use crate::{AccountId, Document, Failure, Resource, Scope, ScopeKey, Timestamp, fingerprint::Fingerprint};

/// A cached row: the resource and the age of its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRow {
    /// The account that owns it.
    pub account: AccountId,
    /// The scope that lists it. The scope's `as_of` is the row's, unless `observed_at` is later.
    pub scope: Scope,
    /// The resource.
    pub resource: Resource,
    /// The start of the first complete listing that did not contain the row, if the latest one did
    /// not.
    pub missing_since: Option<Timestamp>,
    /// The start of a read of this row alone (while an action is followed), if later than its
    /// scope's listing.
    pub observed_at: Option<Timestamp>,
}

/// A stored provider document of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// The document.
    pub document: Document,
    /// The start of the listing or read that returned it; `None` if unknown.
    pub as_of: Option<Timestamp>,
    /// `true` for the full document, `false` for the partial document that a listing returns.
    pub whole: bool,
}

/// The part of a stored row that reconciling compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRow {
    /// The row's native id within the scope.
    pub native: Arc<str>,
    /// The stored row's fingerprint.
    pub row: Fingerprint,
    /// The stored document's fingerprint.
    pub document: Fingerprint,
    /// See [`CachedRow::missing_since`].
    pub missing_since: Option<Timestamp>,
    /// See [`CachedRow::observed_at`].
    pub observed_at: Option<Timestamp>,
}

/// The stored rows of one scope and their generation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownScope {
    /// Number of changes to the scope's rows; zero before the first.
    pub generation: u64,
    /// The rows.
    pub rows: Vec<KnownRow>,
}

/// The polling record of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeRecord {
    /// The scope.
    pub key: ScopeKey,
    /// See [`KnownScope::generation`].
    pub generation: u64,
    /// Number of stored rows, missing ones included.
    pub rows: u64,
    /// The start of the last complete listing, which is the age of the scope's facts.
    pub as_of: Option<Timestamp>,
    /// Time of the last attempt to list the scope.
    pub attempted_at: Option<Timestamp>,
    /// The failure of the last attempt; `None` after a success.
    pub failure: Option<Failure>,
}

/// A row to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// The resource.
    pub resource: Resource,
    /// The row's fingerprint.
    pub row: Fingerprint,
    /// The document and its fingerprint, if it changed.
    pub document: Option<(Document, Fingerprint)>,
}

/// The changes that one complete listing makes to its scope. The store commits all of them or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCommit {
    /// The scope.
    pub key: ScopeKey,
    /// The generation that the changes were computed against.
    pub base: u64,
    /// The start of the listing.
    pub started_at: Timestamp,
    /// New and changed rows, and rows that were missing and are listed again.
    pub writes: Vec<RowWrite>,
    /// Unchanged rows whose `missing_since` or `observed_at` the commit must clear.
    pub seen_again: Vec<Arc<str>>,
    /// Rows that this listing did not contain for the first time.
    pub missing: Vec<Arc<str>>,
    /// Rows that this listing did not contain for the second time; the commit deletes them.
    pub gone: Vec<Arc<str>>,
}

/// Reads of single rows, taken while an action is followed. This commit deletes nothing and does
/// not move the scope's `as_of`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsCommit {
    /// The scope.
    pub key: ScopeKey,
    /// The start of the read; becomes the rows' `observed_at`.
    pub observed_at: Timestamp,
    /// The rows.
    pub writes: Vec<RowWrite>,
}

/// Outcome of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The store committed the changes; carries the scope's new generation.
    Committed(u64),
    /// Another process changed the scope after `base`; the store wrote nothing. Reload and try
    /// again.
    Moved,
    /// The stored listing is newer than this one; the store wrote nothing.
    Older,
}
