//! An account's one credential source, as the SDK takes it. Never the default chain: an
//! environment that silently wins over the chosen profile is how one acts on the wrong account.

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use nepho_core::Secret;

use crate::{AwsCredentials, ConnectError};

/// Captures the keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`;
/// `None` unless the first two are set.
pub fn environment_credentials(lookup: impl Fn(&str) -> Option<String>) -> Option<AwsCredentials> {
    let secret = |name: &str| lookup(name).filter(|value| !value.trim().is_empty()).map(Secret::new);
    Some(AwsCredentials::Environment {
        access_key_id: secret("AWS_ACCESS_KEY_ID")?,
        secret_access_key: secret("AWS_SECRET_ACCESS_KEY")?,
        session_token: secret("AWS_SESSION_TOKEN"),
    })
}

/// Keys that are at hand.
pub(crate) fn keys(
    access_key_id: &Secret,
    secret_access_key: &Secret,
    session_token: Option<&Secret>,
) -> Result<SharedCredentialsProvider, ConnectError> {
    Ok(SharedCredentialsProvider::new(Credentials::new(
        checked("the access key's id", access_key_id.expose())?,
        checked("the access key's secret", secret_access_key.expose())?,
        session_token.map(|token| checked("the session token", token.expose())).transpose()?,
        None,
        "nephoscope",
    )))
}

/// The text without the white space that comes along with copying.
fn checked(what: &str, text: &str) -> Result<String, ConnectError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ConnectError::CredentialsMissing { reason: format!("{what} is empty") });
    }
    // It would become part of a header; the SDK's error for that quotes it.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConnectError::CredentialsMissing { reason: format!("{what} has characters that no key has") });
    }
    Ok(text.to_owned())
}
