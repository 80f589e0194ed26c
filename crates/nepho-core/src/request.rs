//! Requests: what an operator asks of the application, whichever host passes it on.
//!
//! Secrets are in these types only on their way in; nothing that is answered holds one.

use std::path::PathBuf;

use crate::{Access, ProviderKind, Region, ResourceKey, Secret, journal::OperationId};

/// Credentials, or where they are.
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
    /// The provider's environment variables, as they are at each run; nothing is stored.
    Environment,
    /// The name of the environment variable that holds an access token; nothing is stored.
    Variable(String),
    /// What the provider's own tools have set up on this machine; nothing is stored.
    ApplicationDefault,
    /// A service account's key file; its key goes to the OS keyring, and the file is not kept.
    KeyFile(PathBuf),
}

/// An account to be added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's project, where credentials alone do not say which.
    pub project: Option<String>,
    /// The operator's name for it; unique.
    pub name: String,
    /// Its credentials, or where they are.
    pub credentials: Credentials,
    /// A custom endpoint; giving it approves it. `None` is the cloud itself.
    pub endpoint: Option<String>,
    /// The regions to poll; empty for all that the account has enabled.
    pub regions: Vec<Region>,
    /// What may be done with it.
    pub access: Access,
    /// A production account.
    pub prod: bool,
    /// Whether it is verified first; without, it is stored unpinned.
    pub verify: bool,
}

/// Projects of one sign-in, to be added as an account each.
#[derive(Clone, Debug)]
pub struct NewProjects {
    /// The cloud.
    pub provider: ProviderKind,
    /// The credentials of them all, or where they are.
    pub credentials: Credentials,
    /// A custom endpoint; giving it approves it. `None` is the cloud itself.
    pub endpoint: Option<String>,
    /// The projects' ids; each account is named after its project.
    pub projects: Vec<String>,
    /// The regions to poll; empty for all.
    pub regions: Vec<Region>,
    /// What may be done with them.
    pub access: Access,
    /// Production accounts.
    pub prod: bool,
}

/// A change of an account. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// A new name.
    pub name: Option<String>,
    /// What may be done with it.
    pub access: Option<Access>,
    /// Whether it is a production account.
    pub prod: Option<bool>,
    /// The regions to poll; empty for all that the account has enabled.
    pub regions: Option<Vec<Region>>,
    /// New credentials, which must lead to the same realm.
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
        /// Whether selected rows that the query hides are meant too.
        include_hidden: bool,
    },
    /// The targets of one of the last operations that were accepted.
    Operation(OperationId),
}
