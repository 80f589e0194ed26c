//! Several requests in one: `multipart/mixed`, each part a full HTTP request, as `gcloud` sends
//! them (<https://cloud.google.com/compute/docs/api/how-tos/batch>). The double holds each part
//! against the documents like a single request.

use std::fmt::Write as _;

use super::{
    api,
    discovery::Documents,
    request::{Reply, Request},
    world::World,
};

/// The most requests that Google accepts in one batch.
const MOST: usize = 1000;
const BOUNDARY: &str = "batch_nephoscope";

/// Returns true for a batch for Compute Engine.
pub(crate) fn is_batch(request: &Request) -> bool {
    request.method == "POST" && request.path == "/batch/compute/v1"
}

/// Answers each part in order.
pub(crate) fn answer(world: &mut World, documents: &'static Documents, request: &Request) -> Reply {
    let Some(all) = parts(request).filter(|all| !all.is_empty() && all.len() <= MOST) else {
        world.violations.push("a batch that is none".to_owned());
        return Reply::of(400, "text/plain", "The batch is malformed.");
    };
    let mut body = String::new();
    for (id, inner) in all {
        let mut verdict = api::answer(world, documents, &inner);
        verdict.exchange.status = verdict.reply.status;
        world.exchanges.push(verdict.exchange);
        let id = id.trim_start_matches('<').trim_end_matches('>');
        let text = String::from_utf8_lossy(&verdict.reply.body);
        let (status, length) = (verdict.reply.status, text.len());
        let phrase = if status == 200 { "OK" } else { "Refused" };
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            "--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <response-{id}>\r\n\r\nHTTP/1.1 {status} \
             {phrase}\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {length}\r\n\r\n{text}\r\n"
        );
    }
    let _ = write!(body, "--{BOUNDARY}--\r\n");
    Reply::of(200, &format!("multipart/mixed; boundary={BOUNDARY}"), body)
}

/// Returns the requests and their ids.
fn parts(request: &Request) -> Option<Vec<(String, Request)>> {
    let boundary = request.header("content-type").split_once("boundary=")?.1.split(';').next()?.trim_matches('"');
    let text = String::from_utf8_lossy(&request.body).replace("\r\n", "\n");
    let delimiter = format!("--{boundary}");
    let (inside, _) = text.split_once(&format!("{delimiter}--"))?;
    inside.split(&delimiter).skip(1).map(|part| one(part.trim_start_matches('\n'), request)).collect()
}

fn one(part: &str, outer: &Request) -> Option<(String, Request)> {
    let (head, message) = part.split_once("\n\n")?;
    let id = headers(head).into_iter().find(|(name, _)| name == "content-id")?.1;
    let (head, body) = message.split_once("\n\n").unwrap_or((message.trim_end_matches('\n'), ""));
    let (line, rest) = head.split_once('\n').unwrap_or((head, ""));
    let mut words = line.split(' ');
    let mut inner = Request::to(words.next()?, words.next()?);
    inner.headers = headers(rest);
    for name in ["authorization", "user-agent", "x-goog-user-project"] {
        if inner.header(name).is_empty() && !outer.header(name).is_empty() {
            inner.headers.push((name.to_owned(), outer.header(name).to_owned()));
        }
    }
    inner.body = body.trim().to_owned().into();
    Some((id, inner))
}

fn headers(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect()
}
