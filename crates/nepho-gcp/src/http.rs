//! The HTTP client: one request and its complete reply.
//!
//! It accepts gzip, unpacks at most a fixed number of bytes, counts requests and bytes, and follows
//! no redirect. Deliberately not here: repeats, tokens, and the meaning of a reply.

use std::{
    fmt,
    io::Read,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use nepho_core::provider::Traffic;
use reqwest::{Request, Response, header, redirect};
use tokio::time::{Instant, timeout_at};

use crate::{ConnectError, error_text::root, timeouts::Timeouts};

/// The most bytes of one reply, compressed or not. A page of 500 instances is about 4 MB.
const LARGEST_REPLY: usize = 64 << 20;

/// The time limit for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The time that an idle connection is kept: longer than the pause between two polls.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// The longest `Retry-After` that is obeyed, in seconds.
const LONGEST_RETRY_AFTER: u64 = 3600;

/// Google compresses replies only for clients whose user agent contains `gzip`
/// (<https://cloud.google.com/compute/docs/api/how-tos/performance>).
const USER_AGENT: &str = concat!("Nephoscope/", env!("CARGO_PKG_VERSION"), " (gzip)");

/// A reply.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header, in seconds as Google sends it.
    pub retry_after: Option<Duration>,
    /// The body, unpacked.
    pub body: Bytes,
}

/// Error of a request without a usable reply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// No reply in time.
    TimedOut,
    /// No connection, or a connection that broke.
    Unreachable(String),
    /// A reply of more than [`LARGEST_REPLY`] bytes, or with damaged compression.
    Unreadable(&'static str),
}

/// Counters of requests and received bytes.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    requests: AtomicU64,
    bytes_in: AtomicU64,
}

impl Counts {
    /// The requests and bytes so far.
    pub fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests.load(Ordering::Relaxed), bytes_in: self.bytes_in.load(Ordering::Relaxed) }
    }
}

/// HTTP client of an identity, with its connections.
pub(crate) struct HttpTransport {
    client: reqwest::Client,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// A client without connections yet. It uses no proxy of the environment, because the operator
    /// approved none.
    pub fn new() -> Result<Self, ConnectError> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| ConnectError::TlsUnavailable { reason: root(&error) })?;
        Ok(Self { client })
    }

    /// The builder of a request for [`Self::send`].
    pub fn request(&self, method: reqwest::Method, url: url::Url) -> reqwest::RequestBuilder {
        self.client.request(method, url).header(header::ACCEPT_ENCODING, "gzip")
    }

    /// Sends the request and reads the reply to its end, until `deadline` at most.
    pub async fn send(
        &self,
        request: Request,
        counts: &Counts,
        limits: Timeouts,
        deadline: Instant,
    ) -> Result<Reply, SendError> {
        counts.requests.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let status_by = deadline.min(now + limits.read);
        let complete_by = deadline.min(now + limits.attempt);
        let response = timeout_at(status_by, self.client.execute(request)).await.map_err(|_| SendError::TimedOut)?;
        let response = response.map_err(|error| send_error(&error))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let body = timeout_at(complete_by, read(response, counts)).await.map_err(|_| SendError::TimedOut)??;
        Ok(Reply { status, retry_after, body })
    }
}

fn send_error(error: &reqwest::Error) -> SendError {
    if error.is_timeout() {
        SendError::TimedOut
    } else {
        SendError::Unreachable(format!("no connection: {}", root(error)))
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER)))
}

/// Reads the body to its end and unpacks it.
async fn read(mut response: Response, counts: &Counts) -> Result<Bytes, SendError> {
    let promised = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let packed = response
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"gzip"));
    let mut received = BytesMut::with_capacity(promised.min(LARGEST_REPLY));
    while let Some(chunk) = response.chunk().await.map_err(|error| send_error(&error))? {
        counts.bytes_in.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if received.len() + chunk.len() > LARGEST_REPLY {
            return Err(SendError::Unreadable("the reply is larger than 64 MB"));
        }
        received.extend_from_slice(&chunk);
    }
    if packed { unpack(&received) } else { Ok(received.freeze()) }
}

/// Unpacks gzip to at most [`LARGEST_REPLY`] bytes.
fn unpack(packed: &[u8]) -> Result<Bytes, SendError> {
    // The last four bytes of a gzip stream hold its unpacked length: a hint that may be false.
    let hint = packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    let mut unpacked = Vec::with_capacity(hint.min(packed.len().saturating_mul(40)).min(LARGEST_REPLY));
    MultiGzDecoder::new(packed)
        .take(LARGEST_REPLY as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| SendError::Unreadable("the reply's gzip data are damaged"))?;
    if unpacked.len() > LARGEST_REPLY {
        return Err(SendError::Unreadable("the reply is larger than 64 MB"));
    }
    Ok(Bytes::from(unpacked))
}
