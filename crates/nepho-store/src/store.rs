//! The store's handle: each method is one job on the store's threads.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use nepho_core::{
    Account, AccountId, Document, Failure, Identity, ResourceKey, Scope, ScopeKey, Timestamp,
    cache::{CachedRow, CommitOutcome, KnownScope, RowsCommit, ScopeCommit, ScopeRecord},
    fingerprint::Fingerprint,
    journal::{JournalEntry, NewEntry, OperationId, Unfinished, Verification},
};

use crate::{
    OpenNote, StoreError, commits,
    connection::{self, Pair},
    error::Fault,
    open::open_lock::OpenLock,
    open::{self, Opened},
    table::accounts,
    table::documents::{self, Packer},
    table::full_documents,
    table::journal,
    table::resources,
    table::scopes,
    table::settings,
    verify,
    worker::Worker,
};

/// Number of reader threads, so that one long read does not block the others.
const READERS: usize = 2;

/// The databases of one data directory. Cheap to clone.
///
/// Dropping the last clone finishes the queued jobs and closes the files. If a process ends without
/// that, the next opening checks the files. A method's job runs to its end even if its future is
/// dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    jobs: Option<Jobs>,
    open_lock: Option<OpenLock>,
    intact: Arc<AtomicBool>,
}

/// The executor of the store's jobs.
enum Jobs {
    /// Runs jobs on the caller's thread, complete when the future is first polled; for tests on
    /// paused time.
    Inline(Box<Mutex<Pair>>),
    /// Runs jobs on the store's threads. The fields drop in this order: the writer's connections
    /// close last and alone, so that they move the logs into the databases. If two connections
    /// close at the same time, each may leave that to the other.
    Threads { readers: Worker, writer: Worker },
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.jobs {
            Some(Jobs::Threads { .. }) => f.write_str("Store"),
            _ => f.write_str("Store(in memory)"),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // End the threads first: the files are clean only when every connection is closed.
        self.jobs = None;
        if let Some(open_lock) = self.open_lock.take() {
            open_lock.leave(self.intact.load(Ordering::Relaxed));
        }
    }
}

impl Store {
    /// Opens the databases in `dir`, and creates them if necessary. Blocks.
    ///
    /// The notes report repairs. An unusable cache is no error. A durable database newer than this
    /// version, and a directory that other users may write to, are errors.
    pub fn open(dir: &Path) -> Result<(Self, Vec<OpenNote>), StoreError> {
        let Opened { writer, readers, open_lock, notes } = open::open(dir, READERS)?;
        let jobs = Jobs::Threads {
            writer: Worker::start("store-writer", vec![writer])?,
            readers: Worker::start("store-reader", readers)?,
        };
        Ok((Self::over(jobs, Some(open_lock)), notes))
    }

    /// Opens empty databases that exist as long as the handle. Every job completes on the caller's
    /// thread within the first poll, so the store works on tokio's paused time.
    pub fn in_memory() -> Result<Self, StoreError> {
        let pair = Pair::in_memory().map_err(|fault| fault.while_doing("open in memory"))?;
        Ok(Self::over(Jobs::Inline(Box::new(Mutex::new(pair))), None))
    }

    fn over(jobs: Jobs, open_lock: Option<OpenLock>) -> Self {
        Self { inner: Arc::new(Inner { jobs: Some(jobs), open_lock, intact: Arc::new(AtomicBool::new(true)) }) }
    }

