//! Adding an account: verified first, stored last, and all or nothing.

use nepho_core::{
    Account, AccountId, CredentialSource, Failure, FailureCode, Identity, ProviderKind, Secret,
    request::{Credentials, NewAccount},
    text,
};
use nepho_keyring::Patience;
use uuid::Uuid;

use crate::{App, AppError, endpoint, intents, locks};

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 64;

impl App {
    /// Adds an account. It is verified first, unless asked not to, and nothing is stored when that
    /// fails; an access key goes to the OS keyring, and a keyring that cannot take it fails the
    /// addition. The engine polls it from now on where polling is on.
    pub async fn add_account(&self, new: NewAccount) -> Result<Account, AppError> {
        let credentials = tidy(new.credentials)?;
        let mut account = Account {
            id: AccountId::new(Uuid::new_v4().to_string()),
            name: checked_name(&new.name)?,
            provider: new.provider,
            source: credentials.source(),
            endpoint: new.endpoint.as_deref().map(endpoint::approve).transpose()?,
            regions: new.regions,
            access: new.access,
            prod: new.prod,
            realm: None,
            principal: None,
            created_at: self.now(),
        };
        if account.provider == ProviderKind::Demo {
            return Err(AppError::NotApplicable { reason: "the demo cloud is added as a whole" });
        }
        self.refuse_known_name(&account)?;
        if new.verify {
            let identity = self.identify(&account, &credentials).await?;
            self.refuse_known_realm(&identity, None)?;
            account.realm = Some(identity.realm);
            account.principal = Some(identity.principal);
        }
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        self.refuse_known_name(&account)?;
        if let Some(realm) = account.realm.clone() {
            let identity = Identity { realm, principal: String::new() };
            self.refuse_known_realm(&identity, None)?;
        }
        self.store_both(&account, &credentials).await?;
        self.engine().put_account(account.clone()).await;
        Ok(account)
    }

    /// Keyring first, row second; whatever fails, neither stays.
    async fn store_both(&self, account: &Account, credentials: &Credentials) -> Result<(), AppError> {
        if account.source != CredentialSource::Keyring {
            return Ok(self.store().put_account(account).await?);
        }
        intents::note(self.store(), &account.id).await?;
        let vault = &self.composition().vault;
        let stored = match vault.store(&account.id, credentials).await {
            Ok(()) => self.store().put_account(account).await.map_err(AppError::from),
            Err(failure) => Err(AppError::failed(&account.id, failure)),
        };
        let settled = match stored {
            Ok(()) => true,
            // Where the keyring does not answer now, the noted intent is swept at the next start.
            Err(_) => vault.delete(&account.id, Patience::Background).await.is_ok(),
        };
        if settled {
            intents::strike(self.store(), &account.id).await?;
        }
        stored
    }

    /// Whose the credentials are, with an account that may not be stored yet.
    pub(crate) async fn identify(&self, account: &Account, credentials: &Credentials) -> Result<Identity, AppError> {
        let failed = |failure| AppError::failed(&account.id, failure);
        let provider = self.composition().connect_with(account, Some(credentials)).await.map_err(failed)?;
        let identity = provider.verify().await.map_err(|error| failed(Failure::from(&error)))?;
        match &account.realm {
            Some(pinned) if *pinned != identity.realm => Err(failed(Failure {
                code: FailureCode::WrongAccount,
                message: format!("these credentials belong to {}, the account is {pinned}", identity.realm),
            })),
            _ => Ok(identity),
        }
    }

    pub(crate) fn refuse_known_name(&self, account: &Account) -> Result<(), AppError> {
        let same = |name: &str| name.to_lowercase() == account.name.to_lowercase();
        let taken = self.accounts().iter().any(|known| known.account.id != account.id && same(&known.account.name));
        if taken { Err(AppError::NameTaken { name: account.name.clone() }) } else { Ok(()) }
    }

