//! One project's requests: each with its token, within its quota, and with bounded repeats.
//!
//! Everything that is sent here may be sent again: a read changes nothing, and a mutation carries
//! its `requestId` (see `writer`). Deliberately not here: what a reply says.

use std::sync::Arc;

use bytes::Bytes;
use nepho_core::{Access, provider::Traffic};
use reqwest::{Method, header};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

pub(crate) use crate::rate_limit::ReadClass;
use crate::{
    ConnectError, GcpOptions, Timeouts, backoff,
    credentials::is_project_id,
    endpoint::{Api, HostPolicy},
    error::GcpError,
    error_reason::Refusal,
    http::{Counts, Lost, Reply},
    identity::Login,
    rate_limit::{Class, Patience, RateLimiter},
    token::{Grant, Token},
};

/// How often one request is sent when it gets no usable answer.
const ATTEMPTS: u32 = 3;

/// One project's client. Clones share connections, counts and quota.
#[derive(Clone, Debug)]
pub(crate) struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    login: Arc<Login>,
    rate_limiter: Arc<RateLimiter>,
    counts: Counts,
    project: String,
    grant: Grant,
    timeouts: Timeouts,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Call<'c> {
    api: Api,
    class: Class,
    method: Method,
    path: &'c str,
    query: &'c [(&'c str, &'c str)],
    body: Option<&'c Value>,
}

impl<'c> Call<'c> {
    /// A read.
    pub fn read(api: Api, class: ReadClass, path: &'c str, query: &'c [(&'c str, &'c str)]) -> Self {
        Self { api, class: Class::Read(class), method: Method::GET, path, query, body: None }
    }

    /// A question that changes nothing, with a body.
    pub fn ask(api: Api, class: ReadClass, path: &'c str, body: &'c Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::read(api, class, path, &[]) }
    }

    /// A mutation, with its `requestId` in the query.
    pub fn mutation(method: Method, path: &'c str, query: &'c [(&'c str, &'c str)]) -> Self {
        Self { api: Api::Compute, class: Class::Mutation, method, path, query, body: None }
    }
}

impl Client {
    /// Prepares the client; sends nothing.
    pub fn new(options: &GcpOptions) -> Result<Self, ConnectError> {
        if !is_project_id(&options.project) {
            return Err(ConnectError::ProjectRefused {
                project: options.project.clone(),
                advice: "it has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter",
            });
        }
        // Whoever signed in for one endpoint must not be asked for tokens that go to another.
        let policy = HostPolicy::new(options.endpoint.as_ref())?;
        if policy != *options.identity.login().policy() {
            let endpoint = options.endpoint.as_ref().map(|url| url.origin().ascii_serialization());
            return Err(ConnectError::EndpointRefused {
                endpoint: endpoint.unwrap_or_else(|| Api::Compute.host().to_owned()),
                reason: "the identity was made for another",
            });
        }
        let grant = match options.access {
            Access::ReadOnly => Grant::ComputeReadOnly,
            Access::ReadWrite => Grant::Compute,
        };
        Ok(Self::over(options.identity.login(), &options.project, grant, options.timeouts, || {
            RateLimiter::new(Arc::clone(&options.clock), options.quota_window)
        }))
    }

    /// A client for `project`, empty where none is asked about, whose rate_limiter is the identity's for
    /// whoever is charged; `fresh` makes the first one.
    pub fn over(
        login: &Arc<Login>,
        project: &str,
        grant: Grant,
        timeouts: Timeouts,
        fresh: impl FnOnce() -> RateLimiter,
    ) -> Self {
        Self(Arc::new(Inner {
            rate_limiter: login.rate_limiter(project, fresh),
            login: Arc::clone(login),
            counts: Counts::default(),
            project: project.to_owned(),
            grant,
            timeouts,
        }))
    }

    /// The project's id.
    pub fn project(&self) -> &str {
        &self.0.project
    }

    /// The `host:port` that marks the realm; `None` for Google itself.
    pub fn realm_suffix(&self) -> Option<String> {
        self.0.login.policy().realm_suffix()
    }

