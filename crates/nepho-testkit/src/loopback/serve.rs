//! The connections: HTTP/1.1 by hand, because some answers have to be broken on purpose.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    fault::Fault,
    request::Request,
    world::{Verdict, World},
};

pub(crate) type Shared = Arc<Mutex<World>>;

pub(crate) fn locked(world: &Shared) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until `stop`.
pub(crate) async fn serve(listener: TcpListener, world: Shared, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        // An error of accept concerns one connection that is gone already.
        let Ok((stream, _)) = stream else { continue };
        locked(&world).served.connections += 1;
        let (world, stop) = (Arc::clone(&world), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = connection(stream, &world) => {}
            }
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, world: &Shared) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let mut first = true;
    while let Some(request) = Request::read(&mut stream).await {
        let began = Instant::now();
        let (verdict, handshake) = {
            let mut world = locked(world);
            let verdict = world.decide(&request, began);
            if !verdict.control {
                world.in_flight += 1;
                world.served.most_in_flight = world.served.most_in_flight.max(world.in_flight);
            }
            let handshake = world.setup.latency * world.setup.handshake_rtts * u32::from(first);
            if let Some(region) = &verdict.lists {
                *world.listing.entry(region.clone()).or_default() += verdict.takes + handshake;
            }
            (verdict, handshake)
        };
        first &= verdict.control;
        let under_way = (!verdict.control).then(|| UnderWay(world));
        if !verdict.control {
            tokio::time::sleep_until(began + verdict.takes + handshake).await;
        }
        let goes_on = answer(stream.get_mut(), &request, verdict, world).await;
        drop(under_way);
        if !goes_on {
            break;
        }
    }
}

/// Counts a request as under way until dropped, also when its connection is cut meanwhile.
struct UnderWay<'a>(&'a Shared);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        locked(self.0).in_flight -= 1;
    }
}

/// Sends the answer; whether the connection goes on.
async fn answer(stream: &mut TcpStream, request: &Request, verdict: Verdict, world: &Shared) -> bool {
    let Verdict { reply, fault, control, .. } = verdict;
    let (mut body, packed) = match reply.gzip {
        Some(gzip) if request.accepts_gzip() => (gzip, true),
        _ => (reply.body, false),
    };
    let mut announced = body.len();
    let mut goes_on = true;
    let mut piece = None;
    match fault {
        Some(Fault::Hung) => {
            // Until the client gives up, or the double stops.
            let mut ignored = [0; 64];
            while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
            return false;
        }
        Some(Fault::Closed) => return false,
        Some(Fault::Cut { at }) => {
            body.truncate(at);
            goes_on = false;
        }
        Some(Fault::Short { at }) => {
            body.truncate(at);
            announced = body.len();
        }
        Some(Fault::Drip { bytes, every }) => piece = Some((bytes.max(1), every)),
        _ => {}
    }
    if !control {
        let mut world = locked(world);
        world.served.bytes += u64::try_from(body.len()).unwrap_or(0);
        world.served.rows += u64::try_from(reply.rows).unwrap_or(0);
    }
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {announced}\r\n{}\r\n",
        reply.status,
        if reply.status == 200 { "OK" } else { "Refused" },
        reply.content_type,
        if packed { "Content-Encoding: gzip\r\n" } else { "" },
    );
    send(stream, head.as_bytes(), &body, piece).await.is_ok() && goes_on
}

async fn send(
    stream: &mut TcpStream,
    head: &[u8],
    body: &Bytes,
    piece: Option<(usize, Duration)>,
) -> std::io::Result<()> {
    stream.write_all(head).await?;
    match piece {
        None => stream.write_all(body).await?,
        Some((bytes, every)) => {
            for part in body.chunks(bytes) {
                tokio::time::sleep(every).await;
                stream.write_all(part).await?;
            }
        }
    }
    stream.flush().await
}
