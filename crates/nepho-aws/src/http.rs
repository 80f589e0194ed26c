//! The HTTP client: all SDK clients of an account share it.
//!
//! It requests gzip (EC2 compresses its pages about twentyfold, and no SDK requests it), unpacks at
//! most a fixed number of bytes, counts requests and bytes, and blocks every host that is not an
//! endpoint of the account. It also passes the bytes of a reply to a caller that parses them.
//! Deliberately not here: retries, signing and error replies, which are the SDK's.

use std::{
    fmt,
    io::Read,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream, config_bag::ConfigBag};
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use nepho_core::provider::Traffic;

use crate::{
    admission::Admission,
    endpoint::HostPolicy,
    error::{BlockedHost, BodyError},
};

/// The most bytes of one reply, compressed or not. EC2's largest page, 1,000 instances, is about
/// 5 MB.
const LARGEST_REPLY: usize = 64 << 20;

/// The time that an idle connection is kept: longer than the pause between two polls.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// Counters of requests and received bytes.
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    bytes_in: AtomicU64,
}

/// HTTP client. Clones share connections and counters.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    inner: SharedHttpClient,
    counts: Arc<Counts>,
    policy: HostPolicy,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// A client that sends requests only to the hosts of `policy`.
    pub fn new(policy: HostPolicy) -> Self {
        let inner = aws_smithy_http_client::Builder::new()
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
            .build_https();
        Self { inner, counts: Arc::default(), policy }
    }

    /// The requests and bytes so far.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.counts.requests.load(Ordering::Relaxed),
            bytes_in: self.counts.bytes_in.load(Ordering::Relaxed),
        }
    }
}

impl HttpClient for HttpTransport {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(CountingConnector {
            inner: self.inner.http_connector(settings, components),
            counts: Arc::clone(&self.counts),
            policy: self.policy.clone(),
        })
    }
}

#[derive(Debug)]
struct CountingConnector {
    inner: SharedHttpConnector,
    counts: Arc<Counts>,
    policy: HostPolicy,
}

impl HttpConnector for CountingConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Err(host) = self.policy.check(request.uri()) {
            return HttpConnectorFuture::ready(Err(ConnectorError::user(Box::new(BlockedHost { host }))));
        }
        // The signature does not cover this header, so it may be set after signing.
        request.headers_mut().insert("accept-encoding", "gzip");
        let capture = request.extension::<Capture>().cloned();
        let admission = request.extension::<Admission>().cloned();
        let counts = Arc::clone(&self.counts);
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            // Held for this attempt only: also an attempt that the SDK cancels drops it.
            let _permit = match &admission {
                Some(admission) => Some(admission.permit().await),
                None => None,
            };
            let call = inner.call(request);
            counts.requests.fetch_add(1, Ordering::Relaxed);
            let mut reply = call.await?;
            let bytes = read(&mut reply, &counts).await?;
            *reply.body_mut() = match capture {
                Some(capture) if reply.status().is_success() => SdkBody::from(capture.keep(bytes)),
                _ => SdkBody::from(bytes),
            };
            Ok(reply)
        })
    }
}

/// Reads the body to its end and unpacks it.
async fn read(reply: &mut HttpResponse, counts: &Counts) -> Result<Bytes, ConnectorError> {
    let mut body = ByteStream::new(reply.take_body());
    let mut received = BytesMut::with_capacity(expected_length(reply));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| ConnectorError::io(error.into()))?;
        counts.bytes_in.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if received.len() + chunk.len() > LARGEST_REPLY {
            return Err(ConnectorError::other(Box::new(BodyError::TooLarge), None));
        }
        received.extend_from_slice(&chunk);
    }
    let received = received.freeze();
    if !reply.headers().get("content-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("gzip")) {
        return Ok(received);
    }
    reply.headers_mut().remove("content-encoding");
    reply.headers_mut().remove("content-length");
    unpack(&received).map_err(|error| ConnectorError::other(Box::new(error), None))
}

