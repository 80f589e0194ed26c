//! Credentials that were checked and are ready for use: the form between the operator's input and the
//! options of a provider.

use nepho_core::{CredentialSource, Secret, SignInId};

/// Checked credentials of an account.
#[derive(Clone, Debug)]
pub(crate) enum ResolvedCredentials {
    /// An access key.
    Keys { access_key_id: Secret, secret_access_key: Secret, session_token: Option<Secret> },
    /// A named profile.
    Profile(String),
    /// The provider's environment variables.
    Environment,
    /// The environment variable that holds an access token.
    Variable(String),
    /// The credentials that the provider's own tools have set up on this machine.
    ApplicationDefault,
    /// A service account's key: the members of its file that a sign-in needs.
    ServiceAccount { sign_in: SignInId, key: Secret },
}

impl ResolvedCredentials {
    /// The source that an account stores; never the credentials themselves.
    pub(crate) fn source(&self) -> CredentialSource {
        match self {
            Self::Keys { .. } => CredentialSource::Keyring,
            Self::Profile(profile) => CredentialSource::Profile(profile.clone()),
            Self::Environment => CredentialSource::Environment,
            Self::Variable(name) => CredentialSource::Variable(name.clone()),
            Self::ApplicationDefault => CredentialSource::ApplicationDefault,
            Self::ServiceAccount { sign_in, .. } => CredentialSource::SignIn(sign_in.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::AccountId;

    use super::*;
    use crate::credentials::secret_id::SecretId;

    #[test]
    fn source_names_the_place_and_never_the_secret() {
        let secret = Secret::new("canary".to_owned());
        let shared = ResolvedCredentials::ServiceAccount { sign_in: SignInId::new("5a11"), key: secret };
        assert_eq!(shared.source(), CredentialSource::SignIn(SignInId::new("5a11")));
        assert_eq!(
            SecretId::of_source(&AccountId::new("a"), &shared.source()),
            Some(SecretId::SignIn(SignInId::new("5a11")))
        );
        assert_eq!(SecretId::of_source(&AccountId::new("a"), &ResolvedCredentials::ApplicationDefault.source()), None);
        assert!(!format!("{shared:?}").contains("canary"));
    }
}
