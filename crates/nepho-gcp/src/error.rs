//! Errors of a call, and their meaning for Nephoscope.
//!
//! Deliberately not here: the messages of Google's token library, which quote whole replies and parts
//! of keys, and the meaning of Google's reasons (see `error_reason`).

use nepho_core::{Failure, FailureCode, ProviderError, ResourceKey};
use thiserror::Error;

use crate::error_reason::Refusal;

/// Error of a call.
#[derive(Clone, Debug, Error)]
pub(crate) enum GcpError {
    /// Google answered with an error.
    #[error("{operation}: {refusal}")]
    Refused {
        /// Google's name of the request, such as `compute.instances.stop`.
        operation: String,
        /// The host of the API, such as `compute.googleapis.com`.
        api: &'static str,
        /// The project of the request.
        project: String,
        /// Google's answer.
        refusal: Box<Refusal>,
    },
    /// The call ended without an error from Google: it was not sent, got no answer, or got one that
    /// is not Google's.
    #[error(transparent)]
    Failed(#[from] ProviderError),
}

impl GcpError {
    /// No answer to `operation` in time.
    pub fn timed_out(operation: impl Into<String>) -> Self {
        Self::Failed(ProviderError::TimedOut { operation: operation.into() })
    }

    /// No connection, a connection that broke, or an outage that Google reported.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::Failed(ProviderError::Unavailable { message: message.into() })
    }

    /// A reply that breaks Google's protocol.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::Failed(ProviderError::Malformed { message: message.into() })
    }

    /// No token, or a token that Google refuses.
    pub fn sign_in(message: impl Into<String>) -> Self {
        Self::Failed(ProviderError::Unauthenticated { message: message.into() })
    }

    /// A request that was blocked before it was sent.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self::Failed(ProviderError::not_sent(message.into()))
    }

    /// An unreadable success. The parser's own message may quote the reply, so the error names only
    /// the position.
    pub fn unreadable(operation: &str, error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "ends too early",
            serde_json::error::Category::Data => "lacks members that every such reply has",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "is not valid JSON",
        };
        let (line, column) = (error.line(), error.column());
        Self::malformed(format!("{operation}: the reply {what} (line {line}, column {column})"))
    }

    /// The HTTP status of Google's error.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.status),
            Self::Failed(_) => None,
        }
    }

    /// True if a mutation with this error may have been carried out.
    pub fn leaves_unknown(&self) -> bool {
        ProviderError::from(self.clone()).leaves_unknown()
    }

    /// The error of a mutation that was not sent, which leaves nothing unknown; see
    /// [`ProviderError::before_sending`].
    pub fn before_sending(self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.before_sending()),
            refused @ Self::Refused { .. } if refused.leaves_unknown() => Self::not_sent(refused.to_string()),
            refused @ Self::Refused { .. } => refused,
        }
    }

    /// The error of a request about one resource.
    pub fn about(self, key: &ResourceKey) -> ProviderError {
        match self.status() {
            Some(404) => ProviderError::NotFound { key: key.clone() },
            _ => self.into(),
        }
    }
}

impl From<GcpError> for ProviderError {
    fn from(error: GcpError) -> Self {
        match error {
            GcpError::Refused { operation, api, project, refusal } => refusal.meaning(operation, api, &project),
            GcpError::Failed(error) => error,
        }
    }
}

/// Error of a connection that could not be prepared. Messages name settings, never their values,
/// except for a host that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// The source holds no usable credentials.
    #[error("no usable credentials: {reason}")]
    CredentialsMissing {
        /// The missing part, and the place where it was looked for.
        reason: String,
    },
    /// The credential file uses a feature that Nephoscope does not support.
    #[error("the credentials use {setting}, which Nephoscope does not support: {advice}")]
    CredentialsUnsupported {
        /// The setting.
        setting: String,
        /// The way to do without it.
        advice: &'static str,
    },
    /// The credential file cannot be read, or is not a credential file.
    #[error("cannot read the credentials: {reason}")]
    CredentialsUnreadable {
        /// The fault, without the file's text.
        reason: String,
    },
    /// The credential file names a host for the sign-in that is not Google's.
    #[error("credentials refused: {member} names {host:?}, {reason}")]
    HostRefused {
        /// The member of the file.
        member: String,
        /// The host, without user, password, path and query.
        host: String,
        /// The rule that the host breaks.
        reason: &'static str,
    },
    /// The custom endpoint breaks a rule for endpoints.
    #[error("endpoint {endpoint:?} refused: {reason}")]
    EndpointRefused {
        /// The endpoint, without user, password, path and query.
        endpoint: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// This machine cannot set up TLS, so no account can connect.
    #[error("cannot set up TLS on this machine: {reason}")]
    TlsUnavailable {
        /// The fault, such as certificates that cannot be loaded.
        reason: String,
    },
    /// The text is not the id of a project.
    #[error("{project:?} is not the id of a project: {advice}")]
    ProjectRefused {
        /// The text.
        project: String,
        /// The syntax of an id.
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
