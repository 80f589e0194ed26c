//! The handle: async, cheap to clone, every call with a limit.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nepho_core::{AccountId, Secret};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use crate::{
    backend::{self, Backend, Opener},
    error::KeyringError,
    worker::{Ticket, Verdict, Worker},
};

/// One item: a field of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Whose.
    pub account: AccountId,
    /// Which of its secrets; the provider's choice, without `/`.
    pub field: String,
}

impl Item {
    /// The item's user name in the keyring: `ACCOUNT/FIELD`.
    pub fn user(&self) -> String {
        format!("{}/{}", self.account, self.field)
    }

    pub(crate) fn from_user(user: &str) -> Option<Self> {
        let (account, field) = user.split_once('/')?;
        Some(Self { account: account.into(), field: field.to_owned() })
    }
}

/// Who waits for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Nobody in particular: at most 2 s, and the person is never asked for a password.
    Never,
    /// The person at the keyboard, who may be asked for the keyring's password: 60 s. Dropping the
    /// future cancels the call.
    Allowed,
}

/// How long calls may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) background: Duration,
    pub(crate) operator: Duration,
    /// After a background call timed out, how long further ones fail without asking.
    pub(crate) rest: Duration,
}

const LIMITS: Limits =
    Limits { background: Duration::from_secs(2), operator: Duration::from_mins(1), rest: Duration::from_secs(30) };

/// The OS keyring. Opened at the first call, and again after it failed, so that a keyring daemon
/// that starts late, or again, is found.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

struct Inner {
    worker: Worker,
    limits: Limits,
    resting_until: Mutex<Option<Instant>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// The keyring of this session.
    #[cfg(target_os = "linux")]
    pub fn system() -> Self {
        Self::opened_by(Arc::new(crate::secret_service::open), LIMITS)
    }

    /// The keyring of this session; this build knows none for this system.
    #[cfg(not(target_os = "linux"))]
    pub fn system() -> Self {
        let open = || Err(KeyringError::Unavailable { reason: "not supported on this system yet".to_owned() });
        Self::opened_by(Arc::new(open), LIMITS)
    }

    /// A keyring that lives and dies with this value: for tests of what stands on it.
    pub fn in_memory() -> Self {
        let store: Result<Arc<keyring_core::CredentialStore>, _> =
            keyring_core::mock::Store::new().map(|store| store as _);
        let open = move || match &store {
            Ok(store) => Ok(Box::new(InMemory(store.clone())) as Box<dyn Backend>),
            Err(error) => Err(crate::error::classify(error)),
        };
        Self::opened_by(Arc::new(open), LIMITS)
    }

    pub(crate) fn opened_by(opener: Opener, limits: Limits) -> Self {
        let inner = Inner { worker: Worker::new(opener), limits, resting_until: Mutex::new(None) };
        Self { inner: Arc::new(inner) }
    }

    /// Reads the item.
    pub async fn read(&self, item: &Item, prompt: Prompt) -> Result<Secret, KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, _| backend::read(backend, &item, prompt)).await
    }

    /// Writes the item, in place of an older one.
    pub async fn write(&self, item: &Item, secret: Secret, prompt: Prompt) -> Result<(), KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, ticket| backend::write(backend, &item, &secret, prompt, ticket)).await
    }

    /// Deletes the item; that there was none is no error.
    pub async fn delete(&self, item: &Item, prompt: Prompt) -> Result<(), KeyringError> {
        let item = item.clone();
        self.call(prompt, move |backend, ticket| backend::delete(backend, &item, prompt, ticket)).await
    }

    /// Every item that Nephoscope has, in the background.
    pub async fn list(&self) -> Result<Vec<Item>, KeyringError> {
        self.call(Prompt::Never, |backend, _| backend::list(backend)).await
    }

    /// Finds out whether secrets can be kept, by keeping one for a moment.
    pub async fn probe(&self, prompt: Prompt) -> Result<(), KeyringError> {
        self.call(prompt, move |backend, _| backend::probe(backend, prompt)).await
    }

    async fn call<T: Send + 'static>(
        &self,
        prompt: Prompt,
        act: impl Fn(&dyn Backend, &Ticket) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let limit = match prompt {
            Prompt::Never => self.inner.limits.background,
            Prompt::Allowed => self.inner.limits.operator,
        };
        if prompt == Prompt::Never && self.is_resting() {
            return Err(KeyringError::TimedOut { limit });
        }
        let (reply, answer) = oneshot::channel();
        // A call is tried again with a fresh connection when the one at hand had failed, so the
        // reply is the last try's: it is sent when the call is dropped.
        let mut reply = Reply { to: Some(reply), result: None };
        let pending = self.inner.worker.submit(Box::new(move |backend, ticket| {
            let result = backend.and_then(|backend| act(backend, ticket));
            let verdict = match &result {
                Err(KeyringError::Unavailable { .. }) => Verdict::Bad,
                _ => Verdict::Good,
            };
            reply.keep(result);
            verdict
        }))?;
        match timeout(limit, answer).await {
            Ok(Ok(result)) => {
                pending.answered();
                self.rest(None);
                result
            }
            Ok(Err(_)) => {
                pending.answered();
                Err(KeyringError::Unavailable { reason: "its thread broke off".to_owned() })
            }
            Err(_) => {
                self.rest(Some(Instant::now() + self.inner.limits.rest));
                Err(KeyringError::TimedOut { limit })
            }
        }
    }

    fn is_resting(&self) -> bool {
        let until = self.inner.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self, until: Option<Instant>) {
        *self.inner.resting_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
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
            // Nobody waits any more: the result goes with its sender.
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