fn expected_length(reply: &HttpResponse) -> usize {
    let length = reply.headers().get("content-length").and_then(|text| text.parse().ok());
    length.unwrap_or(0).min(LARGEST_REPLY)
}

/// Unpacks gzip to at most [`LARGEST_REPLY`] bytes.
fn unpack(packed: &[u8]) -> Result<Bytes, BodyError> {
    // The last four bytes of a gzip stream hold its unpacked length: a hint that may be false.
    let hint = packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    let mut unpacked = Vec::with_capacity(hint.min(packed.len().saturating_mul(40)).min(LARGEST_REPLY));
    MultiGzDecoder::new(packed)
        .take(LARGEST_REPLY as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| BodyError::Damaged)?;
    if unpacked.len() > LARGEST_REPLY { Err(BodyError::TooLarge) } else { Ok(Bytes::from(unpacked)) }
}

/// Interceptor that keeps the bytes of a successful reply, and gives `stub` to the SDK instead. The
/// SDK still signs, retries and reads error replies, but does not parse megabytes that the caller
/// parses anyway.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    stub: &'static str,
    kept: Arc<Mutex<Option<Bytes>>>,
}

impl Capture {
    /// A capture of one reply.
    pub fn new(stub: &'static str) -> Self {
        Self { stub, kept: Arc::default() }
    }

    /// Takes the bytes after a successful call.
    pub fn take(&self) -> Bytes {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    fn keep(&self, bytes: Bytes) -> &'static str {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
        self.stub
    }
}

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "Capture"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // On the request, not in a task-local: the SDK may send other requests to resolve credentials.
        context.request_mut().add_extension(self.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use nepho_core::{
        Region,
        network::{AllowedHost, HostPurpose},
    };

    use super::*;
    use crate::rate_limit::{Purpose, RateLimiter};

    /// A cloud that does not answer.
    #[derive(Debug)]
    struct Silent;

    impl HttpConnector for Silent {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::new(std::future::pending())
        }
    }

    fn silent() -> CountingConnector {
        let endpoint = url::Url::parse("http://127.0.0.1:9").expect("a URL");
        let allowed = vec![AllowedHost::at(&endpoint, HostPurpose::Endpoint)];
        let policy = HostPolicy::new(Some(&endpoint), allowed).expect("a policy");
        CountingConnector { inner: SharedHttpConnector::new(Silent), counts: Arc::default(), policy }
    }

    fn attempt(connector: &CountingConnector, admission: &Admission) -> HttpConnectorFuture {
        let mut request = HttpRequest::get("http://127.0.0.1:9/").expect("a request");
        request.add_extension(admission.clone());
        connector.call(request)
    }

    // Invariant 18
    #[tokio::test]
    async fn permit_is_held_for_an_attempt_and_not_between_two() {
        let region = Region::new("eu-west-1");
        for purpose in [Purpose::Sweep, Purpose::Read] {
            let (connector, limiter) = (silent(), Arc::new(RateLimiter::new()));
            let mut calls = Vec::new();
            while let Some(call) = Admission::wait(&limiter, &region, purpose).now_or_never() {
                calls.push(call);
            }
            assert_eq!(calls.len(), 6, "the permits of one region");
            for number in 1..=3 {
                let mut attempts: Vec<_> = calls.iter().map(|call| attempt(&connector, call)).collect();
                for attempt in &mut attempts {
                    assert!(futures::poll!(attempt).is_pending(), "sent, and not answered");
                }
                let other = || limiter.permit(&region, purpose).now_or_never();
                assert!(other().is_none(), "attempt {number} holds its permit");
                drop(attempts); // each has timed out, and its call waits before the next attempt
                assert!(other().is_some(), "no call holds a permit after attempt {number}");
            }
            assert_eq!(connector.counts.requests.load(Ordering::Relaxed), 18);
        }
    }
}
