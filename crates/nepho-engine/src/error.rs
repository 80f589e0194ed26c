//! Errors of the engine. A provider's errors are results; see `Failure`.

use nepho_core::{ResourceKey, plan::CommitRefusal};
use nepho_store::StoreError;
use thiserror::Error;

/// An internal error of the engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The store failed.
    #[error("cannot use the database: {source}")]
    Store {
        /// The store's error.
        #[from]
        source: StoreError,
    },
    /// The inventory has no such resource.
    #[error("{key} is not in the inventory")]
    UnknownResource {
        /// The key.
        key: ResourceKey,
    },
    /// The engine is shutting down.
    #[error("the engine is shutting down")]
    Stopping,
}

/// The reason why a commit failed. Nothing was sent in either case.
#[derive(Debug, Error)]
pub enum CommitError {
    /// The plan or the confirmation does not permit the commit.
    #[error(transparent)]
    Refused(#[from] CommitRefusal),
    /// The journal could not be written, so nothing was sent.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for CommitError {
    fn from(source: StoreError) -> Self {
        Self::Engine(EngineError::Store { source })
    }
}
