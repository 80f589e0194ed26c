//! What the engine asks of the process that it runs in.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use nepho_core::{Account, AccountId, Descriptor, Failure, Provider, ProviderKind, journal::RunId};

/// Holds an account's cross-process lock until it is dropped.
pub type AccountLock = Box<dyn Send + Sync>;

/// The engine's environment: credentials become providers here, and locks are files here.
#[async_trait]
pub trait Host: Send + Sync + fmt::Debug {
    /// Reads the account's credentials and builds its provider. Sends nothing to the cloud.
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure>;

    /// The pure half of a provider.
    fn descriptor(&self, provider: ProviderKind) -> &'static dyn Descriptor;

    /// Takes the account's lock, waiting briefly; the failure says who holds it.
    async fn lock(&self, account: &AccountId) -> Result<AccountLock, Failure>;

    /// Whether the process run `run` is still alive, so that its journal entries are its own.
    fn is_running(&self, run: &RunId) -> bool;
}
