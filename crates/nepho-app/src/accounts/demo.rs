//! Demo cloud: added and removed as a whole.

use nepho_core::{
    Access, Account, AccountId, CredentialSource, Failure, ProviderKind,
    report::{AccountStatus, SyncReport},
};
use nepho_demo::{DemoAccount, DemoOptions};
use uuid::Uuid;

use crate::{
    App, AppError,
    providers::{ProviderFactory, endpoint::missing},
};

impl ProviderFactory {
    pub(crate) fn demo_options(&self, account: &Account) -> Result<DemoOptions, Failure> {
        let realm = account.realm.clone().ok_or_else(|| missing("a demo account has no realm"))?;
        Ok(DemoOptions {
            clock: self.clock.clone(),
            access: account.access,
            ..DemoOptions::new(realm, self.directory.root().to_owned())
        })
    }
}

impl App {
    /// Adds the missing accounts of the demo cloud, and lists them once.
    pub async fn add_demo(&self) -> Result<SyncReport, AppError> {
        {
            let _held = self.hold_accounts().await?;
            self.reload_accounts().await?;
            for demo in nepho_demo::accounts() {
                if let Some(account) = self.demo_account(demo) {
                    self.keep(account).await?;
                }
            }
        }
        Ok(self.sync(&self.demo_ids(), &[]).await)
    }

    /// Removes the demo cloud's accounts and its file: the next demo begins anew.
    pub async fn remove_demo(&self) -> Result<(), AppError> {
        let _held = self.hold_accounts().await?;
        for id in self.demo_ids() {
            self.store().remove_account(&id).await?;
            self.engine().remove_account(&id).await;
        }
        nepho_demo::forget(self.providers().directory.root()).map_err(|error| AppError::File {
            path: self.providers().directory.root().join(nepho_demo::FILE_NAME),
            source: std::io::Error::other(error),
        })
    }

    /// The account to add; `None` if it exists. Its name gets a mark where an account of the operator
    /// already has it.
    fn demo_account(&self, demo: &DemoAccount) -> Option<Account> {
        let accounts = self.accounts();
        let is_it = |status: &AccountStatus| {
            status.account.provider == ProviderKind::Demo && status.account.realm.as_ref() == Some(&demo.realm())
        };
        if accounts.iter().any(is_it) {
            return None;
        }
        let taken = accounts.iter().any(|status| status.account.name.to_lowercase() == demo.name);
        Some(Account {
            id: AccountId::new(Uuid::new_v4().to_string()),
            name: if taken { format!("{} (demo)", demo.name) } else { demo.name.to_owned() },
            provider: ProviderKind::Demo,
            project: None,
            source: CredentialSource::BuiltIn,
            endpoint: None,
            regions: Vec::new(),
            access: Access::ReadWrite,
            prod: demo.prod,
            realm: Some(demo.realm()),
            principal: None,
            created_at: self.now(),
        })
    }

    fn demo_ids(&self) -> Vec<AccountId> {
        let accounts = self.accounts().into_iter().map(|status| status.account);
        accounts.filter(|account| account.provider == ProviderKind::Demo).map(|account| account.id).collect()
    }
}
