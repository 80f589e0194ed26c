//! The vocabulary of Nephoscope: ids, resources, states, actions, plans and the provider seam.
//!
//! Every other crate speaks these types; this one imports no sibling. Deliberately not here: I/O,
//! an async runtime, and serialisation. What crosses IPC is converted by `nepho-wire`, what is
//! stored is converted by `nepho-store`.

pub mod account;
pub mod action;
pub mod cache;
pub mod capability;
pub mod clock;
pub mod descriptor;
pub mod document;
pub mod endpoint;
pub mod error;
pub mod fingerprint;
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
pub mod state;
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
pub use key::{Kind, Location, ProviderKind, Realm, Region, ResourceKey, Zone};
pub use provider::Provider;
pub use resource::Resource;
pub use scope::{Scope, ScopeKey};
pub use secret::Secret;
pub use state::{Health, State};
pub use string_enum::UnknownVariant;

/// A moment in UTC; re-exported so that no crate names another calendar.
pub use jiff::Timestamp;
