//! The test harness: an engine over an in-memory store, a clock that the test sets, and fake
//! clouds.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use nepho_core::{
    Access, Account, AccountId, CredentialSource, Descriptor, Failure, FailureCode, Provider, ProviderKind, Timestamp,
    journal::{JournalEntry, OperationId, RunId},
    plan::Plan,
    provider::ActionRequest,
};
use nepho_engine::{AccountLock, Engine, Host, OperationLock};
use nepho_index::{Query, RowView, Sort};
use nepho_store::Store;
use nepho_testkit::{FAKE_DIALECT, FakeClock, FakeProvider, InstanceBuilder, ROUGH_DIALECT, instance::key};

/// A host with fake clouds.
#[derive(Debug, Default)]
pub struct FakeHost {
    clouds: Mutex<HashMap<AccountId, Result<FakeProvider, Failure>>>,
    running: Mutex<HashSet<RunId>>,
    locked: Mutex<Option<Failure>>,
    /// Accounts that another process has locked, with the time that each wait takes.
    locked_elsewhere: Mutex<HashMap<AccountId, Duration>>,
    rough: AtomicBool,
    followed: Arc<Mutex<HashSet<OperationId>>>,
}

/// The lock of an operation, free again when dropped.
struct Release {
    held: Arc<Mutex<HashSet<OperationId>>>,
    operation: OperationId,
}

impl Drop for Release {
    fn drop(&mut self) {
        self.held.lock().unwrap().remove(&self.operation);
    }
}

impl FakeHost {
    pub fn connects(&self, account: &str, outcome: Result<FakeProvider, Failure>) {
        self.clouds.lock().unwrap().insert(AccountId::new(account), outcome);
    }

    pub fn set_running(&self, run: &str) {
        self.running.lock().unwrap().insert(RunId::new(run));
    }

    pub fn end(&self, run: &str) {
        self.running.lock().unwrap().remove(&RunId::new(run));
    }

    /// Gives its clouds restrictions; see [`ROUGH_DIALECT`].
    pub fn set_rough(&self) {
        self.rough.store(true, Ordering::Relaxed);
    }

    /// Makes every wait for the account's lock end after `wait` without it.
    pub fn lock_elsewhere(&self, account: &str, wait: Duration) {
        self.locked_elsewhere.lock().unwrap().insert(AccountId::new(account), wait);
    }

    pub fn set_locked(&self, failure: Option<Failure>) {
        *self.locked.lock().unwrap() = failure;
    }
}

#[async_trait]
impl Host for FakeHost {
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure> {
        let clouds = self.clouds.lock().unwrap();
        let cloud = clouds.get(&account.id).expect("a cloud for the account").clone()?;
        cloud.set_access(account.access);
        Ok(cloud.shared())
    }

    fn descriptor(&self, _provider: ProviderKind) -> &'static dyn Descriptor {
        if self.rough.load(Ordering::Relaxed) { &ROUGH_DIALECT } else { &FAKE_DIALECT }
    }

    async fn lock(&self, account: &AccountId) -> Result<AccountLock, Failure> {
        let wait = self.locked_elsewhere.lock().unwrap().get(account).copied();
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
            return Err(failure(FailureCode::Conflict));
        }
        self.locked.lock().unwrap().clone().map_or_else(|| Ok(Box::new(()) as AccountLock), Err)
    }

    fn is_running(&self, run: &RunId) -> bool {
        self.running.lock().unwrap().contains(run)
    }

    fn signature(&self, run: &RunId) -> Option<String> {
        self.is_running(run).then(|| format!("nepho, {run}"))
    }

    fn lock_operation(&self, operation: &OperationId) -> Option<OperationLock> {
        let free = self.followed.lock().unwrap().insert(operation.clone());
        let release = || Release { held: Arc::clone(&self.followed), operation: operation.clone() };
        free.then(|| Box::new(release()) as OperationLock)
    }

    fn operation_holder(&self, operation: &OperationId) -> Option<String> {
        self.followed.lock().unwrap().contains(operation).then(|| "nepho, another".to_owned())
    }
}

