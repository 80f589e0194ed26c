//! Access tokens, by Google's library: one source for each set of scopes, with one request at a time.
//!
//! The library renews a token in the background while its credentials object lives, and keeps a
//! failure for as long. So an object is dropped after a failure, a timeout or a refused token, and
//! the next request makes another. Deliberately not here: the library's default chain, which reads
//! the environment and asks the metadata server of the machine.

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use google_cloud_auth::{
    build_errors,
    credentials::{AccessTokenCredentials, external_account, impersonated, service_account, user_account},
    errors::CredentialsError,
};
use nepho_core::Secret;
use reqwest::header::HeaderValue;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    backoff,
    credential_file::{Key, KeyKind},
    credentials::check_key_file,
    error::GcpError,
    error_text::{cause, clipped, root},
};

/// The most attempts to fetch one token.
const ATTEMPTS: u32 = 2;

/// The time limit for fetching one token: an impersonation takes two requests.
const FETCH_TIMEOUT: Duration = Duration::from_secs(20);

/// The purpose of a token, which decides its scope. Tokens of read-only accounts cannot change
/// anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Grant {
    /// Reads of Compute Engine.
    ComputeReadOnly,
    /// Reads and mutations of Compute Engine.
    Compute,
    /// Names of projects, and permissions in them: the Resource Manager has no narrower scope.
    Projects,
}

impl Grant {
    const fn scope(self) -> &'static str {
        match self {
            Self::ComputeReadOnly => "https://www.googleapis.com/auth/compute.readonly",
            Self::Compute => "https://www.googleapis.com/auth/compute",
            Self::Projects => "https://www.googleapis.com/auth/cloud-platform.read-only",
        }
    }
}

/// Access token in the form of its header.
#[derive(Clone)]
pub(crate) struct Token {
    bearer: HeaderValue,
    generation: u64,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl Token {
    /// A token from its text; `None` if the text cannot be part of a header.
    pub fn new(text: &str, generation: u64) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
        bearer.set_sensitive(true);
        Some(Self { bearer, generation })
    }

    /// The reply's text without the token, which a proxy may send back.
    pub fn removed_from(&self, reply: &[u8]) -> String {
        let text = String::from_utf8_lossy(reply);
        match self.bearer.to_str().ok().and_then(|bearer| bearer.strip_prefix("Bearer ")) {
            Some(token) => text.replace(token, "…"),
            None => text.into_owned(),
        }
    }

    /// The `Authorization` header.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

/// Tokens of one identity.
pub(crate) struct Tokens {
    source: Source,
    slots: Mutex<HashMap<Option<Grant>, Slot>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

enum Source {
    Fixed(Token),
    Key(Box<Key>),
}

/// The library's credentials object for one set of scopes.
#[derive(Default)]
struct Slot {
    generation: u64,
    credentials: Option<AccessTokenCredentials>,
}

impl Tokens {
    /// One token that another program renews.
    pub fn fixed(token: Token) -> Self {
        Self { source: Source::Fixed(token), slots: Mutex::default() }
    }

    /// Tokens for a credential file.
    pub fn of(key: Key) -> Self {
        Self { source: Source::Key(Box::new(key)), slots: Mutex::default() }
    }

