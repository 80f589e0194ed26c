//! The handle that the engine holds: each method is one job on the store's worker.

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
    journal::{JournalEntry, NewEntry, OperationId, Verification},
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

/// Worker that read, so that one long reading does not hold up the others.
const READERS: usize = 2;

/// The databases of one data directory. Cheap to clone.
///
/// Dropping the last clone finishes what was asked for and closes the files; a process that ends
/// without that has them checked when they are next opened. A method's job runs to its end even if
/// its future is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Option<Desk>,
    open_lock: Option<OpenLock>,
    sound: Arc<AtomicBool>,
}

/// Where jobs are done.
enum Desk {
    /// On the caller's thread, and done when the future is first polled: for tests on paused time.
    Inline(Box<Mutex<Pair>>),
    /// On worker of the store's own. Dropped in this order: the writer's connections close last and
    /// alone, so that they move the logs into the databases. Two that close at one moment may each
    /// leave that to the other.
    Worker { readers: Worker, writer: Worker },
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.desk {
            Some(Desk::Worker { .. }) => f.write_str("Store"),
            _ => f.write_str("Store(in memory)"),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The worker end first: the files are in order only when every connection is closed.
        self.desk = None;
        if let Some(open_lock) = self.open_lock.take() {
            open_lock.leave(self.sound.load(Ordering::Relaxed));
        }
    }
}

impl Store {
    /// Opens (and makes, if need be) the databases in `dir`. Blocks.
    ///
    /// The notes say what had to be put right. An unusable cache is no error; a durable database
    /// that is newer than this Nephoscope, and a directory that others may write to, are.
    pub fn open(dir: &Path) -> Result<(Self, Vec<OpenNote>), StoreError> {
        let Opened { writer, readers, open_lock, notes } = open::open(dir, READERS)?;
        let desk = Desk::Worker {
            writer: Worker::start("store-writer", vec![writer])?,
            readers: Worker::start("store-reader", readers)?,
        };
        Ok((Self::over(desk, Some(open_lock)), notes))
    }

    /// Opens empty databases that end with the handle. Everything is done on the caller's thread
    /// within the first poll, so that it can be used on tokio's paused time.
    pub fn in_memory() -> Result<Self, StoreError> {
        let pair = Pair::in_memory().map_err(|fault| fault.while_doing("open in memory"))?;
        Ok(Self::over(Desk::Inline(Box::new(Mutex::new(pair))), None))
    }

    fn over(desk: Desk, open_lock: Option<OpenLock>) -> Self {
        Self { inner: Arc::new(Inner { desk: Some(desk), open_lock, sound: Arc::new(AtomicBool::new(true)) }) }
    }