/// The engine under test with its parts.
pub struct Harness {
    pub engine: Engine,
    pub store: Store,
    pub host: Arc<FakeHost>,
    pub clock: Arc<FakeClock>,
    pub cloud: FakeProvider,
}

/// A harness with the account `lab`, read-write, with a separate fake cloud.
pub async fn harness() -> Harness {
    let store = Store::in_memory().expect("a store");
    let host = Arc::new(FakeHost::default());
    let cloud = FakeProvider::default();
    store.put_account(&account("lab")).await.expect("stored");
    host.connects("lab", Ok(cloud.clone()));
    let clock = Arc::new(FakeClock::following_tokio());
    let engine = engine(&store, &host, &clock, "run-1").await;
    Harness { engine, store, host, clock, cloud }
}

/// A harness with these instances, after a sweep.
pub async fn with(instances: impl IntoIterator<Item = InstanceBuilder>) -> Harness {
    let harness = harness().await;
    for instance in instances {
        harness.cloud.add(instance);
    }
    harness.sync().await;
    harness
}

/// An engine of the process run `run` over the same parts.
pub async fn engine(store: &Store, host: &Arc<FakeHost>, clock: &Arc<FakeClock>, run: &str) -> Engine {
    let host = Arc::clone(host) as Arc<dyn Host>;
    Engine::start(store.clone(), host, Arc::clone(clock) as _, RunId::new(run)).await.expect("an engine")
}

/// A read-write AWS account whose id equals its name.
pub fn account(name: &str) -> Account {
    Account {
        id: AccountId::new(name),
        name: name.to_owned(),
        provider: ProviderKind::Aws,
        project: None,
        source: CredentialSource::Environment,
        endpoint: None,
        regions: Vec::new(),
        access: Access::ReadWrite,
        prod: false,
        realm: None,
        principal: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

pub fn failure(code: FailureCode) -> Failure {
    Failure { code, message: "as scripted".to_owned() }
}

impl Harness {
    /// Adds the account `name` with a separate, empty cloud.
    pub async fn add_account(&self, name: &str) -> FakeProvider {
        let cloud = FakeProvider::new(&format!("realm-{name}"));
        self.host.connects(name, Ok(cloud.clone()));
        self.store.put_account(&account(name)).await.expect("stored");
        self.engine.put_account(account(name)).await;
        cloud
    }

    /// Sweeps every account, one second later than any earlier event.
    pub async fn sync(&self) -> nepho_core::report::SyncReport {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.engine.sync(&[], &[]).await
    }

    /// Returns the row as shown.
    pub fn row(&self, native: &str) -> RowView {
        self.find(native).unwrap_or_else(|| panic!("{native} is in the inventory"))
    }

    pub fn find(&self, native: &str) -> Option<RowView> {
        self.engine.snapshot().find(native, nepho_core::Clock::now(&*self.clock)).into_iter().next()
    }

    /// Returns the native ids that a query finds, by name.
    pub fn ids(&self, query: &str) -> Vec<String> {
        let query = Query::parse(query).expect("a query");
        let hits = self.engine.snapshot().search(&query, Sort::default(), nepho_core::Clock::now(&*self.clock));
        hits.keys().iter().map(|key| key.native.to_string()).collect()
    }

    pub async fn plan(&self, request: impl Into<ActionRequest>, natives: &[&str]) -> Plan {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.engine.plan(request.into(), natives.iter().map(|native| key(native)).collect()).await
    }

    /// Plans and commits with one click.
    pub async fn act(&self, request: impl Into<ActionRequest>, natives: &[&str]) -> OperationId {
        let plan = self.plan(request, natives).await;
        self.engine.commit(&plan.nonce, None, true).await.expect("committed")
    }

    /// Returns the names of the journal's events for one resource, oldest first.
    pub async fn events(&self, native: &str) -> Vec<&'static str> {
        let entries = self.store.entries_of(&key(native), 100).await.expect("entries");
        let mut entries: Vec<JournalEntry> = entries;
        entries.sort_by_key(|entry| entry.seq);
        entries.iter().map(|entry| entry.entry.event.as_str()).collect()
    }

    /// Advances time; every due task runs.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}
