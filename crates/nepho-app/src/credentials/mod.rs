//! Credentials of accounts: checked when given, kept in the OS keyring, read when a provider is built.
//!
//! `resolve` checks what an operator gave, `store` reads and writes the keyring, `secret_id` names
//! its items, and `pending` is the write-ahead log of keyring changes.

pub mod pending;
pub mod resolve;
pub mod secret_id;
pub mod store;