    /// Its time limits.
    pub fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    /// The path of something in the project: `path(["zones", zone])`.
    pub fn path<'p>(&'p self, rest: impl IntoIterator<Item = &'p str>) -> String {
        segments(["projects", self.project()].into_iter().chain(rest))
    }

    /// GETs `{endpoint}/compute/v1/{path}`, without blanks for people; the body of a success, which
    /// begins as JSON does.
    pub async fn read(&self, class: ReadClass, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        let query = [query, &[("prettyPrint", "false")]].concat();
        self.call(Call::read(Api::Compute, class, path, &query)).await
    }

    /// POSTs a question that changes nothing (`testIamPermissions`).
    pub async fn ask(&self, path: &str, body: &Value) -> Result<Bytes, GcpError> {
        self.call(Call::ask(Api::Compute, ReadClass::Zone, path, body)).await
    }

    /// What has been sent and received so far, without the sign-in.
    pub fn traffic(&self) -> Traffic {
        self.0.counts.traffic()
    }

    /// Sends `call` until it is answered, at most a few times and within the operation's time. The
    /// time that it waits for quota is not counted: that is the price of many requests, up to two
    /// minutes, and not a sign that Google does not answer.
    ///
    /// The error of a mutation leaves it unknown if any attempt may have carried it out, and only then.
    pub async fn call(&self, call: Call<'_>) -> Result<Bytes, GcpError> {
        let mut lost = None;
        let answer = self.attempts(&call, &mut lost).await;
        answer.map_err(|error| match call.class {
            Class::Read(_) => error,
            // What the last attempt was refused says nothing of one before it that got no answer.
            Class::Mutation => lost.unwrap_or(error),
        })
    }

    /// The attempts of a call. `lost` is the error of the last one that leaves open whether it was
    /// carried out.
    async fn attempts(&self, call: &Call<'_>, lost: &mut Option<GcpError>) -> Result<Bytes, GcpError> {
        let Inner { login, rate_limiter, timeouts, .. } = &*self.0;
        let operation = operation(call);
        let url = login.policy().url(call.api, call.path, call.query).map_err(|host| GcpError::HeldBack {
            reason: format!("the request was held back: {host:?} is not where this account is"),
        })?;
        let grant = match call.api {
            Api::Compute => self.0.grant,
            Api::Projects => Grant::Projects,
        };
        let mut deadline = Instant::now() + timeouts.operation;
        let mut patience = Patience::default();
        let mut renewed = false;
        let mut failures = 0;
        loop {
            // Before the leave, so that a sign-in that hangs holds up nobody else.
            let token = login.token(grant, deadline).await.map_err(|error| match call.class {
                Class::Read(_) => error,
                Class::Mutation => error.before_sending(),
            })?;
            let asked = Instant::now();
            let leave = rate_limiter.permit(call.class, &mut patience).await;
            let leave = leave.map_err(|retry_after| GcpError::QuotaUsedUp { retry_after })?;
            deadline += asked.elapsed();
            let error = match self.send(call, &operation, url.clone(), &token, deadline).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            drop(leave);
            if error.leaves_unknown() {
                *lost = Some(error.clone());
            }
            match Remedy::of(&error) {
                Remedy::Renew if !renewed && login.renew(grant, &token) => renewed = true,
                // Refused, so not carried out. The next leave waits; when it has waited too often,
                // it is an error.
                Remedy::Wait => rate_limiter.close(call.class),
                Remedy::Repeat { after } if failures + 1 < ATTEMPTS => {
                    failures += 1;
                    let pause = backoff::backoff(failures).max(after.unwrap_or_default());
                    if Instant::now() + pause >= deadline {
                        return Err(error);
                    }
                    tokio::time::sleep(pause).await;
                }
                Remedy::Renew => return Err(login.refused(&error.to_string())),
                Remedy::Repeat { .. } | Remedy::None => return Err(error),
            }
        }
    }

    async fn send(
        &self,
        call: &Call<'_>,
        operation: &str,
        url: Url,
        token: &Token,
        deadline: Instant,
    ) -> Result<Bytes, GcpError> {
        let Inner { login, counts, timeouts, .. } = &*self.0;
        let mut request = login.wire().request(call.method.clone(), url).header(header::AUTHORIZATION, token.bearer());
        if let Some(project) = login.quota_project() {
            request = request.header("x-goog-user-project", project);
        }
        if let Some(body) = call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        } else if call.method != Method::GET {
            // Google answers 411 to a POST that does not say that it is empty.
            request = request.header(header::CONTENT_LENGTH, "0");
        }
        let request = request
            .build()
            .map_err(|_| GcpError::HeldBack { reason: format!("{operation}: the request could not be made") })?;
        let reply = login.wire().send(request, counts, *timeouts, deadline).await;
        let reply = reply.map_err(|lost| match lost {
            Lost::TimedOut => GcpError::TimedOut { operation: operation.to_owned() },
            Lost::Unreachable(reason) => GcpError::Unreachable { reason },
            Lost::Unreadable(what) => GcpError::Malformed { reason: format!("{operation}: {what}") },
        })?;
        self.success(operation, token, reply)
    }

    /// The body of a success.
    fn success(&self, operation: &str, token: &Token, reply: Reply) -> Result<Bytes, GcpError> {
        let status = reply.status;
        if (200..300).contains(&status) {
            // A captive portal answers 200 too.
            if reply.body.trim_ascii_start().first() == Some(&b'{') {
                return Ok(reply.body);
            }
            let reason = format!("{operation} was answered with something that is not its reply");
            return Err(GcpError::Malformed { reason });
        }
        let body = token.left_out_of(&reply.body);
        if let Some(refusal) = Refusal::read(status, reply.retry_after, body.as_bytes()) {
            let (operation, project) = (operation.to_owned(), self.0.project.clone());
            return Err(GcpError::Refused { operation, project, refusal: Box::new(refusal) });
        }
        Err(match status {
            401 | 429 => GcpError::Refused {
                operation: operation.to_owned(),
                project: self.0.project.clone(),
                refusal: Box::new(Refusal { status, retry_after: reply.retry_after, ..Refusal::default() }),
            },
            500.. => GcpError::Unreachable { reason: format!("{operation} was answered with HTTP {status}") },
            _ => GcpError::Malformed {
                reason: format!("{operation} was answered with HTTP {status} and a body that is not Google's"),
            },
        })
    }
}

