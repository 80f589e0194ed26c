//! An open keyring, as the keyring thread sees it, and what is done with it there.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use nepho_core::Secret;
use zeroize::Zeroize;

use crate::{
    SERVICE,
    error::{KeyringError, classify},
    keyring::{Item, Prompt},
    worker::Ticket,
};

/// An open keyring. Lives on the keyring thread; every method may block.
pub(crate) trait Backend {
    /// Whether the item of `user` (or, for `None`, the default collection) is behind a lock.
    /// Never prompts.
    fn is_locked(&self, user: Option<&str>) -> Result<bool, KeyringError>;

    /// Asks the person to unlock it, and waits for the answer.
    fn unlock(&self) -> Result<(), KeyringError>;

    /// Where the items are.
    fn store(&self) -> &Arc<CredentialStore>;
}

/// Opens the keyring, on the keyring thread.
pub(crate) type Opener = Arc<dyn Fn() -> Result<Box<dyn Backend>, KeyringError> + Send + Sync>;

pub(crate) fn read(backend: &dyn Backend, item: &Item, prompt: Prompt) -> Result<Secret, KeyringError> {
    let user = item.user();
    make_open(backend, Some(&user), prompt)?;
    let bytes = entry(backend, &user)?.get_secret().map_err(|error| classify(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(KeyringError::Unusable { reason: "it is not text" })
        }
    }
}

pub(crate) fn write(
    backend: &dyn Backend,
    item: &Item,
    secret: &Secret,
    prompt: Prompt,
    ticket: &Ticket,
) -> Result<(), KeyringError> {
    let user = item.user();
    make_open(backend, Some(&user), prompt)?;
    // The prompt may be answered long after the caller left; nothing is stored behind its back.
    if ticket.is_given_up() {
        return Err(KeyringError::Dismissed);
    }
    entry(backend, &user)?.set_secret(secret.expose().as_bytes()).map_err(|error| classify(&error))
}

/// Deletes the item; that there was none is no error.
pub(crate) fn delete(backend: &dyn Backend, item: &Item, prompt: Prompt, ticket: &Ticket) -> Result<(), KeyringError> {
    let user = item.user();
    make_open(backend, Some(&user), prompt)?;
    if ticket.is_given_up() {
        return Err(KeyringError::Dismissed);
    }
    match entry(backend, &user)?.delete_credential().map_err(|error| classify(&error)) {
        Ok(()) | Err(KeyringError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Every item that Nephoscope has here. Asks for no password.
pub(crate) fn list(backend: &dyn Backend) -> Result<Vec<Item>, KeyringError> {
    if backend.is_locked(None)? {
        return Err(KeyringError::Locked);
    }
    let found = backend.store().search(&[("service", SERVICE)].into()).map_err(|error| classify(&error))?;
    let users = found.iter().filter(|entry| entry.get_credential().is_ok()).filter_map(Entry::get_specifiers);
    Ok(users.filter(|(service, _)| service == SERVICE).filter_map(|(_, user)| Item::from_user(&user)).collect())
}

/// Finds out whether secrets can be kept here: writes, reads back and deletes one that is worth
/// nothing. A keyring that was never unlocked lets itself be opened and read, and stores nothing.
pub(crate) fn probe(backend: &dyn Backend, prompt: Prompt) -> Result<(), KeyringError> {
    make_open(backend, None, prompt)?;
    let entry = entry(backend, "probe")?;
    let probed = || {
        entry.set_secret(b"probe")?;
        let read = entry.get_secret()?;
        entry.delete_credential()?;
        Ok(read)
    };
    match probed().map_err(|error| classify(&error)) {
        Ok(read) if read == b"probe" => Ok(()),
        Ok(_) => Err(KeyringError::Unusable { reason: "it does not give back what was stored" }),
        // Another process probed at the same moment and deleted ours: it works.
        Err(KeyringError::Missing) => Ok(()),
        Err(error) => Err(error),
    }
}

fn make_open(backend: &dyn Backend, user: Option<&str>, prompt: Prompt) -> Result<(), KeyringError> {
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
