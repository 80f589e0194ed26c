//! What can go wrong with the keyring, in words that never hold a secret.
//!
//! `keyring_core::Error` derives `Debug` and some of its variants hold the secret's bytes, so it
//! ends here: it is taken apart by variant and never printed, not even with `Display`, where a
//! variant could carry one.

use std::time::Duration;

use nepho_core::{Failure, FailureCode};
use thiserror::Error;

/// An error of the OS keyring.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyringError {
    /// There is no keyring, or it cannot be reached.
    #[error("the OS keyring is not available: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// It is locked, and this call may not ask for its password.
    #[error("the OS keyring is locked; unlock it and try again")]
    Locked,
    /// Its password was asked for, and the question was dismissed.
    #[error("the OS keyring stayed locked: its prompt was dismissed")]
    Dismissed,
    /// It did not answer in time; perhaps its prompt is still open.
    #[error("the OS keyring did not answer within {} s; it may be locked", limit.as_secs_f32())]
    TimedOut {
        /// How long the call waited.
        limit: Duration,
    },
    /// It has no such item.
    #[error("the OS keyring holds no credentials for this account; enter them again")]
    Missing,
    /// It has an item that Nephoscope cannot have written, or several of one name.
    #[error("the OS keyring's item is not usable: {reason}")]
    Unusable {
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl KeyringError {
    /// The class that is stored and shown.
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

/// Takes a store's error apart. Only the texts of `PlatformFailure` and `BadStoreFormat` are kept:
/// they describe the platform, not the item.
pub(crate) fn classify(error: &keyring_core::Error) -> KeyringError {
    use keyring_core::Error as E;
    match error {
        E::NoEntry => KeyringError::Missing,
        E::NoStorageAccess(source) => no_access(source.as_ref()),
        E::PlatformFailure(source) => platform_failure(&source.to_string()),
        E::BadStoreFormat(reason) => KeyringError::Unavailable { reason: reason.clone() },
        E::NoDefaultStore => KeyringError::Unavailable { reason: "no keyring was opened".to_owned() },
        E::BadEncoding(_) => KeyringError::Unusable { reason: "it is not text" },
        E::BadDataFormat(..) => KeyringError::Unusable { reason: "its format is unknown" },
        E::Ambiguous(_) => KeyringError::Unusable { reason: "there are several of this name" },
        E::TooLong(..) => KeyringError::Unusable { reason: "it is longer than this keyring allows" },
        E::Invalid(..) | E::NotSupportedByStore(_) => {
            KeyringError::Unusable { reason: "this keyring does not accept it" }
        }
        _ => KeyringError::Unavailable { reason: "it failed in a way that is not known here".to_owned() },
    }
}

/// Classifies the words of a failed call.
pub(crate) fn platform_failure(words: &str) -> KeyringError {
    // The daemon's own error name (Secret Service API, "Errors"), for a keyring that was locked
    // between our check and the call.
    if words.contains("org.freedesktop.Secret.Error.IsLocked") {
        KeyringError::Locked
    } else {
        KeyringError::Unavailable { reason: words.to_owned() }
    }
}

#[cfg(target_os = "linux")]
fn no_access(source: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    source.downcast_ref().map_or(KeyringError::Locked, crate::secret_service::classify)
}

#[cfg(not(target_os = "linux"))]
fn no_access(_source: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    KeyringError::Locked
}

#[cfg(test)]
mod tests {
    use super::*;

    // Invariant 7
    #[test]
    fn no_error_shows_the_secret_that_it_came_with() {
        let secret = b"wJalrXUtnFEMI".to_vec();
        let planted = format!("{:?}", keyring_core::Error::BadEncoding(secret.clone()));
        assert!(planted.contains("119, 74, 97"), "the library's own Debug does show it: {planted}");
        for error in [
            keyring_core::Error::BadEncoding(secret.clone()),
            keyring_core::Error::BadDataFormat(secret, "wJalrXUtnFEMI".into()),
            keyring_core::Error::Invalid("wJalrXUtnFEMI".to_owned(), "wJalrXUtnFEMI".to_owned()),
        ] {
            let ours = classify(&error);
            for text in [format!("{ours:?}"), ours.to_string()] {
                assert!(!text.contains("wJalrXUtnFEMI") && !text.contains("119, 74, 97"), "{text}");
            }
        }
    }

    #[test]
    fn each_state_has_its_class() {
        let limit = Duration::from_secs(2);
        assert_eq!(KeyringError::Locked.code(), FailureCode::KeyringLocked);
        assert_eq!(KeyringError::TimedOut { limit }.code(), FailureCode::KeyringLocked);
        assert_eq!(KeyringError::Missing.code(), FailureCode::SecretMissing);
        assert_eq!(platform_failure("no bus").code(), FailureCode::KeyringUnavailable);
        assert_eq!(platform_failure("org.freedesktop.Secret.Error.IsLocked: no"), KeyringError::Locked);
    }
}
