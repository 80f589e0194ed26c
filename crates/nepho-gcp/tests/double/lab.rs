//! A project at the double of Compute Engine, and what the tests ask of it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::StreamExt;
use nepho_core::{
    Access, Kind, Location, Provider, ProviderError, ProviderKind, Realm, Region, ResourceKey, Scope, Secret, Zone,
    provider::{Detail, ListedResource, ReadResource, SweepItem, Target},
};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider, Timeouts};
use nepho_testkit::gcp::{Exchange, GcpDouble, GcpInstance, PROJECT, Setup, ZONES};

/// The zone of most tests.
pub const ZONE: &str = "europe-west1-b";

/// A double and a project in it.
pub struct Lab {
    pub double: GcpDouble,
}

impl Lab {
    /// A quick double with 13 zones.
    pub fn new() -> Self {
        Self::with(Setup::default())
    }

    pub fn with(setup: Setup) -> Self {
        Self { double: GcpDouble::start(setup).expect("the double") }
    }

    /// Options for it, with short time limits and minutes.
    pub fn options(&self, access: Access) -> GcpOptions {
        let endpoint = self.double.endpoint().parse().expect("a URL");
        let credentials = GcpCredentials::AccessToken(Secret::new(self.double.token()));
        let identity = Arc::new(GcpIdentity::new(credentials, Some(&endpoint)).expect("an identity"));
        GcpOptions {
            endpoint: Some(endpoint),
            access,
            timeouts: Timeouts {
                read: Duration::from_secs(2),
                attempt: Duration::from_secs(4),
                operation: Duration::from_secs(8),
            },
            quota_window: Duration::from_millis(200),
            ..GcpOptions::new(identity, PROJECT.to_owned())
        }
    }

    pub fn provider(&self, access: Access) -> GcpProvider {
        futures::FutureExt::now_or_never(GcpProvider::connect(self.options(access)))
            .expect("nothing to wait for")
            .expect("a provider")
    }

    pub fn realm(&self) -> Realm {
        Realm::new(format!("{PROJECT}@127.0.0.1-{}", self.double.port()))
    }

    pub fn key(&self, zone: &str, id: &str) -> ResourceKey {
        ResourceKey {
            provider: ProviderKind::Gcp,
            realm: self.realm(),
            region: Region::from(zone.rsplit_once('-').expect("a region").0),
            kind: Kind::Instance,
            native: id.into(),
        }
    }

    pub fn target(&self, zone: &str, id: &str) -> Target {
        Target { key: self.key(zone, id), zone: Some(Zone::from(zone)) }
    }

    /// Puts an instance there; its target.
    pub fn put(&self, instance: GcpInstance) -> Target {
        let target = self.target(instance.zone(), instance.id());
        self.double.put(instance);
        target
    }

    /// Puts so many instances there, dealt out to these zones; their targets.
    pub fn fill(&self, count: usize, zones: &[&str]) -> Vec<Target> {
        let one = |n: usize| self.put(GcpInstance::new(PROJECT, zones[n % zones.len()], &format!("web-{n:04}")));
        (0..count).map(one).collect()
    }

    /// The exchanges of one method.
    pub fn asked(&self, method: &str) -> Vec<Exchange> {
        self.double.exchanges().into_iter().filter(|one| one.method == method).collect()
    }
}

/// An instance of [`ZONE`].
pub fn web(name: &str) -> GcpInstance {
    GcpInstance::new(PROJECT, ZONE, name)
}

pub fn scope(zone: &str) -> Scope {
    Scope { location: Location::from(zone), kind: Kind::Instance }
}

/// What became of one scope.
#[derive(Debug, Default)]
pub struct Swept {
    pub rows: Vec<ListedResource>,
    pub ends: Vec<Result<(), ProviderError>>,
}

impl Swept {
    pub fn names(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.resource.name.as_str()).collect()
    }

    pub fn end(&self) -> &Result<(), ProviderError> {
        &self.ends[0]
    }
}

/// Lists `zones` to the end.
pub async fn sweep(provider: &GcpProvider, zones: &[&str]) -> BTreeMap<String, Swept> {
    let scopes: Vec<Scope> = zones.iter().map(|zone| scope(zone)).collect();
    let mut swept: BTreeMap<String, Swept> = BTreeMap::new();
    let mut items = provider.list(&scopes);
    while let Some(item) = items.next().await {
        let (scope, rows, end) = match item {
            SweepItem::Page { scope, resources } => (scope, resources, None),
            SweepItem::Complete { scope } => (scope, Vec::new(), Some(Ok(()))),
            SweepItem::Failed { scope, error } => (scope, Vec::new(), Some(Err(error))),
        };
        let one = swept.entry(scope.location.to_string()).or_default();
        assert!(one.ends.is_empty(), "{scope:?} goes on after its end");
        one.rows.extend(rows);
        one.ends.extend(end);
    }
    assert_eq!(swept.len(), zones.len(), "each scope ends: {swept:?}");
    assert!(swept.values().all(|one| one.ends.len() == 1), "each scope ends once: {swept:?}");
    swept
}

/// Lists every zone of the double.
pub async fn sweep_all(provider: &GcpProvider) -> BTreeMap<String, Swept> {
    sweep(provider, &ZONES).await
}

/// What is seen of one target.
pub async fn look(provider: &GcpProvider, target: &Target, detail: Detail) -> Result<ReadResource, ProviderError> {
    let mut seen = provider.observe(std::slice::from_ref(target), detail).await;
    assert_eq!(seen.len(), 1, "one answer to one target");
    seen.remove(0).seen
}
