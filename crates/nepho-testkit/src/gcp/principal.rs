//! Principals: the owners of tokens, and their permissions.

use std::collections::{BTreeMap, BTreeSet};

/// The scope that allows everything.
pub const CLOUD_PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The scope that allows everything in Compute Engine.
pub const COMPUTE: &str = "https://www.googleapis.com/auth/compute";
/// The scope that allows reading Compute Engine.
pub const COMPUTE_READONLY: &str = "https://www.googleapis.com/auth/compute.readonly";

/// The token that a double has from the start.
pub(crate) const TOKEN: &str = "ya29.nephoscope-operator";

/// A user or a service account that has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The email address.
    pub email: String,
    /// The OAuth scopes of the token.
    pub scopes: Vec<String>,
    /// The projects that it sees; `None` means all.
    pub projects: Option<BTreeSet<String>>,
    /// Its permissions, such as `compute.instances.stop`; `None` means all.
    pub permissions: Option<BTreeSet<String>>,
}

impl Principal {
    /// Creates a principal with every permission everywhere.
    pub fn new(email: &str) -> Self {
        Self { email: email.to_owned(), scopes: vec![CLOUD_PLATFORM.to_owned()], projects: None, permissions: None }
    }

    /// Restricts the token to these scopes.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self
    }

    /// Restricts the principal to these projects.
    #[must_use]
    pub fn projects(mut self, projects: &[&str]) -> Self {
        self.projects = Some(projects.iter().map(|&project| project.to_owned()).collect());
        self
    }

    /// Restricts the principal to these permissions.
    #[must_use]
    pub fn permissions(mut self, permissions: &[&str]) -> Self {
        self.permissions = Some(permissions.iter().map(|&one| one.to_owned()).collect());
        self
    }

    pub(crate) fn sees(&self, project: &str) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.contains(project))
    }

    pub(crate) fn may(&self, permission: &str, project: &str) -> bool {
        self.sees(project) && self.permissions.as_ref().is_none_or(|all| all.contains(permission))
    }
}

/// A permission that every principal lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) permission: String,
    pub(crate) project: Option<String>,
    pub(crate) zone: Option<String>,
}

impl Denial {
    pub(crate) fn denies(&self, permission: &str, project: &str, zone: &str) -> bool {
        let is = |wanted: &Option<String>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        self.permission == permission && is(&self.project, project) && is(&self.zone, zone)
    }
}

/// The tokens that are accepted.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) bearers: BTreeMap<String, Principal>,
    /// Service accounts with keys, by email: the public key, and the principal.
    pub(crate) keys: BTreeMap<String, (Vec<u8>, Principal)>,
    /// Refresh tokens, with their client, its secret and the principal.
    pub(crate) refresh: BTreeMap<String, Refresh>,
    /// Subject tokens that the token exchange accepts.
    pub(crate) subjects: BTreeMap<String, Principal>,
    /// Service accounts that can be impersonated, by email.
    pub(crate) impersonable: BTreeMap<String, Principal>,
    pub(crate) made: u64,
}

/// The client and the principal of a refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) principal: Principal,
}

impl Default for Tokens {
    fn default() -> Self {
        let operator = Principal::new("operator@nephoscope.example");
        Self {
            bearers: BTreeMap::from([(TOKEN.to_owned(), operator)]),
            keys: BTreeMap::new(),
            refresh: BTreeMap::new(),
            subjects: BTreeMap::new(),
            impersonable: BTreeMap::new(),
            made: 0,
        }
    }
}
