//! Access tokens, by Google's library: one source for each set of scopes, asked once at a time.
//!
//! The library renews a token in the background while its credentials object lives, and keeps a
//! failure for as long. So an object that failed, hung, or whose token was refused is dropped, and
//! the next request makes another. Deliberately not here: the library's default chain, which looks
//! into the environment and asks the metadata server of the machine.

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
    error::{GcpError, clipped, root},
};

/// How often a token is asked for before it is an error.
const ATTEMPTS: u32 = 2;

/// How long one token may take: an impersonation is two requests.
const LONGEST_FETCH: Duration = Duration::from_secs(20);

/// What a token is for. Read-only accounts get tokens that cannot change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Grant {
    /// Compute Engine, to read.
    ComputeReadOnly,
    /// Compute Engine, to read and to act.
    Compute,
    /// The names of projects, and what may be done in them: the Resource Manager has no narrower
    /// scope.
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

/// An access token, ready for its header.
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
    /// Takes the text; `None` if it could not stand in a header.
    pub fn new(text: &str, generation: u64) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
        bearer.set_sensitive(true);
        Some(Self { bearer, generation })
    }

    /// A reply's text without the token: somebody in between may give back what was sent.
    pub fn left_out_of(&self, reply: &[u8]) -> String {
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

/// The tokens of one identity.
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

/// The library's object for one set of scopes.
#[derive(Default)]
struct Slot {
    generation: u64,
    credentials: Option<AccessTokenCredentials>,
}

impl Tokens {
    /// One token that somebody else renews.
    pub fn fixed(token: Token) -> Self {
        Self { source: Source::Fixed(token), slots: Mutex::default() }
    }

    /// Tokens for a key.
    pub fn of(key: Key) -> Self {
        Self { source: Source::Key(Box::new(key)), slots: Mutex::default() }
    }

    /// A token for `grant`, until `deadline` at most. However many ask at once, one request is sent.
    pub async fn token(&self, grant: Grant, deadline: Instant) -> Result<Token, GcpError> {
        let key = match &self.source {
            Source::Fixed(token) => return Ok(token.clone()),
            Source::Key(key) => key,
        };
        let mut failures = 0;
        loop {
            let (generation, credentials) = self.credentials(key, grant)?;
            let limit = deadline.min(Instant::now() + LONGEST_FETCH);
            let (error, may_pass) = match timeout_at(limit, credentials.access_token()).await {
                Ok(Ok(token)) => {
                    let text = Secret::new(token.token);
                    return Token::new(text.expose(), generation).ok_or_else(|| GcpError::Malformed {
                        reason: "the sign-in gave a token that is none".to_owned(),
                    });
                }
                Ok(Err(error)) => (explain(key, &error), error.is_transient()),
                Err(_) => (GcpError::TimedOut { operation: "the sign-in".to_owned() }, true),
            };
            self.forget(key, grant, generation);
            failures += 1;
            let pause = backoff::backoff(failures);
            if !may_pass || failures >= ATTEMPTS || Instant::now() + pause >= deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Google does not accept `token`: the next one will be another. False if there is no other.
    pub fn renew(&self, grant: Grant, token: &Token) -> bool {
        match &self.source {
            Source::Fixed(_) => false,
            Source::Key(key) => {
                self.forget(key, grant, token.generation);
                true
            }
        }
    }

    /// What it means that Google still does not accept the token; `said` are its words.
    pub fn refused(&self, said: &str) -> GcpError {
        let reason = match &self.source {
            Source::Fixed(_) => {
                "Google does not accept the access token; such tokens live for about an hour".to_owned()
            }
            Source::Key(key) => {
                // It signs its tokens itself, so this is the first that Google sees of it.
                let signs = key.kind == KeyKind::ServiceAccount;
                let why = if signs { "; is its key deleted, or the clock of this machine wrong?" } else { "." };
                let said = clipped(&key.without_secrets(said));
                format!("Google does not accept the tokens of {}{why} Google says: {said}", key.principal)
            }
        };
        GcpError::SignIn { reason }
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

    /// Drops the object of `generation`, unless another has taken its place already.
    fn forget(&self, key: &Key, grant: Grant, generation: u64) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(&shared(key, grant)).filter(|slot| slot.generation == generation) {
            slot.credentials = None;
        }
    }
}

/// Which grants share a token. A refresh token was given for the scopes that its user agreed to,
/// and Google refuses with `invalid_scope` to give a token for others, even for narrower ones such
/// as `compute.readonly` under `cloud-platform`. So a user's token has all of them, for every grant.
fn shared(key: &Key, grant: Grant) -> Option<Grant> {
    (key.kind != KeyKind::AuthorizedUser).then_some(grant)
}

/// The library's object, by the builder of its kind. It starts to ask for a token at once.
fn make(key: &Key, grant: Grant) -> Result<AccessTokenCredentials, GcpError> {
    if let Some(file) = &key.subject_file {
        // The library would wait for a pipe, and read a device for ever.
        check_key_file(Path::new(file)).map_err(|error| GcpError::SignIn { reason: error.to_string() })?;
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
    // The library's words may quote the file.
    made.map_err(|error: build_errors::Error| {
        let what = if error.is_parsing() { "has members that are not as they should be" } else { "is not supported" };
        GcpError::SignIn { reason: format!("the credential file {what}") }
    })
}

/// The library's error in our words. Its own quote whole replies and lines of a key.
fn explain(key: &Key, error: &CredentialsError) -> GcpError {
    let said = oauth(key, error).unwrap_or_default();
    let http = cause::<reqwest::Error>(error);
    if error.is_transient() {
        let why = match http {
            Some(http) => http.status().map_or_else(|| root(http), |status| format!("HTTP {}", status.as_u16())),
            None => "no answer".to_owned(),
        };
        let reason = format!("the sign-in at Google failed: {}", clipped(&key.without_secrets(&why)));
        return GcpError::Unreachable { reason };
    }
    if http.is_some_and(reqwest::Error::is_decode) {
        return GcpError::Malformed {
            reason: "the sign-in was answered with something that is not its reply".to_owned(),
        };
    }
    let reason = match key.kind {
        KeyKind::ServiceAccount => "the service account's private key is not readable".to_owned(),
        KeyKind::AuthorizedUser => {
            format!("Google refused the sign-in{said}; sign in again with `gcloud auth application-default login`")
        }
        KeyKind::Impersonated => format!("Google refused to let these credentials act as {}{said}", key.principal),
        KeyKind::External if cause::<std::io::Error>(error).is_some() => {
            "the file of the federated identity's token is not readable".to_owned()
        }
        KeyKind::External => format!("Google refused the federated identity{said}"),
    };
    GcpError::SignIn { reason }
}

/// What the reply that the library quotes says: `error` and `error_description`, as OAuth has them,
/// or `error.message`, as Google's APIs have it. Nothing else of it is looked at.
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
            let words = reply["error_description"].as_str().or_else(|| reply["error"]["message"].as_str());
            // What a federated identity's own token looks like is not known, so nobody's words that
            // might quote it are passed on.
            let words =
                words.filter(|_| key.kind != KeyKind::External).map(|words| clipped(&key.without_secrets(words)));
            return match (code, words) {
                (Some(code), Some(words)) => Some(format!(" ({code}: {words})")),
                (Some(one), None) => Some(format!(" ({one})")),
                (None, Some(words)) => Some(format!(" ({words})")),
                (None, None) => None,
            };
        }
        next = error.source();
    }
    None
}

/// The first cause of type `T`.
fn cause<'e, T: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
