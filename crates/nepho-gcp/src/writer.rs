//! The client that mutates. It exists only for accounts that the operator made writable.
//!
//! Each mutation has a `requestId`: Google promises to carry it out once, even if it is sent several
//! times (<https://cloud.google.com/compute/docs/reference/rest/v1/instances/stop>). So a request
//! without an answer is repeated with the same id, a few times. Deliberately not here: a repeat with
//! another id, which would be another mutation.

use bytes::Bytes;
use nepho_core::Access;
use reqwest::Method;
use uuid::Uuid;

use crate::{
    client::{Call, Client},
    error::GcpError,
};

/// Compute Engine client for mutations.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    client: Client,
}

impl Writer {
    /// The project's writer; `None` for a read-only account.
    pub fn new(client: &Client, access: Access) -> Option<Self> {
        (access == Access::ReadWrite).then(|| Self { client: client.clone() })
    }

    /// POSTs to `path` with a new `requestId`; returns the operation's body.
    pub async fn post(&self, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        self.send(Method::POST, path, query).await
    }

    /// DELETEs `path` with a new `requestId`; returns the operation's body.
    pub async fn delete(&self, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        self.send(Method::DELETE, path, query).await
    }

    async fn send(&self, method: Method, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        let id = Uuid::new_v4().to_string();
        let mut query = query.to_vec();
        query.push(("requestId", &id));
        self.client.call(Call::mutation(method, path, &query)).await
    }
}
