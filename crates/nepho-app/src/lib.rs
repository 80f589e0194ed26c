//! Façade of both hosts: [`App`] is everything that the window and `nepho` can do.
//!
//! Only this crate chooses a provider for an account, reads credentials to build it, and resolves the
//! data directory and its locks. Deliberately not here: decisions about actions (the engine), wire
//! shapes (`nepho-wire`), texts for people (the hosts).

mod accounts;
mod app;
mod credentials;
mod doctor;
mod error;
mod inventory;
mod lifecycle;
mod network;
mod options;
mod process;
mod providers;
mod settings;
mod status;

pub use app::App;
pub use error::AppError;
pub use nepho_engine::{CommitError, EngineError};
pub use nepho_keyring::Keyring;
pub use options::{Environment, HostKind, Options};
pub use providers::env::{CONSOLE_HOSTS, LOG_ALL, redirects_endpoint};
