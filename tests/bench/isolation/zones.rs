//! A sweep of many accounts in which every zone fails: the CPU time of this process, the least of
//! several runs.

use std::{collections::HashMap, fs, sync::Arc, sync::Mutex, sync::PoisonError};

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use nepho_core::{
    Access, Account, AccountId, CredentialSource, Descriptor, Failure, FailureCode, Provider, ProviderError,
    ProviderKind, SystemClock, Timestamp,
    journal::{OperationId, RunId},
};
use nepho_engine::{AccountLock, Engine, Host, OperationLock};
use nepho_store::Store;
use nepho_testkit::{FAKE_DIALECT, FakeProvider};
use serde_json::{Value, json};

use crate::Numbers;

/// A host with one fake cloud for each account. Signing in fails once the clouds are taken away.
#[derive(Debug, Default)]
struct Clouds(Mutex<HashMap<AccountId, FakeProvider>>);

#[async_trait]
impl Host for Clouds {
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure> {
        let clouds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clouds.get(&account.id).map(FakeProvider::shared).ok_or_else(|| Failure {
            code: FailureCode::Unauthenticated,
            message: "the credentials expired".to_owned(),
        })
    }

    fn descriptor(&self, _provider: ProviderKind) -> &'static dyn Descriptor {
        &FAKE_DIALECT
    }

    async fn lock(&self, _account: &AccountId) -> Result<AccountLock, Failure> {
        Ok(Box::new(()))
    }

    fn is_running(&self, _run: &RunId) -> bool {
        false
    }

    fn signature(&self, _run: &RunId) -> Option<String> {
        None
    }

    fn lock_operation(&self, _operation: &OperationId) -> Option<OperationLock> {
        None
    }

    fn operation_holder(&self, _operation: &OperationId) -> Option<String> {
        None
    }
}

pub fn measure(numbers: &Numbers) -> Result<Value> {
    let (accounts, zones) = (numbers.get("--accounts", 50), numbers.get("--zones", 130));
    let mut least = (u64::MAX, u64::MAX);
    for _ in 0..numbers.get("--runs", 3) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let (listings, sign_in) = runtime.block_on(sweeps(accounts, zones))?;
        least = (least.0.min(listings), least.1.min(sign_in));
    }
    Ok(json!({"accounts": accounts, "zones": zones, "listings_cpu_ms": least.0, "sign_in_cpu_ms": least.1}))
}

/// Sweeps new accounts twice: each listing fails, and then each sign-in. Returns both CPU times in
/// milliseconds.
async fn sweeps(accounts: usize, zones: usize) -> Result<(u64, u64)> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let (store, _) = Store::open(&data)?;
    let host = Arc::new(Clouds::default());
    let all: Vec<Account> = (0..accounts).map(account).collect();
    for one in &all {
        store.put_account(one).await?;
        host.0.lock().unwrap_or_else(PoisonError::into_inner).insert(one.id.clone(), cloud(one, zones));
    }
    let engine = Engine::start(store, Arc::clone(&host) as _, Arc::new(SystemClock), RunId::new("bench")).await?;
    engine.loaded().await;
    let listings = sweep(&engine, accounts * zones).await?;
    host.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    for one in &all {
        engine.forget_session(&one.id).await;
    }
    let sign_in = sweep(&engine, accounts * zones).await?;
    engine.shutdown().await;
    Ok((listings, sign_in))
}

/// Sweeps every account. Returns the CPU time in milliseconds.
async fn sweep(engine: &Engine, scopes: usize) -> Result<u64> {
    let before = cpu_ms()?;
    let report = engine.sync(&[], &[]).await;
    let failed = report.scopes.iter().filter(|scope| scope.failure.is_some()).count();
    if failed != scopes {
        bail!("{failed} of {scopes} zones failed");
    }
    Ok(cpu_ms()? - before)
}

fn account(number: usize) -> Account {
    let name = format!("account-{number:03}");
    Account {
        id: AccountId::new(name.as_str()),
        name,
        provider: ProviderKind::Aws,
        project: None,
        source: CredentialSource::Environment,
        endpoint: None,
        regions: Vec::new(),
        access: Access::ReadOnly,
        prod: false,
        realm: None,
        principal: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

/// A cloud whose zones all fail.
fn cloud(account: &Account, zones: usize) -> FakeProvider {
    let cloud = FakeProvider::new(account.name.as_str());
    for zone in 0..zones {
        let zone = format!("zone-{zone:03}");
        cloud.add_scope(&zone);
        cloud.break_listing(&zone, ProviderError::Unavailable { message: "no connection: reset".to_owned() });
    }
    cloud
}

/// Returns the user and system time of this process, from the kernel's count of its ticks (100 a
/// second on Linux).
fn cpu_ms() -> Result<u64> {
    let stat = fs::read_to_string("/proc/self/stat").context("this part needs Linux")?;
    // The name of the program, in parentheses, may contain spaces.
    let (_, fields) = stat.rsplit_once(')').context("unexpected /proc/self/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks * 10)
}
