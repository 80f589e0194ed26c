//! The Resource Manager: the projects that an identity can see, and what it may do in one.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::json;

use crate::{
    Project,
    budget::ReadClass,
    client::{Call, Client, segments},
    endpoint::Api,
    error::GcpError,
};

const OPERATION: &str = "resourcemanager.projects.search";
const TEST: &str = "resourcemanager.projects.testIamPermissions";

/// The most pages that are read: 100,000 projects.
const MOST_PAGES: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    projects: Vec<Found>,
    #[serde(default)]
    next_page_token: String,
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
    let mut seen = HashSet::new();
    let mut token = String::new();
    while seen.insert(token.clone()) && seen.len() <= MOST_PAGES {
        let mut query = vec![("pageSize", "500")];
        if !token.is_empty() {
            query.push(("pageToken", &token));
        }
        let body = client.call(Call::read(Api::Projects, ReadClass::Projects, "projects:search", &query)).await?;
        let page: Page = serde_json::from_slice(&body).map_err(|error| GcpError::unreadable(OPERATION, &error))?;
        projects.extend(page.projects.into_iter().filter(|found| found.state == "ACTIVE").map(Project::from));
        if page.next_page_token.is_empty() {
            projects.sort();
            projects.dedup();
            return Ok(projects);
        }
        token = page.next_page_token;
    }
    Err(GcpError::Malformed { reason: format!("{OPERATION}: the pages do not come to an end") })
}

/// Which of `permissions` the client's credentials have in the whole project.
pub(crate) async fn granted(client: &Client, permissions: &[&str]) -> Result<Vec<String>, GcpError> {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        permissions: Vec<String>,
    }
    let path = format!("{}:testIamPermissions", segments(["projects", client.project()]));
    let body = json!({ "permissions": permissions });
    let body = client.call(Call::ask(Api::Projects, ReadClass::Projects, &path, &body)).await?;
    let granted: Granted = serde_json::from_slice(&body).map_err(|error| GcpError::unreadable(TEST, &error))?;
    Ok(granted.permissions)
}

impl From<Found> for Project {
    fn from(found: Found) -> Self {
        let name = if found.display_name.is_empty() { found.project_id.clone() } else { found.display_name };
        Self { id: found.project_id, name }
    }
}
