//! The client that acts; only accounts that may be written have one.

use bytes::Bytes;
use nepho_core::Access;

use crate::{client::Client, error::GcpError};

/// Compute Engine, for acting.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    client: Client,
}

impl Writer {
    /// The project's writer; `None` for a read-only account.
    pub fn new(client: &Client, access: Access) -> Option<Self> {
        (access == Access::ReadWrite).then(|| Self { client: client.clone() })
    }

    /// POSTs to `path` with a `requestId` of its own; the operation's body.
    pub async fn post(&self, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        let _ = (path, query, &self.client);
        Err(GcpError::HeldBack { reason: "not yet".to_owned() })
    }

    /// DELETEs `path` with a `requestId` of its own; the operation's body.
    pub async fn delete(&self, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        self.post(path, query).await
    }
}
