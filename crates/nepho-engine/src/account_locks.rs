//! One cross-process lock per account, shared by all tasks of this process.
//!
//! The lock prevents two *processes* from syncing or acting on one account at the same time. Within
//! a process the inventory orders all writes, and an action must not wait for a slow sweep.

use std::sync::{Arc, Weak};

use nepho_core::{AccountId, Failure};
use tokio::sync::Mutex;

use crate::{
    host::{AccountLock, Host},
    slots::Slots,
};

/// The lock of one account, if this process holds it. Locked while a task waits for the account's
/// lock, so that the other tasks of this process share the result.
type Slot = Mutex<Weak<AccountLock>>;

/// The locks that this process holds.
#[derive(Debug, Default)]
pub struct Locks(Slots<Slot>);

impl Locks {
    /// Returns this process's lock on the account, and acquires it if necessary. Waits only for
    /// holders of this account's lock.
    pub async fn hold(&self, host: &dyn Host, account: &AccountId) -> Result<Arc<AccountLock>, Failure> {
        let slot = self.0.of(account);
        let mut held = slot.lock().await;
        if let Some(lock) = held.upgrade() {
            return Ok(lock);
        }
        let lock = host.lock(account).await?;
        // The lock keeps its slot alive, so that later tasks find the lock.
        let lock: Arc<AccountLock> = Arc::new(Box::new((lock, Arc::clone(&slot))));
        *held = Arc::downgrade(&lock);
        Ok(lock)
    }
}
