//! Whose a secret in the keyring is: one account's, or a sign-in's that several accounts share.

use std::fmt;

use nepho_core::{Account, AccountId, CredentialSource, SignInId};
use nepho_keyring::Item;

/// What begins the written form of a sign-in; no id of ours holds a slash.
const SIGN_IN: &str = "sign-in/";

/// Whose a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretId {
    /// One account's access key.
    Account(AccountId),
    /// A service account's key, for every account of the sign-in.
    SignIn(SignInId),
}

impl SecretId {
    /// The secret_id of the account's secret, if it has one in the keyring.
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

    /// The secret_id that [`SecretId`]'s text form names.
    pub(crate) fn parse(text: &str) -> Self {
        match text.strip_prefix(SIGN_IN) {
            Some(sign_in) => Self::SignIn(SignInId::new(sign_in)),
            None => Self::Account(AccountId::new(text)),
        }
    }

    /// Its item. One item holds a whole key, so that replacing it cannot leave half of each.
    pub(crate) fn item(&self) -> Item {
        match self {
            Self::Account(id) => Item { account: id.clone(), field: "access-key".to_owned() },
            // The keyring's items are filed under one id and one field, whichever id it is.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_owner_is_read_as_it_was_written_and_has_an_item_of_its_own() {
        let owners = [SecretId::Account(AccountId::new("0192")), SecretId::SignIn(SignInId::new("0192"))];
        for secret_id in &owners {
            assert_eq!(SecretId::parse(&secret_id.to_string()), *secret_id);
        }
        assert_ne!(owners[0].item(), owners[1].item());
    }
}
