//! Accounts over loopback doubles, in one application.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use nepho_app::{App, Environment, HostKind, Keyring, Options};
use nepho_core::{
    Access, AccountId, ProviderKind, Secret, SystemClock,
    request::{Credentials, NewAccount},
};
use nepho_testkit::ec2::{Ec2Double, Setup, fleet};
use tempfile::TempDir;

/// One account with its cloud.
pub struct Member {
    pub id: AccountId,
    pub cloud: Ec2Double,
}

/// An application with accounts. The first one is the healthy account of the measurement.
pub struct Lab {
    pub app: App,
    pub members: Vec<Member>,
    data: PathBuf,
    _folder: TempDir,
}

/// Starts the clouds, each with `instances` instances over `regions` regions. A double has a runtime of
/// its own, so this comes before the runtime of the application.
pub fn clouds(count: usize, regions: usize, instances: usize) -> Result<Vec<Ec2Double>> {
    let names = || fleet::REGIONS.iter().take(regions).map(|&region| region.to_owned()).collect();
    let start = |_| {
        let cloud = Ec2Double::start(Setup { regions: names(), ..Setup::default() })?;
        for instance in fleet::fleet(instances, regions) {
            cloud.put(instance);
        }
        Ok(cloud)
    };
    (0..count).map(start).collect()
}

impl Lab {
    /// Opens an application in a new folder, with one account for each cloud.
    pub async fn open(clouds: Vec<Ec2Double>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let options = Options {
            data_dir: Some(data.clone()),
            host: HostKind::CommandLine,
            clock: Arc::new(SystemClock),
            environment: Environment::new(|_| None),
            keyring: Keyring::in_memory(),
        };
        let app = App::open(options).await?;
        app.ready().await;
        let mut members = Vec::new();
        for (number, cloud) in clouds.into_iter().enumerate() {
            let credentials = Credentials::Keys {
                access_key_id: Secret::new("AKIAIOSFODNN7EXAMPLE".to_owned()),
                secret_access_key: Secret::new("bench".to_owned()),
                session_token: None,
            };
            let new = NewAccount {
                provider: ProviderKind::Aws,
                project: None,
                name: format!("account-{number}"),
                credentials,
                endpoint: Some(cloud.endpoint()),
                regions: Vec::new(),
                access: Access::ReadWrite,
                prod: false,
                verify: true,
            };
            let account = app.add_account(new).await.context("cannot add an account")?;
            members.push(Member { id: account.id, cloud });
        }
        Ok(Self { app, members, data, _folder: folder })
    }

    /// Syncs the accounts and returns the duration. With `succeeds`, every scope must succeed.
    pub async fn sync(&self, accounts: &[AccountId], succeeds: bool) -> Result<Duration> {
        let report = self.app.sync(accounts, &[]).await;
        let failed = report.scopes.iter().find_map(|scope| scope.failure.as_ref());
        match failed.filter(|_| succeeds) {
            Some(failure) => anyhow::bail!("a sync failed: {}", failure.message),
            None => Ok(report.elapsed),
        }
    }

    /// Returns the path of an account's lock file.
    pub fn lock_file(&self, account: &AccountId) -> PathBuf {
        self.data.join("locks").join(format!("{}.lock", account.as_str()))
    }
}
