//! The calls that run on the keyring thread.
//!
//! Each takes an open backend and unlocks it first, if the request permits a prompt.

use keyring_core::Entry;
use nepho_core::Secret;
use zeroize::Zeroize;

use crate::{
    SERVICE,
    backend::Backend,
    classify::classify,
    error::KeyringError,
    request::{Item, Prompt},
    worker::CallState,
};

/// Returns the secret of `item`.
pub(crate) fn read(backend: &dyn Backend, item: &Item, prompt: Prompt) -> Result<Secret, KeyringError> {
    let user = item.user();
    ensure_unlocked(backend, Some(&user), prompt)?;
    let bytes = entry(backend, &user)?.get_secret().map_err(|error| classify(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(KeyringError::Unusable { reason: "it is not UTF-8 text" })
        }
    }
}

/// Stores `secret` under `item`, unless the caller gave up before the keyring was unlocked.
pub(crate) fn write(
    backend: &dyn Backend,
    item: &Item,
    secret: &Secret,
    prompt: Prompt,
    state: &CallState,
) -> Result<(), KeyringError> {
    let user = item.user();
    ensure_unlocked(backend, Some(&user), prompt)?;
    // The user may answer the prompt long after the caller gave up; then nothing is stored.
    if state.is_given_up() {
        return Err(KeyringError::Dismissed);
    }
    entry(backend, &user)?.set_secret(secret.expose().as_bytes()).map_err(|error| classify(&error))
}

/// Deletes the item. A missing item is not an error.
pub(crate) fn delete(
    backend: &dyn Backend,
    item: &Item,
    prompt: Prompt,
    state: &CallState,
) -> Result<(), KeyringError> {
    let user = item.user();
    ensure_unlocked(backend, Some(&user), prompt)?;
    if state.is_given_up() {
        return Err(KeyringError::Dismissed);
    }
    match entry(backend, &user)?.delete_credential().map_err(|error| classify(&error)) {
        Ok(()) | Err(KeyringError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns every item that Nephoscope stored. Never prompts.
pub(crate) fn list(backend: &dyn Backend) -> Result<Vec<Item>, KeyringError> {
    if backend.is_locked(None)? {
        return Err(KeyringError::Locked);
    }
    let found = backend.store().search(&[("service", SERVICE)].into()).map_err(|error| classify(&error))?;
    let users = found.iter().filter(|entry| entry.get_credential().is_ok()).filter_map(Entry::get_specifiers);
    Ok(users.filter(|(service, _)| service == SERVICE).filter_map(|(_, user)| Item::from_user(&user)).collect())
}

/// Checks that the keyring stores secrets: writes, reads back and deletes a dummy item. A keyring
/// that was never unlocked can be opened and read, but stores nothing.
pub(crate) fn probe(backend: &dyn Backend, prompt: Prompt) -> Result<(), KeyringError> {
    ensure_unlocked(backend, None, prompt)?;
    let entry = entry(backend, "probe")?;
    let probed = || {
        entry.set_secret(b"probe")?;
        let read = entry.get_secret()?;
        entry.delete_credential()?;
        Ok(read)
    };
    match probed().map_err(|error| classify(&error)) {
        Ok(read) if read == b"probe" => Ok(()),
        Ok(_) => Err(KeyringError::Unusable { reason: "it returned other bytes than were stored" }),
        // Another process probed at the same time and deleted our item: the keyring works.
        Err(KeyringError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

fn ensure_unlocked(backend: &dyn Backend, user: Option<&str>, prompt: Prompt) -> Result<(), KeyringError> {
    if !backend.is_locked(user)? {
        return Ok(());
    }
    match prompt {
        Prompt::Never => Err(KeyringError::Locked),
        Prompt::Allowed => backend.unlock(),
    }
}

fn entry(backend: &dyn Backend, user: &str) -> Result<Entry, KeyringError> {
    Entry::new_in_store(backend.store(), SERVICE, user).map_err(|error| classify(&error))
}
