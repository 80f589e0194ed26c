//! Provider errors, and the short form in which they are stored and shown.

use std::{fmt, time::Duration};

use thiserror::Error;

use crate::{
    key::{Realm, ResourceKey},
    string_enum::string_enum,
};

/// A provider error, classified by the remedy that the operator or the engine has.
///
/// Messages never contain a secret. [`is_transient`](Self::is_transient) tells whether a repeated
/// request may succeed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// The credentials are wrong, expired or revoked.
    #[error("not signed in: {message}")]
    Unauthenticated {
        /// The provider's message.
        message: String,
    },
    /// The credentials are valid but do not permit this operation.
    #[error("permission denied for {operation}: {message}")]
    PermissionDenied {
        /// The API operation, such as `ec2:StopInstances`.
        operation: String,
        /// The provider's message.
        message: String,
    },
    /// The region or the API is not enabled for the account.
    #[error("{api} is not enabled: {message}")]
    NotEnabled {
        /// The API or region.
        api: String,
        /// The provider's message.
        message: String,
    },
    /// The credentials belong to a realm other than the account's pinned one.
    #[error("these credentials belong to {found}, but the account is pinned to {expected}")]
    WrongAccount {
        /// The realm that the account is pinned to.
        expected: Realm,
        /// The realm of the credentials.
        found: Realm,
    },
    /// The provider does not know the resource, or does not know it yet.
    #[error("{key} was not found")]
    NotFound {
        /// The resource.
        key: ResourceKey,
    },
    /// The resource's present state or its protection prevents the action.
    #[error("not possible now: {message}")]
    InvalidState {
        /// The provider's message.
        message: String,
    },
    /// Another operation on the resource is in progress.
    #[error("conflict: {message}")]
    Conflict {
        /// The provider's message.
        message: String,
    },
    /// The provider throttled the request.
    #[error("throttled by the provider")]
    Throttled {
        /// The wait that the provider requested, if any.
        retry_after: Option<Duration>,
    },
    /// The cloud has no capacity for this instance at present.
    #[error("no capacity: {message}")]
    CapacityUnavailable {
        /// The provider's message.
        message: String,
    },
    /// The provider or this account never supports the operation.
    #[error("not supported: {message}")]
    Unsupported {
        /// The unsupported operation.
        message: String,
    },
    /// The account is read-only; nothing was sent.
    #[error("the account is read-only")]
    ReadOnly,
    /// The provider cannot be reached, or reports an outage.
    #[error("unreachable: {message}")]
    Unavailable {
        /// The failure of the connection or the provider's message.
        message: String,
    },
    /// No response in time. A mutation with this error is *unknown*, not failed.
    #[error("{operation} timed out")]
    TimedOut {
        /// The API operation.
        operation: String,
    },
    /// The response violates the provider's protocol.
    #[error("unreadable response: {message}")]
    Malformed {
        /// The violation.
        message: String,
    },
    /// No request was made.
    #[error("not sent: {message}")]
    NotSent {
        /// The reason.
        message: String,
    },
    /// Any other error, with the provider's code.
    #[error("{code}: {message}")]
    Other {
        /// The provider's error code.
        code: String,
        /// The provider's message.
        message: String,
    },
}

impl ProviderError {
    /// Returns `true` if the same request may succeed later without a change by the operator.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::CapacityUnavailable { .. }
            | Self::Unavailable { .. }
            | Self::TimedOut { .. }
            | Self::Conflict { .. } => true,
            Self::Unauthenticated { .. }
            | Self::PermissionDenied { .. }
            | Self::NotEnabled { .. }
            | Self::WrongAccount { .. }
            | Self::NotFound { .. }
            | Self::InvalidState { .. }
            | Self::Unsupported { .. }
            | Self::ReadOnly
            | Self::Malformed { .. }
            | Self::NotSent { .. }
            | Self::Other { .. } => false,
        }
    }

    /// Returns `true` if a mutation with this error may still have been carried out.
    ///
    /// That is so if the request may have reached the provider and no refusal came back.
    pub fn leaves_unknown(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Unavailable { .. } | Self::Malformed { .. })
    }

    /// Creates the error of a request that we blocked before sending it.
    pub fn not_sent(message: String) -> Self {
        Self::NotSent { message }
    }

    /// Converts the error of a sign-in or a read that precedes a mutation. Nothing was sent, so an
    /// error that would leave the mutation unknown becomes [`not_sent`](Self::not_sent) with the
    /// same text; any other error keeps its class.
    #[must_use]
    pub fn before_sending(self) -> Self {
        if self.leaves_unknown() { Self::not_sent(self.to_string()) } else { self }
    }

    /// Returns the details beyond the error's class, for display next to the class. Empty if the
    /// class is the complete information.
    pub fn detail(&self) -> String {
        match self {
            Self::PermissionDenied { operation, message } => format!("{operation}: {message}"),
            Self::NotEnabled { api, message } => format!("{api}: {message}"),
            Self::Unauthenticated { message }
            | Self::InvalidState { message }
            | Self::Conflict { message }
            | Self::CapacityUnavailable { message }
            | Self::Unsupported { message }
            | Self::Unavailable { message }
            | Self::Malformed { message }
            | Self::NotSent { message } => message.clone(),
            Self::Throttled { .. } | Self::ReadOnly => String::new(),
            Self::TimedOut { operation } => operation.clone(),
            Self::WrongAccount { .. } | Self::NotFound { .. } | Self::Other { .. } => self.to_string(),
        }
    }

    /// Returns the class of the error.
    pub fn code(&self) -> FailureCode {
        match self {
            Self::Unauthenticated { .. } => FailureCode::Unauthenticated,
            Self::PermissionDenied { .. } => FailureCode::PermissionDenied,
            Self::NotEnabled { .. } => FailureCode::NotEnabled,
            Self::WrongAccount { .. } => FailureCode::WrongAccount,
            Self::NotFound { .. } => FailureCode::NotFound,
            Self::InvalidState { .. } => FailureCode::InvalidState,
            Self::Conflict { .. } => FailureCode::Conflict,
            Self::Throttled { .. } => FailureCode::Throttled,
            Self::CapacityUnavailable { .. } => FailureCode::CapacityUnavailable,
            Self::Unsupported { .. } => FailureCode::Unsupported,
            Self::ReadOnly => FailureCode::ReadOnly,
            Self::Unavailable { .. } => FailureCode::Unavailable,
            Self::TimedOut { .. } => FailureCode::TimedOut,
            Self::Malformed { .. } => FailureCode::Malformed,
            Self::NotSent { .. } => FailureCode::NotSent,
            Self::Other { .. } => FailureCode::Other,
        }
    }
}

