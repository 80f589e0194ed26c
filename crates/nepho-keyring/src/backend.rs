//! The interface of an open keyring.

use std::sync::Arc;

use keyring_core::CredentialStore;

use crate::error::KeyringError;

/// An open keyring. It stays on the keyring thread; every method may block.
pub(crate) trait Backend {
    /// Returns `true` if the item of `user` (or, for `None`, the default collection) is locked.
    /// Never prompts.
    fn is_locked(&self, user: Option<&str>) -> Result<bool, KeyringError>;

    /// Prompts the user to unlock the keyring and waits for the result.
    fn unlock(&self) -> Result<(), KeyringError>;

    /// Returns the store that holds the items.
    fn store(&self) -> &Arc<CredentialStore>;
}

/// A function that opens the keyring; it runs on the keyring thread.
pub(crate) type Opener = Arc<dyn Fn() -> Result<Box<dyn Backend>, KeyringError> + Send + Sync>;
