//! What can go wrong with a request. A refused plan or commit is an answer and is not here, except
//! where a commit's own error carries it.

use std::path::PathBuf;

use nepho_core::{AccountId, Failure, FailureCode, ResourceKey, journal::OperationId};
use nepho_engine::EngineError;
use nepho_index::QueryError;
use nepho_store::StoreError;
use thiserror::Error;

/// An error of the application. Messages never hold a secret.
#[derive(Debug, Error)]
pub enum AppError {
    /// Another window has this data directory.
    #[error("another window is open on this data directory ({holder})")]
    AlreadyOpen {
        /// Who: the process, as it signed the lock.
        holder: String,
    },
    /// The system names no place for data, and `NEPHOSCOPE_DATA_DIR` is not set.
    #[error("no data directory: set NEPHOSCOPE_DATA_DIR")]
    NoDataDirectory,
    /// A file of the data directory cannot be used.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the database cannot be used: {source}")]
    Store {
        /// Why.
        #[from]
        source: StoreError,
    },
    /// The engine could not do its own work.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The query is not understood.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// No account has this name or id.
    #[error("there is no account {account:?}")]
    UnknownAccount {
        /// What was asked for.
        account: String,
    },
    /// Not in the inventory.
    #[error("{key} is not in the inventory")]
    UnknownResource {
        /// Which.
        key: ResourceKey,
    },
    /// Not one of the last operations.
    #[error("{operation} is none of the last operations")]
    UnknownOperation {
        /// Which.
        operation: OperationId,
    },
    /// An action for more targets than one plan may have. Nothing was read or sent.
    #[error("{count} targets are more than one plan may have ({most}); narrow the selection")]
    TooManyTargets {
        /// For how many it was asked.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// The provider's document of it is not stored, or is not readable.
    #[error("there is no document of {key}: {reason}")]
    NoDocument {
        /// Which.
        key: ResourceKey,
        /// Why.
        reason: String,
    },
    /// The cloud's console has no page for it.
    #[error("the cloud's console has no page for {key}")]
    NoConsole {
        /// Which.
        key: ResourceKey,
    },
    /// A name that an account cannot have.
    #[error("an account cannot have this name: {reason}")]
    BadName {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not the id of a project.
    #[error("{project:?} is not the id of a project: 6 to 30 lower-case letters, digits and hyphens")]
    BadProject {
        /// What was given.
        project: String,
    },
    /// Another account has this name.
    #[error("an account named {name:?} exists already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// These credentials lead to an account that is here already.
    #[error("{realm} is here already, as {name:?}; change that account instead")]
    RealmTaken {
        /// The account that has it.
        name: String,
        /// The realm.
        realm: String,
    },
    /// An endpoint that is not acceptable.
    #[error("the endpoint is refused: {reason}")]
    EndpointRefused {
        /// Why.
        reason: &'static str,
    },
    /// Something that this account does not have.
    #[error("{reason}")]
    NotApplicable {
        /// What.
        reason: &'static str,
    },
    /// The provider, the keyring or another process's lock stands in the way.
    #[error("{failure}")]
    Failed {
        /// Whose, if it is about one account.
        account: Option<AccountId>,
        /// Why.
        failure: Failure,
    },
}

impl AppError {
    /// The class of failure, where a provider, the keyring or a lock is the cause.
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
