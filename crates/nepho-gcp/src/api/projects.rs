//! The Resource Manager: the projects that an identity can see, and its permissions in one.

use serde::Deserialize;
use serde_json::json;

use super::{
    json,
    pages::{PageTokens, token},
};
use crate::{
    client::{Call, Client},
    endpoint::Api,
    error::GcpError,
    rate_limit::ReadClass,
};

/// Project that an identity can see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its display name; the id if it has none.
    pub name: String,
}

const OPERATION: &str = "resourcemanager.projects.search";
const TEST: &str = "resourcemanager.projects.testIamPermissions";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    projects: Vec<Found>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    project_id: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    state: String,
}

/// Every active project, sorted by id.
pub(crate) async fn search(client: &Client) -> Result<Vec<Project>, GcpError> {
    let mut projects = Vec::new();
    let mut tokens = PageTokens::default();
    loop {
        let mut query = vec![("pageSize", "500")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = client.call(Call::read(Api::Projects, ReadClass::Projects, "projects:search", &query)).await?;
        let page: Page = json::read(OPERATION, &body)?;
        projects.extend(page.projects.into_iter().filter(|found| found.state == "ACTIVE").map(Project::from));
        if !tokens.advance(OPERATION, token(page.next_page_token))? {
            projects.sort();
            projects.dedup();
            return Ok(projects);
        }
    }
}

/// Those of `permissions` that the client's credentials have in the whole project.
pub(crate) async fn granted(client: &Client, permissions: &[&str]) -> Result<Vec<String>, GcpError> {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        permissions: Vec<String>,
    }
    let path = format!("{}:testIamPermissions", client.path([]));
    let body = json!({ "permissions": permissions });
    let body = client.call(Call::query(Api::Projects, ReadClass::Projects, &path, &body)).await?;
    let granted: Granted = json::read(TEST, &body)?;
    Ok(granted.permissions)
}

impl From<Found> for Project {
    fn from(found: Found) -> Self {
        let name = if found.display_name.is_empty() { found.project_id.clone() } else { found.display_name };
        Self { id: found.project_id, name }
    }
}
