//! JSON replies: parsing, and the check of their `kind`.
//!
//! A reply of another kind is malformed: an error page with HTTP 200 must never pass for an empty
//! list.

use bytes::Bytes;
use serde::Deserialize;

use crate::error::GcpError;

/// Parses the reply to `operation`.
pub(super) fn read<'a, T: Deserialize<'a>>(operation: &str, body: &'a Bytes) -> Result<T, GcpError> {
    serde_json::from_slice(body).map_err(|error| GcpError::unreadable(operation, &error))
}

/// Checks that the reply to `operation` is of the `expected` kind.
pub(super) fn expect_kind(operation: &str, kind: &str, expected: &str) -> Result<(), GcpError> {
    if kind == expected {
        return Ok(());
    }
    let kind: String = kind.chars().take(60).collect();
    Err(GcpError::malformed(format!("{operation}: the reply is a {kind:?}, not a {expected:?}")))
}
