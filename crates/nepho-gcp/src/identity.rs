//! One sign-in, which may serve many projects: its tokens, connections and quotas are shared.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use nepho_core::{ProviderError, SystemClock};
use tokio::time::Instant;
use url::Url;

use crate::{
    ConnectError, GcpCredentials, Timeouts,
    api::projects,
    client::Client,
    credential_file::{Key, KeyKind},
    endpoint::HostPolicy,
    error::GcpError,
    http::Exchange,
    rate_limit::RateLimiter,
    token::{Grant, Token, Tokens},
};

/// One sign-in. Shared by all its projects, so that each token is asked for once.
pub struct GcpIdentity(Arc<Login>);

/// A project that an identity can see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its display name; the id where it has none.
    pub name: String,
}

/// What the clients of an identity share.
#[derive(Debug)]
pub(crate) struct Login {
    tokens: Tokens,
    policy: HostPolicy,
    wire: Exchange,
    principal: String,
    quota_project: Option<String>,
    budgets: Mutex<HashMap<String, Arc<RateLimiter>>>,
}

impl fmt::Debug for GcpIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GcpIdentity")
            .field("principal", &self.0.principal)
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}

impl GcpIdentity {
    /// Looks at the credentials, and refuses those that would lead to a host that is not Google's
    /// nor the approved `endpoint`. Sends nothing: the first token is asked for with the first
    /// request.
    #[expect(clippy::needless_pass_by_value, reason = "whoever signs in has no more use for them")]
    pub fn new(credentials: GcpCredentials, endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let policy = HostPolicy::new(endpoint)?;
        let (tokens, principal, quota_project) = match &credentials {
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
        let wire = Exchange::new()?;
        Ok(Self(Arc::new(Login { tokens, policy, wire, principal, quota_project, budgets: Mutex::default() })))
    }

    /// Who signs in: a service account's address; words where the credentials do not say.
    pub fn principal(&self) -> &str {
        &self.0.principal
    }

    /// The active projects that it can see, by their ids (Resource Manager v3, `projects.search`).
    pub async fn projects(&self) -> Result<Vec<Project>, ProviderError> {
        // No project is asked about.
        let fresh = || RateLimiter::new(Arc::new(SystemClock), crate::options::MINUTE);
        let client = Client::over(&self.0, "", Grant::Projects, Timeouts::default(), fresh);
        Ok(projects::search(&client).await?)
    }

    /// What its clients share.
    pub(crate) fn login(&self) -> &Arc<Login> {
        &self.0
    }
}

impl Login {
    /// Where its requests may go.
    pub fn policy(&self) -> &HostPolicy {
        &self.policy
    }

    /// Its connections.
    pub fn wire(&self) -> &Exchange {
        &self.wire
    }

    /// The project that Google charges instead of the one that is asked about.
    pub fn quota_project(&self) -> Option<&str> {
        self.quota_project.as_deref()
    }

    /// A token for `grant`, until `deadline` at most.
    pub async fn token(&self, grant: Grant, deadline: Instant) -> Result<Token, GcpError> {
        self.tokens.token(grant, deadline).await
    }

    /// Google does not accept `token`: asks for another next time. False if there is no other.
    pub fn renew(&self, grant: Grant, token: &Token) -> bool {
        self.tokens.renew(grant, token)
    }

    /// What it means that Google still does not accept the token.
    pub fn refused(&self, said: &str) -> GcpError {
        self.tokens.refused(said)
    }

    /// The rate_limiter that requests about `project` are charged to; `fresh` makes it the first time.
    pub fn rate_limiter(&self, project: &str, fresh: impl FnOnce() -> RateLimiter) -> Arc<RateLimiter> {
        let charged = self.quota_project.as_deref().unwrap_or(project);
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(budgets.entry(charged.to_owned()).or_insert_with(|| Arc::new(fresh())))
    }
}
