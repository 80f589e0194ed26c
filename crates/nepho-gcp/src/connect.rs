//! Why an account could not be connected, before anything was asked of Google.

use nepho_core::{Failure, FailureCode};
use thiserror::Error;

/// Why an account could not be connected. Messages name settings, never their values, except for a
/// host that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The source holds no usable credentials.
    #[error("no credentials: {reason}")]
    CredentialsMissing {
        /// What is missing, and where it was looked for.
        reason: String,
    },
    /// The credential file asks for something that Nephoscope does not do.
    #[error("the credentials use {setting}, which Nephoscope does not support: {advice}")]
    CredentialsUnsupported {
        /// The setting.
        setting: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// The credential file cannot be read as such.
    #[error("the credentials are not readable: {reason}")]
    CredentialsUnreadable {
        /// What is wrong, without the file's text.
        reason: String,
    },
    /// The credential file would have the sign-in go to a host that is not Google's.
    #[error("the credentials are refused: {member} names {host:?}, {reason}")]
    HostRefused {
        /// The member of the file.
        member: String,
        /// The host that it names, without user, password, path and query.
        host: String,
        /// Why.
        reason: &'static str,
    },
    /// The custom endpoint is not acceptable.
    #[error("the endpoint {endpoint:?} is refused: {reason}")]
    EndpointRefused {
        /// The endpoint, without user, password, path and query.
        endpoint: String,
        /// Why.
        reason: &'static str,
    },
    /// No connection can be made from this machine, whoever signs in.
    #[error("TLS cannot be set up on this machine: {reason}")]
    TlsUnavailable {
        /// What is wrong, such as certificates that cannot be loaded.
        reason: String,
    },
    /// That is not the id of a project.
    #[error("{project:?} is not the id of a project: {advice}")]
    ProjectRefused {
        /// What was given.
        project: String,
        /// What an id looks like.
        advice: &'static str,
    },
}

impl From<&ConnectError> for Failure {
    fn from(error: &ConnectError) -> Self {
        let code = match error {
            ConnectError::CredentialsMissing { .. } => FailureCode::CredentialsMissing,
            ConnectError::CredentialsUnsupported { .. } => FailureCode::Unsupported,
            ConnectError::CredentialsUnreadable { .. } => FailureCode::Malformed,
            ConnectError::HostRefused { .. }
            | ConnectError::EndpointRefused { .. }
            | ConnectError::TlsUnavailable { .. }
            | ConnectError::ProjectRefused { .. } => FailureCode::Other,
        };
        Self { code, message: error.to_string() }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::from(&error)
    }
}
