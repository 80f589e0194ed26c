//! Addition of an account: verified first, stored last, all or nothing.

use nepho_core::{
    Access, Account, AccountId, Failure, Identity, ProviderError, ProviderKind, Realm, Region, request::NewAccount,
    text,
};
use uuid::Uuid;

use crate::{App, AppError, credentials::resolved::ResolvedCredentials, process::locks, providers::endpoint};

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 64;

/// A new account whose fields were checked before anything was read or sent.
pub(crate) struct Draft {
    pub(crate) provider: ProviderKind,
    pub(crate) name: String,
    pub(crate) project: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) regions: Vec<Region>,
    pub(crate) access: Access,
    pub(crate) prod: bool,
}

impl App {
    /// Adds an account. Verifies it first unless the request says otherwise, and stores nothing if that
    /// fails. A key goes to the OS keyring; if the keyring refuses it, the addition fails. The engine polls
    /// the account from now on, where polling is on.
    pub async fn add_account(&self, new: NewAccount) -> Result<Account, AppError> {
        let added = self.add_one(new).await;
        self.forget_sign_ins();
        added
    }

    async fn add_one(&self, new: NewAccount) -> Result<Account, AppError> {
        let draft = Draft {
            provider: new.provider,
            name: checked_name(&new.name)?,
            project: checked_project(new.provider, new.project)?,
            endpoint: new.endpoint.as_deref().map(endpoint::approve).transpose()?,
            regions: new.regions,
            access: new.access,
            prod: new.prod,
        };
        self.refuse_known_name(&draft.name, None)?;
        let credentials = self.resolve_credentials(draft.provider, new.credentials).await?;
        let mut account = self.drafted(draft, &credentials);
        if new.verify {
            account = self.verified(account, &credentials).await?;
        }
        let _held = self.hold_accounts().await?;
        self.reload_accounts().await?;
        self.refuse_known(&account)?;
        let kept = self.keep_new(vec![account.clone()], &credentials).await?;
        kept.into_iter().next().unwrap_or(Ok(account))
    }

    /// Builds the account of a draft; stores nothing.
    pub(crate) fn drafted(&self, draft: Draft, credentials: &ResolvedCredentials) -> Account {
        Account {
            id: AccountId::new(Uuid::new_v4().to_string()),
            name: draft.name,
            provider: draft.provider,
            project: draft.project,
            source: credentials.source(),
            endpoint: draft.endpoint,
            regions: draft.regions,
            access: draft.access,
            prod: draft.prod,
            realm: None,
            principal: None,
            created_at: self.now(),
        }
    }

    /// Verifies the account, and pins it to the realm of its credentials.
    pub(crate) async fn verified(
        &self,
        account: Account,
        credentials: &ResolvedCredentials,
    ) -> Result<Account, AppError> {
        let identity = self.identify(&account, credentials).await?;
        self.refuse_known_realm(&identity.realm, None)?;
        Ok(Account { realm: Some(identity.realm), principal: Some(identity.principal), ..account })
    }

    /// The identity of the credentials; the account may not be stored yet.
    pub(crate) async fn identify(
        &self,
        account: &Account,
        credentials: &ResolvedCredentials,
    ) -> Result<Identity, AppError> {
        let failed = |failure| AppError::failed(&account.id, failure);
        let provider = self.providers().connect_with(account, Some(credentials)).await.map_err(failed)?;
        let identity = provider.verify().await.map_err(|error| failed(Failure::from(&error)))?;
        refuse_other_realm(account, &identity.realm)?;
        Ok(identity)
    }

    /// Refuses a new account whose name, project or realm another one has. A project counts before any
    /// sign-in.
    pub(crate) fn refuse_known(&self, account: &Account) -> Result<(), AppError> {
        self.refuse_known_name(&account.name, None)?;
        let place = |account: &Account| {
            account.project.clone().map(|project| (account.provider, project, account.endpoint.clone()))
        };
        if let Some(here) = place(account) {
            let known = self.accounts().into_iter().map(|status| status.account);
            if let Some(other) = known.into_iter().find(|known| place(known).as_ref() == Some(&here)) {
                return Err(AppError::RealmTaken { name: other.name, realm: here.1 });
            }
        }
        account.realm.as_ref().map_or(Ok(()), |realm| self.refuse_known_realm(realm, None))
    }

