//! What a Google Cloud account is connected with: its project, and a sign-in that other projects
//! may share.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use nepho_core::{Account, AccountId, CredentialSource, Failure, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions};

use crate::{
    Environment,
    composition::{Composition, endpoint_of, missing},
    proof::Proof,
};

/// The sign-ins that accounts of this process use now: one each, so that all projects of one fetch
/// one token. A sign-in that nobody uses any longer is forgotten.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<Vec<Shared>>);

#[derive(Debug)]
struct Shared {
    source: CredentialSource,
    endpoint: Option<String>,
    /// What it was made of: a file or a key that changed since makes another one.
    text: Secret,
    identity: Weak<GcpIdentity>,
    /// Accounts that have connected by it. One that connects again had its session ended, perhaps
    /// because the sign-in failed for good: it is not given the same one again.
    users: HashSet<AccountId>,
}

impl SignIns {
    /// The sign-in with these credentials, for `user` where an account connects.
    fn identity(
        &self,
        user: Option<&AccountId>,
        proof: &Proof,
        endpoint: Option<&str>,
        credentials: GcpCredentials,
    ) -> Result<Arc<GcpIdentity>, Failure> {
        let text = text_of(&credentials).clone();
        let source = proof.source();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|shared| shared.identity.strong_count() > 0);
        let same = |shared: &&mut Shared| {
            shared.source == source
                && shared.endpoint.as_deref() == endpoint
                && shared.text.expose() == text.expose()
                && user.is_none_or(|user| !shared.users.contains(user))
        };
        let known = all.iter_mut().rev().find(same);
        if let Some((shared, identity)) = known
            .and_then(|shared| Some((shared.identity.upgrade()?, shared)))
            .map(|(identity, shared)| (shared, identity))
        {
            shared.users.extend(user.cloned());
            return Ok(identity);
        }
        let identity = Arc::new(GcpIdentity::new(credentials, endpoint_of(endpoint)?.as_ref())?);
        all.push(Shared {
            source,
            endpoint: endpoint.map(str::to_owned),
            text,
            identity: Arc::downgrade(&identity),
            users: user.cloned().into_iter().collect(),
        });
        Ok(identity)
    }
}

impl Composition {
    /// The sign-in that a proof makes, shared with whoever has the same; sends nothing. `user` is
    /// the account that connects by it, if one does.
    pub(crate) fn gcp_identity(
        &self,
        user: Option<&AccountId>,
        proof: &Proof,
        endpoint: Option<&str>,
    ) -> Result<Arc<GcpIdentity>, Failure> {
        self.sign_ins.identity(user, proof, endpoint, self.gcp_credentials(proof)?)
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

    fn gcp_credentials(&self, proof: &Proof) -> Result<GcpCredentials, Failure> {
        match proof {
            Proof::Variable(name) => {
                let token = self.environment.get(name).map(|token| token.trim().to_owned());
                let token = token.filter(|token| !token.is_empty());
                let token = token.ok_or_else(|| missing(&format!("the variable {name} is not set")))?;
                Ok(GcpCredentials::AccessToken(Secret::new(token)))
            }
            Proof::ApplicationDefault => {
                let file = self.application_default_file().ok_or_else(|| {
                    missing("there are no application default credentials; run `gcloud auth application-default login`")
                })?;
                Ok(GcpCredentials::ApplicationDefault(nepho_gcp::read_key_file(&file)?))
            }
            Proof::ServiceAccount { key, .. } => Ok(GcpCredentials::ServiceAccount(key.clone())),
            Proof::Keys { .. } | Proof::Profile(_) | Proof::Environment => {
                Err(missing("a Google Cloud account needs credentials"))
            }
        }
    }

    /// The application default credentials of this person, if there are any.
    pub(crate) fn application_default_file(&self) -> Option<PathBuf> {
        nepho_gcp::application_default_file(|name| self.environment.get(name))
    }
}

/// What is kept of a service account's key file, which is read once.
pub(crate) fn key_of_file(path: &Path) -> Result<Secret, Failure> {
    let (kept, _, _) = nepho_gcp::slim_service_account(&nepho_gcp::read_key_file(path)?)?;
    Ok(kept)
}

/// The path with a leading `~` written out: a window has no shell that does it.
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
        let environment = Environment::new(|name| (name == "HOME").then(|| "/home/ops".to_owned()));
        for (given, meant) in [
            ("~/key.json", "/home/ops/key.json"),
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
    fn accounts_of_one_sign_in_share_it_until_it_may_have_failed() {
        let (sign_ins, proof) = (SignIns::default(), Proof::Variable("TOKEN".to_owned()));
        let at = Some("http://127.0.0.1:5000");
        let (one, other) = (AccountId::new("one"), AccountId::new("other"));
        let of = |user: Option<&AccountId>, endpoint, text: &str| {
            sign_ins.identity(user, &proof, endpoint, token(text)).expect("a sign-in")
        };
        let first = of(Some(&one), at, "t-1");
        assert!(Arc::ptr_eq(&first, &of(Some(&other), at, "t-1")));
        assert!(Arc::ptr_eq(&first, &of(None, at, "t-1")), "whoever only looks has it too");
        assert!(!Arc::ptr_eq(&first, &of(Some(&AccountId::new("third")), None, "t-1")), "another endpoint");
        assert!(!Arc::ptr_eq(&first, &of(Some(&AccountId::new("third")), at, "t-2")), "another token");
        let again = of(Some(&one), at, "t-1");
        assert!(!Arc::ptr_eq(&first, &again), "its session ended, perhaps for good");
        assert!(Arc::ptr_eq(&again, &of(Some(&other), at, "t-1")), "and the others follow it");
    }
}
