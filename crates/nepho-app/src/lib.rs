//! The composition root and the façade of both hosts.
//!
//! [`App`] is everything that the window and `nepho` can do. Here, and nowhere else, a provider's
//! kind is looked at to choose its crate, credentials are read to build it, and the data directory
//! and its locks are resolved. Deliberately not here: decisions about actions (the engine), wire
//! shapes (`nepho-wire`), texts for people (the hosts).

mod accounts;
mod actions;
mod adding;
mod app;
mod aws;
mod background;
mod changing;
mod composition;
mod demo;
mod details;
mod directory;
mod doctor;
mod endpoint;
mod error;
mod finding;
mod gcp;
mod intents;
mod inventory;
mod keeping;
mod locks;
mod options;
mod outside;
mod owner;
mod projects;
mod proof;
mod selection;
mod settings;
mod status;
mod vault;

pub use actions::{MOST_TARGETS, Targets};
pub use app::App;
pub use details::{Details, Offer, ShownDocument};
pub use error::AppError;
pub use inventory::{InventoryPage, InventoryRow, PageAsk};
pub use nepho_engine::{Changes, CommitError, EngineError};
pub use nepho_keyring::Keyring;
pub use nepho_store::{CacheFault, OpenNote};
pub use options::{Environment, HostKind, Options};
pub use outside::{CONSOLE_HOSTS, LOG_ALL, leads_away};
pub use selection::SelectionChange;
pub use settings::{Settings, SettingsChange};
pub use status::Status;
