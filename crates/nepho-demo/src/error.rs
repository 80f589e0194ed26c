//! What can go wrong in the demo cloud: only its file.

use std::{io, path::PathBuf};

use nepho_core::{ProviderError, Realm};
use thiserror::Error;

/// An error of the demo cloud.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The demo cloud has no such account.
    #[error("the demo cloud has no account {realm}")]
    UnknownAccount {
        /// The realm asked for.
        realm: Realm,
    },
    /// The file could not be read, written or locked.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what the demo cloud wrote.
    #[error("{} is not readable ({reason}); remove the demo and add it again", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process held the file's lock all the time.
    #[error("{} is locked by another process", path.display())]
    Locked {
        /// Which.
        path: PathBuf,
    },
}

impl From<DemoError> for ProviderError {
    fn from(error: DemoError) -> Self {
        let message = error.to_string();
        match error {
            DemoError::UnknownAccount { .. } => Self::Unauthenticated { message },
            // Not `Unavailable`: nothing was sent that might have happened.
            DemoError::File { .. } => Self::Other { code: "DemoFile".to_owned(), message },
            DemoError::Unreadable { .. } => Self::Other { code: "DemoFileUnreadable".to_owned(), message },
            DemoError::Locked { .. } => Self::Conflict { message },
        }
    }
}
