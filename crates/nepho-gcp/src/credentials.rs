//! Where an identity's credentials come from, with the values where they were captured.

use std::path::{Path, PathBuf};

use nepho_core::Secret;

use crate::ConnectError;

/// Where an identity's credentials come from. One source and no fallback to another.
#[derive(Clone, Debug)]
pub enum GcpCredentials {
    /// An access token that somebody else renews.
    AccessToken(Secret),
    /// A service account's key: the file's text, or what [`slim_service_account`] made of it.
    ServiceAccount(Secret),
    /// The text of an application-default-credentials file.
    ApplicationDefault(Secret),
}

/// The application-default-credentials file of this machine, if it exists.
pub fn application_default_file(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let _ = env;
    None
}

/// Reads a key file.
pub fn read_key_file(path: &Path) -> Result<Secret, ConnectError> {
    let _ = path;
    Err(ConnectError::CredentialsMissing { reason: String::new() })
}

/// Slim.
pub fn slim_service_account(text: &Secret) -> Result<(Secret, String, Option<String>), ConnectError> {
    let _ = text;
    Err(ConnectError::CredentialsMissing { reason: String::new() })
}

/// Whether that is the id of a project.
pub fn is_project_id(text: &str) -> bool {
    !text.is_empty()
}
