//! The connections: hand-written HTTP/1.1, because some answers must be broken on purpose.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Break, Cloud, Request, Shared, Verdict, locked};

/// Serves until `stop`.
pub(crate) async fn serve<C: Cloud>(listener: TcpListener, cloud: Shared<C>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        // An error of accept concerns one connection that is already gone.
        let Ok((stream, _)) = stream else { continue };
        locked(&cloud).meter().served.connections += 1;
        let (cloud, stop) = (Arc::clone(&cloud), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = connection(stream, &cloud) => {}
            }
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection<C: Cloud>(stream: TcpStream, cloud: &Shared<C>) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let mut first = true;
    while let Some(request) = Request::read(&mut stream).await {
        let began = Instant::now();
        let (verdict, handshake) = {
            let mut cloud = locked(cloud);
            let verdict = cloud.decide(&request, began);
            let handshake = if first { verdict.handshake } else { Duration::ZERO };
            let meter = cloud.meter();
            if !verdict.control {
                meter.in_flight += 1;
                meter.served.most_in_flight = meter.served.most_in_flight.max(meter.in_flight);
            }
            if let Some(place) = &verdict.lists {
                *meter.listing.entry(place.clone()).or_default() += verdict.takes + handshake;
            }
            (verdict, handshake)
        };
        first &= verdict.control;
        let under_way = (!verdict.control).then(|| UnderWay(cloud));
        if !verdict.control {
            tokio::time::sleep_until(began + verdict.takes + handshake).await;
        }
        let goes_on = answer(stream.get_mut(), &request, verdict, cloud).await;
        drop(under_way);
        if !goes_on {
            break;
        }
    }
}

/// Counts a request as under way until dropped, even if its connection is cut.
struct UnderWay<'a, C: Cloud>(&'a Shared<C>);

impl<C: Cloud> Drop for UnderWay<'_, C> {
    fn drop(&mut self) {
        locked(self.0).meter().in_flight -= 1;
    }
}

/// Sends the answer; returns true if the connection stays open.
async fn answer<C: Cloud>(stream: &mut TcpStream, request: &Request, verdict: Verdict, cloud: &Shared<C>) -> bool {
    let Verdict { reply, breaks, control, .. } = verdict;
    let (mut body, packed) = match reply.gzip {
        Some(gzip) if request.accepts_gzip() => (gzip, true),
        _ => (reply.body, false),
    };
    let mut announced = body.len();
    let mut goes_on = true;
    let mut piece = None;
    match breaks {
        Some(Break::Hung) => {
            // Until the client gives up, or the server stops.
            let mut ignored = [0; 64];
            while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
            return false;
        }
        Some(Break::Closed) => return false,
        Some(Break::Cut { at }) => {
            body.truncate(at);
            goes_on = false;
        }
        Some(Break::Short { at }) => {
            body.truncate(at);
            announced = body.len();
        }
        Some(Break::Drip { bytes, every }) => piece = Some((bytes.max(1), every)),
        None => {}
    }
    if !control {
        let mut cloud = locked(cloud);
        let served = &mut cloud.meter().served;
        served.bytes += u64::try_from(body.len()).unwrap_or(0);
        served.rows += u64::try_from(reply.rows).unwrap_or(0);
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
