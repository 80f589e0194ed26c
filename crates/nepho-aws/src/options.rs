//! What an account needs to be connected. Captured values only: nothing here reads the process's
//! environment, so a host decides what is looked at and when.

use std::{path::PathBuf, time::Duration};

use nepho_core::{Access, Realm, Region, Secret};
use url::Url;

/// How to connect one account.
#[derive(Clone, Debug)]
pub struct AwsOptions {
    /// The one source of its credentials; there is no fallback to another.
    pub credentials: AwsCredentials,
    /// A custom endpoint that the operator approved; `None` is AWS itself. No other setting, in
    /// the environment or in a profile, can name an endpoint.
    pub endpoint: Option<Url>,
    /// The regions to poll; empty asks AWS which ones the account has enabled.
    pub regions: Vec<Region>,
    /// Read-only builds no client that could mutate.
    pub access: Access,
    /// The realm that the account is pinned to; `None` before its first verify.
    pub realm: Option<Realm>,
    /// Where profiles are read.
    pub files: AwsFiles,
    /// How long to wait.
    pub timeouts: Timeouts,
}

impl AwsOptions {
    /// An account of AWS itself: read-only, all enabled regions, not pinned, default time limits.
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

/// Where an account's credentials come from, with the values where they were captured.
#[derive(Clone, Debug)]
pub enum AwsCredentials {
    /// Keys out of the OS keyring.
    Keys {
        /// The access key's id.
        access_key_id: Secret,
        /// The access key's secret.
        secret_access_key: Secret,
        /// The session token of temporary keys.
        session_token: Option<Secret>,
    },
    /// Keys out of the environment, captured by [`environment_credentials`](crate::environment_credentials).
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

/// The AWS configuration files that profiles are read from. A file that is not named, or does not
/// exist, holds no profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsFiles {
    /// The `config` file.
    pub config: Option<PathBuf>,
    /// The `credentials` file.
    pub credentials: Option<PathBuf>,
}

impl AwsFiles {
    /// The files that AWS's own tools would read: `AWS_CONFIG_FILE` and
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

/// How long to wait for AWS. The SDK by itself limits only the connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// From the request to the first byte of the reply.
    pub read: Duration,
    /// For one attempt, the reply's body included.
    pub attempt: Duration,
    /// For one call with its retries.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            attempt: Duration::from_secs(20),
            operation: Duration::from_mins(1),
        }
    }
}
