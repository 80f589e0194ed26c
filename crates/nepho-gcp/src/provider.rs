//! The provider: one connected project.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use nepho_core::{
    Access, Identity, Provider, ProviderError, Realm, Region, ResourceKey, Scope,
    provider::{ActionRequest, Detail, Progress, ReadResult, Submission, SweepItem, Target, Ticket, Traffic},
};

use crate::{
    ConnectError, GcpOptions,
    api::{context::Context, identity, operations, preflight::PreflightCache, read, submit, zones},
    client::Client,
    convert,
    writer::Writer,
};

/// One project, connected.
#[derive(Debug)]
pub struct GcpProvider {
    client: Client,
    /// Only for accounts that may be written.
    writer: Option<Writer>,
    access: Access,
    principal: String,
    realm: Realm,
    regions: Vec<Region>,
    preflight: PreflightCache,
    /// Whether the zones could not be listed the last time.
    zones_denied: AtomicBool,
    /// How many instances the last sweep of all zones listed.
    known: AtomicUsize,
}

impl GcpProvider {
    /// Prepares the clients. Asks nothing of Google: the first request is the first `verify`.
    pub fn new(options: GcpOptions) -> Result<Self, ConnectError> {
        let client = Client::new(&options)?;
        Ok(Self {
            writer: Writer::new(&client, options.access),
            access: options.access,
            principal: options.identity.principal().to_owned(),
            realm: convert::realm(client.project(), client.realm_suffix().as_deref()),
            regions: options.regions,
            preflight: PreflightCache::default(),
            zones_denied: AtomicBool::new(false),
            known: AtomicUsize::new(0),
            client,
        })
    }

    fn reader(&self) -> Context<'_> {
        Context {
            client: &self.client,
            realm: &self.realm,
            preflight: &self.preflight,
            by_all: self.zones_denied.load(Ordering::Relaxed),
            known: &self.known,
        }
    }

    /// The targets of this realm, and an error for each of the others.
    fn own(&self, targets: &[Target]) -> (Vec<Target>, Vec<(ResourceKey, ProviderError)>) {
        let (own, foreign): (Vec<_>, Vec<_>) = targets.iter().cloned().partition(|one| one.key.realm == self.realm);
        let wrong = |Target { key, .. }: Target| {
            let (expected, found) = (key.realm.clone(), self.realm.clone());
            (key, ProviderError::WrongAccount { expected, found })
        };
        (own, foreign.into_iter().map(wrong).collect())
    }
}

#[async_trait]
impl Provider for GcpProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        identity::identity(&self.client, &self.principal, &self.realm, self.access).await
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        let found = zones::zones(&self.client, &self.regions).await?;
        self.zones_denied.store(found.denied, Ordering::Relaxed);
        Ok(found.names.iter().map(|zone| convert::scope(zone)).collect())
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        self.reader().list(scopes).boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        let (own, foreign) = self.own(targets);
        let mut observations = read::observe(self.reader(), &own, detail).await;
        observations.extend(foreign.into_iter().map(|(key, error)| ReadResult { key, seen: Err(error) }));
        observations
    }

    async fn submit(&self, request: ActionRequest, targets: &[Target]) -> Vec<Submission> {
        let Some(writer) = &self.writer else {
            let refused =
                |target: &Target| Submission { key: target.key.clone(), outcome: Err(ProviderError::ReadOnly) };
            return targets.iter().map(refused).collect();
        };
        let (own, foreign) = self.own(targets);
        let mut submissions = submit::submit(writer, self.reader(), request, &own).await;
        submissions.extend(foreign.into_iter().map(|(key, error)| Submission { key, outcome: Err(error) }));
        submissions
    }

    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        operations::progress(&self.client, tickets).await
    }

    fn converter_version(&self) -> u32 {
        convert::VERSION
    }

    fn traffic(&self) -> Traffic {
        self.client.traffic()
    }
}
