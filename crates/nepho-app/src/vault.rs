//! The accounts' secrets in the OS keyring: what is stored under an account's id, and how the
//! keyring answered the last time.

use std::sync::{Mutex, PoisonError};

use nepho_core::{AccountId, Failure, Secret, report::KeyringStanding, request::Credentials};
use nepho_keyring::{Item, Keyring, KeyringError, Patience};

/// One item holds an account's whole key, so that replacing it cannot leave half of each.
const FIELD: &str = "access-key";

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

    /// Stores an access key; other credentials are not ours to store.
    pub(crate) async fn store(&self, account: &AccountId, credentials: &Credentials) -> Result<(), Failure> {
        let Credentials::Keys { access_key_id, secret_access_key, session_token } = credentials else { return Ok(()) };
        let secret = written(access_key_id, secret_access_key, session_token.as_ref());
        self.note(self.keyring.write(&item(account), secret, Patience::Operator).await)
    }

    /// Puts back what [`Vault::raw`] read.
    pub(crate) async fn restore(&self, account: &AccountId, secret: Secret) -> Result<(), Failure> {
        self.note(self.keyring.write(&item(account), secret, Patience::Operator).await)
    }

    /// The item as it is stored.
    pub(crate) async fn raw(&self, account: &AccountId, patience: Patience) -> Result<Secret, Failure> {
        self.note(self.keyring.read(&item(account), patience).await)
    }

    /// Reads an account's access key.
    pub(crate) async fn read(&self, account: &AccountId, patience: Patience) -> Result<Credentials, Failure> {
        let secret = self.raw(account, patience).await?;
        let unusable = KeyringError::Unusable { reason: "it is not an access key" };
        parsed(&secret).ok_or_else(|| Failure::from(&unusable))
    }

    /// Deletes an account's secret, if there is one.
    pub(crate) async fn delete(&self, account: &AccountId, patience: Patience) -> Result<(), Failure> {
        self.note(self.keyring.delete(&item(account), patience).await)
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

fn item(account: &AccountId) -> Item {
    Item { account: account.clone(), field: FIELD.to_owned() }
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

fn parsed(secret: &Secret) -> Option<Credentials> {
    let mut lines = secret.expose().split('\n').filter(|line| !line.is_empty()).map(str::to_owned);
    Some(Credentials::Keys {
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
            let Some(Credentials::Keys { access_key_id, secret_access_key, session_token }) = parsed(&stored) else {
                panic!("not read");
            };
            assert_eq!(access_key_id.expose(), "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(secret_access_key.expose(), "wJal/+rXU");
            assert_eq!(session_token.as_ref().map(Secret::expose), token.as_ref().map(Secret::expose));
        }
        assert!(parsed(&secret("only one line")).is_none());
    }
}
