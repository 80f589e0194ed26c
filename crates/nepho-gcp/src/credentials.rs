//! Where an identity's credentials come from, with the values where they were captured.
//!
//! Deliberately not here: what a file may hold (see `key`), and gcloud's own databases of tokens.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use nepho_core::Secret;

use crate::{ConnectError, credential_file, endpoint::HostPolicy};

/// The largest credential file, in bytes. Google's own have about 2,400.
const LARGEST_FILE: u64 = 64 << 10;

/// Where an identity's credentials come from. One source and no fallback to another.
#[derive(Clone, Debug)]
pub enum GcpCredentials {
    /// An access token that somebody else renews, as `gcloud auth print-access-token` prints it.
    AccessToken(Secret),
    /// A service account's key: the file's text, or what [`slim_service_account`] made of it.
    ServiceAccount(Secret),
    /// The text of an application-default-credentials file: a user's, a service account's, an
    /// impersonation or a federated identity.
    ApplicationDefault(Secret),
}

/// The application-default-credentials file of this machine, if it exists: the one that
/// `GOOGLE_APPLICATION_CREDENTIALS` names, else the one that gcloud writes. A named file that does
/// not exist is not replaced by the other: that may be of somebody else.
pub fn application_default_file(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let file = set("GOOGLE_APPLICATION_CREDENTIALS")
        .or_else(|| Some(gcloud_folder(&env)?.join("application_default_credentials.json")))?;
    file.is_file().then_some(file)
}

/// Where gcloud keeps its files.
pub(crate) fn gcloud_folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CLOUDSDK_CONFIG")
        .or_else(|| Some(set("APPDATA").filter(|_| cfg!(windows))?.join("gcloud")))
        .or_else(|| Some(set("HOME")?.join(".config").join("gcloud")))
}

/// Reads a credential file: a regular file of at most 64 KiB that holds JSON. What the JSON says is
/// looked at when it is used.
pub fn read_key_file(path: &Path) -> Result<Secret, ConnectError> {
    check_key_file(path)?;
    let unreadable = |reason: String| ConnectError::CredentialsUnreadable { reason };
    let file = File::open(path).map_err(|error| unreadable(format!("the file cannot be opened: {error}")))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(format!("the file cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unreadable("the file is larger than 64 KiB".to_owned()));
    }
    // Secrets first: the errors of both would hold the text.
    let text = String::from_utf8(bytes).map_err(|_| unreadable("the file is not UTF-8 text".to_owned()))?;
    let text = Secret::new(text);
    credential_file::is_object(&text)?;
    Ok(text)
}

/// Whether `path` is a regular file of a credential's size. Opening a pipe would wait for ever.
pub(crate) fn check_key_file(path: &Path) -> Result<(), ConnectError> {
    let found = std::fs::metadata(path).map_err(|error| ConnectError::CredentialsMissing {
        reason: format!("the file {} cannot be read: {error}", path.display()),
    })?;
    let reason = match (found.is_file(), found.len()) {
        (false, _) => format!("{} is not a file", path.display()),
        (true, length) if length > LARGEST_FILE => format!("the file {} is larger than 64 KiB", path.display()),
        _ => return Ok(()),
    };
    Err(ConnectError::CredentialsUnreadable { reason })
}

/// What of a service account's key goes to the keyring: its `type`, `client_email`,
/// `private_key_id`, `private_key` and `project_id`, for which 2,560 bytes are enough, the least
/// that an OS keyring holds.
///
/// The file is refused if it names a host that is not Google's, although none of them is kept.
pub fn slim_service_account(text: &Secret) -> Result<Secret, ConnectError> {
    credential_file::slim(text, &HostPolicy::Cloud)
}

/// Whether that is the id of a project: 6 to 30 lower-case letters, digits and hyphens, beginning
/// with a letter and not ending with a hyphen
/// (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>); older projects
/// have the domain of their organisation before it, as in `example.com:project`.
pub fn is_project_id(text: &str) -> bool {
    let (domain, id) = text.rsplit_once(':').map_or((None, text), |(domain, id)| (Some(domain), id));
    (6..=30).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && !id.ends_with('-')
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && domain.is_none_or(is_domain)
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}
