//! One cross-process lock per account, shared by all tasks of this process.
//!
//! The lock prevents two *processes* from syncing or acting on one account at the same time. Within
//! a process the inventory orders all writes, and an action must not wait for a slow sweep.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use nepho_core::{AccountId, Failure};
use tokio::sync::Mutex;

use crate::host::{AccountLock, Host};

/// The locks that this process holds.
#[derive(Default)]
pub struct Locks(Mutex<HashMap<AccountId, Weak<AccountLock>>>);

impl std::fmt::Debug for Locks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Locks")
    }
}

impl Locks {
    /// Returns this process's lock on the account, and acquires it if necessary.
    pub async fn hold(&self, host: &dyn Host, account: &AccountId) -> Result<Arc<AccountLock>, Failure> {
        let mut held = self.0.lock().await;
        if let Some(lock) = held.get(account).and_then(Weak::upgrade) {
            return Ok(lock);
        }
        let lock = Arc::new(host.lock(account).await?);
        held.insert(account.clone(), Arc::downgrade(&lock));
        Ok(lock)
    }
}