    /// A token for `grant`, until `deadline` at most. Concurrent calls share one request.
    pub async fn token(&self, grant: Grant, deadline: Instant) -> Result<Token, GcpError> {
        let key = match &self.source {
            Source::Fixed(token) => return Ok(token.clone()),
            Source::Key(key) => key,
        };
        let mut failures = 0;
        loop {
            let (generation, credentials) = self.credentials(key, grant)?;
            let limit = deadline.min(Instant::now() + FETCH_TIMEOUT);
            let (error, is_transient) = match timeout_at(limit, credentials.access_token()).await {
                Ok(Ok(token)) => {
                    let text = Secret::new(token.token);
                    return Token::new(text.expose(), generation).ok_or_else(|| {
                        GcpError::malformed("the token of the sign-in is empty or has control characters")
                    });
                }
                Ok(Err(error)) => (explain(key, &error), error.is_transient()),
                Err(_) => (GcpError::timed_out("the sign-in"), true),
            };
            self.forget(key, grant, generation);
            failures += 1;
            let pause = backoff::backoff(failures);
            if !is_transient || failures >= ATTEMPTS || Instant::now() + pause >= deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Drops a `token` that Google refused, so that the next call fetches another. False if there is
    /// no other.
    pub fn renew(&self, grant: Grant, token: &Token) -> bool {
        match &self.source {
            Source::Fixed(_) => false,
            Source::Key(key) => {
                self.forget(key, grant, token.generation);
                true
            }
        }
    }

    /// The error for a token that Google refused although it is new; `message` is Google's.
    pub fn refused(&self, message: &str) -> GcpError {
        match &self.source {
            Source::Fixed(_) => GcpError::sign_in(
                "Google does not accept the access token; it expires after about an hour, so set a new one",
            ),
            Source::Key(key) => {
                // A service account signs its tokens itself, so no earlier request has checked its key.
                let signs = key.kind == KeyKind::ServiceAccount;
                let advice =
                    if signs { "; check that its key still exists and that this machine's clock is right" } else { "" };
                let message = clipped(&key.without_secrets(message));
                GcpError::sign_in(format!(
                    "Google does not accept the tokens of {}{advice}. Google says: {message}",
                    key.principal
                ))
            }
        }
    }

    fn credentials(&self, key: &Key, grant: Grant) -> Result<(u64, AccessTokenCredentials), GcpError> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(shared(key, grant)).or_default();
        if let Some(credentials) = &slot.credentials {
            return Ok((slot.generation, credentials.clone()));
        }
        let credentials = make(key, grant)?;
        slot.generation += 1;
        slot.credentials = Some(credentials.clone());
        Ok((slot.generation, credentials))
    }

    /// Drops the object of `generation`, unless another has replaced it already.
    fn forget(&self, key: &Key, grant: Grant, generation: u64) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(&shared(key, grant)).filter(|slot| slot.generation == generation) {
            slot.credentials = None;
        }
    }
}

/// The slot of a grant's token: its own, or for a user one slot for all grants. A refresh token is
/// bound to the scopes that its user agreed to, and Google refuses with `invalid_scope` to give a
/// token for others, even for narrower ones such as `compute.readonly` under `cloud-platform`. So a
/// user's token has all its scopes, for every grant.
fn shared(key: &Key, grant: Grant) -> Option<Grant> {
    (key.kind != KeyKind::AuthorizedUser).then_some(grant)
}

/// The library's credentials object, from the builder of its kind. It fetches a token at once.
fn make(key: &Key, grant: Grant) -> Result<AccessTokenCredentials, GcpError> {
    if let Some(file) = &key.subject_file {
        // The library would block on a pipe, and would read a device without end.
        check_key_file(Path::new(file)).map_err(|error| GcpError::sign_in(error.to_string()))?;
    }
    let scopes = [grant.scope()];
    let made = match key.kind {
        KeyKind::ServiceAccount => service_account::Builder::new(key.json())
            .with_access_specifier(service_account::AccessSpecifier::from_scopes(scopes))
            .build_access_token_credentials(),
        KeyKind::AuthorizedUser => user_account::Builder::new(key.json()).build_access_token_credentials(),
        KeyKind::Impersonated => {
            impersonated::Builder::new(key.json()).with_scopes(scopes).build_access_token_credentials()
        }
        KeyKind::External => {
            external_account::Builder::new(key.json()).with_scopes(scopes).build_access_token_credentials()
        }
    };
    // The library's message may quote the file.
    made.map_err(|error: build_errors::Error| {
        let what =
            if error.is_parsing() { "has members that Google's library cannot read" } else { "is not supported" };
        GcpError::sign_in(format!("the credential file {what}"))
    })
}

/// Translates an error of the library, whose messages quote whole replies and lines of a key.
fn explain(key: &Key, error: &CredentialsError) -> GcpError {
    let answer = oauth(key, error).unwrap_or_default();
    let http = cause::<reqwest::Error>(error);
    if error.is_transient() {
        let cause = match http {
            Some(http) => http.status().map_or_else(|| root(http), |status| format!("HTTP {}", status.as_u16())),
            None => "no answer".to_owned(),
        };
        let cause = clipped(&key.without_secrets(&cause));
        return GcpError::unreachable(format!("the sign-in at Google failed: {cause}"));
    }
    if http.is_some_and(reqwest::Error::is_decode) {
        return GcpError::malformed("the reply to the sign-in is not a token reply of Google's");
    }
    GcpError::sign_in(match key.kind {
        KeyKind::ServiceAccount => "cannot read the service account's private key".to_owned(),
        KeyKind::AuthorizedUser => {
            format!("Google refused the sign-in{answer}; sign in again with `gcloud auth application-default login`")
        }
        KeyKind::Impersonated => format!("Google refused to let these credentials act as {}{answer}", key.principal),
        KeyKind::External if cause::<std::io::Error>(error).is_some() => {
            "cannot read the file of the federated identity's token".to_owned()
        }
        KeyKind::External => format!("Google refused the federated identity{answer}"),
    })
}

/// The error in the reply that the library quotes: `error` and `error_description` of OAuth, or
/// `error.message` of Google's APIs. No other member is used.
fn oauth(key: &Key, error: &CredentialsError) -> Option<String> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let reply = text
            .find('{')
            .and_then(|start| serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>().next()?.ok());
        if let Some(reply) = reply {
            let code = reply["error"].as_str().or_else(|| reply["error"]["status"].as_str());
            let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_'));
            let message = reply["error_description"].as_str().or_else(|| reply["error"]["message"].as_str());
            // A federated identity's own token has no known form, so a message that might quote it is
            // dropped.
            let message = message.filter(|_| key.kind != KeyKind::External);
            let message = message.map(|message| clipped(&key.without_secrets(message)));
            return match (code, message) {
                (Some(code), Some(message)) => Some(format!(" ({code}: {message})")),
                (Some(code), None) => Some(format!(" ({code})")),
                (None, Some(message)) => Some(format!(" ({message})")),
                (None, None) => None,
            };
        }
        next = error.source();
    }
    None
}