    pub(crate) fn refuse_known_name(&self, name: &str, but: Option<&AccountId>) -> Result<(), AppError> {
        let same = |known: &str| known.to_lowercase() == name.to_lowercase();
        let known = self.accounts().into_iter().map(|status| status.account);
        let taken = known.filter(|account| Some(&account.id) != but).any(|account| same(&account.name));
        if taken { Err(AppError::NameTaken { name: name.to_owned() }) } else { Ok(()) }
    }

    /// Refuses a realm that another account has: each instance would be listed twice.
    pub(crate) fn refuse_known_realm(&self, realm: &Realm, but: Option<&AccountId>) -> Result<(), AppError> {
        let known = self.accounts().into_iter().map(|status| status.account);
        let mut others = known.filter(|account| Some(&account.id) != but);
        match others.find(|account| account.realm.as_ref() == Some(realm)) {
            None => Ok(()),
            Some(other) => Err(AppError::RealmTaken { name: other.name, realm: realm.to_string() }),
        }
    }

    /// Takes the lock on accounts and their secrets, for this process alone.
    pub(crate) async fn hold_accounts(&self) -> Result<locks::Held, AppError> {
        let path = self.providers().directory.accounts_lock();
        match locks::take(&path, self.providers().host).await? {
            Ok(held) => Ok(held),
            Err(holder) => Err(AppError::Failed { account: None, failure: holder.failure("the list of accounts") }),
        }
    }

    /// Loads the accounts that another process added or changed.
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

/// Refuses a realm that an account is not pinned to.
pub(crate) fn refuse_other_realm(account: &Account, found: &Realm) -> Result<(), AppError> {
    match &account.realm {
        Some(expected) if expected != found => {
            let wrong = ProviderError::WrongAccount { expected: expected.clone(), found: found.clone() };
            Err(AppError::failed(&account.id, Failure::from(&wrong)))
        }
        _ => Ok(()),
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

/// Checks the project, where the cloud has projects.
pub(crate) fn checked_project(provider: ProviderKind, project: Option<String>) -> Result<Option<String>, AppError> {
    let refused = |reason| Err(AppError::NotApplicable { reason });
    match (provider, project) {
        (ProviderKind::Demo, _) => refused("the demo cloud is added as a whole"),
        (ProviderKind::Aws, None) => Ok(None),
        (ProviderKind::Aws, Some(_)) => refused("AWS has no projects"),
        (ProviderKind::Gcp, None) => refused("a Google Cloud account needs a project"),
        (ProviderKind::Gcp, Some(project)) => {
            let project = project.trim();
            if nepho_gcp::is_project_id(project) {
                Ok(Some(project.to_owned()))
            } else {
                Err(AppError::BadProject { project: project.to_owned() })
            }
        }
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
    fn a_project_is_said_where_there_are_projects_and_nowhere_else() {
        let checked = |provider, project: Option<&str>| checked_project(provider, project.map(str::to_owned));
        assert_eq!(checked(ProviderKind::Aws, None).unwrap(), None);
        assert!(checked(ProviderKind::Aws, Some("proj-0")).is_err());
        assert_eq!(checked(ProviderKind::Gcp, Some(" proj-0 ")).unwrap().as_deref(), Some("proj-0"));
        assert!(checked(ProviderKind::Gcp, None).is_err());
        let refused = checked(ProviderKind::Gcp, Some("../proj-0"));
        assert!(matches!(refused, Err(AppError::BadProject { .. })), "{refused:?}");
        assert!(checked(ProviderKind::Demo, None).is_err());
    }
}
