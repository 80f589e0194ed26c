//! The interface to the process that the engine runs in.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use nepho_core::{
    Account, AccountId, Descriptor, Failure, Provider, ProviderKind,
    journal::{OperationId, RunId},
};

/// A guard that holds an account's cross-process lock until dropped.
pub type AccountLock = Box<dyn Send + Sync>;

/// A guard that holds an operation's cross-process lock until dropped.
pub type OperationLock = Box<dyn Send + Sync>;

/// The engine's environment, which builds providers from credentials and holds lock files.
#[async_trait]
pub trait Host: Send + Sync + fmt::Debug {
    /// Reads the account's credentials and builds its provider. Sends nothing to the cloud.
    async fn connect(&self, account: &Account) -> Result<Arc<dyn Provider>, Failure>;

    /// Returns the pure half of a provider.
    fn descriptor(&self, provider: ProviderKind) -> &'static dyn Descriptor;

    /// Acquires the account's lock and waits briefly for it; the failure names the holder.
    async fn lock(&self, account: &AccountId) -> Result<AccountLock, Failure>;

    /// Returns `true` if the process of `run` is still alive and owns its journal entries.
    fn is_running(&self, run: &RunId) -> bool;

    /// Returns the signature of the process of `run`, such as `nepho, process 4711`, while it is
    /// alive.
    fn signature(&self, run: &RunId) -> Option<String>;

    /// Acquires the lock of an operation whose process has ended; `None` if another process follows
    /// it.
    fn lock_operation(&self, operation: &OperationId) -> Option<OperationLock>;

    /// Returns the signature of the process that holds the operation's lock, if any.
    fn operation_holder(&self, operation: &OperationId) -> Option<String>;
}
