//! The Secret Service of a Linux desktop (GNOME Keyring, `KWallet`, `KeePassXC`), over D-Bus.
//!
//! Items go through `keyring-core`'s store, which prompts whenever an item is locked. A second
//! connection, which never carries a secret, therefore checks the lock first, without a prompt.

use std::{collections::HashMap, sync::Arc};

use keyring_core::CredentialStore;
use secret_service::{EncryptionType, blocking::SecretService};
use zbus_secret_service_keyring_store::Store;

use crate::{
    SERVICE,
    backend::Backend,
    classify::{classify, classify_secret_service},
    error::KeyringError,
};

/// Connects to the session's keyring.
pub(crate) fn open() -> Result<Box<dyn Backend>, KeyringError> {
    let lock_check = SecretService::connect(EncryptionType::Plain).map_err(|error| classify_secret_service(&error))?;
    let store: Arc<CredentialStore> = Store::new().map_err(|error| classify(&error))?;
    Ok(Box::new(Session { lock_check, store }))
}

/// Two connections to one keyring: `lock_check` reads lock states, `store` moves secrets.
struct Session {
    lock_check: SecretService<'static>,
    store: Arc<CredentialStore>,
}

impl Backend for Session {
    fn is_locked(&self, user: Option<&str>) -> Result<bool, KeyringError> {
        let locked = || {
            let wanted = HashMap::from([("service", SERVICE)]);
            let wanted = wanted.into_iter().chain(user.map(|user| ("username", user))).collect();
            let found = self.lock_check.search_items(wanted)?;
            if !found.locked.is_empty() {
                return Ok(true);
            }
            // An item in an unlocked collection can be read even if the default collection is locked.
            if user.is_some() && !found.unlocked.is_empty() {
                return Ok(false);
            }
            self.lock_check.get_default_collection()?.is_locked()
        };
        locked().map_err(|error| classify_secret_service(&error))
    }

    fn unlock(&self) -> Result<(), KeyringError> {
        let prompt = || self.lock_check.get_default_collection()?.unlock();
        prompt().map_err(|error| classify_secret_service(&error))
    }

    fn store(&self) -> &Arc<CredentialStore> {
        &self.store
    }
}
