//! The Secret Service of a Linux desktop (GNOME Keyring, `KWallet`, `KeePassXC`), over D-Bus.
//!
//! Items go through `keyring-core`'s store. That store prompts whenever something is locked, so a
//! second connection, which never carries a secret, asks first and without a prompt.

use std::{collections::HashMap, sync::Arc};

use keyring_core::CredentialStore;
use secret_service::{EncryptionType, Error, blocking::SecretService};
use zbus_secret_service_keyring_store::Store;

use crate::{
    SERVICE,
    backend::Backend,
    error::{KeyringError, classify as classify_store, platform_failure},
};

/// Connects to the session's keyring.
pub(crate) fn open() -> Result<Box<dyn Backend>, KeyringError> {
    let asking = SecretService::connect(EncryptionType::Plain).map_err(|error| classify(&error))?;
    let store: Arc<CredentialStore> = Store::new().map_err(|error| classify_store(&error))?;
    Ok(Box::new(Session { asking, store }))
}

struct Session {
    asking: SecretService<'static>,
    store: Arc<CredentialStore>,
}

impl Backend for Session {
    fn is_locked(&self, user: Option<&str>) -> Result<bool, KeyringError> {
        let answer = || {
            let wanted = HashMap::from([("service", SERVICE)]);
            let wanted = wanted.into_iter().chain(user.map(|user| ("username", user))).collect();
            let found = self.asking.search_items(wanted)?;
            if !found.locked.is_empty() {
                return Ok(true);
            }
            // An item in an open collection can be read whatever the default one does.
            if user.is_some() && !found.unlocked.is_empty() {
                return Ok(false);
            }
            self.asking.get_default_collection()?.is_locked()
        };
        answer().map_err(|error| classify(&error))
    }

    fn unlock(&self) -> Result<(), KeyringError> {
        let prompt = || self.asking.get_default_collection()?.unlock();
        prompt().map_err(|error| classify(&error))
    }

    fn store(&self) -> &Arc<CredentialStore> {
        &self.store
    }
}

pub(crate) fn classify(error: &Error) -> KeyringError {
    match error {
        Error::Locked => KeyringError::Locked,
        Error::Prompt => KeyringError::Dismissed,
        // The daemon runs and the alias `default` names nothing: a keyring that was never set up.
        Error::NoResult => KeyringError::Unavailable { reason: "it has no default collection".to_owned() },
        other => platform_failure(&other.to_string()),
    }
}
