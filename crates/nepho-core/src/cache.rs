//! The cache's records: what the store keeps of a sweep, and what the engine asks it to change.

use std::sync::Arc;

use crate::{AccountId, Document, Failure, Resource, Scope, ScopeKey, Timestamp, fingerprint::Fingerprint};

/// A row of the cache as it is shown: the resource and how fresh it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRow {
    /// Whose it is.
    pub account: AccountId,
    /// The scope that lists it; its `as_of` is the row's, unless `observed_at` is later.
    pub scope: Scope,
    /// The resource.
    pub resource: Resource,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<Timestamp>,
    /// A reading of this row alone (while following an action) later than its scope's listing.
    pub observed_at: Option<Timestamp>,
}

/// A resource's description by its provider, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// The description.
    pub document: Document,
    /// As of when: the start of the reading that showed it. `None` if that is not known.
    pub as_of: Option<Timestamp>,
    /// Whether it is all that the provider says of the resource; otherwise it is the part that a
    /// listing shows.
    pub whole: bool,
}

/// What reconciling needs to know of a stored row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRow {
    /// Its native id within the scope.
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

/// The stored rows of one scope, and the generation that they belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownScope {
    /// Counts every change of the scope's rows; zero before the first.
    pub generation: u64,
    /// The rows.
    pub rows: Vec<KnownRow>,
}

/// What is known of one scope's polling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeRecord {
    /// Which scope.
    pub key: ScopeKey,
    /// See [`KnownScope::generation`].
    pub generation: u64,
    /// Rows stored, missing ones included.
    pub rows: u64,
    /// The start of the last complete listing: how old its facts are.
    pub as_of: Option<Timestamp>,
    /// When it was last tried.
    pub attempted_at: Option<Timestamp>,
    /// Why the last try failed; `None` after a success.
    pub failure: Option<Failure>,
}

/// A row to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// The resource.
    pub resource: Resource,
    /// Its fingerprint.
    pub row: Fingerprint,
    /// The document and its fingerprint, if it changed.
    pub document: Option<(Document, Fingerprint)>,
}

/// The changes that one complete listing makes to its scope; committed whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCommit {
    /// Which scope.
    pub key: ScopeKey,
    /// The generation that the changes were computed against.
    pub base: u64,
    /// When the listing started.
    pub started_at: Timestamp,
    /// New and changed rows; also rows that were missing and are back.
    pub writes: Vec<RowWrite>,
    /// Unchanged rows whose `missing_since` or `observed_at` must be cleared.
    pub seen_again: Vec<Arc<str>>,
    /// Rows not listed, first time.
    pub missing: Vec<Arc<str>>,
    /// Rows not listed, second time: deleted.
    pub gone: Vec<Arc<str>>,
}

/// Readings of single rows, while an action is followed. Deletes nothing and does not move the
/// scope's `as_of`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsCommit {
    /// Which scope.
    pub key: ScopeKey,
    /// When the reading started; becomes the rows' `observed_at`.
    pub observed_at: Timestamp,
    /// The rows.
    pub writes: Vec<RowWrite>,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// Done; the scope's generation now.
    Committed(u64),
    /// Another process changed the scope since `base`: nothing was written. Reload and try again.
    Moved,
    /// The stored listing is newer than this one: nothing was written.
    Older,
}
