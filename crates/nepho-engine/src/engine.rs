//! The engine's handle: what a host asks for. Each method is short; the work is in its module.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use futures::future::join_all;
use nepho_core::{
    Account, AccountId, Clock, Failure, FailureCode, Identity, Kind, ResourceKey, Scope,
    journal::RunId,
    provider::{Detail, Target},
    report::{AccountStatus, Progress, SyncReport},
};
use nepho_index::{Query, Snapshot, Sort};
use nepho_store::Store;
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Changes, EngineError, Host,
    act::Actions,
    desk::Desk,
    ledger::Ledger,
    locks::Locks,
    poll::Pollers,
    recover::Orphans,
    session::Sessions,
    sweep::{Extent, Sweep, Swept},
};

/// The states that the cloud leaves by itself. A reading of what the last listing did not show
/// would find nothing.
const MOVING: &str = "state:pending,stopping,suspending,terminating,repairing -is:missing";

/// The engine. Cheap to clone; all clones are one engine.
#[derive(Clone, Debug)]
pub struct Engine(pub(crate) Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) run: RunId,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) locks: Arc<Locks>,
    pub(crate) desk: Desk,
    pub(crate) actions: Actions,
    orphans: Orphans,
    pollers: Pollers,
    pub(crate) accounts: RwLock<HashMap<AccountId, Account>>,
    /// Makes sweeps of one account wait for each other.
    sweeping: Mutex<HashMap<AccountId, Arc<AsyncMutex<()>>>>,
    progress: Mutex<HashMap<AccountId, Progress>>,
    loaded: watch::Sender<bool>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Engine {
    /// Starts over a store: accounts and scopes are known on return, rows load in the background
    /// (see [`Engine::loaded`]), and what an ended process left in the journal is taken over.
    pub async fn start(
        store: Store,
        host: Arc<dyn Host>,
        clock: Arc<dyn Clock>,
        run: RunId,
    ) -> Result<Self, EngineError> {
        let ledger = Arc::new(Ledger::new(store, Arc::clone(&clock)));
        let sessions = Arc::new(Sessions::new(Arc::clone(&host)));
        let locks = Arc::new(Locks::default());
        let stopping = CancellationToken::new();
        let actions = Actions {
            ledger: Arc::clone(&ledger),
            sessions: Arc::clone(&sessions),
            locks: Arc::clone(&locks),
            host: Arc::clone(&host),
            clock: Arc::clone(&clock),
            run: run.clone(),
            stopping: stopping.clone(),
            standings: Mutex::default(),
        };
        let engine = Self(Arc::new(Parts {
            host,
            clock,
            run,
            ledger,
            sessions,
            locks,
            desk: Desk::default(),
            actions,
            orphans: Orphans::default(),
            pollers: Pollers::default(),
            accounts: RwLock::default(),
            sweeping: Mutex::default(),
            progress: Mutex::default(),
            loaded: watch::Sender::new(false),
            stopping,
            tasks: TaskTracker::new(),
        }));
        engine.load().await?;
        Ok(engine)
    }

    async fn load(&self) -> Result<(), EngineError> {
        let parts = &self.0;
        let accounts = parts.ledger.store().accounts().await?;
        self.replace_accounts(&accounts);
        parts.ledger.load_outline(accounts).await?;
        parts.orphans.take_over(parts.ledger.store(), &*parts.host, &parts.run, parts.clock.now()).await?;
        let engine = self.clone();
        self.spawn(async move {
            if let Err(error) = engine.0.ledger.load_rows().await {
                tracing::error!(%error, "the cached rows could not be read");
            }
            engine.0.loaded.send_replace(true);
            engine.0.ledger.hint_accounts();
        });
        Ok(())
    }

    /// Whether the cached rows are in the index.
    pub fn is_loaded(&self) -> bool {
        *self.0.loaded.borrow()
    }

    /// Waits until the cached rows are in the index.
    pub async fn loaded(&self) {
        // The sender lives as long as the engine, so waiting cannot fail.
        let _ = self.0.loaded.subscribe().wait_for(|loaded| *loaded).await;
    }

    /// The inventory now; immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.ledger.snapshot()
    }

    /// Generation numbers that move when something changed.
    pub fn changes(&self) -> watch::Receiver<Changes> {
        self.0.ledger.changes()
    }

    /// The store, for what only reads it: documents, journal, settings.
    pub fn store(&self) -> &Store {
        self.0.ledger.store()
    }

    /// The pure half of an account's provider.
    pub fn dialect(&self, provider: nepho_core::ProviderKind) -> &'static dyn nepho_core::Dialect {
        self.0.host.dialect(provider)
    }

    /// Takes in a new or changed account: ends its session, so that credentials and access are
    /// read afresh, and starts polling it when polling is on. The store is the caller's.
    pub async fn put_account(&self, account: Account) {
        let id = account.id.clone();
        write(&self.0.accounts).insert(id.clone(), account.clone());
        self.0.sessions.forget(&id).await;
        self.0.ledger.put_account(account).await;
        self.0.pollers.start(self, &id);
    }

    /// Forgets an account and its rows. The store is the caller's.
    pub async fn remove_account(&self, id: &AccountId) {
        self.0.pollers.stop(id);
        write(&self.0.accounts).remove(id);
        self.0.sessions.remove(id);
        self.0.ledger.remove_account(id).await;
    }

    /// Ends an account's session, so that the next use reads its credentials afresh.
    pub async fn forget_session(&self, id: &AccountId) {
        self.0.sessions.forget(id).await;
    }

    /// The account, if there is one.
    pub fn account(&self, id: &AccountId) -> Option<Account> {
        read(&self.0.accounts).get(id).cloned()
    }

    /// How every account stands, by name.
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

    /// Finds out whose credentials the account has, without using or touching a running session.
    pub async fn verify(&self, account: &Account) -> Result<Identity, Failure> {
        let fresh = Sessions::new(Arc::clone(&self.0.host));
        let session = fresh.of(account).await?;
        Ok(session.identity.clone())
    }

    /// Sweeps accounts (all of them when empty), waiting for each to end.
    pub async fn sync(&self, accounts: &[AccountId], kinds: &[Kind]) -> SyncReport {
        self.loaded().await;
        let started = tokio::time::Instant::now();
        let ids: Vec<AccountId> = if accounts.is_empty() {
            self.accounts().into_iter().map(|status| status.account.id).collect()
        } else {
            accounts.to_vec()
        };
        let mut report = SyncReport::default();
        for swept in join_all(ids.iter().map(|id| self.sync_one(id, kinds))).await {
            report.traffic.requests += swept.traffic.requests;
            report.traffic.bytes_in += swept.traffic.bytes_in;
            report.resources += swept.resources;
            report.changed += swept.changed;
            report.scopes.extend(swept.scopes);
        }
        report.elapsed = started.elapsed();
        report
    }

    pub(crate) async fn sync_one(&self, id: &AccountId, kinds: &[Kind]) -> Swept {
        self.swept(id, Extent::Kinds(kinds)).await
    }

    /// Lists the scopes of these resources, which their clouds do not know any more: only a listing
    /// proves that, and until then their rows show what they were.
    pub(crate) async fn list_scopes_of(&self, keys: &[ResourceKey]) {
        let snapshot = self.snapshot();
        let mut scopes: HashMap<AccountId, BTreeSet<Scope>> = HashMap::new();
        for row in keys.iter().filter_map(|key| snapshot.row(key)) {
            scopes.entry(row.account.clone()).or_default().insert(row.scope.clone());
        }
        let listed = join_all(scopes.into_iter().map(async |(account, scopes)| {
            let scopes: Vec<Scope> = scopes.into_iter().collect();
            self.swept(&account, Extent::Scopes(&scopes)).await
        }));
        tokio::select! {
            () = self.0.stopping.cancelled() => {}
            _ = listed => {}
        }
    }

    async fn swept(&self, id: &AccountId, extent: Extent<'_>) -> Swept {
        self.loaded().await;
        let turn = Arc::clone(lock(&self.0.sweeping).entry(id.clone()).or_default());
        let _turn = turn.lock().await;
        let Some(account) = self.pinned(id).await else { return Swept::default() };
        let _hold = match self.0.locks.hold(&*self.0.host, id).await {
            Ok(hold) => hold,
            Err(failure) => return Swept::not_run(&account, failure),
        };
        let progress = |progress: Progress| {
            lock(&self.0.progress).insert(id.clone(), progress);
            self.0.ledger.hint_accounts();
        };
        let sweep = Sweep {
            ledger: &self.0.ledger,
            sessions: &self.0.sessions,
            clock: &*self.0.clock,
            account: &account,
            progress: &progress,
        };
        progress(Progress::default());
        let swept = sweep.run(extent).await;
        lock(&self.0.progress).remove(id);
        self.0.ledger.hint_accounts();
        self.settle_orphans(id).await;
        swept.unwrap_or_else(|error| {
            tracing::error!(%error, "a sweep could not be stored");
            Swept::not_run(&account, Failure { code: FailureCode::Other, message: error.to_string() })
        })
    }

    /// The account, pinned to its realm as soon as its session knows it.
    async fn pinned(&self, id: &AccountId) -> Option<Account> {
        let account = self.account(id)?;
        if account.realm.is_some() {
            return Some(account);
        }
        let Ok(session) = self.0.sessions.of(&account).await else { return Some(account) };
        // Another process may have changed, pinned or removed it while the cloud was asked.
        let pinned = match self.store().pin_account(id, &session.identity).await {
            Ok(stored) => stored?,
            Err(error) => {
                tracing::error!(%error, "the account's realm could not be stored");
                return Some(account); // the next sweep tries again
            }
        };
        if pinned.realm.as_ref() != Some(&session.identity.realm) {
            // Whose credentials these are is compared anew with what the account is pinned to.
            self.0.sessions.forget(id).await;
        }
        write(&self.0.accounts).insert(id.clone(), pinned.clone());
        self.0.ledger.put_account(pinned.clone()).await;
        Some(pinned)
    }

    /// Polls every account from now on; `interval` is the time between sweeps.
    pub fn poll(&self, interval: Duration) {
        self.0.pollers.enable(interval);
        for id in read(&self.0.accounts).keys() {
            self.0.pollers.start(self, id);
        }
    }

    /// Sweeps every polled account now.
    pub fn refresh(&self) {
        self.0.pollers.nudge_all();
    }

    /// Polls less often while the window is hidden.
    pub fn quiet(&self, quiet: bool) {
        self.0.pollers.set_quiet(quiet);
    }

    /// Takes over what other processes stored since. Cheap when nothing moved.
    pub async fn reload(&self) -> Result<bool, EngineError> {
        let accounts = self.store().accounts().await?;
        let known = read(&self.0.accounts).clone();
        for id in known.keys().filter(|id| !accounts.iter().any(|account| account.id == **id)) {
            self.remove_account(id).await;
        }
        for account in accounts.iter().filter(|account| known.get(&account.id) != Some(account)) {
            self.put_account(account.clone()).await;
        }
        let moved = self.0.ledger.reload(accounts).await?;
        self.0.ledger.hint_operations();
        Ok(moved)
    }

    pub(crate) async fn settle_orphans(&self, account: &AccountId) {
        let parts = &self.0;
        if let Err(error) = parts.orphans.settle(&parts.ledger, account, &parts.run, parts.clock.now()).await {
            tracing::error!(%error, "the journal could not be settled");
        }
    }

    /// The account's rows that are on their way to another state.
    pub(crate) fn transitional(&self, account: &AccountId) -> Vec<ResourceKey> {
        let snapshot = self.snapshot();
        let Ok(query) = Query::parse(MOVING) else { return Vec::new() };
        let mut keys = snapshot.search(&query, Sort::default(), self.0.clock.now()).keys();
        keys.retain(|key| snapshot.row(key).is_some_and(|row| row.account == *account));
        keys
    }

    /// Reads single rows afresh and stores what is seen.
    pub(crate) async fn read_rows(&self, id: &AccountId, keys: Vec<ResourceKey>) {
        let Some(account) = self.account(id).filter(|_| !keys.is_empty()) else { return };
        let Ok(session) = self.0.sessions.of(&account).await else { return };
        let started_at = self.0.clock.now();
        let snapshot = self.snapshot();
        let targets: Vec<Target> =
            keys.iter().filter_map(|key| Some(Target::from(&snapshot.row(key)?.resource))).collect();
        let seen = session.provider.observe(&targets, Detail::State).await;
        let listed = seen.into_iter().filter_map(|observation| Some(observation.seen.ok()?.listed)).collect();
        if let Err(error) = self.0.ledger.commit_rows(id, started_at, session.provider.converter(), listed).await {
            tracing::warn!(%error, "a reading could not be stored");
        }
    }

    pub(crate) fn pollers(&self) -> &Pollers {
        &self.0.pollers
    }

    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }

    /// Stops polling and following, and waits for what is being sent or stored to end.
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
