//! Reports: results of a sync, status of accounts, results of actions.

use std::time::Duration;

use crate::{
    Account, AccountId, Action, CredentialSource, Failure, ProviderKind, Region, ResourceKey, Scope, State, Timestamp,
    cache::ScopeRecord,
    journal::OperationId,
    network::AllowedHost,
    provider::{ActionRequest, Traffic},
};

/// The result of one sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Duration of the sync.
    pub elapsed: Duration,
    /// The requests sent and bytes received.
    pub traffic: Traffic,
    /// Rows listed by the scopes that completed.
    pub resources: u64,
    /// Rows written: new, changed, newly missing, gone.
    pub changed: u64,
    /// The result of each scope.
    pub scopes: Vec<ScopeReport>,
}

/// The result of one sync for one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeReport {
    /// The account.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The scope; `None` if the account failed before its scopes were known.
    pub scope: Option<Scope>,
    /// Number of rows of the scope in the cache afterwards.
    pub rows: u64,
    /// The start of the scope's last complete listing.
    pub as_of: Option<Timestamp>,
    /// The failure, if the scope failed.
    pub failure: Option<Failure>,
}

/// The status of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatus {
    /// The account.
    pub account: Account,
    /// The usability of the account's credentials.
    pub sign_in: SignIn,
    /// The account's scopes, ordered by location.
    pub scopes: Vec<ScopeRecord>,
    /// The progress of a running sync.
    pub progress: Option<Progress>,
}

/// The usability of an account's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Not used since this process started.
    NotTried,
    /// The last use succeeded.
    Ok,
    /// The last use failed.
    Failed(Failure),
}

/// Progress of a sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Scopes that have finished.
    pub done: u32,
    /// Number of scopes; 0 while unknown.
    pub total: u32,
    /// Rows listed so far.
    pub rows: u64,
}

/// The result of an action for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetResult {
    /// The resource.
    pub key: ResourceKey,
    /// The status of the target.
    pub status: TargetStatus,
    /// The last observed state, if any.
    pub observed_state: Option<State>,
    /// The cause of a refused, failed or unknown status.
    pub failure: Option<Failure>,
}

/// The outcome of an action on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetStatus {
    /// The provider accepted the request; its effect was not observed yet.
    Sent,
    /// The goal was observed.
    Done,
    /// The goal held already; nothing was sent.
    Already,
    /// The plan or the provider refused the action; nothing happened.
    Refused,
    /// The provider accepted the request, and its operation failed or a read showed another final
    /// state.
    Failed,
    /// No request was made: the account could not be used, or another action is under way.
    NotSent,
    /// The action may or may not have happened.
    Unknown,
}

impl TargetStatus {
    /// Every status.
    pub const ALL: [Self; 7] =
        [Self::Sent, Self::Done, Self::Already, Self::Refused, Self::Failed, Self::NotSent, Self::Unknown];

    /// The word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }
}
crate::string_enum::string_enum!(TargetStatus, "status");

/// A committed plan as shown in Activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation's id.
    pub id: OperationId,
    /// The request with its parameters.
    pub request: ActionRequest,
    /// Time of sending.
    pub started_at: Timestamp,
    /// Time at which the last target ended; `None` while any target runs.
    pub finished_at: Option<Timestamp>,
    /// The operation's targets.
    pub targets: Vec<OperationTarget>,
}

/// One target of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationTarget {
    /// The account's name at the time.
    pub account_name: String,
    /// The resource's name at the time.
    pub name: String,
    /// The target's result so far.
    pub result: TargetResult,
    /// The process that follows the target to its end; `None` once it has ended.
    pub follower: Option<Follower>,
}

impl OperationTarget {
    /// Returns `true` while a process follows the target.
    pub const fn is_running(&self) -> bool {
        matches!(self.follower, Some(Follower::Here | Follower::Elsewhere(_)))
    }
}

/// The process that follows an unfinished action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follower {
    /// This process.
    Here,
    /// Another process, by its signature, such as `nepho, process 4711`.
    Elsewhere(String),
    /// None: the process that sent the request has ended. The next sync or the open window takes
    /// over.
    Nobody,
}

/// Credentials found on this computer. Discovery reads their names only and adds no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAccount {
    /// The cloud.
    pub provider: ProviderKind,
    /// The place of the credentials.
    pub source: CredentialSource,
    /// The region configured with them, if any.
    pub region: Option<Region>,
    /// The project configured with them, if any.
    pub project: Option<String>,
    /// `true` if an account already uses them.
    pub added: bool,
}

/// The identity and projects that credentials can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProjects {
    /// The cloud's name for the caller.
    pub principal: String,
    /// The projects, by id.
    pub projects: Vec<FoundProject>,
}

/// The result of adding one project of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedProject {
    /// The project's id.
    pub project: String,
    /// The account, or the reason for the failure.
    pub outcome: Result<Account, Failure>,
}

/// A project that credentials can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProject {
    /// The project's id.
    pub project: String,
    /// The display name; empty if it has none.
    pub name: String,
    /// `true` if an account for this project already exists.
    pub added: bool,
}

/// Counts of the selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectionSummary {
    /// Selected rows.
    pub count: usize,
    /// Selected rows that the current query hides.
    pub hidden: usize,
    /// The most rows that one plan takes.
    pub most: usize,
    /// Actions for the visible rows; an action that no row's provider offers is left out.
    pub actions: Vec<ActionOffer>,
}

/// The number of selected rows that an action applies to, judged by the cache alone; a plan reads
/// the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionOffer {
    /// The action.
    pub action: Action,
    /// Rows whose state and account allow it.
    pub eligible: usize,
    /// Number of rows considered.
    pub total: usize,
    /// `true` if a plan for the eligible rows requires a confirmation.
    pub asks: bool,
}

/// An action that a resource has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The action.
    pub action: Action,
    /// True if its state and its account allow it, by the cache.
    pub possible: bool,
}

/// The provider's own description of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownDocument {
    /// Pretty-printed JSON with every member that the provider sent.
    pub json: String,
    /// The time of the reading; `None` if it is not known.
    pub as_of: Option<Timestamp>,
    /// True for the full document: a listing may return only a part.
    pub whole: bool,
}

/// The keyring's result at its last use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyringStatus {
    /// Not used since the process started.
    #[default]
    NotTried,
    /// Available.
    Ok,
    /// There is no keyring, or it cannot be reached.
    Unavailable,
    /// Locked, or no response in time.
    Locked,
}

/// A check made by `nepho doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The checked item, such as `keyring`; includes the account's name if the check is about an
    /// account.
    pub subject: String,
    /// The verdict.
    pub verdict: CheckStatus,
    /// The finding.
    pub finding: String,
    /// The suggested fix; empty if none is needed.
    pub advice: String,
    /// The hosts that it lists; empty for every other check.
    pub hosts: Vec<AllowedHost>,
}

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// No fault.
    Ok,
    /// Usable, with a limitation.
    Warning,
    /// Not usable.
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
