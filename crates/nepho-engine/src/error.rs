//! What can go wrong inside the engine itself. A provider's errors are answers, see `Failure`.

use nepho_core::{ResourceKey, plan::CommitRefusal};
use nepho_store::StoreError;
use thiserror::Error;

/// The engine could not do its own work.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The database refused.
    #[error("the database failed: {source}")]
    Store {
        /// Why.
        #[from]
        source: StoreError,
    },
    /// No such resource in the inventory.
    #[error("{key} is not in the inventory")]
    UnknownResource {
        /// Which.
        key: ResourceKey,
    },
    /// The engine is shutting down.
    #[error("shutting down")]
    Stopping,
}

/// Why a commit did not go ahead. Nothing was sent in either case.
#[derive(Debug, Error)]
pub enum CommitError {
    /// The plan or the confirmation does not allow it.
    #[error(transparent)]
    Refused(#[from] CommitRefusal),
    /// The journal could not be written, so nothing may be sent.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for CommitError {
    fn from(source: StoreError) -> Self {
        Self::Engine(EngineError::Store { source })
    }
}
