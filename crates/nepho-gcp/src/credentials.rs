//! Sources of an identity's credentials, with their captured values.
//!
//! Deliberately not here: the content of a credential file (see `credential_file`), and gcloud's own
//! token databases.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use nepho_core::Secret;

use crate::{ConnectError, credential_file, endpoint::HostPolicy};

/// The largest credential file, in bytes. Google's own files have about 2,400.
const LARGEST_FILE: u64 = 64 << 10;

/// Source of an identity's credentials. There is no fallback to another source.
#[derive(Clone, Debug)]
pub enum GcpCredentials {
    /// An access token that another program renews, as `gcloud auth print-access-token` prints it.
    AccessToken(Secret),
    /// A service account's key: the file's text, or the result of [`slim_service_account`].
    ServiceAccount(Secret),
    /// The text of an application-default-credentials file: a user's, a service account's, an
    /// impersonation or a federated identity.
    ApplicationDefault(Secret),
}

/// The application-default-credentials file of this machine, if it exists: the one that
/// `GOOGLE_APPLICATION_CREDENTIALS` names, else the one that gcloud writes. If the named file does
/// not exist, the result is `None`: the other file may belong to another user.
pub fn application_default_file(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let file = set("GOOGLE_APPLICATION_CREDENTIALS")
        .or_else(|| Some(gcloud_folder(&env)?.join("application_default_credentials.json")))?;
    file.is_file().then_some(file)
}

/// The folder of gcloud's files.
pub(crate) fn gcloud_folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CLOUDSDK_CONFIG")
        .or_else(|| Some(set("APPDATA").filter(|_| cfg!(windows))?.join("gcloud")))
        .or_else(|| Some(set("HOME")?.join(".config").join("gcloud")))
}

/// Reads a credential file: a regular file of at most 64 KiB with a JSON object. Its members are
/// checked when the credentials are used.
pub fn read_key_file(path: &Path) -> Result<Secret, ConnectError> {
    check_key_file(path)?;
    let unreadable = |reason: String| ConnectError::CredentialsUnreadable { reason };
    let file = File::open(path).map_err(|error| unreadable(format!("cannot open {}: {error}", path.display())))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(format!("cannot read {}: {error}", path.display())))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(unreadable(format!("{} is larger than 64 KiB", path.display())));
    }
    // The original errors would hold the text, which is secret.
    let text = String::from_utf8(bytes).map_err(|_| unreadable(format!("{} is not UTF-8", path.display())))?;
    let text = Secret::new(text);
    credential_file::is_object(&text)?;
    Ok(text)
}

/// Checks that `path` is a regular file of at most [`LARGEST_FILE`] bytes. Opening a pipe would
/// block.
pub(crate) fn check_key_file(path: &Path) -> Result<(), ConnectError> {
    let found = std::fs::metadata(path).map_err(|error| ConnectError::CredentialsMissing {
        reason: format!("cannot read {}: {error}", path.display()),
    })?;
    let reason = match (found.is_file(), found.len()) {
        (false, _) => format!("{} is not a regular file", path.display()),
        (true, length) if length > LARGEST_FILE => format!("{} is larger than 64 KiB", path.display()),
        _ => return Ok(()),
    };
    Err(ConnectError::CredentialsUnreadable { reason })
}

/// The members of a service account's key that go to the keyring: its `type`, `client_email`,
/// `private_key_id`, `private_key` and `project_id`. They fit into 2,560 bytes, the smallest limit of
/// an OS keyring.
///
/// Refuses a file that names a host other than Google's, although no host is kept.
pub fn slim_service_account(text: &Secret) -> Result<Secret, ConnectError> {
    credential_file::slim(text, &HostPolicy::Cloud)
}
