//! One GCP project: Compute Engine instances, through its REST API.
//!
//! One sign-in ([`GcpIdentity`]) serves any number of projects. Deliberately not here: Google's
//! default credential chain and its metadata server (an account names its one source), programs run
//! from a credential file, scheduling, and any repeat of a mutation without its `requestId`.

mod api;
mod backoff;
mod client;
mod convert;
mod credential_file;
mod credentials;
mod descriptor;
mod document;
mod endpoint;
mod error;
mod error_reason;
mod error_text;
mod gcloud_config;
mod hosts;
mod http;
mod identity;
mod login;
mod options;
mod project_id;
mod provider;
mod rate_limit;
mod timeouts;
mod token;
mod verb;
mod writer;

pub use credentials::{GcpCredentials, application_default_file, read_key_file, slim_service_account};
pub use descriptor::{DESCRIPTOR, GcpDescriptor};
pub use error::ConnectError;
pub use gcloud_config::application_default_project;
pub use hosts::allowed_hosts;
pub use identity::{GcpIdentity, Project};
pub use options::GcpOptions;
pub use project_id::is_project_id;
pub use provider::GcpProvider;
pub use timeouts::Timeouts;
