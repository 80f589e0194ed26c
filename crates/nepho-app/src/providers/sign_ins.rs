//! Sign-ins that the projects of one credential source share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nepho_core::{Account, CredentialSource, Failure, Secret, report::AccountStatus};
use nepho_gcp::{GcpCredentials, GcpIdentity};

use crate::providers::endpoint::endpoint_of;

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
    pub(crate) fn identity(
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
