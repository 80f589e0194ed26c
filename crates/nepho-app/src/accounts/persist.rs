//! Accounts and their secrets, kept together: what has no account has no secret.
//!
//! Whoever calls holds the lock on accounts; see [`App::hold_accounts`].

use nepho_core::{Account, Failure};
use nepho_keyring::Prompt;

use crate::{
    App, AppError, credentials::pending, credentials::resolve::ResolvedCredentials, credentials::secret_id::SecretId,
};

impl App {
    /// Stores a new or changed account, then tells the engine.
    pub(crate) async fn keep(&self, account: Account) -> Result<(), AppError> {
        self.store().put_account(&account).await?;
        self.engine().put_account(account).await;
        Ok(())
    }

    /// Stores new accounts of one credentials: the keyring first, then each row. Whatever fails, no
    /// secret stays without an account. One outcome for each account.
    pub(crate) async fn keep_new(
        &self,
        accounts: Vec<Account>,
        credentials: &ResolvedCredentials,
    ) -> Result<Vec<Result<Account, AppError>>, AppError> {
        let secret_id = accounts.first().and_then(SecretId::of);
        if let Some(secret_id) = &secret_id {
            pending::add(self.store(), secret_id).await?;
        }
        let outcomes = self.keep_each(accounts, secret_id.as_ref(), credentials).await;
        if let Some(secret_id) = &secret_id
            && let Some(failure) = self.settle_secret(secret_id).await?
        {
            tracing::warn!(%failure, "a secret that no account has is still in the keyring");
        }
        Ok(outcomes)
    }

    /// Forgets the sign-ins that no account has, or has any longer, and the keys that made them.
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

    /// Stores a changed account whose credentials is another one now. The secret is replaced with the
    /// row or not at all; that of the former source goes when it was the last account's.
    pub(crate) async fn keep_with(
        &self,
        before: &Account,
        account: &Account,
        credentials: &ResolvedCredentials,
    ) -> Result<(), AppError> {
        let (old, new) = (SecretId::of(before), SecretId::of(account));
        let touched: Vec<&SecretId> = old.iter().chain(new.iter().filter(|new| Some(*new) != old.as_ref())).collect();
        for secret_id in &touched {
            pending::add(self.store(), secret_id).await?;
        }
        let kept = self.replace(account, new.as_ref(), credentials).await;
        for secret_id in touched {
            if let Some(failure) = self.settle_secret(secret_id).await? {
                tracing::warn!(%failure, "a former secret is still in the keyring");
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
            tracing::error!(%failure, "the former credentials could not be put back");
        }
        kept
    }

    /// Deletes a secret that no account has, and strikes its intent. Answers with the keyring's
    /// failure when it could not be deleted now: the intent stays, and is swept at the next start.
    pub(crate) async fn settle_secret(&self, secret_id: &SecretId) -> Result<Option<Failure>, AppError> {
        let accounts = self.store().accounts().await?;
        let is_used = accounts.iter().any(|account| SecretId::of(account).as_ref() == Some(secret_id));
        if !is_used && let Err(failure) = self.providers().credential_store.delete(secret_id, Prompt::Never).await {
            return Ok(Some(failure));
        }
        pending::remove(self.store(), secret_id).await?;
        Ok(None)
    }
}
