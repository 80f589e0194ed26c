//! The keyring handle: async, cheap to clone, with a time limit for every call.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nepho_core::Secret;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use crate::{
    backend::{Backend, Opener},
    calls,
    classify::classify,
    error::KeyringError,
    request::{Item, Prompt},
    worker::{CallState, Connection, Worker},
};

/// Time limits of calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) background: Duration,
    pub(crate) operator: Duration,
    /// After a background call timed out, the time during which further background calls fail
    /// without reaching the keyring.
    pub(crate) backoff: Duration,
}

const LIMITS: Limits =
    Limits { background: Duration::from_secs(2), operator: Duration::from_mins(1), backoff: Duration::from_secs(30) };

/// The OS keyring. The first call opens it, and a call after a failure opens it again, so that a
/// daemon that starts late or restarts is found.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

struct Inner {
    worker: Worker,
    limits: Limits,
    backoff_until: Mutex<Option<Instant>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// Returns the keyring of this session.
    #[cfg(target_os = "linux")]
    pub fn system() -> Self {
        Self::opened_by(Arc::new(crate::secret_service::open), LIMITS)
    }

    /// Returns a keyring that is always unavailable: this operating system is not supported yet.
    #[cfg(not(target_os = "linux"))]
    pub fn system() -> Self {
        let open = || Err(KeyringError::Unavailable { reason: "not supported on this system yet".to_owned() });
        Self::opened_by(Arc::new(open), LIMITS)
    }

    /// Returns an in-memory keyring for tests of dependent code.
    pub fn in_memory() -> Self {
        let store: Result<Arc<keyring_core::CredentialStore>, _> =
            keyring_core::mock::Store::new().map(|store| store as _);
        let open = move || match &store {
            Ok(store) => Ok(Box::new(InMemory(store.clone())) as Box<dyn Backend>),
            Err(error) => Err(classify(error)),
        };
        Self::opened_by(Arc::new(open), LIMITS)
    }

    pub(crate) fn opened_by(opener: Opener, limits: Limits) -> Self {
        let inner = Inner { worker: Worker::new(opener), limits, backoff_until: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// Reads the item.
    pub async fn read(&self, item: &Item, prompt: Prompt) -> Result<Secret, KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, _| calls::read(backend, &item, prompt)).await
    }

    /// Writes the item and replaces an existing one.
    pub async fn write(&self, item: &Item, secret: Secret, prompt: Prompt) -> Result<(), KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, state| calls::write(backend, &item, &secret, prompt, state)).await
    }

    /// Deletes the item. A missing item is not an error.
    pub async fn delete(&self, item: &Item, prompt: Prompt) -> Result<(), KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, state| calls::delete(backend, &item, prompt, state)).await
    }

    /// Returns every item that Nephoscope stored, as a background call.
    pub async fn list(&self) -> Result<Vec<Item>, KeyringError> {
        self.call(Prompt::Never, |backend, _| calls::list(backend)).await
    }

    /// Checks that the keyring stores secrets, by writing and deleting a dummy item.
    pub async fn probe(&self, prompt: Prompt) -> Result<(), KeyringError> {
        self.call(prompt, move |backend, _| calls::probe(backend, prompt)).await
    }

    async fn call<T: Send + 'static>(
        &self,
        prompt: Prompt,
        act: impl Fn(&dyn Backend, &CallState) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let limit = match prompt {
            Prompt::Never => self.inner.limits.background,
            Prompt::Allowed => self.inner.limits.operator,
        };
        if prompt == Prompt::Never && self.is_backing_off() {
            return Err(KeyringError::TimedOut { limit });
        }
        let (reply, result) = oneshot::channel();
        // The worker retries a call with a new connection if the existing one failed. `Reply` sends
        // the last attempt's result when the call is dropped.
        let mut reply = Reply { to: Some(reply), result: None };
        let pending = self.inner.worker.submit(Box::new(move |backend, state| {
            let result = backend.and_then(|backend| act(backend, state));
            let connection = match &result {
                Err(KeyringError::Unavailable { .. }) => Connection::Lost,
                _ => Connection::Usable,
            };
            reply.keep(result);
            connection
        }))?;
        match timeout(limit, result).await {
            Ok(Ok(result)) => {
                pending.answered();
                self.set_backoff(None);
                result
            }
            Ok(Err(_)) => {
                pending.answered();
                Err(KeyringError::Unavailable { reason: "its thread ended unexpectedly".to_owned() })
            }
            Err(_) => {
                self.set_backoff(Some(Instant::now() + self.inner.limits.backoff));
                Err(KeyringError::TimedOut { limit })
            }
        }
    }

    fn is_backing_off(&self) -> bool {
        let until = self.inner.backoff_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn set_backoff(&self, until: Option<Instant>) {
        *self.inner.backoff_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

struct Reply<T> {
    to: Option<oneshot::Sender<Result<T, KeyringError>>>,
    result: Option<Result<T, KeyringError>>,
}

impl<T> Reply<T> {
    fn keep(&mut self, result: Result<T, KeyringError>) {
        self.result = Some(result);
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let (Some(to), Some(result)) = (self.to.take(), self.result.take()) {
            // The send fails if the caller gave up; the result is then dropped.
            let _ = to.send(result);
        }
    }
}

struct InMemory(Arc<keyring_core::CredentialStore>);

impl Backend for InMemory {
    fn is_locked(&self, _user: Option<&str>) -> Result<bool, KeyringError> {
        Ok(false)
    }

    fn unlock(&self) -> Result<(), KeyringError> {
        Ok(())
    }

    fn store(&self) -> &Arc<keyring_core::CredentialStore> {
        &self.0
    }
}
