//! Projects of one sign-in: what some credentials can see, and adding several at once.

use nepho_core::{report, request};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Account, Credentials, request::regions};
use crate::{
    enums::{Access, ProviderKind},
    failure::Failure,
    limits::{List, LongText, MAX_PROJECTS, NameText},
};

/// Asks for the projects that some credentials can see. Nothing is stored.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FindProjectsRequest {
    /// The cloud.
    pub provider: ProviderKind,
    /// The credentials, or where they are.
    pub credentials: Credentials,
    /// A custom endpoint; giving it here approves it. `null` for the cloud itself.
    pub endpoint: Option<LongText>,
}

/// The projects that some credentials can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundProjects {
    /// The cloud's name for the caller.
    pub principal: String,
    /// The projects, by id.
    pub projects: Vec<FoundProject>,
}

/// A project that some credentials can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundProject {
    /// The project's id.
    pub project: String,
    /// Its display name; empty when it has none.
    pub name: String,
    /// True if an account is this project already.
    pub added: bool,
}

/// Asks to add projects of one sign-in, each as an account named after it. Each is verified, and
/// one that fails leaves the others.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddProjectsRequest {
    /// The cloud.
    pub provider: ProviderKind,
    /// The credentials of them all, or where they are.
    pub credentials: Credentials,
    /// A custom endpoint; giving it here approves it. `null` for the cloud itself.
    pub endpoint: Option<LongText>,
    /// The projects' ids, at most 200.
    #[ts(as = "Vec<NameText>")]
    pub projects: List<NameText, MAX_PROJECTS>,
    /// The regions to poll; empty for all.
    #[ts(as = "Vec<NameText>")]
    pub regions: List<NameText>,
    /// Read-only, or read and act.
    pub access: Access,
    /// True for production accounts.
    pub prod: bool,
}

/// The result of adding projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AddedProjects {
    /// The new accounts.
    pub added: Vec<Account>,
    /// The projects that were not added.
    pub failed: Vec<FailedProject>,
}

/// A project that was not added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FailedProject {
    /// The project's id.
    pub project: String,
    /// The reason.
    pub failure: Failure,
}

impl From<&report::FoundProjects> for FoundProjects {
    fn from(found: &report::FoundProjects) -> Self {
        Self { principal: found.principal.clone(), projects: found.projects.iter().map(FoundProject::from).collect() }
    }
}

impl From<&report::FoundProject> for FoundProject {
    fn from(found: &report::FoundProject) -> Self {
        Self { project: found.project.clone(), name: found.name.clone(), added: found.added }
    }
}

impl From<AddProjectsRequest> for request::NewProjects {
    fn from(asked: AddProjectsRequest) -> Self {
        Self {
            provider: asked.provider.into(),
            credentials: asked.credentials.into(),
            endpoint: asked.endpoint.map(LongText::into_string),
            projects: asked.projects.into_vec().into_iter().map(NameText::into_string).collect(),
            regions: regions(asked.regions),
            access: asked.access.into(),
            prod: asked.prod,
        }
    }
}
