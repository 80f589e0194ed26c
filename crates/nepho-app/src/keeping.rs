//! Accounts and their secrets, kept together: what has no account has no secret.
//!
//! Whoever calls holds the lock on accounts; see [`App::hold_accounts`].

use nepho_core::{Account, Failure};
use nepho_keyring::Patience;

use crate::{App, AppError, intents, owner::Owner, proof::Proof};

impl App {
    /// Stores a new or changed account, then tells the engine.
    pub(crate) async fn keep(&self, account: Account) -> Result<(), AppError> {
        self.store().put_account(&account).await?;
        self.engine().put_account(account).await;
        Ok(())
    }

    /// Stores new accounts of one proof: the keyring first, then each row. Whatever fails, no
    /// secret stays without an account. One outcome for each account.
    pub(crate) async fn keep_new(
        &self,
        accounts: Vec<Account>,
        proof: &Proof,
    ) -> Result<Vec<Result<Account, AppError>>, AppError> {
        let owner = accounts.first().and_then(Owner::of);
        if let Some(owner) = &owner {
            intents::note(self.store(), owner).await?;
        }
        let outcomes = self.keep_each(accounts, owner.as_ref(), proof).await;
        if let Some(owner) = &owner
            && let Some(failure) = self.settle_secret(owner).await?
        {
            tracing::warn!(%failure, "a secret that no account has is still in the keyring");
        }
        Ok(outcomes)
    }

    /// Forgets the sign-ins that no account has, or has any longer, and the keys that made them.
    pub(crate) fn forget_sign_ins(&self) {
        self.composition().sign_ins.forget_unused(&self.accounts());
    }

    async fn keep_each(
        &self,
        accounts: Vec<Account>,
        owner: Option<&Owner>,
        proof: &Proof,
    ) -> Vec<Result<Account, AppError>> {
        if let Some(owner) = owner
            && let Err(failure) = self.composition().vault.store(owner, proof).await
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

    /// Stores a changed account whose proof is another one now. The secret is replaced with the
    /// row or not at all; that of the former source goes when it was the last account's.
    pub(crate) async fn keep_with(&self, before: &Account, account: &Account, proof: &Proof) -> Result<(), AppError> {
        let (old, new) = (Owner::of(before), Owner::of(account));
        let touched: Vec<&Owner> = old.iter().chain(new.iter().filter(|new| Some(*new) != old.as_ref())).collect();
        for owner in &touched {
            intents::note(self.store(), owner).await?;
        }
        let kept = self.replace(account, new.as_ref(), proof).await;
        for owner in touched {
            if let Some(failure) = self.settle_secret(owner).await? {
                tracing::warn!(%failure, "a former secret is still in the keyring");
            }
        }
        kept
    }

    async fn replace(&self, account: &Account, owner: Option<&Owner>, proof: &Proof) -> Result<(), AppError> {
        let Some(owner) = owner else { return self.keep(account.clone()).await };
        let vault = &self.composition().vault;
        let former = vault.raw(owner, Patience::Operator).await.ok();
        vault.store(owner, proof).await.map_err(|failure| AppError::failed(&account.id, failure))?;
        let kept = self.keep(account.clone()).await;
        if kept.is_err()
            && let Some(former) = former
            && let Err(failure) = vault.restore(owner, former).await
        {
            tracing::error!(%failure, "the former credentials could not be put back");
        }
        kept
    }

    /// Deletes a secret that no account has, and strikes its intent. Answers with the keyring's
    /// failure when it could not be deleted now: the intent stays, and is swept at the next start.
    pub(crate) async fn settle_secret(&self, owner: &Owner) -> Result<Option<Failure>, AppError> {
        let accounts = self.store().accounts().await?;
        let is_used = accounts.iter().any(|account| Owner::of(account).as_ref() == Some(owner));
        if !is_used && let Err(failure) = self.composition().vault.delete(owner, Patience::Background).await {
            return Ok(Some(failure));
        }
        intents::strike(self.store(), owner).await?;
        Ok(None)
    }
}
