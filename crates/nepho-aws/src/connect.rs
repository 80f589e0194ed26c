//! Why an account could not be connected, before anything was asked of AWS.

use nepho_core::{Failure, FailureCode};
use thiserror::Error;

/// Why an account could not be connected. Messages name settings, never their values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The source holds no usable credentials.
    #[error("no credentials: {reason}")]
    CredentialsMissing {
        /// What is missing, and where it was looked for.
        reason: String,
    },
    /// The profile asks for something that Nephoscope does not do.
    #[error("profile {profile:?} uses {setting}, which Nephoscope does not support: {advice}")]
    ProfileUnsupported {
        /// The profile.
        profile: String,
        /// The setting's name.
        setting: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// The AWS configuration files cannot be read as such.
    #[error("the AWS configuration files are not readable: {reason}")]
    ProfilesUnreadable {
        /// What is wrong, without the line's text.
        reason: String,
    },
    /// The custom endpoint is not acceptable.
    #[error("the endpoint {endpoint:?} is refused: {reason}")]
    EndpointRefused {
        /// The endpoint, without user, password, path and query.
        endpoint: String,
        /// Why.
        reason: &'static str,
    },
}

impl From<&ConnectError> for Failure {
    fn from(error: &ConnectError) -> Self {
        let code = match error {
            ConnectError::CredentialsMissing { .. } => FailureCode::CredentialsMissing,
            ConnectError::ProfileUnsupported { .. } => FailureCode::Unsupported,
            ConnectError::ProfilesUnreadable { .. } => FailureCode::Malformed,
            ConnectError::EndpointRefused { .. } => FailureCode::Other,
        };
        Self { code, message: error.to_string() }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::from(&error)
    }
}
