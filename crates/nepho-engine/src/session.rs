//! Sessions: the provider of each account, built once per credential and checked against its realm.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nepho_core::{
    Account, AccountId, Failure, FailureCode, Identity, Provider, ProviderError, Scope, provider::Traffic,
    report::SignIn,
};
use tokio::sync::Mutex as AsyncMutex;

use crate::host::Host;

/// A provider whose credentials belong to the account's realm.
#[derive(Debug)]
pub struct Session {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// The identity behind the credentials.
    pub identity: Identity,
    scopes: AsyncMutex<Option<Result<Vec<Scope>, ProviderError>>>,
    connecting: Mutex<Traffic>,
}

impl Session {
    /// Returns the account's scopes. The first success is cached until the session ends. A failure
    /// from connecting is returned once.
    pub async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        let mut known = self.scopes.lock().await;
        let scopes = match known.take() {
            Some(scopes) => scopes?,
            None => self.provider.scopes().await?,
        };
        *known = Some(Ok(scopes.clone()));
        Ok(scopes)
    }

    /// Returns the traffic of connecting, once: to the first sweep.
    pub fn connecting(&self) -> Traffic {
        std::mem::take(&mut *lock(&self.connecting))
    }
}

type Slot = Arc<AsyncMutex<Option<Arc<Session>>>>;

/// The open sessions, at most one per account.
#[derive(Debug)]
pub struct Sessions {
    host: Arc<dyn Host>,
    /// One slot per account; its async lock makes connecting single-flight.
    slots: Mutex<HashMap<AccountId, Slot>>,
    sign_in: Mutex<HashMap<AccountId, SignIn>>,
}

impl Sessions {
    /// Creates an empty set of sessions.
    pub fn new(host: Arc<dyn Host>) -> Self {
        Self { host, slots: Mutex::default(), sign_in: Mutex::default() }
    }

    /// Returns the account's session; connects and verifies if there is none. A failure is not
    /// cached: the next call tries again.
    pub async fn of(&self, account: &Account) -> Result<Arc<Session>, Failure> {
        self.connected(account, false).await
    }

    /// Returns the session for a sweep, which also needs the scopes. They are requested together
    /// with the identity, because a round trip to a remote cloud dominates the time of a small
    /// sweep.
    pub async fn for_sweep(&self, account: &Account) -> Result<Arc<Session>, Failure> {
        self.connected(account, true).await
    }

    async fn connected(&self, account: &Account, with_scopes: bool) -> Result<Arc<Session>, Failure> {
        let slot = Arc::clone(lock(&self.slots).entry(account.id.clone()).or_default());
        let mut slot = slot.lock().await;
        if let Some(session) = &*slot {
            return Ok(Arc::clone(session));
        }
        let outcome = self.connect(account, with_scopes).await;
        let sign_in = outcome.as_ref().map_or_else(|failure| SignIn::Failed(failure.clone()), |_| SignIn::Ok);
        self.record(&account.id, sign_in);
        let session = Arc::new(outcome?);
        *slot = Some(Arc::clone(&session));
        Ok(session)
    }

    async fn connect(&self, account: &Account, with_scopes: bool) -> Result<Session, Failure> {
        let provider = self.host.connect(account).await?;
        let before = provider.traffic();
        let (identity, scopes) = if with_scopes {
            // A refused identity does not wait for the scopes.
            let scopes = async { Ok(Some(provider.scopes().await)) };
            futures::try_join!(provider.verify(), scopes)
        } else {
            provider.verify().await.map(|identity| (identity, None))
        }
        .map_err(|error| Failure::from(&error))?;
        let after = provider.traffic();
        let connecting =
            Traffic { requests: after.requests - before.requests, bytes_in: after.bytes_in - before.bytes_in };
        match &account.realm {
            Some(expected) if *expected != identity.realm => {
                let error = ProviderError::WrongAccount { expected: expected.clone(), found: identity.realm };
                Err(Failure::from(&error))
            }
            _ => {
                let (scopes, connecting) = (AsyncMutex::new(scopes), Mutex::new(connecting));
                Ok(Session { provider, identity, scopes, connecting })
            }
        }
    }

    /// Ends the account's session, because its credentials or access changed or were refused.
    pub async fn forget(&self, account: &AccountId) {
        let slot = lock(&self.slots).get(account).cloned();
        if let Some(slot) = slot {
            *slot.lock().await = None;
        }
    }

    /// Records a failure that shows the credentials to be invalid; the next use connects again.
    pub async fn note(&self, account: &AccountId, failure: &Failure) {
        if matches!(failure.code, FailureCode::Unauthenticated | FailureCode::WrongAccount) {
            self.record(account, SignIn::Failed(failure.clone()));
            self.forget(account).await;
        }
    }

    /// Records the result of a use. A sweep that outlives its account records nothing.
    fn record(&self, account: &AccountId, sign_in: SignIn) {
        let slots = lock(&self.slots);
        if slots.contains_key(account) {
            lock(&self.sign_in).insert(account.clone(), sign_in);
        }
    }

    /// Returns whether the account's credentials worked at their last use.
    pub fn sign_in(&self, account: &AccountId) -> SignIn {
        lock(&self.sign_in).get(account).cloned().unwrap_or(SignIn::NotTried)
    }

    /// Drops everything about an account.
    pub fn remove(&self, account: &AccountId) {
        lock(&self.slots).remove(account);
        lock(&self.sign_in).remove(account);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
