//! Accounts: status, identity and synchronisation.

pub(crate) mod add;
mod demo;
pub(crate) mod discover;
pub(crate) mod persist;
pub(crate) mod projects;
pub(crate) mod update;

use nepho_core::{
    Account, AccountId, Failure, Identity, Kind,
    report::{AccountStatus, SyncReport},
};
use nepho_keyring::Prompt;

use crate::{App, AppError, accounts::add::refuse_other_realm, credentials::secret_id::SecretId};

impl App {
    /// The status of every account, by name.
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

    /// The status of an account.
    pub fn account_status(&self, id: &AccountId) -> Result<AccountStatus, AppError> {
        let found = self.accounts().into_iter().find(|status| status.account.id == *id);
        found.ok_or_else(|| AppError::UnknownAccount { account: id.to_string() })
    }

    /// Checks that the OS keyring keeps secrets, before an operator enters one. If `prompt` is true, a
    /// locked keyring may ask for its password, and the check waits for that.
    pub async fn check_keyring(&self, prompt: bool) -> Result<(), Failure> {
        let prompt = if prompt { Prompt::Allowed } else { Prompt::Never };
        self.providers().credential_store.probe(prompt).await
    }

    /// Verifies an account's credentials now, and pins the account if it was not pinned.
    ///
    /// The operator waits for it, so a locked keyring may prompt here.
    pub async fn verify_account(&self, id: &AccountId) -> Result<Identity, AppError> {
        let account = self.account(id.as_str())?;
        let failed = |failure: Failure| AppError::failed(id, failure);
        if let Some(secret_id) = SecretId::of(&account) {
            self.providers().credential_store.raw(&secret_id, Prompt::Allowed).await.map_err(failed)?;
        }
        let identity = self.engine().verify(&account).await.map_err(failed)?;
        if account.realm.is_none() {
            self.pin(id, &identity).await?;
        } else {
            // The credentials work: retry the requests that failed before.
            self.engine().forget_session(id).await;
        }
        Ok(identity)
    }

    /// Pins the stored account: another process may have changed, removed or pinned it during the
    /// request.
    async fn pin(&self, id: &AccountId, identity: &Identity) -> Result<(), AppError> {
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        let account = self.account(id.as_str())?;
        refuse_other_realm(&account, &identity.realm)?;
        self.refuse_known_realm(&identity.realm, Some(id))?;
        let (realm, principal) = (Some(identity.realm.clone()), Some(identity.principal.clone()));
        self.keep(Account { realm, principal, ..account }).await
    }

    /// Sweeps accounts (all when empty), and waits for each to end.
    pub async fn sync(&self, accounts: &[AccountId], kinds: &[Kind]) -> SyncReport {
        self.engine().sync(accounts, kinds).await
    }
}
