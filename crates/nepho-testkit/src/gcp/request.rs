//! A request as it came, and a reply as it goes.

use bytes::Bytes;
use serde_json::Value;

/// What of a request matters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path alone, as sent.
    pub(crate) path: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// Headers by their lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    /// The body as gzip, where it was made ahead.
    pub(crate) gzip: Option<Bytes>,
    /// Instances in it.
    pub(crate) rows: usize,
}

impl Request {
    /// A request line's path and query.
    pub(crate) fn to(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            ..Self::default()
        }
    }

    /// A header, or empty.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// Whether Google would compress the answer: the user agent must say it as well
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
