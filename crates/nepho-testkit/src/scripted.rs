//! A loopback cloud that a test scripts request by request, and the listing of a provider by scope.
//!
//! The cloud records each request before it answers. Deliberately not here: the answers of a healthy
//! cloud, which each provider's tests add, and clouds with a memory, which are the doubles.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    io::{self, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{self, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt as _, stream};
use nepho_core::{
    Provider, ProviderError, Scope,
    provider::{ListedResource, SweepItem},
};
use url::{Url, form_urlencoded};

use crate::instance::scope;

/// The largest request body that is read, in bytes.
const LONGEST_BODY: usize = 1 << 20;
/// The wait before each byte of [`Answer::Drip`].
const DRIP: Duration = Duration::from_millis(100);

/// A request, as the cloud received it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path and the query, as they were sent.
    pub target: String,
    /// The path.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: HashMap<String, String>,
    /// The headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The header `name`, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// An answer of the cloud.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status, headers and a body.
    Body(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Half of the announced body; then the connection breaks.
    CutOff(Vec<u8>),
    /// A status line, then one byte at a time without an end.
    Drip,
    /// No answer, ever.
    Hang,
}

impl Answer {
    /// A status and a text.
    pub fn text(status: u16, body: &str) -> Self {
        Self::Body(status, Vec::new(), body.as_bytes().to_vec())
    }

    /// A successful body that is declared as gzip, whether or not it is.
    pub fn gzip(body: Vec<u8>) -> Self {
        Self::Body(200, vec![("content-encoding", "gzip".to_owned())], body)
    }

    /// Adds a header to a [`Answer::Body`].
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Body(_, headers, _) = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    async fn response(self) -> Response {
        let (status, headers, body) = match self {
            Self::Body(status, headers, body) => (status, headers, Body::from(body)),
            Self::CutOff(body) => {
                let half = Bytes::copy_from_slice(&body[..body.len() / 2]);
                let chunks = stream::iter([Ok(half), Err(io::Error::other("cut off"))]);
                (200, vec![("content-length", body.len().to_string())], Body::from_stream(chunks))
            }
            Self::Drip => {
                let drop = async |()| {
                    tokio::time::sleep(DRIP).await;
                    Some((Ok::<_, io::Error>(Bytes::from_static(b" ")), ()))
                };
                (200, Vec::new(), Body::from_stream(stream::unfold((), drop)))
            }
            Self::Hang => std::future::pending().await,
        };
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        response.body(body).unwrap_or_else(|error| failure(&error.to_string()))
    }
}

/// The reply when the script, or the request, is not well-formed HTTP. No test expects its status.
fn failure(why: &str) -> Response {
    (StatusCode::IM_A_TEAPOT, why.to_owned()).into_response()
}

/// Compresses bytes with gzip.
pub fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

type Script<R> = dyn Fn(&R, usize) -> Answer + Send + Sync;

struct Shared<R> {
    script: Box<Script<R>>,
    asked: Mutex<Vec<R>>,
}

impl<R> Shared<R> {
    fn asked(&self) -> MutexGuard<'_, Vec<R>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cloud. `R` is a request as the tests read it. The server ends with its test's runtime.
pub struct Cloud<R = Request> {
    /// The port on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared<R>>,
}

impl<R> fmt::Debug for Cloud<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cloud").field("port", &self.port).finish_non_exhaustive()
    }
}

impl<R: From<Request> + Clone + Send + 'static> Cloud<R> {
    /// Starts a cloud that answers as `script` says. The script receives the request and the number
    /// of requests before it.
    pub async fn start(script: impl Fn(&R, usize) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared { script: Box::new(script), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().fallback(answer::<R>).with_state(Arc::clone(&shared));
        #[expect(clippy::disallowed_methods, reason = "the cloud is not part of the program")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { port, shared })
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<R> {
        self.shared.asked().clone()
    }

    /// The URL of the cloud, with a slash at its end.
    ///
    /// # Panics
    ///
    /// Never: the text is a URL.
    pub fn endpoint(&self) -> Url {
        #[expect(clippy::expect_used, reason = "a constant with a number in it")]
        format!("http://127.0.0.1:{}", self.port).parse().expect("a URL")
    }
}

async fn answer<R: From<Request> + Clone + Send + 'static>(
    State(shared): State<Arc<Shared<R>>>,
    request: extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = match axum::body::to_bytes(body, LONGEST_BODY).await {
        Ok(body) => body.to_vec(),
        Err(error) => return failure(&error.to_string()),
    };
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    let asked = R::from(Request {
        target: head.uri.to_string(),
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        headers: head.headers.iter().map(header).collect(),
        body,
    });
    let before = {
        let mut all = shared.asked();
        all.push(asked.clone());
        all.len() - 1
    };
    let answer = (shared.script)(&asked, before);
    answer.response().await
}

