//! A data directory, a cloud, and an application over them.

use std::{path::Path, sync::Arc, time::Instant};

use nepho_app::{App, AppError, Environment, HostKind, Keyring, Options};
use nepho_core::{
    Access, Clock, FailureCode, ProviderKind, Secret, Timestamp,
    request::{Credentials, NewAccount},
};
use nepho_testkit::{
    clock::START,
    ec2::{Ec2Double, Ec2Instance, Setup, id},
};
use tempfile::TempDir;

pub const KEY_ID: &str = "AKIAQXAMPLECANARY7QZ";
pub const KEY: &str = "cAnaRy+wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz";

/// Time runs sixty times as fast, so that machines of the demo stop while a test looks.
#[derive(Debug)]
struct SwiftClock(Instant);

impl Clock for SwiftClock {
    fn now(&self) -> Timestamp {
        START + self.0.elapsed() * 60
    }
}

/// A machine of the operator's: a data directory, a keyring, an environment.
pub struct Harness {
    pub dir: TempDir,
    pub keyring: Keyring,
    pub environment: Environment,
    clock: Arc<dyn Clock>,
}

impl Harness {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            keyring: Keyring::in_memory(),
            environment: Environment::new(|_| None),
            clock: Arc::new(SwiftClock(Instant::now())),
        }
    }

    pub fn with_environment(pairs: &'static [(&'static str, &'static str)]) -> Self {
        let find = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Self { environment: Environment::new(find), ..Self::new() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub async fn open(&self) -> App {
        self.open_as(HostKind::CommandLine).await.unwrap()
    }

    pub async fn open_as(&self, host: HostKind) -> Result<App, AppError> {
        let app = self.open_unready(host).await?;
        app.ready().await;
        Ok(app)
    }

    pub async fn open_unready(&self, host: HostKind) -> Result<App, AppError> {
        let options = Options {
            data_dir: Some(self.path().join("data")),
            host,
            clock: Arc::clone(&self.clock),
            environment: self.environment.clone(),
            keyring: self.keyring.clone(),
        };
        App::open(options).await
    }
}

/// Starts a double; it has a runtime of its own, so it cannot be started on a test's.
pub fn double(setup: Setup) -> Ec2Double {
    std::thread::spawn(|| Ec2Double::start(setup)).join().unwrap().unwrap()
}

/// A cloud with three machines in two regions that knows one key.
pub fn cloud() -> Ec2Double {
    let double = double(Setup { key_id: Some(KEY_ID.to_owned()), ..Setup::default() });
    double.put(Ec2Instance::new("eu-west-1", &id(1)).named("web-1"));
    double.put(Ec2Instance::new("eu-west-1", &id(2)).named("web-2"));
    double.put(Ec2Instance::new("us-east-1", &id(3)).named("db-1"));
    double
}

pub fn keys(key_id: &str) -> Credentials {
    Credentials::Keys {
        access_key_id: Secret::new(key_id.to_owned()),
        secret_access_key: Secret::new(KEY.to_owned()),
        session_token: None,
    }
}

pub fn lab(cloud: &Ec2Double) -> NewAccount {
    NewAccount {
        provider: ProviderKind::Aws,
        project: None,
        name: "lab".to_owned(),
        credentials: keys(KEY_ID),
        endpoint: Some(cloud.endpoint()),
        regions: Vec::new(),
        access: Access::ReadWrite,
        prod: false,
        verify: true,
    }
}

pub fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> FailureCode {
    let error = result.unwrap_err();
    error.failure_code().unwrap_or_else(|| panic!("{error}"))
}
