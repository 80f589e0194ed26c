//! The accounts' secrets in the OS keyring: what is stored for each owner, and how the keyring
//! answered the last time.

use std::sync::{Mutex, PoisonError};

use nepho_core::{AccountId, Failure, Secret, SignInId, report::KeyringStanding};
use nepho_keyring::{Keyring, KeyringError, Patience};

use crate::{owner::Owner, proof::Proof};

/// The keyring, as accounts use it.
#[derive(Debug)]
pub(crate) struct Vault {
    keyring: Keyring,
    standing: Mutex<KeyringStanding>,
}

impl Vault {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self { keyring, standing: Mutex::default() }
    }

    pub(crate) fn standing(&self) -> KeyringStanding {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a key; other proofs are not ours to store.
    pub(crate) async fn store(&self, owner: &Owner, proof: &Proof) -> Result<(), Failure> {
        let secret = match proof {
            Proof::Keys { access_key_id, secret_access_key, session_token } => {
                written(access_key_id, secret_access_key, session_token.as_ref())
            }
            Proof::ServiceAccount { key, .. } => key.clone(),
            Proof::Profile(_) | Proof::Environment | Proof::Variable(_) | Proof::ApplicationDefault => return Ok(()),
        };
        self.restore(owner, secret).await
    }

    /// Puts back what [`Vault::raw`] read.
    pub(crate) async fn restore(&self, owner: &Owner, secret: Secret) -> Result<(), Failure> {
        self.note(self.keyring.write(&owner.item(), secret, Patience::Operator).await)
    }

    /// The item as it is stored.
    pub(crate) async fn raw(&self, owner: &Owner, patience: Patience) -> Result<Secret, Failure> {
        self.note(self.keyring.read(&owner.item(), patience).await)
    }

    /// Reads an account's access key.
    pub(crate) async fn access_key(&self, account: &AccountId, patience: Patience) -> Result<Proof, Failure> {
        let secret = self.raw(&Owner::Account(account.clone()), patience).await?;
        let unusable = KeyringError::Unusable { reason: "it is not an access key" };
        parsed(&secret).ok_or_else(|| Failure::from(&unusable))
    }

    /// Reads a sign-in's key. Whether it is one shows when it is used.
    pub(crate) async fn sign_in_key(&self, sign_in: &SignInId, patience: Patience) -> Result<Secret, Failure> {
        self.raw(&Owner::SignIn(sign_in.clone()), patience).await
    }

    /// Deletes an owner's secret, if there is one.
    pub(crate) async fn delete(&self, owner: &Owner, patience: Patience) -> Result<(), Failure> {
        self.note(self.keyring.delete(&owner.item(), patience).await)
    }

    /// Finds out whether secrets can be kept; asks for no password.
    pub(crate) async fn probe(&self) -> Result<(), Failure> {
        self.note(self.keyring.probe(Patience::Background).await)
    }

    fn note<T>(&self, result: Result<T, KeyringError>) -> Result<T, Failure> {
        let standing = match &result {
            Ok(_) | Err(KeyringError::Missing | KeyringError::Unusable { .. }) => KeyringStanding::Ok,
            Err(KeyringError::Unavailable { .. }) => KeyringStanding::Unavailable,
            Err(KeyringError::Locked | KeyringError::Dismissed | KeyringError::TimedOut { .. }) => {
                KeyringStanding::Locked
            }
        };
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
        result.map_err(|error| Failure::from(&error))
    }
}

/// One line each: the id, the key, and the session token if there is one. A person who looks into
/// the keyring can read it, and no part of an AWS key holds a line break.
fn written(id: &Secret, key: &Secret, token: Option<&Secret>) -> Secret {
    let mut text = format!("{}\n{}", id.expose(), key.expose());
    if let Some(token) = token {
        text.push('\n');
        text.push_str(token.expose());
    }
    Secret::new(text)
}

fn parsed(secret: &Secret) -> Option<Proof> {
    let mut lines = secret.expose().split('\n').filter(|line| !line.is_empty()).map(str::to_owned);
    Some(Proof::Keys {
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
            let Some(Proof::Keys { access_key_id, secret_access_key, session_token }) = parsed(&stored) else {
                panic!("not read");
            };
            assert_eq!(access_key_id.expose(), "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(secret_access_key.expose(), "wJal/+rXU");
            assert_eq!(session_token.as_ref().map(Secret::expose), token.as_ref().map(Secret::expose));
        }
        assert!(parsed(&secret("only one line")).is_none());
    }
}
