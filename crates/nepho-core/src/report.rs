//! Reports: what a sync did, how accounts stand, what became of an action.

use std::time::Duration;

use crate::{
    Account, AccountId, Action, CredentialSource, Failure, ProviderKind, Region, ResourceKey, Scope, State, Timestamp,
    cache::ScopeRecord, journal::OperationId, network::AllowedHost, provider::Traffic,
};

/// What one sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// How long it took.
    pub elapsed: Duration,
    /// What was sent and received.
    pub traffic: Traffic,
    /// Rows listed by the scopes that completed.
    pub resources: u64,
    /// Rows written: new, changed, newly missing, gone.
    pub changed: u64,
    /// Each scope.
    pub scopes: Vec<ScopeReport>,
}

/// What one sync did to one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeReport {
    /// Whose.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// Which; `None` when the account failed before its scopes were known.
    pub scope: Option<Scope>,
    /// Rows that the cache holds of it now.
    pub rows: u64,
    /// The start of its last complete listing.
    pub as_of: Option<Timestamp>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatus {
    /// The account.
    pub account: Account,
    /// Whether its credentials can be used.
    pub sign_in: SignIn,
    /// Its scopes, in order of location.
    pub scopes: Vec<ScopeRecord>,
    /// A sync under way.
    pub progress: Option<Progress>,
}

/// Whether an account's credentials can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Not tried since this process began.
    NotTried,
    /// They worked the last time.
    Ok,
    /// They did not.
    Failed(Failure),
}

/// How far a sync is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Scopes that have ended.
    pub done: u32,
    /// Scopes in all; 0 while that is not known.
    pub total: u32,
    /// Rows listed so far.
    pub rows: u64,
}

/// What became of one target of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetResult {
    /// The resource.
    pub key: ResourceKey,
    /// What became of it.
    pub status: TargetStatus,
    /// The state last observed, if any was.
    pub observed_state: Option<State>,
    /// Why it was refused, failed or is unknown.
    pub failure: Option<Failure>,
}

/// What became of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetStatus {
    /// The provider accepted it (and, when waited for, was seen in the goal).
    Accepted,
    /// The goal held already; nothing was sent.
    Already,
    /// Refused by the plan; nothing was sent.
    Refused,
    /// Refused by the provider, or seen in another final state.
    Failed,
    /// It may or may not have happened.
    Unknown,
}

impl TargetStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Accepted, Self::Already, Self::Refused, Self::Failed, Self::Unknown];

    /// The word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}
crate::string_enum::string_enum!(TargetStatus, "status");

/// A committed plan, as Activity shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What was asked.
    pub action: Action,
    /// When it was sent.
    pub started_at: Timestamp,
    /// When its last target ended; `None` while one is under way.
    pub finished_at: Option<Timestamp>,
    /// Its targets.
    pub targets: Vec<OperationTarget>,
}

/// One target of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationTarget {
    /// The account's name at the time.
    pub account_name: String,
    /// The resource's name at the time.
    pub name: String,
    /// What became of it so far.
    pub result: TargetResult,
    /// Whether it is still being followed.
    pub running: bool,
}

/// Credentials found on this machine: named, and not read. Finding adds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAccount {
    /// The cloud.
    pub provider: ProviderKind,
    /// Where they are.
    pub source: CredentialSource,
    /// The region that goes with them, where one is configured.
    pub region: Option<Region>,
    /// The project that goes with them, where one is configured.
    pub project: Option<String>,
    /// Whether an account uses them already.
    pub added: bool,
}

/// What some credentials can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProjects {
    /// The cloud's name for the caller.
    pub principal: String,
    /// The projects, by id.
    pub projects: Vec<FoundProject>,
}

/// What became of adding one project of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedProject {
    /// The project's id.
    pub project: String,
    /// The account, or why there is none.
    pub outcome: Result<Account, Failure>,
}

/// A project that some credentials can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProject {
    /// The project's id.
    pub project: String,
    /// Its display name; empty when it has none.
    pub name: String,
    /// Whether an account is this project already.
    pub added: bool,
}

/// The selection in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectionSummary {
    /// Selected rows.
    pub count: usize,
    /// Selected rows that the query on screen hides.
    pub hidden: usize,
    /// What could be done with the visible ones; actions that none of them has are left out.
    pub actions: Vec<ActionOffer>,
}

/// How many of the selected rows an action applies to, by the cache alone; a plan asks the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionOffer {
    /// The action.
    pub action: Action,
    /// Rows whose state and account allow it.
    pub eligible: usize,
    /// Of how many.
    pub total: usize,
}

/// How the OS keyring answered the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyringStatus {
    /// Not used since the start.
    #[default]
    NotTried,
    /// It answers.
    Ok,
    /// There is none, or it cannot be reached.
    Unavailable,
    /// It is locked, or did not answer in time.
    Locked,
}

/// A verdict of `nepho doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, such as `keyring`; with the account's name where it is about one.
    pub subject: String,
    /// Whether it is as it should be.
    pub verdict: CheckStatus,
    /// What was found.
    pub finding: String,
    /// What to do about it; empty when nothing.
    pub advice: String,
    /// The hosts that it lists; empty for every other check.
    pub hosts: Vec<AllowedHost>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Works, with a caveat.
    Warning,
    /// Does not work.
    Broken,
}

impl CheckStatus {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Warning, Self::Broken];

    /// The word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}
crate::string_enum::string_enum!(CheckStatus, "verdict");
