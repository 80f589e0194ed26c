//! The parts of a sign-in that all its clients share: tokens, connections, hosts and quotas.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::time::Instant;
use url::Url;

use crate::{
    ConnectError, GcpCredentials,
    credential_file::{Key, KeyKind},
    endpoint::HostPolicy,
    error::GcpError,
    http::HttpTransport,
    rate_limit::RateLimiter,
    token::{Grant, Token, Tokens},
};

/// The shared half of an identity's clients.
#[derive(Debug)]
pub(crate) struct Login {
    tokens: Tokens,
    policy: HostPolicy,
    http: HttpTransport,
    principal: String,
    quota_project: Option<String>,
    rate_limiters: Mutex<HashMap<String, Arc<RateLimiter>>>,
}

impl Login {
    /// Checks the credentials, and refuses those that name a host other than Google's or the
    /// approved `endpoint`. Sends nothing.
    pub fn new(credentials: &GcpCredentials, endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let policy = HostPolicy::new(endpoint)?;
        let (tokens, principal, quota_project) = match credentials {
            GcpCredentials::AccessToken(text) => {
                let token = Token::new(text.expose().trim(), 0).ok_or_else(|| ConnectError::CredentialsMissing {
                    reason: "the access token is empty, or has characters that no token has".to_owned(),
                })?;
                (Tokens::fixed(token), "the owner of the access token".to_owned(), None)
            }
            GcpCredentials::ServiceAccount(text) | GcpCredentials::ApplicationDefault(text) => {
                let key = Key::read(text, &policy)?;
                if matches!(credentials, GcpCredentials::ServiceAccount(_)) && key.kind != KeyKind::ServiceAccount {
                    return Err(ConnectError::CredentialsMissing {
                        reason: "the file is not the key of a service account".to_owned(),
                    });
                }
                let (principal, quota_project) = (key.principal.clone(), key.quota_project.clone());
                (Tokens::of(key), principal, quota_project)
            }
        };
        let http = HttpTransport::new()?;
        Ok(Self { tokens, policy, http, principal, quota_project, rate_limiters: Mutex::default() })
    }

    /// The name of the user or service account, as far as the credentials tell it.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The hosts that requests may go to.
    pub fn policy(&self) -> &HostPolicy {
        &self.policy
    }

    /// The connections.
    pub fn http(&self) -> &HttpTransport {
        &self.http
    }

    /// The project that Google charges in place of the requested one.
    pub fn quota_project(&self) -> Option<&str> {
        self.quota_project.as_deref()
    }

    /// A token for `grant`, until `deadline` at most.
    pub async fn token(&self, grant: Grant, deadline: Instant) -> Result<Token, GcpError> {
        self.tokens.token(grant, deadline).await
    }

    /// Drops a `token` that Google refused, so that the next call fetches another. False if there is
    /// no other.
    pub fn renew(&self, grant: Grant, token: &Token) -> bool {
        self.tokens.renew(grant, token)
    }

    /// The error for a token that Google refused although it is new; `message` is Google's.
    pub fn refused(&self, message: &str) -> GcpError {
        self.tokens.refused(message)
    }

    /// The rate limiter of the project that requests about `project` are charged to; `fresh` makes
    /// it the first time.
    pub fn rate_limiter(&self, project: &str, fresh: impl FnOnce() -> RateLimiter) -> Arc<RateLimiter> {
        let charged = self.quota_project.as_deref().unwrap_or(project);
        let mut limiters = self.rate_limiters.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(limiters.entry(charged.to_owned()).or_insert_with(|| Arc::new(fresh())))
    }
}