/// The class of a failure, stored with a scope or a journal entry and translated when shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// See [`ProviderError::Unauthenticated`].
    Unauthenticated,
    /// See [`ProviderError::PermissionDenied`].
    PermissionDenied,
    /// See [`ProviderError::NotEnabled`].
    NotEnabled,
    /// See [`ProviderError::WrongAccount`].
    WrongAccount,
    /// See [`ProviderError::NotFound`].
    NotFound,
    /// See [`ProviderError::InvalidState`].
    InvalidState,
    /// See [`ProviderError::Conflict`].
    Conflict,
    /// See [`ProviderError::Throttled`].
    Throttled,
    /// See [`ProviderError::CapacityUnavailable`].
    CapacityUnavailable,
    /// See [`ProviderError::Unsupported`].
    Unsupported,
    /// See [`ProviderError::ReadOnly`].
    ReadOnly,
    /// See [`ProviderError::Unavailable`].
    Unavailable,
    /// See [`ProviderError::TimedOut`].
    TimedOut,
    /// See [`ProviderError::Malformed`].
    Malformed,
    /// There is no OS keyring, or it cannot be reached.
    KeyringUnavailable,
    /// The OS keyring is locked, or did not respond in time.
    KeyringLocked,
    /// The OS keyring has no item for this account.
    SecretMissing,
    /// The environment variables or the profile of the account contain no credentials.
    CredentialsMissing,
    /// See [`ProviderError::NotSent`].
    NotSent,
    /// Anything else.
    Other,
}

impl FailureCode {
    /// Every class.
    pub const ALL: [Self; 20] = [
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotEnabled,
        Self::WrongAccount,
        Self::NotFound,
        Self::InvalidState,
        Self::Conflict,
        Self::Throttled,
        Self::CapacityUnavailable,
        Self::Unsupported,
        Self::ReadOnly,
        Self::Unavailable,
        Self::TimedOut,
        Self::Malformed,
        Self::KeyringUnavailable,
        Self::KeyringLocked,
        Self::SecretMissing,
        Self::CredentialsMissing,
        Self::NotSent,
        Self::Other,
    ];

    /// The `snake_case` name used in storage and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission_denied",
            Self::NotEnabled => "not_enabled",
            Self::WrongAccount => "wrong_account",
            Self::NotFound => "not_found",
            Self::InvalidState => "invalid_state",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::CapacityUnavailable => "capacity_unavailable",
            Self::Unsupported => "unsupported",
            Self::ReadOnly => "read_only",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Malformed => "malformed",
            Self::KeyringUnavailable => "keyring_unavailable",
            Self::KeyringLocked => "keyring_locked",
            Self::SecretMissing => "secret_missing",
            Self::CredentialsMissing => "credentials_missing",
            Self::NotSent => "not_sent",
            Self::Other => "other",
        }
    }
}
string_enum!(FailureCode, "failure code");

/// A failure as stored and reported: its class and a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub code: FailureCode,
    /// The details beyond the class, without secrets; possibly empty.
    pub message: String,
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.code.as_str().replace('_', " ");
        match (self.code, self.message.as_str()) {
            (_, "") => f.write_str(&class),
            // These messages are complete sentences, or include their code.
            (
                FailureCode::Other
                | FailureCode::NotFound
                | FailureCode::WrongAccount
                | FailureCode::KeyringUnavailable
                | FailureCode::KeyringLocked
                | FailureCode::SecretMissing
                | FailureCode::CredentialsMissing
                | FailureCode::Conflict,
                message,
            ) => f.write_str(message),
            (_, message) => write!(f, "{class}: {message}"),
        }
    }
}

impl From<&ProviderError> for Failure {
    fn from(error: &ProviderError) -> Self {
        Self { code: error.code(), message: error.detail() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_sending_leaves_no_error_unknown() {
        let text = || "x".to_owned();
        let unknown = [
            ProviderError::TimedOut { operation: text() },
            ProviderError::Unavailable { message: text() },
            ProviderError::Malformed { message: text() },
        ];
        for error in unknown {
            assert!(error.leaves_unknown());
            let text = error.to_string();
            let error = error.before_sending();
            assert!(!error.leaves_unknown(), "{error}");
            assert_eq!(error, ProviderError::not_sent(text));
        }
        let refused = ProviderError::Unauthenticated { message: text() };
        assert_eq!(refused.clone().before_sending(), refused, "other classes are kept");
    }
}
