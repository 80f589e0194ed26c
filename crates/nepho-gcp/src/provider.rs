//! The provider: one connected project.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use nepho_core::{
    Access, Identity, Provider, ProviderError, Realm, Region, ResourceKey, Scope,
    provider::{ActionRequest, Detail, Progress, ReadResult, Submission, SweepItem, Target, Ticket, Traffic},
};

use crate::{
    ConnectError, GcpOptions,
    api::{context::Context, identity, operations, preflight::PreflightCache, read, scopes, submit},
    client::Client,
    convert,
    endpoint::{Api, HostPolicy},
    project_id::is_project_id,
    rate_limit::RateLimiter,
    token::Grant,
    writer::Writer,
};

/// One project, connected.
#[derive(Debug)]
pub struct GcpProvider {
    /// The client of sweeps.
    client: Client,
    /// The client of actions, single reads and the identity.
    single: Client,
    /// `None` for a read-only account.
    writer: Option<Writer>,
    access: Access,
    principal: String,
    realm: Realm,
    regions: Vec<Region>,
    preflight: PreflightCache,
    /// True if the last attempt to list the zones was denied.
    zones_denied: AtomicBool,
    /// The number of instances that the last sweep of all zones listed.
    instances: AtomicUsize,
}

impl GcpProvider {
    /// Prepares the clients. Sends nothing: the first request is the first `verify`.
    #[expect(clippy::unused_async, reason = "every provider is connected by the same call")]
    pub async fn connect(options: GcpOptions) -> Result<Self, ConnectError> {
        let client = client(&options)?;
        Ok(Self {
            writer: Writer::new(&client, options.access),
            single: client.for_single_reads(),
            access: options.access,
            principal: options.identity.principal().to_owned(),
            realm: convert::realm(client.project(), client.realm_suffix().as_deref()),
            regions: options.regions,
            preflight: PreflightCache::default(),
            zones_denied: AtomicBool::new(false),
            instances: AtomicUsize::new(0),
            client,
        })
    }

    fn context<'a>(&'a self, client: &'a Client) -> Context<'a> {
        Context {
            client,
            realm: &self.realm,
            preflight: &self.preflight,
            zones_denied: self.zones_denied.load(Ordering::Relaxed),
            instances: &self.instances,
        }
    }

    /// Splits targets into those of this realm and errors for the others.
    fn own(&self, targets: &[Target]) -> (Vec<Target>, Vec<(ResourceKey, ProviderError)>) {
        let (own, foreign): (Vec<_>, Vec<_>) = targets.iter().cloned().partition(|one| one.key.realm == self.realm);
        let wrong = |Target { key, .. }: Target| {
            let (expected, found) = (key.realm.clone(), self.realm.clone());
            (key, ProviderError::WrongAccount { expected, found })
        };
        (own, foreign.into_iter().map(wrong).collect())
    }
}

/// The project's client, after the checks of its id and its endpoint.
fn client(options: &GcpOptions) -> Result<Client, ConnectError> {
    if !is_project_id(&options.project) {
        return Err(ConnectError::ProjectRefused {
            project: options.project.clone(),
            advice: "it has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter",
        });
    }
    let login = options.identity.login();
    // The tokens of a sign-in must not go to another endpoint than the one it was made for.
    if HostPolicy::new(options.endpoint.as_ref())? != *login.policy() {
        let endpoint = options.endpoint.as_ref().map(|url| url.origin().ascii_serialization());
        return Err(ConnectError::EndpointRefused {
            endpoint: endpoint.unwrap_or_else(|| Api::Compute.host().to_owned()),
            reason: "the sign-in was made for another endpoint",
        });
    }
    let grant = match options.access {
        Access::ReadOnly => Grant::ComputeReadOnly,
        Access::ReadWrite => Grant::Compute,
    };
    let fresh = || RateLimiter::new(options.clock.clone(), options.quota_window);
    Ok(Client::new(login, &options.project, grant, options.timeouts, fresh))
}

#[async_trait]
impl Provider for GcpProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        identity::identity(&self.single, &self.principal, &self.realm, self.access).await
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        let found = scopes::zones(&self.client, &self.regions).await?;
        self.zones_denied.store(found.denied, Ordering::Relaxed);
        Ok(found.names.iter().map(|zone| convert::scope(zone)).collect())
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        self.context(&self.client).list(scopes).boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        let (own, foreign) = self.own(targets);
        let mut results = read::instances(self.context(&self.single), &own, detail).await;
        results.extend(foreign.into_iter().map(|(key, error)| ReadResult { key, seen: Err(error) }));
        results
    }

    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission> {
        let Some(writer) = &self.writer else {
            let refused =
                |target: &Target| Submission { key: target.key.clone(), outcome: Err(ProviderError::ReadOnly) };
            return stream::iter(targets).map(refused).boxed();
        };
        let (own, foreign) = self.own(targets);
        let foreign = foreign.into_iter().map(|(key, error)| Submission { key, outcome: Err(error) });
        submit::submit(writer, self.context(&self.single), request, own).chain(stream::iter(foreign)).boxed()
    }

    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        operations::progress(&self.single, tickets).await
    }

    fn converter_version(&self) -> u32 {
        convert::VERSION
    }

    fn traffic(&self) -> Traffic {
        self.client.traffic()
    }
}
