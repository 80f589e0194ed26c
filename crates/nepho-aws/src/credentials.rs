//! Access keys in the SDK's form.
//!
//! Deliberately not here: the SDK's default chain, in which variables of the environment win over the
//! chosen profile, so that an action may reach the wrong account.

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use nepho_core::Secret;

use crate::{AwsCredentials, ConnectError};

/// Captures `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; `None` unless the
/// first two are set.
pub fn environment_credentials(lookup: impl Fn(&str) -> Option<String>) -> Option<AwsCredentials> {
    let secret = |name: &str| lookup(name).filter(|value| !value.trim().is_empty()).map(Secret::new);
    Some(AwsCredentials::Environment {
        access_key_id: secret("AWS_ACCESS_KEY_ID")?,
        secret_access_key: secret("AWS_SECRET_ACCESS_KEY")?,
        session_token: secret("AWS_SESSION_TOKEN"),
    })
}

/// The SDK's credentials provider for fixed keys.
pub(crate) fn keys(
    access_key_id: &Secret,
    secret_access_key: &Secret,
    session_token: Option<&Secret>,
) -> Result<SharedCredentialsProvider, ConnectError> {
    Ok(SharedCredentialsProvider::new(Credentials::new(
        checked("the access key ID", access_key_id.expose())?,
        checked("the secret access key", secret_access_key.expose())?,
        session_token.map(|token| checked("the session token", token.expose())).transpose()?,
        None,
        "nephoscope",
    )))
}

/// The text without the white space around it, which copying often adds.
fn checked(what: &str, text: &str) -> Result<String, ConnectError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ConnectError::CredentialsMissing { reason: format!("{what} is empty") });
    }
    // The text becomes part of a header, and the SDK's error for a bad header quotes it.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConnectError::CredentialsMissing { reason: format!("{what} contains characters that no key has") });
    }
    Ok(text.to_owned())
}
