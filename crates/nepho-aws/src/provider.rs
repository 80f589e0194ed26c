//! The provider: one connected AWS account.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::{StreamExt, stream, stream::BoxStream};
use nepho_core::{
    Access, Identity, Provider, ProviderError, Realm, Region, ResourceKey, Scope,
    provider::{ActionRequest, Detail, Progress, ReadResult, Submission, SweepItem, Target, Ticket, Traffic},
};

use crate::{
    AwsOptions, ConnectError,
    api::{identity, list, preflight::PreflightCache, read, scopes, submit},
    client::Client,
    convert,
    http::HttpTransport,
    rate_limit::RateLimiter,
    session::Session,
    verb::Verb,
    writer::Writer,
};

/// One AWS account, connected.
#[derive(Debug)]
pub struct AwsProvider {
    http: HttpTransport,
    client: Client,
    /// `None` for a read-only account.
    writer: Option<Writer>,
    regions: Vec<Region>,
    pinned: Option<Realm>,
    /// The `host:port` of a custom endpoint.
    realm_suffix: Option<String>,
    verified: Mutex<Option<Realm>>,
    preflight: PreflightCache,
}

impl AwsProvider {
    /// Prepares the clients. Sends nothing: the first `verify` sends the first request, and fetches
    /// the credentials of a profile's role or SSO session.
    pub async fn connect(options: AwsOptions) -> Result<Self, ConnectError> {
        let session = Session::new(&options).await?;
        let rate_limiter = Arc::new(RateLimiter::new());
        let writer = match options.access {
            Access::ReadOnly => None,
            Access::ReadWrite => Some(Writer::new(&session, Arc::clone(&rate_limiter))),
        };
        Ok(Self {
            client: Client::new(&session, rate_limiter),
            writer,
            realm_suffix: session.policy.realm_suffix(),
            http: session.http,
            regions: options.regions,
            pinned: options.realm,
            verified: Mutex::default(),
            preflight: PreflightCache::default(),
        })
    }

    /// The realm of the credentials, fetched once; an error if the account is pinned to another.
    async fn realm(&self) -> Result<Realm, ProviderError> {
        let known = self.verified.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = match known {
            Some(realm) => realm,
            None => self.verify().await?.realm,
        };
        match &self.pinned {
            Some(expected) if *expected != found => {
                Err(ProviderError::WrongAccount { expected: expected.clone(), found })
            }
            _ => Ok(found),
        }
    }

    /// Splits keys into those of this realm and errors for the others.
    fn own<'k>(realm: &Realm, keys: &'k [ResourceKey]) -> (Vec<ResourceKey>, Vec<(&'k ResourceKey, ProviderError)>) {
        let (own, foreign): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.realm == *realm);
        let wrong =
            |key: &ResourceKey| ProviderError::WrongAccount { expected: key.realm.clone(), found: realm.clone() };
        (own.into_iter().cloned().collect(), foreign.into_iter().map(|key| (key, wrong(key))).collect())
    }
}

#[async_trait]
impl Provider for AwsProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        let identity = identity::identity(&self.client, self.realm_suffix.as_deref()).await?;
        *self.verified.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity.realm.clone());
        Ok(identity)
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        if !self.regions.is_empty() {
            return Ok(self.regions.iter().map(scopes::scope).collect());
        }
        match scopes::regions(&self.client).await.map_err(ProviderError::from) {
            Ok(regions) => Ok(regions.iter().map(scopes::scope).collect()),
            Err(ProviderError::PermissionDenied { operation, message }) => Err(ProviderError::PermissionDenied {
                operation,
                message: format!("{message} Name the account's regions to do without this permission."),
            }),
            Err(error) => Err(error),
        }
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        let streams = async move {
            match self.realm().await {
                Ok(realm) => stream::select_all(
                    scopes.iter().map(|scope| list::instances(&self.client, realm.clone(), scope.clone()).boxed()),
                )
                .boxed(),
                Err(error) => stream::iter(
                    scopes.iter().map(move |scope| SweepItem::Failed { scope: scope.clone(), error: error.clone() }),
                )
                .boxed(),
            }
        };
        stream::once(streams).flatten().boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        let keys = keys_of(targets);
        let realm = match self.realm().await {
            Ok(realm) => realm,
            Err(error) => {
                return keys.iter().map(|key| ReadResult { key: key.clone(), seen: Err(error.clone()) }).collect();
            }
        };
        let (own, foreign) = Self::own(&realm, &keys);
        let mut results = read::instances(&self.client, &self.preflight, &realm, &own, detail).await;
        results.extend(foreign.into_iter().map(|(key, error)| ReadResult { key: key.clone(), seen: Err(error) }));
        results
    }

    fn submit<'a>(&'a self, request: ActionRequest, targets: &'a [Target]) -> BoxStream<'a, Submission> {
        let keys = keys_of(targets);
        let Some(writer) = &self.writer else { return all(keys, ProviderError::ReadOnly) };
        let Some(verb) = Verb::of(request) else {
            let message = format!("EC2 has no action {}", request.action());
            return all(keys, ProviderError::Unsupported { message });
        };
        let submissions = async move {
            let realm = match self.realm().await {
                Ok(realm) => realm,
                Err(error) => return all(keys, error.before_sending()),
            };
            let (own, foreign) = Self::own(&realm, &keys);
            let foreign: Vec<Submission> =
                foreign.into_iter().map(|(key, error)| Submission { key: key.clone(), outcome: Err(error) }).collect();
            submit::submit(writer, verb, &own).chain(stream::iter(foreign)).boxed()
        };
        stream::once(submissions).flatten().boxed()
    }

    /// EC2 keeps no record of an action, so a submission has no ticket.
    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        let none = || Err(ProviderError::Unsupported { message: "EC2 has no operations".to_owned() });
        tickets.iter().map(|_| none()).collect()
    }

    fn converter_version(&self) -> u32 {
        convert::VERSION
    }

    fn traffic(&self) -> Traffic {
        self.http.traffic()
    }
}

/// The same refusal for every key.
fn all<'a>(keys: Vec<ResourceKey>, error: ProviderError) -> BoxStream<'a, Submission> {
    stream::iter(keys).map(move |key| Submission { key, outcome: Err(error.clone()) }).boxed()
}

/// The keys of targets: EC2 addresses an instance by region and id, without its zone.
fn keys_of(targets: &[Target]) -> Vec<ResourceKey> {
    targets.iter().map(|target| target.key.clone()).collect()
}
