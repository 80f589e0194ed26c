//! Requests that only read, with their tokens, quota and repeats.

use bytes::Bytes;
use nepho_core::provider::Traffic;
use serde_json::Value;

pub(crate) use crate::budget::ReadClass;
use crate::{ConnectError, GcpOptions, error::GcpError};

/// One project's client. Clones share connections, counts and quota.
#[derive(Clone, Debug)]
pub(crate) struct Client;

impl Client {
    /// Prepares the client; sends nothing.
    pub fn new(options: &GcpOptions) -> Result<Self, ConnectError> {
        let _ = options;
        Ok(Self)
    }

    /// The project's id.
    pub fn project(&self) -> &str {
        ""
    }

    /// The `host:port` that marks the realm; `None` for Google itself.
    pub fn mark(&self) -> Option<String> {
        None
    }

    /// GETs `{endpoint}/compute/v1/{path}`; the body of a success, which begins as JSON does.
    pub async fn read(&self, class: ReadClass, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        let _ = (class, path, query);
        Err(GcpError::HeldBack { reason: "not yet".to_owned() })
    }

    /// POSTs a question that changes nothing (`testIamPermissions`).
    pub async fn ask(&self, path: &str, body: &Value) -> Result<Bytes, GcpError> {
        let _ = (path, body);
        Err(GcpError::HeldBack { reason: "not yet".to_owned() })
    }

    /// What has been sent and received so far.
    pub fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

/// Joins the segments of a path, percent-encoded: `segments(["projects", id, "zones"])`.
pub(crate) fn segments<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().collect::<Vec<_>>().join("/")
}
