//! The server under the loopback clouds: HTTP/1.1 on 127.0.0.1, on its own thread.
//!
//! It reads requests, waits as long as the cloud would take, counts what it serves, and breaks
//! connections on purpose. It compresses nothing: an answer brings its compressed body.
//! Deliberately not here: the answers, which a [`Cloud`] decides, and TLS, whose cost is a number
//! of round trips before a connection's first answer.

mod meter;
mod reply;
mod request;
mod serve;

use std::{
    fmt::Debug,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use tokio::{net::TcpListener, time::Instant};
use tokio_util::sync::CancellationToken;

pub(crate) use meter::Meter;
pub use meter::Served;
pub(crate) use reply::{Reply, compressed};
pub(crate) use request::{Params, Request};

/// A cloud that answers requests and counts them.
pub(crate) trait Cloud: Debug + Send + 'static {
    /// Returns the answer to a request; counts the request unless it is a control request.
    fn decide(&mut self, request: &Request, now: Instant) -> Verdict;

    /// Returns the counts of what was served.
    fn meter(&mut self) -> &mut Meter;
}

/// The handling of one request.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) reply: Reply,
    pub(crate) breaks: Option<Break>,
    /// The duration of the answer, without the handshake.
    pub(crate) takes: Duration,
    /// The additional duration of a connection's first request.
    pub(crate) handshake: Duration,
    /// True for control requests, which are neither delayed nor counted.
    pub(crate) control: bool,
    /// The region or zone of a listing.
    pub(crate) lists: Option<String>,
}

impl Verdict {
    /// Returns the verdict for a control request.
    pub(crate) fn control(reply: Reply) -> Self {
        let no_time = Duration::ZERO;
        Self { reply, breaks: None, takes: no_time, handshake: no_time, control: true, lists: None }
    }
}

/// A fault of an answer in transit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The answer never comes.
    Hung,
    /// The connection closes without an answer.
    Closed,
    /// The connection closes after this many bytes of the body, whose full length was announced.
    Cut { at: usize },
    /// The body ends after this many bytes, and the announced length agrees.
    Short { at: usize },
    /// The body arrives this many bytes at a time, with a wait before each piece.
    Drip { bytes: usize, every: Duration },
}

/// A cloud shared by its server and its owner.
pub(crate) type Shared<C> = Arc<Mutex<C>>;

/// Locks the cloud, even after a panic of another holder.
pub(crate) fn locked<C>(cloud: &Shared<C>) -> MutexGuard<'_, C> {
    cloud.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server. When dropped, it closes its port and all connections.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on `port` (0 picks a free one) of 127.0.0.1, with a thread of this name.
    pub(crate) fn start<C: Cloud>(name: &str, port: u16, cloud: &Shared<C>) -> io::Result<Self> {
        // Bound outside the runtime, so that a test inside a runtime can start a server.
        let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let stop = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let serving = serve::serve(listener, Arc::clone(cloud), stop.clone());
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(serving))?;
        Ok(Self { port, stop, thread: Some(thread) })
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL, without a slash at the end.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // The server's panic has been printed, and a drop cannot pass it on.
            let _ = thread.join();
        }
    }
}