/// What may help after a failure.
#[derive(Debug)]
enum Remedy {
    /// Another token.
    Renew,
    /// The next minute.
    Wait,
    /// The same again.
    Repeat { after: Option<std::time::Duration> },
    /// Nothing.
    None,
}

impl Remedy {
    fn of(error: &GcpError) -> Self {
        match error {
            GcpError::Refused { refusal, .. } => match refusal.status {
                401 => Self::Renew,
                403 if refusal.is_quota_of_this_minute() => Self::Wait,
                429 | 500.. if !refusal.is_final() => Self::Repeat { after: refusal.retry_after },
                _ => Self::None,
            },
            GcpError::TimedOut { .. } | GcpError::Unreachable { .. } => Self::Repeat { after: None },
            GcpError::QuotaUsedUp { .. }
            | GcpError::Malformed { .. }
            | GcpError::SignIn { .. }
            | GcpError::HeldBack { .. } => Self::None,
        }
    }
}

/// Google's name of what is asked, such as `compute.instances.stop`: the permission has the same
/// name, mostly.
fn operation(call: &Call<'_>) -> String {
    if call.api == Api::Projects {
        return format!("resourcemanager.projects.{}", call.path.rsplit_once(':').map_or("get", |(_, verb)| verb));
    }
    let words: Vec<&str> = call.path.split('/').collect();
    let (collection, verb) = match words.as_slice() {
        ["projects", _, "aggregated", collection] => (*collection, "aggregatedList"),
        ["projects", _] => ("projects", "get"),
        ["projects", _, "zones", _, "operations", _] => ("zoneOperations", "get"),
        ["projects", _, "zones" | "regions", _, collection]
        | ["projects", _, "global", collection]
        | ["projects", _, collection] => (*collection, "list"),
        ["projects", _, "zones" | "regions", _, collection, _] if call.method == Method::DELETE => {
            (*collection, "delete")
        }
        ["projects", _, "zones" | "regions", _, collection, _]
        | ["projects", _, "global", collection, _]
        | ["projects", _, collection, _] => (*collection, "get"),
        ["projects", _, "zones" | "regions", _, collection, _, verb] => (*collection, *verb),
        _ => ("request", call.method.as_str()),
    };
    format!("compute.{collection}.{verb}")
}

/// Joins the segments of a path, percent-encoded: `segments(["projects", id, "zones"])`. One that
/// would change the path's shape becomes a name that no resource has.
fn segments<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    // A URL loses its tabs and line breaks, so with them `..` could hide.
    let shapes = |part: &str| matches!(part, "" | "." | "..") || part.bytes().any(|byte| byte.is_ascii_control());
    let safe = |part: &'a str| if shapes(part) { "-" } else { part };
    let Ok(mut url) = Url::parse("https://compute.googleapis.com") else { return String::new() };
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(parts.into_iter().map(safe));
    }
    url.path().trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests;
