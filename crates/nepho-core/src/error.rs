//! What can go wrong at a provider, and the short form of it that is stored and shown.

use std::{fmt, time::Duration};

use thiserror::Error;

use crate::{
    key::{Realm, ResourceKey},
    string_enum::string_enum,
};

/// An error of a provider, classified by what the operator or the engine can do about it.
///
/// Messages never contain a secret. `is_transient` says whether asking again may help.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// The credentials are wrong, expired or revoked.
    #[error("not signed in: {message}")]
    Unauthenticated {
        /// The provider's words.
        message: String,
    },
    /// The credentials are good and may not do this.
    #[error("permission denied for {operation}: {message}")]
    PermissionDenied {
        /// The API operation, such as `ec2:StopInstances`.
        operation: String,
        /// The provider's words.
        message: String,
    },
    /// The region or the API is not enabled for the account.
    #[error("{api} is not enabled: {message}")]
    NotEnabled {
        /// The API or region.
        api: String,
        /// The provider's words.
        message: String,
    },
    /// The credentials belong to another realm than the account is pinned to.
    #[error("these credentials belong to {found}, the account is {expected}")]
    WrongAccount {
        /// Where the account is pinned.
        expected: Realm,
        /// Where the credentials lead.
        found: Realm,
    },
    /// The provider does not know the resource (or does not know it yet).
    #[error("{key} was not found")]
    NotFound {
        /// The resource.
        key: ResourceKey,
    },
    /// The provider refuses the action in the resource's present state, or it is protected.
    #[error("not possible now: {message}")]
    InvalidState {
        /// The provider's words.
        message: String,
    },
    /// Something else is being done to the resource.
    #[error("in conflict: {message}")]
    Conflict {
        /// The provider's words.
        message: String,
    },
    /// Too many requests.
    #[error("throttled by the provider")]
    Throttled {
        /// How long the provider asks to wait, if it says.
        retry_after: Option<Duration>,
    },
    /// The cloud has no room for this machine now.
    #[error("no capacity: {message}")]
    CapacityUnavailable {
        /// The provider's words.
        message: String,
    },
    /// The provider or this account cannot do that at all.
    #[error("not supported: {message}")]
    Unsupported {
        /// What.
        message: String,
    },
    /// The account is read-only, so nothing was sent.
    #[error("the account is read-only")]
    ReadOnly,
    /// The provider cannot be reached, or says that it is broken.
    #[error("unreachable: {message}")]
    Unavailable {
        /// What failed.
        message: String,
    },
    /// No answer in time. A mutation that ends so is *unknown*, not failed.
    #[error("{operation} timed out")]
    TimedOut {
        /// The API operation.
        operation: String,
    },
    /// The answer is not what the provider's protocol promises.
    #[error("unreadable answer: {message}")]
    Malformed {
        /// What is wrong with it.
        message: String,
    },
    /// Anything else, with the provider's code.
    #[error("{code}: {message}")]
    Other {
        /// The provider's error code.
        code: String,
        /// The provider's words.
        message: String,
    },
}

impl ProviderError {
    /// Whether the same request may succeed later without anybody changing anything.
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
            | Self::Other { .. } => false,
        }
    }

    /// Whether a mutation that ended so may still have been carried out.
    ///
    /// True when the request may have reached the provider and no refusal came back.
    pub fn leaves_unknown(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Unavailable { .. } | Self::Malformed { .. })
    }

    /// An error of something that was held back before it was sent.
    pub fn not_sent(message: String) -> Self {
        Self::Other { code: "NotSent".to_owned(), message }
    }

    /// The error as it ends a mutation that was not sent yet: a sign-in or a reading that came first
    /// has failed, so nothing is unknown. Of the errors that leave a mutation unknown only the words
    /// stay; the others keep their class.
    #[must_use]
    pub fn before_sending(self) -> Self {
        if self.leaves_unknown() { Self::not_sent(self.to_string()) } else { self }
    }

    /// What happened beyond the class of the error, which is said beside it. Empty when the class
    /// says it all.
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
            | Self::Malformed { message } => message.clone(),
            Self::Throttled { .. } | Self::ReadOnly => String::new(),
            Self::TimedOut { operation } => operation.clone(),
            Self::WrongAccount { .. } | Self::NotFound { .. } | Self::Other { .. } => self.to_string(),
        }
    }

    /// The class of the error.
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
    /// The OS keyring is locked, or did not answer in time.
    KeyringLocked,
    /// The OS keyring has no item for this account.
    SecretMissing,
    /// The environment variables or the profile that the account names hold no credentials.
    CredentialsMissing,
    /// Anything else.
    Other,
}

impl FailureCode {
    /// Every class.
    pub const ALL: [Self; 19] = [
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
        Self::Other,
    ];

    /// The `snake_case` word used in storage and on the wire.
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
            Self::Other => "other",
        }
    }
}
string_enum!(FailureCode, "failure code");

/// A failure as it is stored and reported: its class and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub code: FailureCode,
    /// What happened beyond the class, in words without secrets; possibly empty.
    pub message: String,
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.code.as_str().replace('_', " ");
        match (self.code, self.message.as_str()) {
            (_, "") => f.write_str(&class),
            // These messages are whole sentences of ours, or name their code themselves.
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
    fn what_failed_before_sending_leaves_nothing_unknown() {
        let text = || "x".to_owned();
        let unknown = [
            ProviderError::TimedOut { operation: text() },
            ProviderError::Unavailable { message: text() },
            ProviderError::Malformed { message: text() },
        ];
        for error in unknown {
            assert!(error.leaves_unknown());
            let said = error.to_string();
            let error = error.before_sending();
            assert!(!error.leaves_unknown(), "{error}");
            assert_eq!(error, ProviderError::not_sent(said));
        }
        let refused = ProviderError::Unauthenticated { message: text() };
        assert_eq!(refused.clone().before_sending(), refused, "a class that says more stays");
    }
}
