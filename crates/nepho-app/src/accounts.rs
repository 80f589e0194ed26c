//! Accounts: how they stand, whose they are, and what could become one.

use nepho_core::{
    Account, AccountId, CredentialSource, Failure, Identity, Kind, ProviderKind, Region,
    report::{AccountStatus, FoundAccount, SyncReport},
};
use nepho_keyring::Patience;

use crate::{App, AppError};

impl App {
    /// How every account stands, by name.
    pub fn accounts(&self) -> Vec<AccountStatus> {
        self.engine().accounts()
    }

    /// The account with this id, else with exactly this name.
    pub fn account(&self, id_or_name: &str) -> Result<Account, AppError> {
        let mut all: Vec<Account> = self.accounts().into_iter().map(|status| status.account).collect();
        let found = all
            .iter()
            .position(|account| account.id.as_str() == id_or_name)
            .or_else(|| all.iter().position(|account| account.name == id_or_name));
        found.map(|at| all.swap_remove(at)).ok_or_else(|| AppError::UnknownAccount { account: id_or_name.to_owned() })
    }

    /// How the account stands.
    pub fn account_status(&self, id: &AccountId) -> Result<AccountStatus, AppError> {
        let found = self.accounts().into_iter().find(|status| status.account.id == *id);
        found.ok_or_else(|| AppError::UnknownAccount { account: id.to_string() })
    }

    /// Finds out whose an account's credentials are, now; pins the account if it was not.
    ///
    /// A person waits for it, so a locked keyring may ask for its password here.
    pub async fn verify_account(&self, id: &AccountId) -> Result<Identity, AppError> {
        let account = self.account(id.as_str())?;
        let failed = |failure: Failure| AppError::failed(id, failure);
        if account.source == CredentialSource::Keyring {
            self.composition().vault.read(id, Patience::Operator).await.map_err(failed)?;
        }
        let identity = self.engine().verify(&account).await.map_err(failed)?;
        if account.realm.is_none() {
            self.refuse_known_realm(&identity, Some(id))?;
            let pinned =
                Account { realm: Some(identity.realm.clone()), principal: Some(identity.principal.clone()), ..account };
            self.keep(pinned).await?;
        } else {
            // The credentials work: whatever failed before is to be tried again.
            self.engine().forget_session(id).await;
        }
        Ok(identity)
    }

    /// What is on this machine that could become an account: names only, and nothing is added.
    pub async fn find_accounts(&self) -> Vec<FoundAccount> {
        let environment = &self.composition().environment;
        let mut sources = Vec::new();
        if self.composition().aws_environment().is_some() {
            let region = environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
            sources.push((CredentialSource::Environment, region.map(Region::new)));
        }
        match nepho_aws::profiles(&self.composition().aws_files()).await {
            Ok(names) => sources.extend(names.into_iter().map(|name| (CredentialSource::Profile(name), None))),
            Err(error) => tracing::warn!(%error, "no profiles are offered"),
        }
        let accounts = self.accounts();
        let added = |source: &CredentialSource| accounts.iter().any(|status| status.account.source == *source);
        sources
            .into_iter()
            .map(|(source, region)| FoundAccount { provider: ProviderKind::Aws, added: added(&source), source, region })
            .collect()
    }

    /// Sweeps accounts (all of them when empty) and waits for each to end.
    pub async fn sync(&self, accounts: &[AccountId], kinds: &[Kind]) -> SyncReport {
        self.engine().sync(accounts, kinds).await
    }

    /// Stores a new or changed account, then tells the engine.
    pub(crate) async fn keep(&self, account: Account) -> Result<(), AppError> {
        self.store().put_account(&account).await?;
        self.engine().put_account(account).await;
        Ok(())
    }
}
