//! What was asked and what was served: for tests that want to know what was sent.

/// One request that was answered, or read and not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The verb of HTTP.
    pub verb: String,
    /// The path alone.
    pub path: String,
    /// The query, decoded, in its order.
    pub query: Vec<(String, String)>,
    /// `User-Agent`.
    pub user_agent: String,
    /// `x-goog-user-project`, where it was sent.
    pub quota_project: Option<String>,
    /// Google's name of the method without its API, such as `instances.stop`; empty if there is none.
    pub method: String,
    /// Whose token it was; empty if it was nobody's.
    pub principal: String,
    /// The status of the answer; 0 if none was sent.
    pub status: u16,
    /// Whether it began an operation.
    pub executed: bool,
}

impl Exchange {
    /// A parameter of the query.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

/// What was served since the last time that it was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Connections.
    pub connections: u64,
    /// Requests of any kind, control requests excepted.
    pub requests: u64,
    /// Bytes of all bodies, compressed where they were.
    pub bytes: u64,
    /// Instances in lists.
    pub rows: u64,
    /// Mutations carried out.
    pub mutations: u64,
}
