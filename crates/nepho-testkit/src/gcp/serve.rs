//! The connections: axum on a loopback port, on top of connections that the double can cut.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State, connect_info::Connected},
    http::{Request as HttpRequest, Response, StatusCode, header},
    serve::{IncomingStream, Listener},
};
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::Instant,
};

use super::{
    api::Verdict,
    discovery::Documents,
    fault::Fault,
    request::{Reply, Request},
    world::World,
};
use crate::loopback::compressed;

/// The largest body of a request, in bytes.
const MOST: usize = 4 << 20;

pub(crate) type Shared = Arc<Mutex<World>>;

pub(crate) fn locked(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The shared state of all requests.
#[derive(Clone)]
struct Served {
    world: Shared,
    documents: &'static Documents,
}

/// Serves until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, world: Shared, documents: &'static Documents) -> io::Result<()> {
    let lines = Lines { listener, world: Arc::clone(&world) };
    let app = Router::new().fallback(handle).with_state(Served { world, documents });
    axum::serve(lines, app.into_make_service_with_connect_info::<Cut>()).await
}

async fn handle(
    State(served): State<Served>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST).await else { return cut.now() };
    let mut asked = Request::to(head.method.as_str(), head.uri.path_and_query().map_or("/", |target| target.as_str()));
    asked.headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    asked.body = body;
    let began = Instant::now();
    let (verdict, wait, gzip) = {
        let mut world = locked(&served.world);
        let first = !cut.used.swap(true, Ordering::Relaxed);
        let verdict = super::dispatch::dispatch(&mut world, served.documents, &asked);
        let setup = &world.setup;
        let handshake = setup.latency * setup.handshake_rtts * u32::from(first);
        let rows = u32::try_from(verdict.reply.rows).unwrap_or(0);
        let late = if let Some(Fault::Slow { by }) = verdict.fault { by } else { std::time::Duration::ZERO };
        (verdict, setup.latency + handshake + setup.per_instance * rows + late, setup.gzip)
    };
    tokio::time::sleep_until(began + wait).await;
    send(&served.world, verdict, &asked, gzip, &cut).await
}

async fn send(world: &Shared, verdict: Verdict, asked: &Request, gzip: bool, cut: &Cut) -> Response<Body> {
    let Verdict { mut reply, fault, mut exchange } = verdict;
    let silent = matches!(fault, Some(Fault::Hung | Fault::Closed));
    let mut breaks = false;
    match &fault {
        Some(Fault::Cut { at }) => {
            reply.body.truncate(*at);
            breaks = true;
        }
        Some(Fault::Truncated { at }) => reply.body.truncate(*at),
        Some(Fault::Html) => {
            reply = Reply::of(200, "text/html", "<!doctype html><title>Sign in</title><h1>Sign in</h1>");
        }
        Some(Fault::WrongType) => "text/plain".clone_into(&mut reply.content_type),
        Some(Fault::Body { bytes }) => reply.body = Bytes::copy_from_slice(bytes),
        Some(Fault::GzipBomb { megabytes }) => {
            reply.gzip = Some(super::pack::bomb(*megabytes));
        }
        Some(Fault::Deep { levels }) => {
            reply.body = Bytes::from(
                ["{\"items\":".to_owned(), "[".repeat(*levels), "]".repeat(*levels), "}".to_owned()].concat(),
            );
        }
        _ => {}
    }
    let bomb = matches!(fault, Some(Fault::GzipBomb { .. }));
    let packed = bomb || gzip && asked.accepts_gzip() && !breaks;
    let body = match (packed, reply.gzip.take()) {
        (true, Some(ready)) => ready,
        (true, None) => compressed(&reply.body),
        (false, _) => reply.body,
    };
    if !exchange.verb.is_empty() {
        let mut world = locked(world);
        exchange.status = if silent { 0 } else { reply.status };
        world.served.requests += 1;
        if !silent {
            world.served.bytes += body.len() as u64;
            world.served.rows += reply.rows as u64;
        }
        world.exchanges.push(exchange);
    }
    match fault {
        // Until the client gives up, or the double stops.
        Some(Fault::Hung) => std::future::pending().await,
        Some(Fault::Closed) => return cut.now(),
        _ => {}
    }
    let length = body.len();
    let body = if breaks {
        let broken = async {
            // Lets the bytes before it leave.
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        };
        let begins = futures::stream::once(async { Ok(body) });
        Body::from_stream(begins.chain(futures::stream::once(broken)))
    } else {
        Body::from(body)
    };
    let mut response = Response::builder()
        .status(StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, reply.content_type)
        .header(header::CONTENT_LENGTH, if breaks { length + 1 } else { length });
    if packed {
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(body).unwrap_or_default()
}

/// A handle that cuts a connection, and true once a request has come over it.
#[derive(Clone, Debug)]
struct Cut {
    cut: Arc<AtomicBool>,
    used: Arc<AtomicBool>,
}

impl Cut {
    /// Cuts the connection: the returned answer does not leave.
    fn now(&self) -> Response<Body> {
        self.cut.store(true, Ordering::Relaxed);
        Response::new(Body::empty())
    }
}

impl Connected<IncomingStream<'_, Lines>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().cut.clone()
    }
}

/// The port, whose connections the double can cut.
#[derive(Debug)]
struct Lines {
    listener: TcpListener,
    world: Shared,
}

impl Listener for Lines {
    type Io = Line;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Line, Self::Addr) {
        loop {
            // An error of accept concerns one connection that is already gone.
            if let Ok((stream, address)) = self.listener.accept().await {
                // Small answers must not wait for more.
                let _ = stream.set_nodelay(true);
                locked(&self.world).served.connections += 1;
                let cut = Cut { cut: Arc::default(), used: Arc::default() };
                return (Line { stream, cut }, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

#[derive(Debug)]
struct Line {
    stream: TcpStream,
    cut: Cut,
}

impl Line {
    fn whole(&self) -> io::Result<()> {
        if self.cut.cut.load(Ordering::Relaxed) { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_read(context, to)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_write(context, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
