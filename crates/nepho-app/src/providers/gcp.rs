//! Connection options of Google Cloud accounts, and the sign-ins that their projects share.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nepho_core::{Account, CredentialSource, Failure, Secret, network::AllowedHost, report::AccountStatus};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions};

use crate::{
    Environment,
    credentials::resolved::ResolvedCredentials,
    providers::{ProviderFactory, endpoint_of, missing},
};

/// The sign-ins of this process, one for each source and endpoint: all projects of a sign-in share its
/// token and its quota. A sign-in whose token is refused fetches another.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<Vec<Shared>>);

#[derive(Debug)]
struct Shared {
    source: CredentialSource,
    endpoint: Option<String>,
    /// The text of its credentials; a changed file or key makes another sign-in.
    text: Secret,
    identity: Arc<GcpIdentity>,
}

impl SignIns {
    fn identity(
        &self,
        source: CredentialSource,
        endpoint: Option<&str>,
        credentials: GcpCredentials,
    ) -> Result<Arc<GcpIdentity>, Failure> {
        let text = text_of(&credentials).clone();
        let mut all = self.lock();
        let known = all.iter().position(|one| one.source == source && one.endpoint.as_deref() == endpoint);
        if let Some(at) = known {
            if all[at].text.expose() == text.expose() {
                return Ok(Arc::clone(&all[at].identity));
            }
            all.swap_remove(at);
        }
        let identity = Arc::new(GcpIdentity::new(credentials, endpoint_of(endpoint)?.as_ref())?);
        let endpoint = endpoint.map(str::to_owned);
        all.push(Shared { source, endpoint, text, identity: Arc::clone(&identity) });
        Ok(identity)
    }

    /// Forgets the sign-ins that no account has and no provider uses.
    pub(crate) fn forget_unused(&self, accounts: &[AccountStatus]) {
        self.lock().retain(|one| {
            let has = |account: &Account| account.source == one.source && account.endpoint == one.endpoint;
            Arc::strong_count(&one.identity) > 1 || accounts.iter().any(|status| has(&status.account))
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Shared>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

fn text_of(credentials: &GcpCredentials) -> &Secret {
    match credentials {
        GcpCredentials::AccessToken(text)
        | GcpCredentials::ServiceAccount(text)
        | GcpCredentials::ApplicationDefault(text) => text,
    }
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

    fn token(text: &str) -> GcpCredentials {
        GcpCredentials::AccessToken(Secret::new(text.to_owned()))
    }

    #[test]
    fn a_sign_in_is_shared_while_nothing_of_it_is_another() {
        let sign_ins = SignIns::default();
        let of = |source: &str, endpoint: Option<&str>, text: &str| {
            let source = CredentialSource::Variable(source.to_owned());
            sign_ins.identity(source, endpoint, token(text)).expect("a sign-in")
        };
        let at = Some("http://127.0.0.1:5000");
        let first = of("TOKEN", at, "t-1");
        assert!(Arc::ptr_eq(&first, &of("TOKEN", at, "t-1")));
        assert!(!Arc::ptr_eq(&first, &of("TOKEN", None, "t-1")), "another endpoint");
        assert!(!Arc::ptr_eq(&first, &of("TOKEN", at, "t-2")), "another token");
        assert!(!Arc::ptr_eq(&first, &of("OTHER", at, "t-1")), "another source");
        let held = of("TOKEN", at, "t-2");
        sign_ins.forget_unused(&[]);
        assert!(Arc::ptr_eq(&held, &of("TOKEN", at, "t-2")), "it is in use");
        drop(held);
        sign_ins.forget_unused(&[]);
        assert!(sign_ins.lock().is_empty(), "no account has any of them");
    }
}
