//! One AWS account: EC2 and STS behind Nephoscope's provider seam.
//!
//! SDK types never leave this crate. Deliberately not here: the default credential chain (an
//! account names its one source), programs run from a profile, scheduling, and any retry of a
//! mutation.

mod budget;
mod client;
mod connect;
mod convert;
mod credentials;
mod dialect;
mod document;
mod endpoint;
mod error;
mod options;
mod profile;
mod provider;
mod reader;
mod services;
mod session;
mod verb;
mod writer;
mod xml;

pub use connect::ConnectError;
pub use credentials::environment_credentials;
pub use dialect::{AwsDialect, DIALECT};
pub use options::{AwsCredentials, AwsFiles, AwsOptions, Timeouts};
pub use profile::profiles;
pub use provider::AwsProvider;
