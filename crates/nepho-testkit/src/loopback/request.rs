//! One HTTP request, and the parameters of its query or its form.

use std::collections::BTreeMap;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

/// The largest request body in bytes; 1,000 instance ids are 40 KB.
const MAX_BODY: usize = 1 << 20;
const MAX_HEADERS: usize = 100;

/// One HTTP request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// Parameters of a query or a form, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Request {
    /// Reads the next request of a connection; `None` at its end or if it is not HTTP.
    pub(crate) async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Self> {
        let line = line(stream).await?;
        let mut words = line.split(' ');
        let mut request = Self {
            method: words.next()?.to_owned(),
            path: words.next().filter(|path| path.starts_with('/'))?.to_owned(),
            ..Self::default()
        };
        for _ in 0..MAX_HEADERS {
            let header = self::line(stream).await?;
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':')?;
            request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = match request.headers.get("content-length") {
            Some(length) => length.parse::<usize>().ok().filter(|length| *length <= MAX_BODY)?,
            None => 0,
        };
        request.body.resize(length, 0);
        stream.read_exact(&mut request.body).await.ok()?;
        Some(request)
    }

    pub(crate) fn accepts_gzip(&self) -> bool {
        self.header("accept-encoding").contains("gzip")
    }

    /// Returns a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the path without its query, and the query.
    pub(crate) fn target(&self) -> (&str, Params) {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        (path, Params::parse(query))
    }

    /// Returns the parameters of a form.
    pub(crate) fn form(&self) -> Params {
        Params::parse(&String::from_utf8_lossy(&self.body))
    }
}

impl Params {
    pub(crate) fn parse(form: &str) -> Self {
        let pairs = form.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(k, v)| (decoded(k), decoded(v)))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

async fn line(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<String> {
    let mut line = Vec::new();
    // No header is longer than a session token, about 2 KB.
    let read = stream.take(16 * 1024).read_until(b'\n', &mut line).await.ok()?;
    if read == 0 || line.last() != Some(&b'\n') {
        return None;
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                std::str::from_utf8(&digits).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_understood() {
        let text = "POST /a/b?name=x%2Dy&fields=a(b%2Cc)&empty HTTP/1.1\r\nAccept-Encoding: gzip, br\r\nContent-Length: 9\r\n\r\nA=1&B=2+3";
        let request = Request::read(&mut BufReader::new(text.as_bytes())).await.expect("a request");
        let (path, query) = request.target();
        assert_eq!((request.method.as_str(), path), ("POST", "/a/b"));
        let query = ["name", "fields", "empty", "other"].map(|name| query.get(name).map(str::to_owned));
        assert_eq!(query, [Some("x-y"), Some("a(b,c)"), Some(""), None].map(|value| value.map(str::to_owned)));
        assert_eq!(request.form().get("B"), Some("2 3"));
        assert!(request.accepts_gzip());
    }

    #[tokio::test]
    async fn invalid_requests_are_none() {
        for text in ["", "GET", "GET / HTTP/1.1\r\n", "hello\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"]
        {
            assert!(Request::read(&mut BufReader::new(text.as_bytes())).await.is_none(), "{text:?}");
        }
    }
}
