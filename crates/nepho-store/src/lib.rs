//! The SQLite databases: durable state and disposable cache.
//!
//! `state.db` holds what polling cannot bring back (accounts, settings, the journal); `cache.db`
//! holds what it can (scopes, resources, documents). One file per table; [`Store`] is the handle.
//! Deliberately not here: deciding what a listing changes (the engine's reconcile), secrets (the
//! keyring), and where the directory is (the hosts).

mod accounts;
mod chain;
mod columns;
mod commits;
mod connection;
mod documents;
mod error;
mod facts;
mod files;
mod journal;
mod notes;
mod open;
mod page_one;
mod permissions;
mod presence;
mod resources;
mod salvage;
mod schema;
mod scopes;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod threads;
mod verify;
mod whole_documents;

pub use error::{SqliteFault, StoreError, Unsafe};
pub use notes::{CacheFault, OpenNote};
pub use store::Store;
