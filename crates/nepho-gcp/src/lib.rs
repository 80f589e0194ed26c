//! One GCP project: Compute Engine instances, by its REST API.
//!
//! One sign-in ([`GcpIdentity`]) serves any number of projects. Deliberately not here: Google's
//! default credential chain and its metadata server (an account names its one source), programs run
//! from a credential file, scheduling, and any repeat of a mutation without its `requestId`.

mod budget;
mod client;
mod connect;
mod convert;
mod credentials;
mod dialect;
mod document;
mod endpoint;
mod error;
mod identity;
mod jitter;
mod key;
mod options;
mod provider;
mod reason;
mod services;
mod token;
mod tools;
mod verb;
mod wire;
mod writer;

pub use connect::ConnectError;
pub use credentials::{GcpCredentials, application_default_file, is_project_id, read_key_file, slim_service_account};
pub use dialect::{DIALECT, GcpDialect};
pub use identity::{GcpIdentity, Project};
pub use options::{GcpOptions, Timeouts};
pub use provider::GcpProvider;
pub use tools::application_default_project;