    /// Every account, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read("list the accounts", |pair| accounts::all(&pair.state)).await
    }

    /// Adds the account, or replaces the one with its id. Two accounts never share a name.
    pub async fn put_account(&self, account: &Account) -> Result<(), StoreError> {
        let account = account.clone();
        self.write("store the account", move |pair| accounts::put(&pair.state, &account)).await
    }

    /// Pins the account where it is not pinned yet, and changes nothing else of it; answers it as it is
    /// stored now, or `None` when it was removed meanwhile.
    pub async fn pin_account(&self, id: &AccountId, identity: &Identity) -> Result<Option<Account>, StoreError> {
        let (id, identity) = (id.clone(), identity.clone());
        self.write("pin the account", move |pair| accounts::pin(&pair.state, &id, &identity)).await
    }

    /// Forgets the account, and drops its scopes, rows and documents. Its journal entries stay.
    pub async fn remove_account(&self, id: &AccountId) -> Result<(), StoreError> {
        let id = id.clone();
        self.write("remove the account", move |pair| {
            // The cache first: if we end between the two, polling brings the rows back.
            let writing = connection::write(&mut pair.cache)?;
            scopes::retain(&writing, &id, &[])?;
            writing.commit()?;
            accounts::remove(&pair.state, &id)
        })
        .await
    }

    /// The setting's text, if it was ever put.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read("read the setting", move |pair| settings::get(&pair.state, &name)).await
    }

    /// Sets the setting's text.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write("store the setting", move |pair| settings::put(&pair.state, &name, &value)).await
    }

    /// Every scope that was ever tried, by account and location.
    pub async fn scopes(&self) -> Result<Vec<ScopeRecord>, StoreError> {
        self.read("list the scopes", |pair| scopes::all(&pair.cache)).await
    }

    /// The scope's rows as reconciling sees them; generation zero and no rows if it is not known.
    pub async fn known_scope(&self, key: &ScopeKey) -> Result<KnownScope, StoreError> {
        let key = key.clone();
        self.read("read the scope", move |pair| commits::known_scope(&mut pair.cache, &key)).await
    }

    /// Commits a complete listing, whole or not at all.
    ///
    /// Rows that were read alone after the listing began keep what that reading said. The generation
    /// moves only if a row changed; the scope's `as_of` always does.
    pub async fn commit_scope(&self, commit: impl Into<Arc<ScopeCommit>>) -> Result<CommitOutcome, StoreError> {
        let commit = commit.into();
        self.write("commit the scope", move |pair| commits::commit_scope(&mut pair.cache, &commit)).await
    }

    /// Commits readings of single rows, whole or not at all; `Older` if the scope was listed since.
    pub async fn commit_rows(&self, commit: RowsCommit) -> Result<CommitOutcome, StoreError> {
        self.write("commit the rows", move |pair| commits::commit_rows(&mut pair.cache, &commit)).await
    }

    /// Records that the scope could not be listed. Its rows and their age stay as they are.
    pub async fn fail_scope(
        &self,
        key: &ScopeKey,
        attempted_at: Timestamp,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        let (key, failure) = (key.clone(), failure.clone());
        self.write("record the failure", move |pair| {
            let writing = connection::write(&mut pair.cache)?;
            scopes::fail(&writing, &key, attempted_at, &failure)?;
            Ok(writing.commit()?)
        })
        .await
    }

    /// Forgets the account's scopes that are not among `scopes`, with their rows and documents.
    pub async fn retain_scopes(&self, account: &AccountId, scopes: &[Scope]) -> Result<(), StoreError> {
        let (account, kept) = (account.clone(), scopes.to_vec());
        self.write("forget scopes", move |pair| {
            let writing = connection::write(&mut pair.cache)?;
            scopes::retain(&writing, &account, &kept)?;
            Ok(writing.commit()?)
        })
        .await
    }

    /// Every row of the cache, in no order.
    pub async fn rows(&self) -> Result<Vec<CachedRow>, StoreError> {
        self.read("read the rows", |pair| resources::all(&*connection::read(&mut pair.cache)?)).await
    }

    /// The scope's rows, by name.
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

    /// The first rows of all, in the inventory's order of names: what the window shows before the index is ready.
    pub async fn first_rows(&self, limit: usize) -> Result<Vec<CachedRow>, StoreError> {
        let limit = signed(limit);
        self.read("read the first rows", move |pair| resources::first(&*connection::read(&mut pair.cache)?, limit))
            .await
    }

    /// The provider's own description of the resource as it was listed, if one is stored.
    pub async fn document(&self, key: &ResourceKey) -> Result<Option<Document>, StoreError> {
        let key = key.clone();
        self.read("read the document", move |pair| documents::get(&pair.cache, &key)).await
    }

    /// Stores a description of the resource that was read whole at `read_at`, beside the listed one,
    /// which may show only a part. Answers whether it did: a resource that has no row keeps none, and
    /// what was read later stays.
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

    /// The description of the resource that was last read whole, and when; see
    /// [`Store::put_full_document`].
    pub async fn full_document(&self, key: &ResourceKey) -> Result<Option<(Document, Timestamp)>, StoreError> {
        let key = key.clone();
        self.read("read the document", move |pair| full_documents::get(&pair.cache, &key)).await
    }

    /// Appends to the journal, all entries or none; they are on the disk when this returns.
    pub async fn append(&self, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, StoreError> {
        self.write("write the journal", move |pair| journal::append(&mut pair.state, entries)).await
    }

    /// The newest entries of the journal, newest first; with `before`, only those before that place.
    pub async fn journal(&self, limit: usize, before: Option<u64>) -> Result<Vec<JournalEntry>, StoreError> {
        self.read("read the journal", move |pair| journal::newest(&pair.state, signed(limit), before)).await
    }

    /// The newest entries of one resource, newest first.
    pub async fn entries_of(&self, key: &ResourceKey, limit: usize) -> Result<Vec<JournalEntry>, StoreError> {
        let key = key.clone();
        self.read("read the journal", move |pair| journal::of_resource(&pair.state, &key, signed(limit))).await
    }

    /// The entries of one operation, oldest first.
    pub async fn operation(&self, id: &OperationId) -> Result<Vec<JournalEntry>, StoreError> {
        let id = id.clone();
        self.read("read the operation", move |pair| journal::of_operation(&pair.state, &id)).await
    }

    /// The entries of the operations that began last: the latest operation first, each oldest first.
    pub async fn recent_operations(&self, limit: usize) -> Result<Vec<Vec<JournalEntry>>, StoreError> {
        self.read("read the operations", move |pair| journal::recent_operations(&mut pair.state, signed(limit))).await
    }

    /// The latest entry of each target of each operation, where more is expected; oldest first.
    pub async fn unfinished(&self) -> Result<Vec<JournalEntry>, StoreError> {
        self.read("read unfinished operations", |pair| journal::unfinished(&pair.state)).await
    }

    /// Checks the journal's whole chain.
    pub async fn verify_journal(&self) -> Result<Verification, StoreError> {
        self.read("verify the journal", |pair| verify::verify(&mut pair.state)).await
    }

    /// A number that is another one after a commit to the cache by anybody but this handle (and its
    /// clones): another process, or another handle of this one.
    pub async fn data_version(&self) -> Result<i64, StoreError> {
        // Asked of the connection that writes, which does not count its own commits.
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
        let sound = Arc::clone(&self.inner.sound);
        let job = move |pair: &mut Pair| {
            job(pair).map_err(|fault| {
                let error = fault.while_doing(doing);
                if matches!(error, StoreError::Damaged { .. }) {
                    // Not left in order: the next opening checks the files.
                    sound.store(false, Ordering::Relaxed);
                }
                error
            })
        };
        match self.inner.desk.as_ref().ok_or(StoreError::Closed)? {
            Desk::Inline(pair) => job(&mut pair.lock().unwrap_or_else(PoisonError::into_inner)),
            Desk::Worker { writer, .. } if writes => writer.run(job).await?,
            Desk::Worker { readers, .. } => readers.run(job).await?,
        }
    }
}

fn signed(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
