//! A request as received, and a reply as sent.

use bytes::Bytes;
use serde_json::Value;

/// The parts of a request that the double reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path without the query, as sent.
    pub(crate) path: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The headers, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// A reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    /// The body as gzip, if prepared in advance.
    pub(crate) gzip: Option<Bytes>,
    /// The number of instances in it.
    pub(crate) rows: usize,
}

impl Request {
    /// Creates a request for the path and query of a request line.
    pub(crate) fn to(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            ..Self::default()
        }
    }

    /// Returns a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// Returns true if Google would compress the answer: the user agent must contain `gzip` too
    /// (<https://cloud.google.com/compute/docs/api/how-tos/performance#gzip>).
    pub(crate) fn accepts_gzip(&self) -> bool {
        self.header("accept-encoding").contains("gzip") && self.header("user-agent").contains("gzip")
    }
}

impl Reply {
    /// A reply of JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::of(status, "application/json; charset=UTF-8", value.to_string())
    }

    /// Any reply.
    pub(crate) fn of(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let content_type = content_type.to_owned();
        Self { status, content_type, headers: Vec::new(), body: body.into(), gzip: None, rows: 0 }
    }
}
