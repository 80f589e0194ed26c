//! Two clouds behind the door, an application, and one account taken through all that it can do.

use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use nepho_app::{App, Environment, HostKind, Keyring, Options};
use nepho_core::{
    Access, Action, ProviderKind, Region, SystemClock,
    network::AllowedHost,
    plan::Verdict,
    report::TargetStatus,
    request::Targets,
    request::{Credentials, NewAccount},
};
use nepho_testkit::{
    ec2::{Ec2Double, Ec2Instance, Setup, id},
    gcp::{GcpDouble, GcpInstance, PROJECT},
};
use url::Url;

use crate::{door, sign_in, sockets};

/// The file of the door's authority, in the environment where TLS libraries look for it.
const AUTHORITY: &str = "SSL_CERT_FILE";
/// Set in a process that tells a story.
const TELLING: &str = "NEPHO_NETWORK_STORY";
const ZONE: &str = "europe-west1-b";

/// Runs the story in a process of its own: TLS libraries read their authorities from the
/// environment, and what was contacted is the whole process's.
pub fn tell<F: Future<Output = ()>>(test: &str, story: impl FnOnce(PathBuf) -> F) {
    if let Some(home) = std::env::var_os(TELLING) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        return runtime.block_on(story(PathBuf::from(home)));
    }
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test, "--nocapture"]).env(TELLING, home.path()).env("HOME", home.path());
    child.env(AUTHORITY, home.path().join("authority.pem")).env_remove("SSL_CERT_DIR");
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        child.env_remove(variable);
    }
    // The double's documents are kept where they are always kept.
    if let Some(own) = std::env::var_os("HOME").filter(|_| std::env::var_os("XDG_CACHE_HOME").is_none()) {
        child.env("XDG_CACHE_HOME", Path::new(&own).join(".cache"));
    }
    assert!(child.status().unwrap().success(), "{test} failed in its own process");
}

/// The clouds behind the door.
pub struct Lab {
    pub home: PathBuf,
    ec2: Ec2Double,
    regions: Vec<String>,
    gcp: Option<GcpDouble>,
}

impl Lab {
    /// AWS with these regions.
    pub async fn aws(home: PathBuf, regions: &[&str]) -> Self {
        Self::open(home, regions, None).await
    }

    /// Google Cloud with one project.
    pub async fn google(home: PathBuf) -> Self {
        Self::open(home, &[], Some(GcpDouble::start(nepho_testkit::gcp::Setup::default()).unwrap())).await
    }

    async fn open(home: PathBuf, regions: &[&str], gcp: Option<GcpDouble>) -> Self {
        let regions = regions.iter().map(|&region| region.to_owned()).collect::<Vec<_>>();
        let ec2 = Ec2Double::start(Setup { regions: regions.clone(), ..Setup::default() }).unwrap();
        let (aws, google, sign_in) = (ec2.port(), gcp.as_ref().map(GcpDouble::port), sign_in::start().await);
        let port = door::open(&home.join("authority.pem"), move |host| match (host, google) {
            (host, _) if host.starts_with("ec2.") => aws,
            ("tokens.googleapis.com", _) => sign_in,
            (host, Some(google)) if host.ends_with(".googleapis.com") || host.starts_with("gcp.") => google,
            _ => sign_in,
        })
        .await;
        sockets::lead_to(port);
        Self { home, ec2, regions, gcp }
    }

    /// Google Cloud.
    pub fn gcp(&self) -> &GcpDouble {
        self.gcp.as_ref().unwrap()
    }

    /// A file in the home directory.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Makes every instance run, whatever an earlier account did with it.
    fn renew_instances(&self) {
        for region in &self.regions {
            self.ec2.put(Ec2Instance::new(region, &id(1)).named(&format!("web-{region}")));
        }
        if let Some(gcp) = &self.gcp {
            gcp.put(GcpInstance::new(PROJECT, ZONE, "web-gcp"));
        }
    }

