//! Changing and removing an account.

use nepho_core::{
    Account, AccountId, CredentialSource, Failure, ProviderKind,
    request::{AccountChange, Credentials},
};
use nepho_keyring::Patience;

use crate::{
    App, AppError,
    adding::{checked_name, tidy},
    intents,
};

impl App {
    /// Changes an account. New credentials are verified first and must lead to the same realm; they
    /// replace the old ones in the keyring at once, or not at all.
    pub async fn update_account(&self, id: &AccountId, change: AccountChange) -> Result<Account, AppError> {
        let credentials = change.credentials.map(tidy).transpose()?;
        let known = self.account(id.as_str())?;
        if known.provider == ProviderKind::Demo && credentials.is_some() {
            return Err(AppError::NotApplicable { reason: "the demo cloud needs no credentials" });
        }
        let identity = match &credentials {
            Some(credentials) => Some(self.identify(&known, credentials).await?),
            None => None,
        };
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        let mut account = self.account(id.as_str())?;
        if let Some(name) = change.name {
            account.name = checked_name(&name)?;
            self.refuse_known_name(&account)?;
        }
        account.access = change.access.unwrap_or(account.access);
        account.prod = change.prod.unwrap_or(account.prod);
        account.regions = change.regions.unwrap_or(account.regions);
        if let Some(identity) = identity {
            self.refuse_known_realm(&identity, Some(id))?;
            account.realm = Some(identity.realm);
            account.principal = Some(identity.principal);
        }
        match credentials {
            None => self.keep(account.clone()).await?,
            Some(credentials) => {
                account.source = credentials.source();
                self.replace_credentials(&account, &credentials).await?;
            }
        }
        Ok(account)
    }

    async fn replace_credentials(&self, account: &Account, credentials: &Credentials) -> Result<(), AppError> {
        let vault = &self.composition().vault;
        if account.source != CredentialSource::Keyring {
            intents::note(self.store(), &account.id).await?;
            self.keep(account.clone()).await?;
            self.delete_secret(&account.id).await?;
            return Ok(());
        }
        let failed = |failure| AppError::failed(&account.id, failure);
        let before = vault.raw(&account.id, Patience::Operator).await.ok();
        vault.store(&account.id, credentials).await.map_err(failed)?;
        let kept = self.keep(account.clone()).await;
        if kept.is_err() {
            let undone = match before {
                Some(before) => vault.restore(&account.id, before).await,
                None => vault.delete(&account.id, Patience::Background).await,
            };
            if let Err(failure) = undone {
                tracing::error!(%failure, "the former credentials could not be put back");
            }
        }
        kept
    }

    /// Forgets an account, its rows and its secret; the journal keeps what was done with it.
    ///
    /// Answers with the keyring's failure when the secret could not be deleted now; it is tried
    /// again at the next start.
    pub async fn remove_account(&self, id: &AccountId) -> Result<Option<Failure>, AppError> {
        let account = self.account(id.as_str())?;
        let _held = self.hold_accounts().await?;
        let has_secret = account.source == CredentialSource::Keyring;
        if has_secret {
            intents::note(self.store(), id).await?;
        }
        self.store().remove_account(id).await?;
        self.engine().remove_account(id).await;
        if has_secret { self.delete_secret(id).await } else { Ok(None) }
    }

    /// Deletes a secret whose intent is noted, and strikes the intent if that worked.
    async fn delete_secret(&self, id: &AccountId) -> Result<Option<Failure>, AppError> {
        match self.composition().vault.delete(id, Patience::Background).await {
            Ok(()) => {
                intents::strike(self.store(), id).await?;
                Ok(None)
            }
            Err(failure) => Ok(Some(failure)),
        }
    }
}
