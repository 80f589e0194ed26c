//! Options of one account's connection. They hold captured values only: nothing in this crate reads
//! the environment of the process, so the host decides what is read, and when.

use std::path::PathBuf;

use nepho_core::{Access, Realm, Region, Secret};
use url::Url;

pub use crate::timeouts::Timeouts;

/// Options of one account's connection.
#[derive(Clone, Debug)]
pub struct AwsOptions {
    /// The source of its credentials. There is no fallback to another source.
    pub credentials: AwsCredentials,
    /// The custom endpoint that the operator approved; `None` is AWS itself. No variable of the
    /// environment and no profile can name another.
    pub endpoint: Option<Url>,
    /// The regions to poll; empty is all that the account has enabled.
    pub regions: Vec<Region>,
    /// A read-only account has no client that could mutate.
    pub access: Access,
    /// The realm that the account is pinned to; `None` before its first `verify`.
    pub realm: Option<Realm>,
    /// The files that profiles are read from.
    pub files: AwsFiles,
    /// The time limits of each call.
    pub timeouts: Timeouts,
}

impl AwsOptions {
    /// Options of an account of AWS itself: read-only, all enabled regions, not pinned, default time
    /// limits.
    pub fn new(credentials: AwsCredentials) -> Self {
        Self {
            credentials,
            endpoint: None,
            regions: Vec::new(),
            access: Access::ReadOnly,
            realm: None,
            files: AwsFiles::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// Source of an account's credentials, with their captured values.
#[derive(Clone, Debug)]
pub enum AwsCredentials {
    /// Keys from the OS keyring.
    Keys {
        /// The access key's id.
        access_key_id: Secret,
        /// The access key's secret.
        secret_access_key: Secret,
        /// The session token of temporary keys.
        session_token: Option<Secret>,
    },
    /// Keys from the environment, captured by
    /// [`environment_credentials`](crate::environment_credentials).
    Environment {
        /// `AWS_ACCESS_KEY_ID`.
        access_key_id: Secret,
        /// `AWS_SECRET_ACCESS_KEY`.
        secret_access_key: Secret,
        /// `AWS_SESSION_TOKEN`.
        session_token: Option<Secret>,
    },
    /// A profile by name, from [`AwsOptions::files`].
    Profile(String),
}

/// AWS configuration files. A file that is `None` or does not exist holds no profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsFiles {
    /// The `config` file.
    pub config: Option<PathBuf>,
    /// The `credentials` file.
    pub credentials: Option<PathBuf>,
}

impl AwsFiles {
    /// The files that AWS's own tools read: `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE`, else `.aws/config` and `.aws/credentials` under `HOME`
    /// (`USERPROFILE` on Windows).
    pub fn locate(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let home = lookup("HOME").or_else(|| lookup("USERPROFILE")).map(|home| PathBuf::from(home).join(".aws"));
        let file = |variable: &str, name: &str| {
            lookup(variable)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
                .or_else(|| home.as_ref().map(|home| home.join(name)))
        };
        Self {
            config: file("AWS_CONFIG_FILE", "config"),
            credentials: file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        }
    }
}
