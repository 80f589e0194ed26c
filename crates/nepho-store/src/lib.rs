//! The SQLite databases: durable state and disposable cache.
//!
//! `state.db` holds what polling cannot bring back (accounts, settings, the journal); `cache.db`
//! holds what it can (scopes, resources, documents). Deliberately not here: deciding what a listing
//! changes (the engine's reconcile), secrets (the keyring), and where the directory is (the hosts).

mod error;
mod notes;
mod store;

pub use error::{SqliteFault, StoreError, Unsafe};
pub use notes::{CacheFault, OpenNote};
pub use store::Store;
