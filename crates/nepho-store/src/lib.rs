//! The SQLite databases: durable state and disposable cache.
//!
//! `state.db` holds what polling cannot bring back (accounts, settings, the journal); `cache.db`
//! holds what it can (scopes, resources, documents). One file per table; [`Store`] is the handle.
//! Deliberately not here: deciding what a listing changes (the engine's reconcile), secrets (the
//! keyring), and where the directory is (the hosts).

mod columns;
mod commits;
mod connection;
mod error;
mod hash_chain;
mod open;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod verify;
mod worker;

pub use error::{SqliteFault, StoreError, Unsafe};
pub use nepho_core::status::{CacheFault, OpenNote};
pub use store::Store;
