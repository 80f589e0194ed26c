//! A minimal client: one request on one connection.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::Value;

use crate::gcp::GcpDouble;

/// A response.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends a request with these headers. `None` if the connection ends before the full head.
pub(super) fn raw(
    double: &GcpDouble,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", double.port())).expect("connected");
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: l\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .expect("sent");
    let mut bytes = Vec::new();
    // Some tests expect an end in the middle.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head, body: bytes[end + 4..].to_vec() })
}

/// Sends a request with the double's own token.
pub(super) fn ask(double: &GcpDouble, method: &str, target: &str, body: &str) -> Answer {
    let token = format!("Bearer {}", double.token());
    raw(double, method, target, &[("Authorization", &token)], body).expect("an answer")
}

/// Sends a GET, which must return JSON.
pub(super) fn get(double: &GcpDouble, target: &str) -> Value {
    let answer = ask(double, "GET", target, "");
    assert_eq!(answer.status, 200, "{target}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// Sends a POST, which must be accepted.
pub(super) fn post(double: &GcpDouble, target: &str) -> Value {
    let answer = ask(double, "POST", target, "");
    assert_eq!(answer.status, 200, "{target}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}
