//! Connection options of Google Cloud accounts.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use nepho_core::{Account, CredentialSource, Failure, Secret, network::AllowedHost};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions};

use crate::{
    Environment,
    credentials::resolved::ResolvedCredentials,
    providers::{
        ProviderFactory,
        endpoint::{endpoint_of, missing},
    },
};

impl ProviderFactory {
    /// The sign-in of these credentials, shared with every account that has the same; sends nothing.
    pub(crate) fn gcp_identity(
        &self,
        credentials: &ResolvedCredentials,
        endpoint: Option<&str>,
    ) -> Result<Arc<GcpIdentity>, Failure> {
        self.sign_ins.identity(credentials.source(), endpoint, self.gcp_credentials(credentials)?)
    }

    pub(crate) fn gcp_options(&self, account: &Account, identity: Arc<GcpIdentity>) -> Result<GcpOptions, Failure> {
        let project = account.project.clone().ok_or_else(|| missing("a Google Cloud account needs a project"))?;
        Ok(GcpOptions {
            endpoint: endpoint_of(account.endpoint.as_deref())?,
            regions: account.regions.clone(),
            access: account.access,
            clock: Arc::clone(&self.clock),
            ..GcpOptions::new(identity, project)
        })
    }

    fn gcp_credentials(&self, credentials: &ResolvedCredentials) -> Result<GcpCredentials, Failure> {
        match credentials {
            ResolvedCredentials::Variable(name) => {
                let token = self.environment.get(name).map(|token| token.trim().to_owned());
                let token = token.filter(|token| !token.is_empty());
                let token = token.ok_or_else(|| missing(&format!("the variable {name} is not set")))?;
                Ok(GcpCredentials::AccessToken(Secret::new(token)))
            }
            ResolvedCredentials::ApplicationDefault => {
                Ok(GcpCredentials::ApplicationDefault(self.application_default_text()?))
            }
            ResolvedCredentials::ServiceAccount { key, .. } => Ok(GcpCredentials::ServiceAccount(key.clone())),
            ResolvedCredentials::Keys { .. } | ResolvedCredentials::Profile(_) | ResolvedCredentials::Environment => {
                Err(missing("a Google Cloud account needs credentials"))
            }
        }
    }

    /// The hosts of a Google Cloud account.
    pub(crate) fn gcp_hosts(&self, account: &Account) -> Result<Vec<AllowedHost>, Failure> {
        let file = match &account.source {
            CredentialSource::ApplicationDefault => Some(self.application_default_text()?),
            _ => None,
        };
        let endpoint = endpoint_of(account.endpoint.as_deref())?;
        Ok(nepho_gcp::allowed_hosts(file.as_ref(), endpoint.as_ref())?)
    }

    fn application_default_text(&self) -> Result<Secret, Failure> {
        let file = self.application_default_file().ok_or_else(|| {
            missing("there are no application default credentials; run `gcloud auth application-default login`")
        })?;
        Ok(nepho_gcp::read_key_file(&file)?)
    }

    /// The application-default-credentials file of this user, if there is one.
    pub(crate) fn application_default_file(&self) -> Option<PathBuf> {
        nepho_gcp::application_default_file(|name| self.environment.get(name))
    }
}

/// Reads a service account's key file, and returns the members that the keyring keeps.
pub(crate) fn key_of_file(path: &Path) -> Result<Secret, Failure> {
    Ok(nepho_gcp::slim_service_account(&nepho_gcp::read_key_file(path)?)?)
}

/// Expands a leading `~`: no shell does it for a window.
pub(crate) fn expanded(path: PathBuf, environment: &Environment) -> PathBuf {
    let Ok(below) = path.strip_prefix("~") else { return path };
    let home = environment.get("HOME").map(PathBuf::from);
    let home = home.or_else(|| directories::BaseDirs::new().map(|base| base.home_dir().to_owned()));
    home.map_or_else(|| path.clone(), |home| home.join(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leading_tilde_is_the_home_directory_and_nothing_else_is() {
        let environment = Environment::new(|name| (name == "HOME").then(|| "/users/ops".to_owned()));
        for (given, meant) in [
            ("~/key.json", "/users/ops/key.json"),
            ("/tmp/~/key.json", "/tmp/~/key.json"),
            ("~other/key.json", "~other/key.json"),
            ("key.json", "key.json"),
        ] {
            assert_eq!(expanded(given.into(), &environment), Path::new(meant));
        }
    }
}
