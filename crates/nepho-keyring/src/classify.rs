//! Conversion of library errors to [`KeyringError`] without any secret.
//!
//! `keyring_core::Error` derives `Debug`, and some variants hold the secret's bytes. This module
//! therefore converts it variant by variant. No code prints it, not even with `Display`, because
//! a variant's text could contain the secret.

use crate::error::KeyringError;

/// Converts a store's error. Keeps the texts of `PlatformFailure` and `BadStoreFormat` only, which
/// describe the platform and not the item.
pub(crate) fn classify(error: &keyring_core::Error) -> KeyringError {
    use keyring_core::Error as E;
    match error {
        E::NoEntry => KeyringError::Missing,
        E::NoStorageAccess(source) => no_access(source.as_ref()),
        E::PlatformFailure(source) => platform_failure(&source.to_string()),
        E::BadStoreFormat(reason) => KeyringError::Unavailable { reason: reason.clone() },
        E::NoDefaultStore => KeyringError::Unavailable { reason: "no keyring is open".to_owned() },
        E::BadEncoding(_) => KeyringError::Unusable { reason: "it is not UTF-8 text" },
        E::BadDataFormat(..) => KeyringError::Unusable { reason: "its format is unknown" },
        E::Ambiguous(_) => KeyringError::Unusable { reason: "several items have this name" },
        E::TooLong(..) => KeyringError::Unusable { reason: "it is longer than this keyring permits" },
        E::Invalid(..) | E::NotSupportedByStore(_) => {
            KeyringError::Unusable { reason: "this keyring does not accept it" }
        }
        _ => KeyringError::Unavailable { reason: "the keyring library reported an unknown error".to_owned() },
    }
}

/// Classifies a failed call by its message.
pub(crate) fn platform_failure(message: &str) -> KeyringError {
    // The daemon's error name (Secret Service API, "Errors") for a keyring that was locked between
    // our check and the call.
    if message.contains("org.freedesktop.Secret.Error.IsLocked") {
        KeyringError::Locked
    } else {
        KeyringError::Unavailable { reason: message.to_owned() }
    }
}

#[cfg(target_os = "linux")]
fn no_access(source: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    source.downcast_ref().map_or(KeyringError::Locked, classify_secret_service)
}

#[cfg(not(target_os = "linux"))]
fn no_access(_source: &(dyn std::error::Error + Send + Sync + 'static)) -> KeyringError {
    KeyringError::Locked
}

/// Converts an error of the Secret Service client.
#[cfg(target_os = "linux")]
pub(crate) fn classify_secret_service(error: &secret_service::Error) -> KeyringError {
    use secret_service::Error;

    match error {
        Error::Locked => KeyringError::Locked,
        Error::Prompt => KeyringError::Dismissed,
        // The daemon runs but the alias `default` has no collection: the keyring was never set up.
        Error::NoResult => KeyringError::Unavailable {
            reason: "it has no default collection; create one in the desktop's keyring settings".to_owned(),
        },
        other => platform_failure(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use nepho_core::FailureCode;

    use super::*;

    // Invariant 7
    #[test]
    fn keyring_errors_never_contain_the_secret() {
        let secret = b"wJalrXUtnFEMI".to_vec();
        let planted = format!("{:?}", keyring_core::Error::BadEncoding(secret.clone()));
        assert!(planted.contains("119, 74, 97"), "the library's own Debug output contains it: {planted}");
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
    fn each_error_maps_to_its_failure_code() {
        let limit = Duration::from_secs(2);
        assert_eq!(KeyringError::Locked.code(), FailureCode::KeyringLocked);
        assert_eq!(KeyringError::TimedOut { limit }.code(), FailureCode::KeyringLocked);
        assert_eq!(KeyringError::Missing.code(), FailureCode::SecretMissing);
        assert_eq!(platform_failure("no bus").code(), FailureCode::KeyringUnavailable);
        assert_eq!(platform_failure("org.freedesktop.Secret.Error.IsLocked: no"), KeyringError::Locked);
    }
}
