//! The SQLite databases: durable state and disposable cache.
//!
//! `state.db` holds data that polling cannot restore (accounts, settings, the journal). `cache.db`
//! holds data that it can (scopes, resources, documents). One file per table; [`Store`] is the
//! handle. Deliberately not here: the decision what a listing changes (the engine's `reconcile`),
//! secrets (the keyring), and the location of the directory (the hosts).

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
