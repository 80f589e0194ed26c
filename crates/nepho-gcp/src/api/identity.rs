//! KnownFacts out whose credentials these are, and what they may not do.

use std::{collections::HashSet, time::Duration};

use futures::future;
use nepho_core::{Access, Action, Identity, ProviderError, Realm};
use serde::Deserialize;

use super::{projects, reply, zones};
use crate::{
    client::{Client, ReadClass},
    convert,
    error::GcpError,
    verb,
};

const OPERATION: &str = "compute.projects.get";

/// How long a sign-in waits to be told what is denied.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the project who it is. The project that answers must be the one that was asked.
pub(crate) async fn identity(
    client: &Client,
    principal: &str,
    realm: &Realm,
    access: Access,
) -> Result<Identity, ProviderError> {
    let refused = async {
        match access {
            Access::ReadOnly => Vec::new(),
            Access::ReadWrite => denied(client).await,
        }
    };
    let (project, denied) = future::join(name(client), refused).await;
    match project.map_err(ProviderError::from) {
        Ok(name) if name == client.project() => {}
        Ok(name) => {
            let found = convert::realm(&name, client.realm_suffix().as_deref());
            return Err(ProviderError::WrongAccount { expected: realm.clone(), found });
        }
        // The project is named in each path, so an answer from any of them proves as much.
        Err(ProviderError::PermissionDenied { operation, message }) => {
            zones::proof(client).await.map_err(|_| ProviderError::PermissionDenied { operation, message })?;
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
    let project: Project = reply::read(OPERATION, &body)?;
    reply::promised(OPERATION, &project.kind, "compute#project")?;
    Ok(project.name)
}

/// The actions that are denied in the whole project, as Cloud Resource Manager knows; none where it
/// does not say. A single instance may grant more.
async fn denied(client: &Client) -> Vec<Action> {
    let permissions = Action::ALL.map(verb::permission);
    // Everything that is done with the account waits for this, and nothing depends on it.
    let patience = client.timeouts().read.min(PATIENCE);
    let asked = tokio::time::timeout(patience, projects::granted(client, &permissions));
    let Ok(Ok(granted)) = asked.await else { return Vec::new() };
    let granted: HashSet<String> = granted.into_iter().collect();
    Action::ALL.into_iter().filter(|action| !granted.contains(verb::permission(*action))).collect()
}
