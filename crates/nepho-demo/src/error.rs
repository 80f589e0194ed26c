//! Errors of the demo cloud: only its file can fail.

use std::{io, path::PathBuf};

use nepho_core::{Failure, FailureCode, ProviderError, Realm};
use thiserror::Error;

/// Error of a connection that could not be prepared.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The demo cloud has no account of this realm.
    #[error("the demo cloud has no account {realm}; remove the demo and add it again")]
    UnknownAccount {
        /// The realm.
        realm: Realm,
    },
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        let ConnectError::UnknownAccount { .. } = &error;
        Self { code: FailureCode::Other, message: error.to_string() }
    }
}

/// Error of the demo cloud's file.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The file could not be read, written or locked.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file has another content than the demo cloud writes.
    #[error("cannot read {}: {reason}; remove the demo and add it again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The fault in it.
        reason: String,
    },
    /// Another process held the file's lock for two seconds.
    #[error("{} is locked by another process; try again", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
}

impl From<DemoError> for ProviderError {
    fn from(error: DemoError) -> Self {
        let message = error.to_string();
        match error {
            // Not `Unavailable`, which would leave an action unknown although it was not carried out.
            DemoError::File { .. } => Self::Other { code: "DemoFile".to_owned(), message },
            DemoError::Unreadable { .. } => Self::Other { code: "DemoFileUnreadable".to_owned(), message },
            DemoError::Locked { .. } => Self::Conflict { message },
        }
    }
}