    /// Takes one account through a sign-in, a sync, a plan, an action and its documents, and compares
    /// the hosts that were contacted with the hosts that are listed: exactly these, and `expected`.
    pub async fn compare(&self, account: NewAccount, environment: &[(&str, &str)], expected: &[&str]) {
        let name = account.name.clone();
        self.renew_instances();
        drop(sockets::take_contacted());
        let app = self.application(environment).await;
        app.add_account(account.clone()).await.unwrap();
        let before = listed(&app).await;
        if account.provider == ProviderKind::Gcp {
            app.find_projects(account.provider, account.credentials, account.endpoint.as_deref()).await.unwrap();
        }
        act(&app, &name).await;
        let after = listed(&app).await;
        app.shutdown().await;
        let contacted = sockets::take_contacted();
        for host in &contacted {
            let url = Url::parse(host).unwrap_or_else(|_| panic!("{name}: {host} is no host with a name"));
            assert!(after.iter().any(|one| one.covers(&url)), "{name}: {host} is not listed in {after:?}");
            assert!(before.iter().any(|one| one.covers(&url)), "{name}: {host} was not listed in {before:?}");
        }
        let certain: BTreeSet<String> =
            after.iter().filter(|host| !host.is_pattern()).map(|host| host.origin.clone()).collect();
        assert_eq!(contacted, certain, "{name}: contacted, and listed");
        assert_eq!(contacted, expected.iter().map(|&host| host.to_owned()).collect(), "{name}");
    }

    async fn application(&self, environment: &[(&str, &str)]) -> App {
        let mut variables: HashMap<String, String> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        variables.insert("HOME".to_owned(), self.home.display().to_string());
        let data = tempfile::tempdir_in(&self.home).unwrap().keep();
        let options = Options {
            data_dir: Some(data),
            host: HostKind::CommandLine,
            clock: Arc::new(SystemClock),
            environment: Environment::new(move |name| variables.get(name).cloned()),
            keyring: Keyring::in_memory(),
        };
        let app = App::open(options).await.unwrap();
        app.ready().await;
        app
    }
}

async fn listed(app: &App) -> Vec<AllowedHost> {
    let account = app.network().await.remove(0);
    assert_eq!(account.failure, None);
    account.hosts
}

/// A sync, a document, a plan, an action, and a sign-in once more.
async fn act(app: &App, name: &str) {
    let report = app.sync(&[], &[]).await;
    let failed: Vec<_> = report.scopes.iter().filter_map(|scope| scope.failure.as_ref()).collect();
    assert!(failed.is_empty() && report.resources > 0, "{name}: {failed:?}");
    let key = app.search("state:running", nepho_index::Sort::default()).unwrap().keys().remove(0);
    app.fetch_document(&key).await.unwrap();
    let plan = app.plan(Action::Stop, Targets::Keys(vec![key])).await.unwrap();
    assert_eq!(plan.targets[0].verdict, Verdict::Eligible, "{name}");
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    let results = app.wait(&operation, Duration::from_secs(30)).await;
    assert_eq!(results[0].status, TargetStatus::Done, "{name}: {results:?}");
    let account = app.accounts().remove(0).account;
    app.verify_account(&account.id).await.unwrap();
}

/// An AWS account that may be written.
pub fn aws(name: &str, credentials: Credentials, regions: &[&str]) -> NewAccount {
    NewAccount {
        provider: ProviderKind::Aws,
        project: None,
        name: name.to_owned(),
        credentials,
        endpoint: None,
        regions: regions.iter().map(|&region| Region::from(region)).collect(),
        access: Access::ReadWrite,
        prod: false,
        verify: true,
    }
}

/// The project of the lab, which may be written.
pub fn gcp(name: &str, credentials: Credentials) -> NewAccount {
    NewAccount { provider: ProviderKind::Gcp, project: Some(PROJECT.to_owned()), ..aws(name, credentials, &[]) }
}

/// The text of a path.
pub fn text(path: &Path) -> String {
    path.display().to_string()
}
