//! Requests of one project: each with its token, within its quota, and with bounded repeats.
//!
//! Every request here may be repeated: a read changes nothing, and a mutation carries its
//! `requestId` (see `writer`). Deliberately not here: the meaning of a reply.

use std::sync::Arc;

use bytes::Bytes;
use nepho_core::{ProviderError, provider::Traffic};
use reqwest::{Method, header};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

pub(crate) use crate::rate_limit::ReadClass;
use crate::{
    backoff,
    endpoint::Api,
    error::GcpError,
    error_reason::Refusal,
    http::{Counts, Reply, SendError},
    login::Login,
    rate_limit::{Class, Purpose, QuotaWaits, RateLimiter, Slots},
    timeouts::Timeouts,
    token::{Grant, Token},
};

/// The most attempts of one request that gets no usable answer.
const ATTEMPTS: u32 = 3;

/// Client of one project. Clones share connections, counts, quota and permits.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    inner: Arc<Inner>,
    purpose: Purpose,
}

#[derive(Debug)]
struct Inner {
    login: Arc<Login>,
    rate_limiter: Arc<RateLimiter>,
    slots: Slots,
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

    /// A POST that changes nothing.
    pub fn query(api: Api, class: ReadClass, path: &'c str, body: &'c Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::read(api, class, path, &[]) }
    }

    /// A mutation, with its `requestId` in the query.
    pub fn mutation(method: Method, path: &'c str, query: &'c [(&'c str, &'c str)]) -> Self {
        Self { api: Api::Compute, class: Class::Mutation, method, path, query, body: None }
    }
}

impl Client {
    /// Prepares a client for `project`; sends nothing. An empty `project` is for requests of no
    /// project. The rate limiter is the one of the project that Google charges; `fresh` makes the
    /// first one.
    pub fn new(
        login: &Arc<Login>,
        project: &str,
        grant: Grant,
        timeouts: Timeouts,
        fresh: impl FnOnce() -> RateLimiter,
    ) -> Self {
        let inner = Inner {
            rate_limiter: login.rate_limiter(project, fresh),
            slots: Slots::default(),
            login: Arc::clone(login),
            counts: Counts::default(),
            project: project.to_owned(),
            grant,
            timeouts,
        };
        Self { inner: Arc::new(inner), purpose: Purpose::Sweep }
    }

    /// The same client for actions and single reads, which wait for no sweep.
    pub fn for_single_reads(&self) -> Self {
        Self { purpose: Purpose::Single, ..self.clone() }
    }

    /// The project's id.
    pub fn project(&self) -> &str {
        &self.inner.project
    }

    /// The `host:port` that marks the realm; `None` for Google itself.
    pub fn realm_suffix(&self) -> Option<String> {
        self.inner.login.policy().realm_suffix()
    }

    /// The time limits of each call.
    pub fn timeouts(&self) -> Timeouts {
        self.inner.timeouts
    }

