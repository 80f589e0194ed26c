//! Requests of an operator to the application, independent of the host.
//!
//! Secrets appear in these types only as input; no response contains one.

use std::path::PathBuf;

use crate::{Access, ProviderKind, Region, ResourceKey, Secret, journal::OperationId};

/// Credentials, or a reference to their source.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An access key; it goes to the OS keyring.
    Keys {
        /// The key's id.
        access_key_id: Secret,
        /// The key.
        secret_access_key: Secret,
        /// The session token of temporary credentials.
        session_token: Option<Secret>,
    },
    /// A named profile of the provider's own configuration files; nothing is stored.
    Profile(String),
    /// The provider's environment variables, read at each run; nothing is stored.
    Environment,
    /// The name of the environment variable that holds an access token; nothing is stored.
    Variable(String),
    /// Application default credentials of the provider's own tools; nothing is stored.
    ApplicationDefault,
    /// A service account's key file; the key goes to the OS keyring, and Nephoscope does not keep
    /// the file.
    KeyFile(PathBuf),
}

/// An account to add.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud project, where credentials alone do not determine it.
    pub project: Option<String>,
    /// The operator's name for the account; unique.
    pub name: String,
    /// The credentials, or a reference to their source.
    pub credentials: Credentials,
    /// A custom endpoint, which this request approves. `None` means the cloud's own endpoints.
    pub endpoint: Option<String>,
    /// The regions to poll; empty means every region that the account has enabled.
    pub regions: Vec<Region>,
    /// The access level.
    pub access: Access,
    /// A production account.
    pub prod: bool,
    /// `true` to verify the account first; otherwise it is stored unpinned.
    pub verify: bool,
}

/// Projects of one sign-in, each added as an account.
#[derive(Clone, Debug)]
pub struct NewProjects {
    /// The cloud.
    pub provider: ProviderKind,
    /// The shared credentials, or a reference to their source.
    pub credentials: Credentials,
    /// A custom endpoint, which this request approves. `None` means the cloud's own endpoints.
    pub endpoint: Option<String>,
    /// The projects' ids; each account is named after its project.
    pub projects: Vec<String>,
    /// The regions to poll; empty means every region.
    pub regions: Vec<Region>,
    /// The access level.
    pub access: Access,
    /// Production accounts.
    pub prod: bool,
}

/// A change of an account. `None` leaves a member unchanged.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// A new name.
    pub name: Option<String>,
    /// The access level.
    pub access: Option<Access>,
    /// `true` for a production account.
    pub prod: Option<bool>,
    /// The regions to poll; empty means every region that the account has enabled.
    pub regions: Option<Vec<Region>>,
    /// New credentials, which must resolve to the same realm.
    pub credentials: Option<Credentials>,
}

/// The targets of a plan.
#[derive(Clone, Debug)]
pub enum Targets {
    /// These resources.
    Keys(Vec<ResourceKey>),
    /// The selection.
    Selection {
        /// The query on screen.
        query: String,
        /// `true` to include selected rows that the query hides.
        include_hidden: bool,
    },
    /// The targets of one of the last operations that were accepted.
    Operation(OperationId),
}
