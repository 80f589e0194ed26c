//! The engine's handle: the operations that a host calls. Each method is short; the work is in its
//! module.

mod actions;
mod documents;
mod polling;
mod sync;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use nepho_core::{
    Account, AccountId, Clock, Failure, Identity,
    journal::RunId,
    report::{AccountStatus, Progress},
};
use nepho_index::Snapshot;
use nepho_store::Store;
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Changes, EngineError, Host, account_locks::Locks, actions::executor::Executor, actions::journal::Journal,
    actions::pending_plans::PendingPlans, actions::progress::ProgressTable, session::Sessions, slots::Slots,
    sync::inventory::InventoryWriter, sync::poll::Pollers,
};

/// The engine. Cheap to clone; all clones share one engine.
#[derive(Clone, Debug)]
pub struct Engine(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) inventory: Arc<InventoryWriter>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) locks: Arc<Locks>,
    pub(crate) pending_plans: PendingPlans,
    pub(crate) executor: Executor,
    pollers: Pollers,
    pub(crate) accounts: RwLock<HashMap<AccountId, Account>>,
    /// Serialises the sweeps of one account.
    sweeping: Slots<AsyncMutex<()>>,
    progress: Mutex<HashMap<AccountId, Progress>>,
    loaded: watch::Sender<bool>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Engine {
    /// Starts the engine over a store. On return accounts, scopes and unfinished actions are known,
    /// and requests of ended processes without a response are *unknown*. Rows load in the background; see
    /// [`Engine::loaded`].
    pub async fn start(
        store: Store,
        host: Arc<dyn Host>,
        clock: Arc<dyn Clock>,
        run: RunId,
    ) -> Result<Self, EngineError> {
        let inventory = Arc::new(InventoryWriter::new(store, Arc::clone(&clock)));
        let sessions = Arc::new(Sessions::new(Arc::clone(&host)));
        let locks = Arc::new(Locks::default());
        let stopping = CancellationToken::new();
        let executor = Executor {
            inventory: Arc::clone(&inventory),
            sessions: Arc::clone(&sessions),
            locks: Arc::clone(&locks),
            host: Arc::clone(&host),
            clock: Arc::clone(&clock),
            run,
            stopping: stopping.clone(),
            journal: Journal::new(Arc::clone(&inventory)),
            progress: ProgressTable::default(),
            taken: Mutex::default(),
        };
        let engine = Self(Arc::new(Inner {
            host,
            clock,
            inventory,
            sessions,
            locks,
            pending_plans: PendingPlans::default(),
            executor,
            pollers: Pollers::default(),
            accounts: RwLock::default(),
            sweeping: Slots::default(),
            progress: Mutex::default(),
            loaded: watch::Sender::new(false),
            stopping,
            tasks: TaskTracker::new(),
        }));
        engine.load().await?;
        Ok(engine)
    }

    async fn load(&self) -> Result<(), EngineError> {
        let inner = &self.0;
        let accounts = inner.inventory.store().accounts().await?;
        self.replace_accounts(&accounts);
        inner.inventory.load_outline(accounts).await?;
        inner.executor.journal.reload().await?;
        inner.executor.mark_unanswered().await?;
        let engine = self.clone();
        self.spawn(async move {
            if let Err(error) = engine.0.inventory.load_rows().await {
                tracing::error!(%error, "cannot read the cached rows");
            }
            engine.0.loaded.send_replace(true);
            engine.0.inventory.notify_accounts();
        });
        Ok(())
    }

    /// Returns `true` once the cached rows are in the index.
    pub fn is_loaded(&self) -> bool {
        *self.0.loaded.borrow()
    }

    /// Waits until the cached rows are in the index.
    pub async fn loaded(&self) {
        // The sender lives as long as the engine, so waiting cannot fail.
        let _ = self.0.loaded.subscribe().wait_for(|loaded| *loaded).await;
    }

    /// Returns the current inventory; immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.inventory.snapshot()
    }

    /// Returns generation numbers, which grow with every change.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.0.inventory.changes()
    }

    /// Returns the store, for reads of documents, journal and settings.
    pub fn store(&self) -> &Store {
        self.0.inventory.store()
    }

    /// Returns the pure half of a provider.
    pub fn descriptor(&self, provider: nepho_core::ProviderKind) -> &'static dyn nepho_core::Descriptor {
        self.0.host.descriptor(provider)
    }

    /// Adds or updates an account. Ends its session, so that credentials and access are read again,
    /// and starts its poller if polling is on. The caller updates the store.
    pub async fn put_account(&self, account: Account) {
        let id = account.id.clone();
        write(&self.0.accounts).insert(id.clone(), account.clone());
        self.0.sessions.forget(&id).await;
        self.0.inventory.put_account(account).await;
        self.start_poller(&id);
    }

    /// Removes an account and its rows. The caller updates the store.
    pub async fn remove_account(&self, id: &AccountId) {
        self.0.pollers.stop(id);
        write(&self.0.accounts).remove(id);
        self.0.sessions.remove(id);
        self.0.inventory.remove_account(id).await;
    }

    /// Ends an account's session, so that the next use reads its credentials again.
    pub async fn forget_session(&self, id: &AccountId) {
        self.0.sessions.forget(id).await;
    }

    /// Returns the account, if it exists.
    pub fn account(&self, id: &AccountId) -> Option<Account> {
        read(&self.0.accounts).get(id).cloned()
    }

    /// Returns the status of every account, sorted by name.
    pub fn accounts(&self) -> Vec<AccountStatus> {
        let snapshot = self.snapshot();
        let mut accounts: Vec<Account> = read(&self.0.accounts).values().cloned().collect();
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
        let status = |account: Account| AccountStatus {
            sign_in: self.0.sessions.sign_in(&account.id),
            scopes: snapshot.scopes_of(&account.id).into_iter().cloned().collect(),
            progress: lock(&self.0.progress).get(&account.id).copied(),
            account,
        };
        accounts.into_iter().map(status).collect()
    }

    /// Verifies the account's credentials without using or changing a running session.
    pub async fn verify(&self, account: &Account) -> Result<Identity, Failure> {
        let fresh = Sessions::new(Arc::clone(&self.0.host));
        let session = fresh.of(account).await?;
        Ok(session.identity.clone())
    }

    /// Loads what other processes have stored since. Cheap if nothing changed; returns `true` if
    /// something did.
    pub async fn reload(&self) -> Result<bool, EngineError> {
        let accounts = self.store().accounts().await?;
        let known = read(&self.0.accounts).clone();
        for id in known.keys().filter(|id| !accounts.iter().any(|account| account.id == **id)) {
            self.remove_account(id).await;
        }
        for account in accounts.iter().filter(|account| known.get(&account.id) != Some(account)) {
            self.put_account(account.clone()).await;
        }
        let moved = self.0.inventory.reload(accounts).await?;
        self.0.executor.journal.reload().await?;
        self.0.inventory.notify_operations();
        Ok(moved)
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }

    /// Stops polling and following, and waits until running requests and writes end.
    pub async fn shutdown(&self) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn replace_accounts(&self, accounts: &[Account]) {
        *write(&self.0.accounts) = accounts.iter().map(|account| (account.id.clone(), account.clone())).collect();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
