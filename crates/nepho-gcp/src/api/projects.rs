//! The Resource Manager: the projects that an identity can see, and what it may do in one.

use serde::Deserialize;
use serde_json::json;

use super::{pages::PageTokens, reply};
use crate::{
    Project,
    client::{Call, Client},
    endpoint::Api,
    error::GcpError,
    rate_limit::ReadClass,
};

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

/// Every active project, by its id.
pub(crate) async fn search(client: &Client) -> Result<Vec<Project>, GcpError> {
    let mut projects = Vec::new();
    let mut tokens = PageTokens::default();
    loop {
        let mut query = vec![("pageSize", "500")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = client.call(Call::read(Api::Projects, ReadClass::Projects, "projects:search", &query)).await?;
        let page: Page = reply::read(OPERATION, &body)?;
        projects.extend(page.projects.into_iter().filter(|found| found.state == "ACTIVE").map(Project::from));
        if !tokens.go_on(OPERATION, reply::token(page.next_page_token))? {
            projects.sort();
            projects.dedup();
            return Ok(projects);
        }
    }
}

/// Which of `permissions` the client's credentials have in the whole project.
pub(crate) async fn granted(client: &Client, permissions: &[&str]) -> Result<Vec<String>, GcpError> {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        permissions: Vec<String>,
    }
    let path = format!("{}:testIamPermissions", client.path([]));
    let body = json!({ "permissions": permissions });
    let body = client.call(Call::ask(Api::Projects, ReadClass::Projects, &path, &body)).await?;
    let granted: Granted = reply::read(TEST, &body)?;
    Ok(granted.permissions)
}

impl From<Found> for Project {
    fn from(found: Found) -> Self {
        let name = if found.display_name.is_empty() { found.project_id.clone() } else { found.display_name };
        Self { id: found.project_id, name }
    }
}
