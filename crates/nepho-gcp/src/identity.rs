//! One sign-in, which may serve many projects.

use std::{fmt, sync::Arc};

use nepho_core::{ProviderError, SystemClock};
use url::Url;

pub use crate::api::projects::Project;
use crate::{
    ConnectError, GcpCredentials,
    api::projects,
    client::Client,
    login::Login,
    rate_limit::{QUOTA_WINDOW, RateLimiter},
    timeouts::Timeouts,
    token::Grant,
};

/// One sign-in. Its projects share it, so that each token is fetched once.
pub struct GcpIdentity(Arc<Login>);

impl fmt::Debug for GcpIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GcpIdentity")
            .field("principal", &self.0.principal())
            .field("policy", self.0.policy())
            .finish_non_exhaustive()
    }
}

impl GcpIdentity {
    /// Checks the credentials, and refuses those that name a host other than Google's or the
    /// approved `endpoint`. Sends nothing: the first request of a project fetches the first token.
    #[expect(clippy::needless_pass_by_value, reason = "the caller has no more use for the secrets")]
    pub fn new(credentials: GcpCredentials, endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        Ok(Self(Arc::new(Login::new(&credentials, endpoint)?)))
    }

    /// The address of the user or service account; a description where the credentials do not name
    /// one.
    pub fn principal(&self) -> &str {
        self.0.principal()
    }

    /// The active projects that the identity can see, by id (Resource Manager v3,
    /// `projects.search`).
    pub async fn projects(&self) -> Result<Vec<Project>, ProviderError> {
        let fresh = || RateLimiter::new(Arc::new(SystemClock), QUOTA_WINDOW);
        // The search is about no project.
        let client = Client::new(&self.0, "", Grant::Projects, Timeouts::default(), fresh);
        Ok(projects::search(&client).await?)
    }

    /// The half that clients share.
    pub(crate) fn login(&self) -> &Arc<Login> {
        &self.0
    }
}
