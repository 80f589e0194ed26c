//! The identity of the credentials, and the actions that are denied to them.

use std::{collections::HashSet, time::Duration};

use futures::future;
use nepho_core::{Access, Action, Identity, ProviderError, Realm};
use serde::Deserialize;

use super::{json, projects, scopes};
use crate::{
    client::{Client, ReadClass},
    convert,
    error::GcpError,
    verb,
};

const OPERATION: &str = "compute.projects.get";

/// The time limit for finding the denied actions.
const DENIED_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the project, and checks that its name is the requested one.
pub(crate) async fn identity(
    client: &Client,
    principal: &str,
    realm: &Realm,
    access: Access,
) -> Result<Identity, ProviderError> {
    let denied = async {
        match access {
            Access::ReadOnly => Vec::new(),
            Access::ReadWrite => denied_actions(client).await,
        }
    };
    let (project, denied) = future::join(name(client), denied).await;
    match project.map_err(ProviderError::from) {
        Ok(name) if name == client.project() => {}
        Ok(name) => {
            let found = convert::realm(&name, client.realm_suffix().as_deref());
            return Err(ProviderError::WrongAccount { expected: realm.clone(), found });
        }
        // Every path names the project, so the answer to another read is as good a proof.
        Err(ProviderError::PermissionDenied { operation, message }) => {
            scopes::probe(client).await.map_err(|_| ProviderError::PermissionDenied { operation, message })?;
        }
        Err(error) => return Err(error),
    }
    Ok(Identity { realm: realm.clone(), principal: principal.to_owned(), denied })
}

async fn name(client: &Client) -> Result<String, GcpError> {
    #[derive(Deserialize)]
    struct Project {
        kind: String,
        name: String,
    }
    let path = client.path([]);
    let body = client.read(ReadClass::Global, &path, &[("fields", "kind,name")]).await?;
    let project: Project = json::read(OPERATION, &body)?;
    json::expect_kind(OPERATION, &project.kind, "compute#project")?;
    Ok(project.name)
}

/// The actions that Cloud Resource Manager denies in the whole project; empty if it does not answer.
/// A single instance may grant more.
async fn denied_actions(client: &Client) -> Vec<Action> {
    let permissions = Action::ALL.map(verb::permission);
    // Every use of the account waits for this optional information.
    let limit = client.timeouts().read.min(DENIED_TIMEOUT);
    let granted = tokio::time::timeout(limit, projects::granted(client, &permissions));
    let Ok(Ok(granted)) = granted.await else { return Vec::new() };
    let granted: HashSet<String> = granted.into_iter().collect();
    Action::ALL.into_iter().filter(|action| !granted.contains(verb::permission(*action))).collect()
}
