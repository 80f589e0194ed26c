//! Credential store: the accounts' secrets in the OS keyring, and the keyring's last status.

use std::sync::{Mutex, PoisonError};

use nepho_core::{AccountId, Failure, Secret, SignInId, report::KeyringStatus};
use nepho_keyring::{Keyring, KeyringError, Prompt};

use crate::{credentials::resolved::ResolvedCredentials, credentials::secret_id::SecretId};

/// The keyring with the formats of our secrets.
#[derive(Debug)]
pub(crate) struct CredentialStore {
    keyring: Keyring,
    status: Mutex<KeyringStatus>,
}

impl CredentialStore {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self { keyring, status: Mutex::default() }
    }

    pub(crate) fn status(&self) -> KeyringStatus {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a key. Does nothing for credentials that live elsewhere.
    pub(crate) async fn store(&self, secret_id: &SecretId, credentials: &ResolvedCredentials) -> Result<(), Failure> {
        let secret = match credentials {
            ResolvedCredentials::Keys { access_key_id, secret_access_key, session_token } => {
                written(access_key_id, secret_access_key, session_token.as_ref())
            }
            ResolvedCredentials::ServiceAccount { key, .. } => key.clone(),
            ResolvedCredentials::Profile(_)
            | ResolvedCredentials::Environment
            | ResolvedCredentials::Variable(_)
            | ResolvedCredentials::ApplicationDefault => return Ok(()),
        };
        self.restore(secret_id, secret).await
    }

    /// Writes back a secret that [`CredentialStore::raw`] read.
    pub(crate) async fn restore(&self, secret_id: &SecretId, secret: Secret) -> Result<(), Failure> {
        self.note(self.keyring.write(&secret_id.item(), secret, Prompt::Allowed).await)
    }

    /// Reads the item as it is stored.
    pub(crate) async fn raw(&self, secret_id: &SecretId, prompt: Prompt) -> Result<Secret, Failure> {
        self.note(self.keyring.read(&secret_id.item(), prompt).await)
    }

    /// Reads an account's access key.
    pub(crate) async fn access_key(&self, account: &AccountId, prompt: Prompt) -> Result<ResolvedCredentials, Failure> {
        let secret = self.raw(&SecretId::Account(account.clone()), prompt).await?;
        let unusable = KeyringError::Unusable { reason: "it is not an access key" };
        parsed(&secret).ok_or_else(|| Failure::from(&unusable))
    }

    /// Reads a sign-in's key; the provider checks its text.
    pub(crate) async fn sign_in_key(&self, sign_in: &SignInId, prompt: Prompt) -> Result<Secret, Failure> {
        self.raw(&SecretId::SignIn(sign_in.clone()), prompt).await
    }

    /// Deletes a secret, if there is one.
    pub(crate) async fn delete(&self, secret_id: &SecretId, prompt: Prompt) -> Result<(), Failure> {
        self.note(self.keyring.delete(&secret_id.item(), prompt).await)
    }

    /// Checks that the keyring keeps secrets.
    pub(crate) async fn probe(&self, prompt: Prompt) -> Result<(), Failure> {
        self.note(self.keyring.probe(prompt).await)
    }

    fn note<T>(&self, result: Result<T, KeyringError>) -> Result<T, Failure> {
        let status = match &result {
            Ok(_) | Err(KeyringError::Missing | KeyringError::Unusable { .. }) => KeyringStatus::Ok,
            Err(KeyringError::Unavailable { .. }) => KeyringStatus::Unavailable,
            Err(KeyringError::Locked | KeyringError::Dismissed | KeyringError::TimedOut { .. }) => {
                KeyringStatus::Locked
            }
        };
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
        result.map_err(|error| Failure::from(&error))
    }
}

/// The stored form: the id, the key, and any session token, one line each. It is readable in a
/// keyring viewer, and no part of an AWS key holds a line break.
fn written(id: &Secret, key: &Secret, token: Option<&Secret>) -> Secret {
    let mut text = format!("{}\n{}", id.expose(), key.expose());
    if let Some(token) = token {
        text.push('\n');
        text.push_str(token.expose());
    }
    Secret::new(text)
}

fn parsed(secret: &Secret) -> Option<ResolvedCredentials> {
    let mut lines = secret.expose().split('\n').filter(|line| !line.is_empty()).map(str::to_owned);
    Some(ResolvedCredentials::Keys {
        access_key_id: Secret::new(lines.next()?),
        secret_access_key: Secret::new(lines.next()?),
        session_token: lines.next().map(Secret::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let secret = |text: &str| Secret::new(text.to_owned());
        for token in [None, Some(secret("token/+="))] {
            let stored = written(&secret("AKIAIOSFODNN7EXAMPLE"), &secret("wJal/+rXU"), token.as_ref());
            let Some(ResolvedCredentials::Keys { access_key_id, secret_access_key, session_token }) = parsed(&stored)
            else {
                panic!("not read");
            };
            assert_eq!(access_key_id.expose(), "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(secret_access_key.expose(), "wJal/+rXU");
            assert_eq!(session_token.as_ref().map(Secret::expose), token.as_ref().map(Secret::expose));
        }
        assert!(parsed(&secret("only one line")).is_none());
    }
}
