//! `nepho accounts --json` and `nepho doctor --json`.

use nepho_core::{
    FailureCode, Identity,
    account::{Account, CredentialSource},
    cache::ScopeRecord,
    report::{AccountStatus, AddedProject, Check, SignIn},
};
use serde::Serialize;

use crate::{
    enums::{Access, Action, CheckStatus, Kind, ProviderKind},
    failure::Failure,
    network::AllowedHost,
    row::texts,
    sync::ScopeStatus,
    time::{maybe, moment},
};

/// An account. `nepho accounts list` prints an array of them, `add` and `set` print one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountJson {
    /// Nephoscope's own id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's project that it is, where credentials alone do not say that.
    pub project: Option<String>,
    /// The source of its credentials: environment, profile, variable, `application_default`,
    /// `sign_in`, keyring, `built_in`.
    pub source: &'static str,
    /// The profile's name, when they come from one.
    pub profile: Option<String>,
    /// The environment variable's name, when they are an access token in one.
    pub variable: Option<String>,
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
    /// The reason why its credentials cannot be used, if they were tried and failed.
    pub error: Option<Failure>,
    /// Its scopes.
    pub scopes: Vec<AccountScope>,
}

/// The document of `nepho accounts add` for several projects of one sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddedJson {
    /// The new accounts.
    pub added: Vec<AccountJson>,
    /// The projects that were not added.
    pub failed: Vec<FailedProjectJson>,
}

/// A project that was not added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedProjectJson {
    /// The project's id.
    pub project: String,
    /// The reason.
    pub error: Failure,
}

/// The record of one scope's polling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountScope {
    /// The region, the zone or `global`.
    pub location: String,
    /// The kind that is listed there.
    pub kind: Kind,
    /// The result of the last try; `null` before the first.
    pub status: Option<ScopeStatus>,
    /// The number of its rows in the cache.
    pub rows: u64,
    /// The start of the last complete listing.
    pub as_of: Option<String>,
    /// The time of the last try.
    pub attempted_at: Option<String>,
    /// The reason why the last try failed.
    pub error: Option<Failure>,
}

impl From<&Account> for AccountJson {
    fn from(account: &Account) -> Self {
        let (source, profile, variable) = match &account.source {
            CredentialSource::Environment => ("environment", None, None),
            CredentialSource::Profile(profile) => ("profile", Some(profile.clone()), None),
            CredentialSource::Variable(variable) => ("variable", None, Some(variable.clone())),
            CredentialSource::ApplicationDefault => ("application_default", None, None),
            CredentialSource::SignIn(_) => ("sign_in", None, None),
            CredentialSource::Keyring => ("keyring", None, None),
            CredentialSource::BuiltIn => ("built_in", None, None),
        };
        Self {
            id: account.id.to_string(),
            name: account.name.clone(),
            provider: account.provider.into(),
            project: account.project.clone(),
            source,
            profile,
            variable,
            endpoint: account.endpoint.clone(),
            regions: texts(&account.regions),
            access: account.access.into(),
            prod: account.prod,
            realm: account.realm.as_ref().map(ToString::to_string),
            principal: account.principal.clone(),
            created_at: moment(account.created_at),
            error: None,
            scopes: Vec::new(),
        }
    }
}

impl From<&AccountStatus> for AccountJson {
    fn from(status: &AccountStatus) -> Self {
        let error = match &status.sign_in {
            SignIn::NotTried | SignIn::Ok => None,
            SignIn::Failed(failure) => Some(failure.into()),
        };
        let scopes = status.scopes.iter().map(AccountScope::from).collect();
        Self { error, scopes, ..Self::from(&status.account) }
    }
}

impl From<&[AddedProject]> for AddedJson {
    fn from(outcomes: &[AddedProject]) -> Self {
        let mut shown = Self { added: Vec::new(), failed: Vec::new() };
        for one in outcomes {
            match &one.outcome {
                Ok(account) => shown.added.push(account.into()),
                Err(failure) => {
                    shown.failed.push(FailedProjectJson { project: one.project.clone(), error: failure.into() });
                }
            }
        }
        shown
    }
}

impl From<&ScopeRecord> for AccountScope {
    fn from(record: &ScopeRecord) -> Self {
        let status = match (&record.failure, record.attempted_at.or(record.as_of)) {
            (Some(_), _) => Some(ScopeStatus::Failed),
            (None, Some(_)) => Some(ScopeStatus::Ok),
            (None, None) => None,
        };
        Self {
            location: record.key.scope.location.to_string(),
            kind: record.key.scope.kind.into(),
            status,
            rows: record.rows,
            as_of: maybe(record.as_of),
            attempted_at: maybe(record.attempted_at),
            error: record.failure.as_ref().map(Failure::from),
        }
    }
}

/// The document of `nepho accounts verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdentityJson {
    /// The account's name.
    pub account: String,
    /// The cloud's own account.
    pub realm: String,
    /// The cloud's name for the caller.
    pub principal: String,
    /// The scopes that the last sync was not permitted to list.
    pub denied: Vec<Denied>,
    /// The actions that the cloud denies these credentials, as far as it was asked.
    pub denied_actions: Vec<Action>,
}

/// A scope that the cloud does not let us list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// The region, the zone or `global`.
    pub location: String,
    /// The kind that is listed there.
    pub kind: Kind,
    /// The reason in the cloud's words.
    pub message: String,
}

impl IdentityJson {
    /// The identity of the account of that name, and its denied scopes.
    pub fn new(account: &str, identity: &Identity, scopes: &[ScopeRecord]) -> Self {
        Self {
            account: account.to_owned(),
            realm: identity.realm.to_string(),
            principal: identity.principal.clone(),
            denied: scopes.iter().filter_map(Denied::of).collect(),
            denied_actions: identity.denied.iter().copied().map(Action::from).collect(),
        }
    }
}

impl Denied {
    fn of(record: &ScopeRecord) -> Option<Self> {
        let denied = |code| matches!(code, FailureCode::PermissionDenied | FailureCode::NotEnabled);
        let failure = record.failure.as_ref().filter(|failure| denied(failure.code))?;
        let scope = &record.key.scope;
        Some(Self { location: scope.location.to_string(), kind: scope.kind.into(), message: failure.message.clone() })
    }
}

/// The document of `nepho doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoctorJson(Vec<DoctorRow>);

/// One verdict of `nepho doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DoctorRow {
    /// The thing that was checked.
    pub subject: String,
    /// The verdict.
    pub verdict: CheckStatus,
    /// The finding.
    pub finding: String,
    /// Advice; empty when nothing is to be done.
    pub advice: String,
    /// The hosts that requests of the account may go to; empty for every other verdict.
    pub hosts: Vec<AllowedHost>,
}

impl From<&[Check]> for DoctorJson {
    fn from(found: &[Check]) -> Self {
        Self(
            found
                .iter()
                .map(|one| DoctorRow {
                    subject: one.subject.clone(),
                    verdict: one.verdict.into(),
                    finding: one.finding.clone(),
                    advice: one.advice.clone(),
                    hosts: one.hosts.iter().map(AllowedHost::from).collect(),
                })
                .collect(),
        )
    }
}