    /// The path of a resource of the project: `path(["zones", zone])`.
    pub fn path<'p>(&'p self, rest: impl IntoIterator<Item = &'p str>) -> String {
        segments(["projects", self.project()].into_iter().chain(rest))
    }

    /// GETs `{endpoint}/compute/v1/{path}` without pretty-printing; returns the body of a success,
    /// which begins with `{`.
    pub async fn read(&self, class: ReadClass, path: &str, query: &[(&str, &str)]) -> Result<Bytes, GcpError> {
        let query = [query, &[("prettyPrint", "false")]].concat();
        self.call(Call::read(Api::Compute, class, path, &query)).await
    }

    /// POSTs a request of a zone that changes nothing (`testIamPermissions`).
    pub async fn query(&self, path: &str, body: &Value) -> Result<Bytes, GcpError> {
        self.call(Call::query(Api::Compute, ReadClass::Zone, path, body)).await
    }

    /// The requests and bytes so far, without those of the sign-in.
    pub fn traffic(&self) -> Traffic {
        self.inner.counts.traffic()
    }

    /// Sends `call` until it is answered, at most [`ATTEMPTS`] times and within
    /// [`Timeouts::operation`]. Waiting for quota, up to two minutes, does not count towards that
    /// time: it is the price of many requests, and no sign that Google does not answer.
    ///
    /// The error of a mutation leaves it unknown exactly if some attempt may have carried it out.
    pub async fn call(&self, call: Call<'_>) -> Result<Bytes, GcpError> {
        let mut lost = None;
        let answer = self.attempts(&call, &mut lost).await;
        answer.map_err(|error| match call.class {
            Class::Read(_) => error,
            // A refusal of the last attempt does not settle an earlier attempt without an answer.
            Class::Mutation => lost.unwrap_or(error),
        })
    }

    /// The attempts of a call. `lost` receives the error of the last attempt that may have been
    /// carried out.
    async fn attempts(&self, call: &Call<'_>, lost: &mut Option<GcpError>) -> Result<Bytes, GcpError> {
        let Inner { login, rate_limiter, slots, timeouts, .. } = &*self.inner;
        let operation = operation(call);
        let url = login.policy().url(call.api, call.path, call.query).map_err(|host| {
            GcpError::not_sent(format!("request blocked: {host:?} is not an allowed endpoint of this account"))
        })?;
        let grant = match call.api {
            Api::Compute => self.inner.grant,
            Api::Projects => Grant::Projects,
        };
        let mut deadline = Instant::now() + timeouts.operation;
        let mut waits = QuotaWaits::default();
        let mut renewed = false;
        let mut failures = 0;
        loop {
            // Before the permit, so that a sign-in that hangs delays no other request.
            let token = login.token(grant, deadline).await.map_err(|error| match call.class {
                Class::Read(_) => error,
                Class::Mutation => error.before_sending(),
            })?;
            let waiting_since = Instant::now();
            let permit = rate_limiter.permit(slots, call.class, self.purpose, &mut waits).await;
            let permit = permit.map_err(|retry_after| ProviderError::Throttled { retry_after: Some(retry_after) })?;
            deadline += waiting_since.elapsed();
            let error = match self.send(call, &operation, url.clone(), &token, deadline).await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            drop(permit);
            if error.leaves_unknown() {
                *lost = Some(error.clone());
            }
            match Remedy::of(&error) {
                Remedy::Renew if !renewed && login.renew(grant, &token) => renewed = true,
                // Refused, so not carried out. The next permit waits, or fails after too many waits.
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
        let Inner { login, counts, timeouts, .. } = &*self.inner;
        let mut request = login.http().request(call.method.clone(), url).header(header::AUTHORIZATION, token.bearer());
        if let Some(project) = login.quota_project() {
            request = request.header("x-goog-user-project", project);
        }
        if let Some(body) = call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        } else if call.method != Method::GET {
            // Google answers 411 to a POST without a length.
            request = request.header(header::CONTENT_LENGTH, "0");
        }
        let request =
            request.build().map_err(|_| GcpError::not_sent(format!("{operation}: the request could not be built")))?;
        let reply = login.http().send(request, counts, *timeouts, deadline).await;
        let reply = reply.map_err(|error| match error {
            SendError::TimedOut => GcpError::timed_out(operation),
            SendError::Unreachable(reason) => GcpError::unreachable(reason),
            SendError::Unreadable(what) => GcpError::malformed(format!("{operation}: {what}")),
        })?;
        self.success(call.api, operation, token, reply)
    }

    /// The body of a success.
    fn success(&self, api: Api, operation: &str, token: &Token, reply: Reply) -> Result<Bytes, GcpError> {
        let status = reply.status;
        if (200..300).contains(&status) {
            // A captive portal also answers 200.
            if reply.body.trim_ascii_start().first() == Some(&b'{') {
                return Ok(reply.body);
            }
            return Err(GcpError::malformed(format!(
                "{operation}: the reply is not a JSON object; a proxy or a captive portal may have sent it"
            )));
        }
        let body = token.removed_from(&reply.body);
        let refused = |refusal: Refusal| GcpError::Refused {
            operation: operation.to_owned(),
            api: api.host(),
            project: self.inner.project.clone(),
            refusal: Box::new(refusal),
        };
        if let Some(refusal) = Refusal::read(status, reply.retry_after, body.as_bytes()) {
            return Err(refused(refusal));
        }
        Err(match status {
            401 | 429 => refused(Refusal { status, retry_after: reply.retry_after, ..Refusal::default() }),
            500.. => GcpError::unreachable(format!("{operation}: HTTP {status}")),
            _ => GcpError::malformed(format!("{operation}: HTTP {status} with a body that is not Google's")),
        })
    }
}

/// Remedy for a failed attempt.
#[derive(Debug)]
enum Remedy {
    /// Fetch another token.
    Renew,
    /// Wait for the next minute's quota.
    Wait,
    /// Send the same request again.
    Repeat { after: Option<std::time::Duration> },
    /// No remedy.
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
            GcpError::Failed(ProviderError::TimedOut { .. } | ProviderError::Unavailable { .. }) => {
                Self::Repeat { after: None }
            }
            GcpError::Failed(_) => Self::None,
        }
    }
}

/// Google's name of the request, such as `compute.instances.stop`. Most permissions have the name of
/// their request.
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

/// Joins the segments of a path, percent-encoded: `segments(["projects", id, "zones"])`. A segment
/// that would change the path's shape is replaced by a name that no resource has.
fn segments<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    // A URL drops tabs and line breaks, which could hide a `..`.
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