/// The rows and the end of one scope's listing.
#[derive(Debug, Default)]
pub struct Swept {
    /// The rows, in the order of their pages.
    pub rows: Vec<ListedResource>,
    /// The ends; [`sweep`] checks that there is one.
    pub ends: Vec<Result<(), ProviderError>>,
}

impl Swept {
    /// The names of the rows.
    pub fn names(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.resource.name.as_str()).collect()
    }

    /// The end.
    pub fn end(&self) -> &Result<(), ProviderError> {
        &self.ends[0]
    }
}

/// Lists the instances of these regions or zones to the end.
///
/// # Panics
///
/// If one of the scopes does not end exactly once, or goes on after its end.
pub async fn sweep(provider: &dyn Provider, locations: &[&str]) -> BTreeMap<String, Swept> {
    let scopes: Vec<Scope> = locations.iter().map(|location| scope(location)).collect();
    let mut swept: BTreeMap<String, Swept> = BTreeMap::new();
    let mut items = provider.list(&scopes);
    while let Some(item) = items.next().await {
        let (scope, rows, end) = match item {
            SweepItem::Page { scope, resources } => (scope, resources, None),
            SweepItem::Complete { scope } => (scope, Vec::new(), Some(Ok(()))),
            SweepItem::Failed { scope, error } => (scope, Vec::new(), Some(Err(error))),
        };
        let one = swept.entry(scope.location.to_string()).or_default();
        assert!(one.ends.is_empty(), "{scope:?} goes on after its end");
        one.rows.extend(rows);
        one.ends.extend(end);
    }
    assert_eq!(swept.len(), locations.len(), "each scope ends: {swept:?}");
    assert!(swept.values().all(|one| one.ends.len() == 1), "each scope ends once: {swept:?}");
    swept
}

#[cfg(test)]
mod tests {
    use nepho_core::ProviderError;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::{FakeProvider, fake::ListStep, instance::instance};

    #[tokio::test]
    async fn cloud_records_each_request_and_answers_as_scripted() {
        let cloud: Cloud = Cloud::start(|request: &Request, before| {
            Answer::text(200 + u16::try_from(before).expect("few"), &request.path).header("x-lab", "yes")
        })
        .await
        .expect("a port");
        for status in ["200", "201"] {
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", cloud.port)).await.expect("a connection");
            let request =
                "POST /a?b=c%20d HTTP/1.1\r\nhost: x\r\nX-Key: k\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody";
            stream.write_all(request.as_bytes()).await.expect("sent");
            let mut reply = String::new();
            stream.read_to_string(&mut reply).await.expect("a reply");
            assert!(reply.starts_with(&format!("HTTP/1.1 {status}")) && reply.ends_with("/a"), "{reply}");
            assert!(reply.contains("x-lab: yes"), "{reply}");
        }
        let asked = cloud.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!((asked[1].target.as_str(), asked[1].query["b"].as_str()), ("/a?b=c%20d", "c d"));
        assert_eq!((asked[1].header("x-key"), asked[1].body.as_slice()), ("k", &b"body"[..]));
    }

    async fn swept(steps: Vec<ListStep>) -> BTreeMap<String, Swept> {
        let fake = FakeProvider::default();
        fake.add(instance("i-1"));
        fake.add_scope("us-east-1");
        fake.script_listing("us-east-1", steps);
        sweep(&fake, &["eu-west-1", "us-east-1"]).await
    }

    #[tokio::test]
    async fn sweep_keeps_the_rows_and_the_end_of_each_scope() {
        let error = ProviderError::Throttled { retry_after: None };
        let swept = swept(vec![ListStep::Fail(error.clone())]).await;
        assert_eq!((swept["eu-west-1"].rows.len(), swept["eu-west-1"].end()), (1, &Ok(())));
        assert_eq!((swept["us-east-1"].rows.len(), swept["us-east-1"].end()), (0, &Err(error)));
    }

    #[tokio::test]
    #[should_panic(expected = "each scope ends once")]
    async fn sweep_refuses_a_scope_without_an_end() {
        swept(vec![ListStep::Page(Vec::new())]).await;
    }

    #[tokio::test]
    #[should_panic(expected = "goes on after its end")]
    async fn sweep_refuses_an_item_after_the_end() {
        swept(vec![ListStep::Complete, ListStep::Page(Vec::new())]).await;
    }
}
