//! The server under the loopback clouds: HTTP/1.1 on 127.0.0.1, on a thread of its own.
//!
//! It reads requests, waits for as long as the cloud would take, counts what it served, compresses
//! nothing itself (an answer brings its compressed body along), and breaks connections on purpose.
//! Deliberately not here: what is answered, which is a [`Cloud`]'s matter; and TLS, whose cost is
//! a number of round trips before a connection's first answer.

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

/// What answers requests, and counts them.
pub(crate) trait Cloud: Debug + Send + 'static {
    /// The answer to a request, which is counted as one unless it is a control request.
    fn decide(&mut self, request: &Request, now: Instant) -> Verdict;

    /// What was served so far.
    fn meter(&mut self) -> &mut Meter;
}

/// What to do with a connection.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) reply: Reply,
    pub(crate) breaks: Option<Break>,
    /// How long the cloud takes, the handshake not counted.
    pub(crate) takes: Duration,
    /// How much longer, if this is its connection's first request.
    pub(crate) handshake: Duration,
    /// Whether it is one of the control requests, which are neither delayed nor counted.
    pub(crate) control: bool,
    /// The region or zone that it lists, if it does.
    pub(crate) lists: Option<String>,
}

impl Verdict {
    /// The answer to a control request.
    pub(crate) fn control(reply: Reply) -> Self {
        let no_time = Duration::ZERO;
        Self { reply, breaks: None, takes: no_time, handshake: no_time, control: true, lists: None }
    }
}

/// A way for an answer to go wrong on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// It never comes.
    Hung,
    /// The connection is closed instead.
    Closed,
    /// The connection is closed after so many bytes of the body, whose whole length is announced.
    Cut { at: usize },
    /// The body ends there, and the announced length agrees.
    Short { at: usize },
    /// The body comes so many bytes at a time, with a wait before each piece.
    Drip { bytes: usize, every: Duration },
}

/// A cloud that its server and its owner share.
pub(crate) type Shared<C> = Arc<Mutex<C>>;

/// The cloud, also after a panic of somebody who held it.
pub(crate) fn locked<C>(cloud: &Shared<C>) -> MutexGuard<'_, C> {
    cloud.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server. Dropped, it closes its port and all connections.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one on `port` (0 picks a free one) of 127.0.0.1, with a thread of this name.
    pub(crate) fn start<C: Cloud>(name: &str, port: u16, cloud: &Shared<C>) -> io::Result<Self> {
        // Bound without the runtime, so that a test which runs in one can start a server.
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

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its address, without a slash at the end.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed; there is nobody to pass it on to.
            let _ = thread.join();
        }
    }
}
