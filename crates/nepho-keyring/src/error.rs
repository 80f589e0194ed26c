//! Errors of the OS keyring; their texts never contain a secret.

use std::time::Duration;

use nepho_core::{Failure, FailureCode};
use thiserror::Error;

/// An error of the OS keyring.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyringError {
    /// There is no keyring, or it cannot be reached.
    #[error("the OS keyring is not available: {reason}")]
    Unavailable {
        /// The failure.
        reason: String,
    },
    /// It is locked, and this call may not prompt for its password.
    #[error("the OS keyring is locked; unlock it and try again")]
    Locked,
    /// The user dismissed the prompt for its password.
    #[error("the OS keyring stayed locked: the user dismissed its prompt")]
    Dismissed,
    /// It did not respond in time; its prompt may still be open.
    #[error("the OS keyring did not respond within {} s; it may be locked", limit.as_secs_f32())]
    TimedOut {
        /// The time limit of the call.
        limit: Duration,
    },
    /// It has no item of this name.
    #[error("the OS keyring holds no credentials for this account; enter them again")]
    Missing,
    /// It has an item that Nephoscope cannot have written, or several items of the same name.
    #[error("cannot use the item in the OS keyring: {reason}; enter the credentials again")]
    Unusable {
        /// The defect of the item.
        reason: &'static str,
    },
}

impl KeyringError {
    /// Returns the failure code that is stored and shown.
    pub fn code(&self) -> FailureCode {
        match self {
            Self::Unavailable { .. } => FailureCode::KeyringUnavailable,
            Self::Locked | Self::Dismissed | Self::TimedOut { .. } => FailureCode::KeyringLocked,
            Self::Missing | Self::Unusable { .. } => FailureCode::SecretMissing,
        }
    }
}

impl From<&KeyringError> for Failure {
    fn from(error: &KeyringError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}
