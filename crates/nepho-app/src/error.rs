//! Errors of requests. A refused plan or commit is an answer and not an error, except where the
//! engine's own error of a commit carries it.

use std::path::PathBuf;

use nepho_core::{AccountId, Failure, FailureCode, ResourceKey, journal::OperationId};
use nepho_engine::EngineError;
use nepho_index::QueryError;
use nepho_store::StoreError;
use thiserror::Error;

/// An error of the application. Its message never holds a secret.
#[derive(Debug, Error)]
pub enum AppError {
    /// Another window holds this data directory.
    #[error("another window is open on this data directory ({holder})")]
    AlreadyOpen {
        /// The process, as it signed the lock.
        holder: String,
    },
    /// The platform has no place for data, and `NEPHOSCOPE_DATA_DIR` is not set.
    #[error("no data directory: set NEPHOSCOPE_DATA_DIR")]
    NoDataDirectory,
    /// A file of the data directory cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("cannot use the database: {source}")]
    Store {
        /// The cause.
        #[from]
        source: StoreError,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The query does not parse.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// No account has this name or id.
    #[error("there is no account {account:?}")]
    UnknownAccount {
        /// The name or id.
        account: String,
    },
    /// A resource that is not in the inventory.
    #[error("{key} is not in the inventory")]
    UnknownResource {
        /// The resource.
        key: ResourceKey,
    },
    /// An operation that is not one of the last ones.
    #[error("{operation} is not one of the last operations")]
    UnknownOperation {
        /// The operation.
        operation: OperationId,
    },
    /// An action for more targets than one plan may have. Nothing was read or sent.
    #[error("{count} targets are more than one plan may have ({most}); narrow the selection")]
    TooManyTargets {
        /// The number of targets.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// The provider's document of a resource is not stored or not readable.
    #[error("there is no document of {key}: {reason}")]
    NoDocument {
        /// The resource.
        key: ResourceKey,
        /// The cause.
        reason: String,
    },
    /// The cloud's console has no page for a resource.
    #[error("the cloud's console has no page for {key}")]
    NoConsole {
        /// The resource.
        key: ResourceKey,
    },
    /// A name that an account cannot have.
    #[error("an account cannot have this name: {reason}")]
    BadName {
        /// The fault of the name.
        reason: &'static str,
    },
    /// A text that is not the id of a project.
    #[error("{project:?} is not a project id: 6 to 30 lower-case letters, digits and hyphens")]
    BadProject {
        /// The text.
        project: String,
    },
    /// Another account has this name.
    #[error("an account named {name:?} exists already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Credentials of a realm that another account has.
    #[error("{realm} is already added as {name:?}; change that account instead")]
    RealmTaken {
        /// The name of the account that has it.
        name: String,
        /// The realm.
        realm: String,
    },
    /// An endpoint that the rules refuse.
    #[error("the endpoint is refused: {reason}")]
    EndpointRefused {
        /// The rule.
        reason: &'static str,
    },
    /// A request that does not apply to this account.
    #[error("{reason}")]
    NotApplicable {
        /// The reason.
        reason: &'static str,
    },
    /// A failure of the provider or the keyring, or a lock that another process holds.
    #[error("{failure}")]
    Failed {
        /// The account, if the failure is about one.
        account: Option<AccountId>,
        /// The failure.
        failure: Failure,
    },
}

impl AppError {
    /// The class of failure, where a provider, the keyring or a lock caused it.
    pub fn failure_code(&self) -> Option<FailureCode> {
        match self {
            Self::Failed { failure, .. } => Some(failure.code),
            _ => None,
        }
    }

    pub(crate) fn failed(account: &AccountId, failure: Failure) -> Self {
        Self::Failed { account: Some(account.clone()), failure }
    }

    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
