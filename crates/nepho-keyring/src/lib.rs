//! Secrets in the OS keyring: written once, read when a client is built, never anywhere else.
//!
//! One thread of its own talks to the keyring, because its calls block and may wait for a prompt;
//! callers wait with a limit and get a typed error. Deliberately not here: which secrets an account
//! has and what they mean (`nepho-app`), and any fallback to a file. There is none.

mod backend;
mod error;
mod keyring;
mod worker;

#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(test)]
mod tests;

pub use error::KeyringError;
pub use keyring::{Item, Keyring, Prompt};

/// The service name of every item; with the item's user it is what `secret-tool` searches for.
pub const SERVICE: &str = "dev.nephoscope.Nephoscope";
