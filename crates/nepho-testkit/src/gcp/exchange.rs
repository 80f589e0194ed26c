//! Records of requests, for tests that check what was sent, and counts of what was served.

/// One request that was answered, or read and not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The HTTP verb.
    pub verb: String,
    /// The path without the query.
    pub path: String,
    /// The query, decoded and in order.
    pub query: Vec<(String, String)>,
    /// `User-Agent`.
    pub user_agent: String,
    /// `x-goog-user-project`, if it was sent.
    pub quota_project: Option<String>,
    /// Google's name of the method without its API, such as `instances.stop`; empty if there is
    /// none.
    pub method: String,
    /// The owner of the token; empty if it has none.
    pub principal: String,
    /// The status of the answer; 0 if none was sent.
    pub status: u16,
    /// True if it began an operation.
    pub executed: bool,
}

impl Exchange {
    /// Returns a parameter of the query.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

/// Counts of what was served since the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Connections.
    pub connections: u64,
    /// Requests of any kind, except control requests.
    pub requests: u64,
    /// Bytes of all bodies, as sent.
    pub bytes: u64,
    /// Instances in lists.
    pub rows: u64,
    /// Mutations carried out.
    pub mutations: u64,
}
