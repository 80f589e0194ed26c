//! The handle that the engine holds.

use std::path::Path;

use nepho_core::{
    Account, AccountId, Document, Failure, ResourceKey, Scope, ScopeKey, Timestamp,
    cache::{CachedRow, CommitOutcome, KnownScope, RowsCommit, ScopeCommit, ScopeRecord},
    journal::{JournalEntry, NewEntry, OperationId, Verification},
};

use crate::{OpenNote, StoreError};

/// The databases of one data directory. Cheap to clone; the last clone dropped closes them.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub fn open(dir: &Path) -> Result<(Self, Vec<OpenNote>), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub fn in_memory() -> Result<Self, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn put_account(&self, account: &Account) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn remove_account(&self, id: &AccountId) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn scopes(&self) -> Result<Vec<ScopeRecord>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn known_scope(&self, key: &ScopeKey) -> Result<KnownScope, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn commit_scope(&self, commit: ScopeCommit) -> Result<CommitOutcome, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn commit_rows(&self, commit: RowsCommit) -> Result<CommitOutcome, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn fail_scope(
        &self,
        key: &ScopeKey,
        attempted_at: Timestamp,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn retain_scopes(&self, account: &AccountId, scopes: &[Scope]) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn rows(&self) -> Result<Vec<CachedRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn rows_of(&self, key: &ScopeKey) -> Result<Vec<CachedRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn first_rows(&self, limit: usize) -> Result<Vec<CachedRow>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn document(&self, key: &ResourceKey) -> Result<Option<Document>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn append(&self, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn journal(&self, limit: usize, before: Option<u64>) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn entries_of(&self, key: &ResourceKey, limit: usize) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn operation(&self, id: &OperationId) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn recent_operations(&self, limit: usize) -> Result<Vec<Vec<JournalEntry>>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn unfinished(&self) -> Result<Vec<JournalEntry>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn verify_journal(&self) -> Result<Verification, StoreError> {
        Err(StoreError::Closed)
    }

    /// Being written.
    #[expect(unused_variables, clippy::unused_async, reason = "being written")]
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        Err(StoreError::Closed)
    }
}