    /// Returns every account, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read("list the accounts", |pair| accounts::all(&pair.state)).await
    }

    /// Adds the account, or replaces the one with its id. Names are unique.
    pub async fn put_account(&self, account: &Account) -> Result<(), StoreError> {
        let account = account.clone();
        self.write("store the account", move |pair| accounts::put(&pair.state, &account)).await
    }

    /// Pins the account unless it is already pinned, and changes nothing else. Returns the account
    /// as stored now, or `None` if it was removed.
    pub async fn pin_account(&self, id: &AccountId, identity: &Identity) -> Result<Option<Account>, StoreError> {
        let (id, identity) = (id.clone(), identity.clone());
        self.write("pin the account", move |pair| accounts::pin(&pair.state, &id, &identity)).await
    }

    /// Removes the account with its scopes, rows and documents. Its journal entries stay.
    pub async fn remove_account(&self, id: &AccountId) -> Result<(), StoreError> {
        let id = id.clone();
        self.write("remove the account", move |pair| {
            // The cache first: if the process ends between the two steps, polling restores the
            // rows.
            let writing = connection::write(&mut pair.cache)?;
            scopes::retain(&writing, &id, &[])?;
            writing.commit()?;
            accounts::remove(&pair.state, &id)
        })
        .await
    }

    /// Returns the setting's text, if it was ever stored.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read("read the setting", move |pair| settings::get(&pair.state, &name)).await
    }

    /// Stores the setting's text.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write("store the setting", move |pair| settings::put(&pair.state, &name, &value)).await
    }

    /// Returns every scope that was ever listed, by account and location.
    pub async fn scopes(&self) -> Result<Vec<ScopeRecord>, StoreError> {
        self.read("list the scopes", |pair| scopes::all(&pair.cache)).await
    }

    /// Returns the scope's rows for reconciling; generation zero and no rows for an unknown scope.
    pub async fn known_scope(&self, key: &ScopeKey) -> Result<KnownScope, StoreError> {
        let key = key.clone();
        self.read("read the scope", move |pair| commits::known_scope(&mut pair.cache, &key)).await
    }

    /// Commits a complete listing, all of it or nothing.
    ///
    /// Rows that were read alone after the listing started keep the result of that read. The
    /// generation grows only if a row changed; the scope's `as_of` always changes.
    pub async fn commit_scope(&self, commit: impl Into<Arc<ScopeCommit>>) -> Result<CommitOutcome, StoreError> {
        let commit = commit.into();
        self.write("commit the scope", move |pair| commits::commit_scope(&mut pair.cache, &commit)).await
    }

    /// Commits reads of single rows, all or none; `Older` if a later listing is stored.
    pub async fn commit_rows(&self, commit: RowsCommit) -> Result<CommitOutcome, StoreError> {
        self.write("commit the rows", move |pair| commits::commit_rows(&mut pair.cache, &commit)).await
    }

    /// Records that listings failed, in one transaction. The rows of the scopes and their age stay.
    pub async fn fail_scopes(
        &self,
        attempted_at: Timestamp,
        failures: &[(ScopeKey, Failure)],
    ) -> Result<(), StoreError> {
        let failures = failures.to_vec();
        self.write("record the failures", move |pair| {
            let writing = connection::write(&mut pair.cache)?;
            for (key, failure) in &failures {
                scopes::fail(&writing, key, attempted_at, failure)?;
            }
            Ok(writing.commit()?)
        })
        .await
    }

    /// Removes the account's scopes that are not among `scopes`, with their rows and documents.
    pub async fn retain_scopes(&self, account: &AccountId, scopes: &[Scope]) -> Result<(), StoreError> {
        let (account, kept) = (account.clone(), scopes.to_vec());
        self.write("remove scopes", move |pair| {
            let writing = connection::write(&mut pair.cache)?;
            scopes::retain(&writing, &account, &kept)?;
            Ok(writing.commit()?)
        })
        .await
    }

    /// Returns every row of the cache, in no particular order.
    pub async fn rows(&self) -> Result<Vec<CachedRow>, StoreError> {
        self.read("read the rows", |pair| resources::all(&*connection::read(&mut pair.cache)?)).await
    }

    /// Returns the scope's rows, by name.
    pub async fn rows_of(&self, key: &ScopeKey) -> Result<Vec<CachedRow>, StoreError> {
        let key = key.clone();
        self.read("read the scope's rows", move |pair| {
            let reading = connection::read(&mut pair.cache)?;
            match scopes::find(&reading, &key)? {
                Some(scope) => resources::of_scope(&reading, scope.id),
                None => Ok(Vec::new()),
            }
        })
        .await
    }

    /// Returns the first rows in the inventory's order of names, which the window shows before the
    /// index is ready.
    pub async fn first_rows(&self, limit: usize) -> Result<Vec<CachedRow>, StoreError> {
        let limit = signed(limit);
        self.read("read the first rows", move |pair| resources::first(&*connection::read(&mut pair.cache)?, limit))
            .await
    }

    /// Returns the document of the resource from its last listing, if one is stored.
    pub async fn document(&self, key: &ResourceKey) -> Result<Option<Document>, StoreError> {
        let key = key.clone();
        self.read("read the document", move |pair| documents::get(&pair.cache, &key)).await
    }

    /// Stores the full document of the resource, read at `read_at`, separately from the listed one,
    /// which may be partial. Returns `true` if it was stored: a resource without a row keeps no
    /// document, and a later read is not replaced.
    pub async fn put_full_document(
        &self,
        key: &ResourceKey,
        document: &Document,
        read_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (key, document) = (key.clone(), document.clone());
        self.write("store the document", move |pair| {
            let packed = Packer::new()?.pack(&document, Fingerprint::of_document(&document))?;
            full_documents::put(&pair.cache, &key, &packed, read_at)
        })
        .await
    }

    /// Returns the full document of the resource that was read last, with the time of the read; see
    /// [`Store::put_full_document`].
    pub async fn full_document(&self, key: &ResourceKey) -> Result<Option<(Document, Timestamp)>, StoreError> {
        let key = key.clone();
        self.read("read the document", move |pair| full_documents::get(&pair.cache, &key)).await
    }

    /// Appends entries to the journal in one transaction; they are on the disk on return. Leaves out
    /// an entry after its target's final one, and one that repeats its target's last event: another
    /// process has recorded that already.
    pub async fn append(&self, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        self.write("write the journal", move |pair| journal::append(&mut pair.state, entries)).await
    }

    /// Returns the newest entries of the journal, newest first; with `before`, only entries before
    /// that position.
    pub async fn journal(&self, limit: usize, before: Option<u64>) -> Result<Vec<JournalEntry>, StoreError> {
        self.read("read the journal", move |pair| journal::newest(&pair.state, signed(limit), before)).await
    }

    /// Returns the newest entries of one resource, newest first.
    pub async fn entries_of(&self, key: &ResourceKey, limit: usize) -> Result<Vec<JournalEntry>, StoreError> {
        let key = key.clone();
        self.read("read the journal", move |pair| journal::of_resource(&pair.state, &key, signed(limit))).await
    }

    /// Returns the entries of one operation, oldest first.
    pub async fn operation(&self, id: &OperationId) -> Result<Vec<JournalEntry>, StoreError> {
        let id = id.clone();
        self.read("read the operation", move |pair| journal::of_operation(&pair.state, &id)).await
    }

    /// Returns the entries of the latest operations: the latest operation first, its oldest entry
    /// first.
    pub async fn recent_operations(&self, limit: usize) -> Result<Vec<Vec<JournalEntry>>, StoreError> {
        self.read("read the operations", move |pair| journal::recent_operations(&mut pair.state, signed(limit))).await
    }

    /// Returns the targets whose end is not recorded, in the order of sending.
    pub async fn unfinished(&self) -> Result<Vec<Unfinished>, StoreError> {
        self.read("read unfinished operations", |pair| journal::unfinished(&mut pair.state)).await
    }

    /// Checks the complete chain of the journal.
    pub async fn verify_journal(&self) -> Result<Verification, StoreError> {
        self.read("verify the journal", |pair| verify::verify(&mut pair.state)).await
    }

    /// Returns a number that changes after a commit to the cache by another process or by another
    /// handle of this process. Commits of this handle and its clones do not change it.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        // The writing connection returns the number, because it does not count its own commits.
        self.write("read the cache's version", |pair| {
            Ok(pair.cache.pragma_query_value(None, "data_version", |row| row.get(0))?)
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        job: impl FnOnce(&mut Pair) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(doing, job, false).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        job: impl FnOnce(&mut Pair) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(doing, job, true).await
    }

    async fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        job: impl FnOnce(&mut Pair) -> Result<T, Fault> + Send + 'static,
        writes: bool,
    ) -> Result<T, StoreError> {
        let intact = Arc::clone(&self.inner.intact);
        let job = move |pair: &mut Pair| {
            job(pair).map_err(|fault| {
                let error = fault.while_doing(doing);
                if matches!(error, StoreError::Damaged { .. }) {
                    // Do not mark the shutdown as clean: the next opening checks the files.
                    intact.store(false, Ordering::Relaxed);
                }
                error
            })
        };
        match self.inner.jobs.as_ref().ok_or(StoreError::Closed)? {
            Jobs::Inline(pair) => job(&mut pair.lock().unwrap_or_else(PoisonError::into_inner)),
            Jobs::Threads { writer, .. } if writes => writer.run(job).await?,
            Jobs::Threads { readers, .. } => readers.run(job).await?,
        }
    }
}

fn signed(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
