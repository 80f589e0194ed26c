//! Check of the credentials that an operator gives.

use nepho_core::{CredentialSource, ProviderKind, Secret, SignInId, request::Credentials};
use uuid::Uuid;

use crate::{App, AppError, credentials::resolved::ResolvedCredentials, providers::gcp};

impl App {
    /// Checks the operator's input, and reads a key file. Sends nothing and stores nothing.
    pub(crate) async fn resolve_credentials(
        &self,
        provider: ProviderKind,
        credentials: Credentials,
    ) -> Result<ResolvedCredentials, AppError> {
        let refused = |reason| Err(AppError::NotApplicable { reason });
        match (provider, credentials) {
            (ProviderKind::Demo, _) => refused("the demo cloud needs no credentials"),
            (ProviderKind::Aws, Credentials::Keys { access_key_id, secret_access_key, session_token }) => {
                tidy_keys(&access_key_id, &secret_access_key, session_token.as_ref())
            }
            (ProviderKind::Aws, Credentials::Profile(profile)) if profile.trim().is_empty() => {
                refused("the profile has no name")
            }
            (ProviderKind::Aws, Credentials::Profile(profile)) => Ok(ResolvedCredentials::Profile(profile)),
            (ProviderKind::Aws, Credentials::Environment) => Ok(ResolvedCredentials::Environment),
            (ProviderKind::Aws, _) => refused("an AWS account signs in by an access key, a profile or the environment"),
            (ProviderKind::Gcp, Credentials::Variable(name)) if is_variable(&name) => {
                Ok(ResolvedCredentials::Variable(name))
            }
            // Its text is not repeated: it may be the token itself.
            (ProviderKind::Gcp, Credentials::Variable(_)) => {
                refused("that is not the name of an environment variable; give its name, not the token")
            }
            (ProviderKind::Gcp, Credentials::ApplicationDefault) => Ok(ResolvedCredentials::ApplicationDefault),
            (ProviderKind::Gcp, Credentials::KeyFile(path)) => {
                let path = gcp::expanded(path, &self.providers().environment);
                let failed = |failure| AppError::Failed { account: None, failure };
                let key = gcp::key_of_file(&path).map_err(failed)?;
                let sign_in = self.known_sign_in(&key).await;
                let sign_in = sign_in.unwrap_or_else(|| SignInId::new(Uuid::new_v4().to_string()));
                Ok(ResolvedCredentials::ServiceAccount { sign_in, key })
            }
            (ProviderKind::Gcp, _) => refused(
                "a Google Cloud account signs in by a service account's key file, an access token in a \
                         variable, or the application default credentials",
            ),
        }
    }

    /// The sign-in that already has this key, so that its accounts share it. Where the keyring does not
    /// answer, the key is stored once more.
    async fn known_sign_in(&self, key: &Secret) -> Option<SignInId> {
        let mut known: Vec<SignInId> = Vec::new();
        for status in self.accounts() {
            if let CredentialSource::SignIn(sign_in) = status.account.source
                && !known.contains(&sign_in)
            {
                known.push(sign_in);
            }
        }
        for sign_in in known {
            let stored = self.providers().credential_store.sign_in_key(&sign_in, nepho_keyring::Prompt::Allowed).await;
            if stored.is_ok_and(|stored| stored.expose() == key.expose()) {
                return Some(sign_in);
            }
        }
        None
    }
}

/// Removes the blanks and line breaks around pasted keys.
fn tidy_keys(id: &Secret, key: &Secret, token: Option<&Secret>) -> Result<ResolvedCredentials, AppError> {
    let refused = |reason| Err(AppError::NotApplicable { reason });
    let trimmed = |secret: &Secret| Secret::new(secret.expose().trim().to_owned());
    let (id, key) = (trimmed(id), trimmed(key));
    let token = token.map(trimmed).filter(|token| !token.expose().is_empty());
    let is_torn = |part: &Secret| part.expose().chars().any(|c| c.is_whitespace() || c.is_control());
    if id.expose().is_empty() || key.expose().is_empty() {
        return refused("an access key needs its id and its secret");
    }
    if is_torn(&id) || is_torn(&key) || token.as_ref().is_some_and(is_torn) {
        return refused("an access key has no blanks in it");
    }
    Ok(ResolvedCredentials::Keys { access_key_id: id, secret_access_key: key, session_token: token })
}

/// Returns true if a shell could set a variable of that name.
fn is_variable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.len() <= 128 && name.chars().all(plain) && name.starts_with(|c: char| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_keys_lose_their_blanks_and_keep_nothing_else() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let tidy =
            |id: &str, key: &str, token: Option<&str>| tidy_keys(&secret(id), &secret(key), token.map(secret).as_ref());
        let Ok(ResolvedCredentials::Keys { access_key_id, secret_access_key, session_token }) =
            tidy(" AKIA\n", "\tsecret ", Some(" "))
        else {
            panic!("refused");
        };
        assert_eq!((access_key_id.expose(), secret_access_key.expose()), ("AKIA", "secret"));
        assert!(session_token.is_none());
        for bad in [tidy("", "x", None), tidy("x", " ", None), tidy("AK IA", "x", None), tidy("x", "a\nb", None)] {
            assert!(bad.is_err());
        }
    }

    #[test]
    fn a_token_is_not_taken_for_the_name_of_a_variable() {
        for name in ["TOKEN", "_t2", "GOOGLE_OAUTH_ACCESS_TOKEN"] {
            assert!(is_variable(name), "{name}");
        }
        for name in ["", "2x", "ya29.a0AfB_byC", "a b", "a=b", "a-b", "n\u{e4}me", &"x".repeat(129)] {
            assert!(!is_variable(name), "{name}");
        }
    }
}
