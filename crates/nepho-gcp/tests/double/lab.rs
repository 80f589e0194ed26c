//! A project at the double of Compute Engine, for the tests.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use nepho_core::{
    Access, Kind, Provider, ProviderError, ProviderKind, Realm, Region, ResourceKey, Secret, Zone,
    provider::{Detail, ReadResource, Target},
};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider, Timeouts};
use nepho_testkit::gcp::{Exchange, GcpDouble, GcpInstance, PROJECT, Setup, ZONES};
pub use nepho_testkit::{
    instance::scope,
    scripted::{Swept, sweep},
};

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

    /// Options for the double, with short time limits and a short quota window.
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

    /// Puts an instance into the double, and returns its target.
    pub fn put(&self, instance: GcpInstance) -> Target {
        let target = self.target(instance.zone(), instance.id());
        self.double.put(instance);
        target
    }

    /// Puts `count` instances into the double, in turn into these zones, and returns their targets.
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

/// Lists every zone of the double.
pub async fn sweep_all(provider: &GcpProvider) -> BTreeMap<String, Swept> {
    sweep(provider, &ZONES).await
}

/// Reads one target.
pub async fn look(provider: &GcpProvider, target: &Target, detail: Detail) -> Result<ReadResource, ProviderError> {
    let mut seen = provider.observe(std::slice::from_ref(target), detail).await;
    assert_eq!(seen.len(), 1, "one answer to one target");
    seen.remove(0).seen
}
