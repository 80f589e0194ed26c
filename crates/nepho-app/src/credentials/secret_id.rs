//! Identifiers of secrets in the keyring, and the write-ahead record of their changes.
//!
//! The keyring and the database cannot change in one transaction. A secret is recorded as pending
//! before it is written, replaced or released by its last account; the record is removed afterwards.
//! The next start deletes the secrets that a crash left. Only secrets that this data directory
//! recorded are deleted: the keyring also holds those of other data directories.

use std::fmt;

use nepho_core::{Account, AccountId, CredentialSource, SignInId};
use nepho_keyring::Item;
use nepho_store::{Store, StoreError};

/// The prefix of a sign-in's text form; no id of ours holds a slash.
const SIGN_IN: &str = "sign-in/";

/// The owner of a secret in the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretId {
    /// An account, with its access key.
    Account(AccountId),
    /// A sign-in, with the service account's key that its accounts share.
    SignIn(SignInId),
}

impl SecretId {
    /// The identifier of the account's secret; `None` if the keyring holds none for it.
    pub(crate) fn of(account: &Account) -> Option<Self> {
        Self::of_source(&account.id, &account.source)
    }

    pub(crate) fn of_source(account: &AccountId, source: &CredentialSource) -> Option<Self> {
        match source {
            CredentialSource::Keyring => Some(Self::Account(account.clone())),
            CredentialSource::SignIn(sign_in) => Some(Self::SignIn(sign_in.clone())),
            CredentialSource::Environment
            | CredentialSource::Profile(_)
            | CredentialSource::Variable(_)
            | CredentialSource::ApplicationDefault
            | CredentialSource::BuiltIn => None,
        }
    }

    /// Parses the text form.
    pub(crate) fn parse(text: &str) -> Self {
        match text.strip_prefix(SIGN_IN) {
            Some(sign_in) => Self::SignIn(SignInId::new(sign_in)),
            None => Self::Account(AccountId::new(text)),
        }
    }

    /// The item in the keyring. It holds a whole key, so that a replacement is atomic.
    pub(crate) fn item(&self) -> Item {
        match self {
            Self::Account(id) => Item { account: id.clone(), field: "access-key".to_owned() },
            // The keyring files items under one id and one field, for accounts and sign-ins alike.
            Self::SignIn(id) => Item { account: AccountId::new(id.as_str()), field: "service-account".to_owned() },
        }
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "{id}"),
            Self::SignIn(id) => write!(f, "{SIGN_IN}{id}"),
        }
    }
}

/// The setting that holds the record, as text forms with blanks between.
const PENDING: &str = "keyring.intents";

/// Lists the secrets whose change is pending.
pub(crate) async fn pending(store: &Store) -> Result<Vec<SecretId>, StoreError> {
    let text = store.setting(PENDING).await?.unwrap_or_default();
    Ok(text.split_whitespace().map(SecretId::parse).collect())
}

/// Records a secret as pending.
pub(crate) async fn add_pending(store: &Store, secret_id: &SecretId) -> Result<(), StoreError> {
    let mut all = pending(store).await?;
    if !all.contains(secret_id) {
        all.push(secret_id.clone());
        put_pending(store, &all).await?;
    }
    Ok(())
}

/// Removes the record of a secret.
pub(crate) async fn remove_pending(store: &Store, secret_id: &SecretId) -> Result<(), StoreError> {
    let mut all = pending(store).await?;
    all.retain(|other| other != secret_id);
    put_pending(store, &all).await
}

async fn put_pending(store: &Store, all: &[SecretId]) -> Result<(), StoreError> {
    let words: Vec<String> = all.iter().map(SecretId::to_string).collect();
    store.put_setting(PENDING, &words.join(" ")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_id_parses_its_text_form_and_names_one_item() {
        let ids = [SecretId::Account(AccountId::new("0192")), SecretId::SignIn(SignInId::new("0192"))];
        for secret_id in &ids {
            assert_eq!(SecretId::parse(&secret_id.to_string()), *secret_id);
        }
        assert_ne!(ids[0].item(), ids[1].item());
    }
}
