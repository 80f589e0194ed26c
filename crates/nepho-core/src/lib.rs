//! The types shared by every Nephoscope crate: ids, resources, states, actions, plans and the
//! provider trait.
//!
//! This crate imports no sibling. Deliberately not here: I/O, an async runtime, and serialisation.
//! `nepho-wire` converts the types for IPC, and `nepho-store` converts them for storage.

pub mod account;
pub mod action;
pub mod action_request;
pub mod cache;
pub mod capability;
pub mod clock;
pub mod descriptor;
pub mod document;
pub mod endpoint;
pub mod error;
pub mod fingerprint;
pub mod goal;
pub mod journal;
pub mod key;
pub mod network;
pub mod plan;
pub mod provider;
pub mod report;
pub mod request;
pub mod resource;
pub mod scope;
pub mod secret;
pub mod settings;
pub mod state;
pub mod status;
mod string_enum;
pub mod text;
mod text_id;

pub use account::{Access, Account, AccountId, CredentialSource, Identity, SignInId};
pub use action::Action;
pub use capability::Capabilities;
pub use clock::{Clock, SystemClock};
pub use descriptor::Descriptor;
pub use document::{Document, DocumentFormat};
pub use error::{Failure, FailureCode, ProviderError};
pub use goal::Goal;
pub use key::{Kind, Location, ProviderKind, Realm, Region, ResourceKey, Zone};
pub use provider::Provider;
pub use resource::Resource;
pub use scope::{Scope, ScopeKey};
pub use secret::Secret;
pub use state::{Health, State};
pub use string_enum::UnknownVariant;

/// A moment in UTC, re-exported so that every crate uses the same calendar.
pub use jiff::Timestamp;
