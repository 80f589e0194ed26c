//! One AWS account: EC2 and STS behind Nephoscope's provider seam.
//!
//! SDK types never leave this crate. Deliberately not here: the default credential chain (an
//! account names its one source), programs run from a profile, scheduling, and any retry of a
//! mutation.

mod connect;
mod credentials;
mod dialect;
mod options;
mod provider;

pub use connect::ConnectError;
pub use credentials::{environment_credentials, profiles};
pub use dialect::{AwsDialect, DIALECT};
pub use options::{AwsCredentials, AwsFiles, AwsOptions, Timeouts};
pub use provider::AwsProvider;
