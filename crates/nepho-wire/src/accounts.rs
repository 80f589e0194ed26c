//! Accounts: what the window sees of them, and how it adds and changes them.
//!
//! Secrets are in requests only; no reply has a field that could carry one.

mod projects;
mod request;

pub use projects::{
    AddProjectsRequest, AddedProjects, FailedProject, FindProjectsRequest, FoundProject, FoundProjects,
};
pub use request::{AddAccountRequest, Credentials, RemoveAccountRequest, UpdateAccountRequest, VerifyAccountRequest};

use nepho_core as domain;
use serde::Serialize;
use ts_rs::TS;

use crate::{
    enums::{Access, Action, Kind, ProviderKind},
    failure::Failure,
    time::{maybe, moment},
};

/// All accounts, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Accounts {
    /// The accounts.
    pub accounts: Vec<Account>,
}

/// An account and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Account {
    /// Nephoscope's own id of it.
    pub id: String,
    /// The operator's name for it.
    pub name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's project that it is, where credentials alone do not say that.
    pub project: Option<String>,
    /// The source of its credentials.
    pub source: Source,
    /// A custom endpoint.
    pub endpoint: Option<String>,
    /// The regions to poll; empty for all that are enabled.
    pub regions: Vec<String>,
    /// Read-only, or read and act.
    pub access: Access,
    /// True for a production account.
    pub prod: bool,
    /// The cloud's own account, once verified.
    pub realm: Option<String>,
    /// The cloud's name for the caller.
    pub principal: Option<String>,
    /// The time at which it was added.
    pub created_at: String,
    /// The result of the last sign-in.
    pub sign_in: SignIn,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// A sync under way.
    pub progress: Option<Progress>,
}

/// The source of an account's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source {
    /// Environment variables, as they are at each start.
    Environment,
    /// A named profile of the provider's own configuration files.
    Profile {
        /// Its name.
        profile: String,
    },
    /// An access token in an environment variable, as it is at each start.
    Variable {
        /// The variable's name.
        variable: String,
    },
    /// Credentials that the cloud's own tools have set up on this machine, read at each use.
    ApplicationDefault,
    /// A service account's key in the OS keyring, shared by all accounts of that sign-in.
    SignIn,
    /// The OS keyring.
    Keyring,
    /// Nothing needed: the demo cloud.
    BuiltIn,
}

/// The result of an account's last sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SignIn {
    /// Not tried since the start.
    NotTried,
    /// They worked the last time.
    Ok,
    /// They did not.
    Failed {
        /// The reason.
        failure: Failure,
    },
}

/// The record of one scope's polling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Scope {
    /// The region, the zone or `global`.
    pub location: String,
    /// The kind that is listed there.
    pub kind: Kind,
    /// The number of its rows in the cache.
    pub rows: u64,
    /// The start of the last complete listing.
    pub as_of: Option<String>,
    /// The time of the last try.
    pub attempted_at: Option<String>,
    /// The reason why the last try failed.
    pub failure: Option<Failure>,
}

/// The progress of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Progress {
    /// Scopes that have ended.
    pub done: u32,
    /// Scopes in all; 0 while that is not known.
    pub total: u32,
    /// Rows listed so far.
    pub rows: u64,
}

impl From<&domain::report::AccountStatus> for Account {
    fn from(status: &domain::report::AccountStatus) -> Self {
        let account = &status.account;
        Self {
            id: account.id.to_string(),
            name: account.name.clone(),
            provider: account.provider.into(),
            project: account.project.clone(),
            source: (&account.source).into(),
            endpoint: account.endpoint.clone(),
            regions: account.regions.iter().map(ToString::to_string).collect(),
            access: account.access.into(),
            prod: account.prod,
            realm: account.realm.as_ref().map(ToString::to_string),
            principal: account.principal.clone(),
            created_at: moment(account.created_at),
            sign_in: (&status.sign_in).into(),
            scopes: status.scopes.iter().map(Scope::from).collect(),
            progress: status.progress.map(Progress::from),
        }
    }
}

impl From<&domain::CredentialSource> for Source {
    fn from(source: &domain::CredentialSource) -> Self {
        match source {
            domain::CredentialSource::Environment => Self::Environment,
            domain::CredentialSource::Profile(profile) => Self::Profile { profile: profile.clone() },
            domain::CredentialSource::Variable(variable) => Self::Variable { variable: variable.clone() },
            domain::CredentialSource::ApplicationDefault => Self::ApplicationDefault,
            domain::CredentialSource::SignIn(_) => Self::SignIn,
            domain::CredentialSource::Keyring => Self::Keyring,
            domain::CredentialSource::BuiltIn => Self::BuiltIn,
        }
    }
}

impl From<&domain::report::SignIn> for SignIn {
    fn from(sign_in: &domain::report::SignIn) -> Self {
        match sign_in {
            domain::report::SignIn::NotTried => Self::NotTried,
            domain::report::SignIn::Ok => Self::Ok,
            domain::report::SignIn::Failed(failure) => Self::Failed { failure: failure.into() },
        }
    }
}

impl From<&domain::cache::ScopeRecord> for Scope {
    fn from(record: &domain::cache::ScopeRecord) -> Self {
        Self {
            location: record.key.scope.location.to_string(),
            kind: record.key.scope.kind.into(),
            rows: record.rows,
            as_of: maybe(record.as_of),
            attempted_at: maybe(record.attempted_at),
            failure: record.failure.as_ref().map(Failure::from),
        }
    }
}

impl From<domain::report::Progress> for Progress {
    fn from(progress: domain::report::Progress) -> Self {
        Self { done: progress.done, total: progress.total, rows: progress.rows }
    }
}

/// Credentials on this machine that could become an account. Looking adds nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundAccounts {
    /// The finds, the environment first, then by profile name.
    pub found: Vec<FoundAccount>,
}

/// Credentials found on this machine, named and not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundAccount {
    /// The cloud.
    pub provider: ProviderKind,
    /// Their place.
    pub source: Source,
    /// The region that goes with them, where one is configured.
    pub region: Option<String>,
    /// The project that goes with them, where one is configured.
    pub project: Option<String>,
    /// True if an account uses them already.
    pub added: bool,
}

impl From<&domain::report::FoundAccount> for FoundAccount {
    fn from(found: &domain::report::FoundAccount) -> Self {
        Self {
            provider: found.provider.into(),
            source: (&found.source).into(),
            region: found.region.as_ref().map(ToString::to_string),
            project: found.project.clone(),
            added: found.added,
        }
    }
}

/// The identity that credentials lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Identity {
    /// The cloud's own account.
    pub realm: String,
    /// The cloud's name for the caller.
    pub principal: String,
    /// The actions that the cloud denies these credentials, as far as it was asked.
    pub denied: Vec<Action>,
}

impl From<&domain::Identity> for Identity {
    fn from(identity: &domain::Identity) -> Self {
        Self {
            realm: identity.realm.to_string(),
            principal: identity.principal.clone(),
            denied: identity.denied.iter().copied().map(Action::from).collect(),
        }
    }
}

/// The result of removing an account. The account itself is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RemovedAccount {
    /// The reason why its secret is still in the keyring, if it is; Nephoscope retries at the next start.
    pub secret_left: Option<Failure>,
}
