//! Credentials of accounts: checked on input, kept in the OS keyring, read to build a provider.
//!
//! `resolve` checks the operator's input, `resolved` is its result, `store` reads and writes the
//! keyring, and `secret_id` names the keyring's items and records their pending changes.

pub mod resolve;
pub mod resolved;
pub mod secret_id;
pub mod store;
