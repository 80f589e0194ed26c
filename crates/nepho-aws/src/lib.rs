//! One AWS account: EC2 and STS behind Nephoscope's provider interface.
//!
//! SDK types never leave this crate. Deliberately not here: the default credential chain (an
//! account names its one source), programs run from a profile, scheduling, and any retry of a
//! mutation.

mod admission;
mod api;
mod client;
mod convert;
mod credentials;
mod descriptor;
mod document;
mod endpoint;
mod error;
mod error_text;
mod hosts;
mod http;
mod options;
mod profile;
mod provider;
mod rate_limit;
mod session;
mod timeouts;
mod verb;
mod writer;
mod xml;

pub use credentials::environment_credentials;
pub use descriptor::{AwsDescriptor, DESCRIPTOR};
pub use error::ConnectError;
pub use hosts::{HostFacts, allowed_hosts};
pub use options::{AwsCredentials, AwsFiles, AwsOptions, Timeouts};
pub use profile::profiles;
pub use provider::AwsProvider;