    /// A realm is listed once, or each machine would be there twice.
    pub(crate) fn refuse_known_realm(&self, identity: &Identity, but: Option<&AccountId>) -> Result<(), AppError> {
        let known = self.accounts().into_iter().map(|status| status.account);
        let mut others = known.filter(|account| Some(&account.id) != but);
        match others.find(|account| account.realm.as_ref() == Some(&identity.realm)) {
            None => Ok(()),
            Some(other) => Err(AppError::RealmTaken { name: other.name, realm: identity.realm.to_string() }),
        }
    }

    /// Keeps other processes from changing accounts and their secrets meanwhile.
    pub(crate) async fn hold_accounts(&self) -> Result<locks::Held, AppError> {
        let path = self.composition().directory.accounts_lock();
        match locks::take(&path, self.composition().host).await? {
            Ok(held) => Ok(held),
            Err(holder) => Err(AppError::Failed { account: None, failure: holder.failure("the list of accounts") }),
        }
    }

    /// Takes over the accounts that another process has added or changed.
    pub(crate) async fn reload_accounts(&self) -> Result<(), AppError> {
        let stored = self.store().accounts().await?;
        let known = self.accounts();
        let differs = stored.len() != known.len()
            || stored.iter().any(|account| !known.iter().any(|status| status.account == *account));
        if differs {
            self.engine().reload().await?;
        }
        Ok(())
    }
}

pub(crate) fn checked_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    let reason = if name.is_empty() {
        "it is empty"
    } else if name.chars().count() > LONGEST_NAME {
        "it is longer than 64 characters"
    } else if name.chars().any(text::is_deceptive) {
        "it has invisible characters"
    } else {
        return Ok(name.to_owned());
    };
    Err(AppError::BadName { reason })
}

/// Pasted keys bring blanks and line breaks along.
pub(crate) fn tidy(credentials: Credentials) -> Result<Credentials, AppError> {
    let refused = |reason| Err(AppError::NotApplicable { reason });
    let trimmed = |secret: &Secret| Secret::new(secret.expose().trim().to_owned());
    match credentials {
        Credentials::Keys { access_key_id, secret_access_key, session_token } => {
            let (id, key) = (trimmed(&access_key_id), trimmed(&secret_access_key));
            let token = session_token.as_ref().map(trimmed).filter(|token| !token.expose().is_empty());
            let is_torn = |part: &Secret| part.expose().chars().any(|c| c.is_whitespace() || c.is_control());
            if id.expose().is_empty() || key.expose().is_empty() {
                return refused("an access key needs its id and its secret");
            }
            if is_torn(&id) || is_torn(&key) || token.as_ref().is_some_and(is_torn) {
                return refused("an access key has no blanks in it");
            }
            Ok(Credentials::Keys { access_key_id: id, secret_access_key: key, session_token: token })
        }
        Credentials::Profile(profile) if profile.trim().is_empty() => refused("the profile has no name"),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_text() {
        assert_eq!(checked_name("  prod ").unwrap(), "prod");
        assert_eq!(checked_name("支付").unwrap(), "支付");
        for name in ["", "  ", "a\nb", "pay\u{202E}ments", &"x".repeat(65)] {
            assert!(checked_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn pasted_keys_lose_their_blanks_and_keep_nothing_else() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let keys = |id: &str, key: &str, token: Option<&str>| Credentials::Keys {
            access_key_id: secret(id),
            secret_access_key: secret(key),
            session_token: token.map(secret),
        };
        let Ok(Credentials::Keys { access_key_id, secret_access_key, session_token }) =
            tidy(keys(" AKIA\n", "\tsecret ", Some(" ")))
        else {
            panic!("refused");
        };
        assert_eq!((access_key_id.expose(), secret_access_key.expose()), ("AKIA", "secret"));
        assert!(session_token.is_none());
        for bad in [keys("", "x", None), keys("x", " ", None), keys("AK IA", "x", None), keys("x", "a\nb", None)] {
            assert!(tidy(bad).is_err());
        }
    }
}
