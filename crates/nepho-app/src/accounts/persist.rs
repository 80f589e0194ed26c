//! Storage of accounts together with their secrets: no secret stays without an account.
//!
//! The caller holds the lock on accounts; see [`App::hold_accounts`].

use nepho_core::{Account, Failure};
use nepho_keyring::Prompt;

use crate::{
    App, AppError,
    credentials::resolved::ResolvedCredentials,
    credentials::secret_id::{self, SecretId},
};

impl App {
    /// Stores a new or changed account, then tells the engine.
    pub(crate) async fn keep(&self, account: Account) -> Result<(), AppError> {
        self.store().put_account(&account).await?;
        self.engine().put_account(account).await;
        Ok(())
    }

    /// Stores new accounts that share credentials: the keyring first, then each row. No failure leaves a
    /// secret without an account. Returns one outcome for each account.
    pub(crate) async fn keep_new(
        &self,
        accounts: Vec<Account>,
        credentials: &ResolvedCredentials,
    ) -> Result<Vec<Result<Account, AppError>>, AppError> {
        let secret_id = accounts.first().and_then(SecretId::of);
        if let Some(secret_id) = &secret_id {
            secret_id::add_pending(self.store(), secret_id).await?;
        }
        let outcomes = self.keep_each(accounts, secret_id.as_ref(), credentials).await;
        if let Some(secret_id) = &secret_id
            && let Some(failure) = self.settle_secret(secret_id).await?
        {
            tracing::warn!(%failure, "cannot delete a secret without an account from the keyring");
        }
        Ok(outcomes)
    }

    /// Forgets the sign-ins that no account has any longer, with their keys.
    pub(crate) fn forget_sign_ins(&self) {
        self.providers().sign_ins.forget_unused(&self.accounts());
    }

    async fn keep_each(
        &self,
        accounts: Vec<Account>,
        secret_id: Option<&SecretId>,
        credentials: &ResolvedCredentials,
    ) -> Vec<Result<Account, AppError>> {
        if let Some(secret_id) = secret_id
            && let Err(failure) = self.providers().credential_store.store(secret_id, credentials).await
        {
            return accounts.iter().map(|account| Err(AppError::failed(&account.id, failure.clone()))).collect();
        }
        let mut outcomes = Vec::with_capacity(accounts.len());
        for account in accounts {
            let kept = self.keep(account.clone()).await;
            outcomes.push(kept.map(|()| account));
        }
        outcomes
    }

    /// Stores a changed account with new credentials. The secret is replaced together with the row or not
    /// at all; the secret of the former source is deleted when its last account leaves it.
    pub(crate) async fn keep_with(
        &self,
        before: &Account,
        account: &Account,
        credentials: &ResolvedCredentials,
    ) -> Result<(), AppError> {
        let (old, new) = (SecretId::of(before), SecretId::of(account));
        let touched: Vec<&SecretId> = old.iter().chain(new.iter().filter(|new| Some(*new) != old.as_ref())).collect();
        for secret_id in &touched {
            secret_id::add_pending(self.store(), secret_id).await?;
        }
        let kept = self.replace(account, new.as_ref(), credentials).await;
        for secret_id in touched {
            if let Some(failure) = self.settle_secret(secret_id).await? {
                tracing::warn!(%failure, "cannot delete a former secret from the keyring");
            }
        }
        kept
    }

    async fn replace(
        &self,
        account: &Account,
        secret_id: Option<&SecretId>,
        credentials: &ResolvedCredentials,
    ) -> Result<(), AppError> {
        let Some(secret_id) = secret_id else { return self.keep(account.clone()).await };
        let credential_store = &self.providers().credential_store;
        let former = credential_store.raw(secret_id, Prompt::Allowed).await.ok();
        credential_store
            .store(secret_id, credentials)
            .await
            .map_err(|failure| AppError::failed(&account.id, failure))?;
        let kept = self.keep(account.clone()).await;
        if kept.is_err()
            && let Some(former) = former
            && let Err(failure) = credential_store.restore(secret_id, former).await
        {
            tracing::error!(%failure, "cannot restore the former credentials in the keyring");
        }
        kept
    }

    /// Deletes a secret that no account has, and its pending record. Returns the keyring's failure if it
    /// cannot be deleted now: the record stays, and the next start tries again.
    pub(crate) async fn settle_secret(&self, secret_id: &SecretId) -> Result<Option<Failure>, AppError> {
        let accounts = self.store().accounts().await?;
        let is_used = accounts.iter().any(|account| SecretId::of(account).as_ref() == Some(secret_id));
        if !is_used && let Err(failure) = self.providers().credential_store.delete(secret_id, Prompt::Never).await {
            return Ok(Some(failure));
        }
        secret_id::remove_pending(self.store(), secret_id).await?;
        Ok(None)
    }
}
