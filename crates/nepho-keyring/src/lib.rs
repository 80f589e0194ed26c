//! Secrets in the OS keyring: written once, read when a client is built, and stored nowhere else.
//!
//! A dedicated thread talks to the keyring, because its calls block and may wait for a prompt.
//! Callers wait with a time limit and get a typed error. Deliberately not here: the names and the
//! meaning of an account's secrets (`nepho-app`). There is no fallback to a file.

mod backend;
mod calls;
mod classify;
mod error;
mod keyring;
mod request;
mod worker;

#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(test)]
mod tests;

pub use error::KeyringError;
pub use keyring::Keyring;
pub use request::{Item, Prompt};

/// The service name of every item; `secret-tool` finds an item by this name and the item's user.
pub const SERVICE: &str = "dev.nephoscope.Nephoscope";
