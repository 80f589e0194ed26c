//! Change and removal of an account.

use nepho_core::{Account, AccountId, Failure, request::AccountChange};

use crate::{
    App, AppError,
    accounts::add::{checked_name, refuse_other_realm},
    credentials::secret_id::{self, SecretId},
};

impl App {
    /// Changes an account. Verifies new credentials first, which must lead to the same realm; they replace
    /// the old ones in the keyring in one step, or not at all.
    pub async fn update_account(&self, id: &AccountId, change: AccountChange) -> Result<Account, AppError> {
        let changed = self.change(id, change).await;
        self.forget_sign_ins();
        changed
    }

    async fn change(&self, id: &AccountId, change: AccountChange) -> Result<Account, AppError> {
        let known = self.account(id.as_str())?;
        let credentials = match change.credentials {
            Some(credentials) => Some(self.resolve_credentials(known.provider, credentials).await?),
            None => None,
        };
        let identity = match &credentials {
            Some(credentials) => Some(self.identify(&known, credentials).await?),
            None => None,
        };
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        let before = self.account(id.as_str())?;
        let mut account = before.clone();
        if let Some(name) = change.name {
            account.name = checked_name(&name)?;
            self.refuse_known_name(&account.name, Some(id))?;
        }
        account.access = change.access.unwrap_or(account.access);
        account.prod = change.prod.unwrap_or(account.prod);
        account.regions = change.regions.unwrap_or(account.regions);
        if let Some(identity) = identity {
            // Another process may have pinned it since.
            refuse_other_realm(&before, &identity.realm)?;
            self.refuse_known_realm(&identity.realm, Some(id))?;
            account.realm = Some(identity.realm);
            account.principal = Some(identity.principal);
        }
        match credentials {
            None => self.keep(account.clone()).await?,
            Some(credentials) => {
                account.source = credentials.source();
                self.keep_with(&before, &account, &credentials).await?;
            }
        }
        Ok(account)
    }

    /// Removes an account, its rows, and its secret unless another account shares it. The journal keeps its
    /// entries.
    ///
    /// Returns the keyring's failure if the secret cannot be deleted now; the next start tries again.
    pub async fn remove_account(&self, id: &AccountId) -> Result<Option<Failure>, AppError> {
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        let secret_id = SecretId::of(&self.account(id.as_str())?);
        if let Some(secret_id) = &secret_id {
            secret_id::add_pending(self.store(), secret_id).await?;
        }
        self.store().remove_account(id).await?;
        self.engine().remove_account(id).await;
        self.forget_sign_ins();
        match secret_id {
            Some(secret_id) => self.settle_secret(&secret_id).await,
            None => Ok(None),
        }
    }
}
