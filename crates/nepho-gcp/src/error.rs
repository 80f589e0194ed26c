//! What went wrong with a call, and what that means to Nephoscope.
//!
//! Deliberately not here: the words of Google's token library, which quote whole replies and parts
//! of keys, and the meaning of Google's reasons (see `reason`).

use std::time::Duration;

use nepho_core::{Failure, FailureCode, ProviderError, ResourceKey};
use thiserror::Error;

use crate::error_reason::Refusal;

/// The longest text of Google's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 400;

/// Why a call failed.
#[derive(Clone, Debug, Error)]
pub(crate) enum GcpError {
    /// Google answered with an error.
    #[error("{operation}: {refusal}")]
    Refused {
        /// Such as `compute.instances.stop`.
        operation: String,
        /// The project that was asked for.
        project: String,
        /// Google's answer.
        refusal: Box<Refusal>,
    },
    /// The quota is used up, and waiting for more of it has its bounds.
    #[error("the quota of this minute is used up")]
    QuotaUsedUp {
        /// Until it is refilled.
        retry_after: Duration,
    },
    /// No answer in time.
    #[error("{operation} timed out")]
    TimedOut {
        /// The operation.
        operation: String,
    },
    /// No connection, or it broke off, or Google says that it is broken.
    #[error("{reason}")]
    Unreachable {
        /// What failed.
        reason: String,
    },
    /// An answer that is not what the protocol promises.
    #[error("{reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no token, or Google does not accept it.
    #[error("{reason}")]
    SignIn {
        /// Why.
        reason: String,
    },
    /// Held back before it was sent.
    #[error("{reason}")]
    HeldBack {
        /// Why.
        reason: String,
    },
}

impl GcpError {
    /// An unreadable success. The parser's own words may quote the reply, so only the place is told.
    pub fn unreadable(operation: &str, error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "ends too early",
            serde_json::error::Category::Data => "has not the members that were expected",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "is not readable as JSON",
        };
        let (line, column) = (error.line(), error.column());
        Self::Malformed { reason: format!("{operation}: the reply {what} (line {line}, column {column})") }
    }

    /// The HTTP status that Google refused with.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether a mutation that ended so may have been carried out.
    pub fn leaves_unknown(&self) -> bool {
        ProviderError::from(self.clone()).leaves_unknown()
    }

    /// The error as it ends a mutation that was not sent: nothing is unknown then. Of the errors that
    /// leave it unknown only the words stay; the others keep their class.
    pub fn before_sending(self) -> Self {
        if self.leaves_unknown() { Self::HeldBack { reason: self.to_string() } } else { self }
    }

    /// The error as it concerns one resource.
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
            GcpError::Refused { operation, project, refusal } => refusal.meaning(operation, &project),
            GcpError::QuotaUsedUp { retry_after } => Self::Throttled { retry_after: Some(retry_after) },
            GcpError::TimedOut { operation } => Self::TimedOut { operation },
            GcpError::Unreachable { reason } => Self::Unavailable { message: reason },
            GcpError::Malformed { reason } => Self::Malformed { message: reason },
            GcpError::SignIn { reason } => Self::Unauthenticated { message: reason },
            GcpError::HeldBack { reason } => Self::not_sent(reason),
        }
    }
}

/// Words of another's, at most [`LONGEST_MESSAGE`] characters of them.
pub(crate) fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What lies at the bottom of an error: the layers above it speak to programmers, and name URLs.
pub(crate) fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    clipped(&root.to_string())
}

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
