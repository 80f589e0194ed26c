//! What came in: one HTTP request, its form parameters, and whose credentials signed it.

use std::collections::BTreeMap;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

/// The most that a request may weigh; 1,000 instance ids are 40 KB.
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

/// The `SigV4` credential scope of the Authorization header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) key_id: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// Form parameters, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Request {
    /// The next request of a connection; `None` at its end or when it is not HTTP.
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
        self.headers.get("accept-encoding").is_some_and(|value| value.contains("gzip"))
    }

    /// Who signed it, if anybody did.
    pub(crate) fn signer(&self) -> Option<Signer> {
        let scope = self.headers.get("authorization")?.split("Credential=").nth(1)?.split([',', ' ']).next()?;
        let parts: Vec<&str> = scope.split('/').collect();
        let [key_id, _date, region, service, "aws4_request"] = parts[..] else { return None };
        Some(Signer { key_id: key_id.to_owned(), region: region.to_owned(), service: service.to_owned() })
    }

    pub(crate) fn params(&self) -> Params {
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

    /// `prefix.1`, `prefix.2`, … in order.
    pub(crate) fn list(&self, prefix: &str) -> Vec<String> {
        (1..).map_while(|n| self.0.get(&format!("{prefix}.{n}")).cloned()).collect()
    }

    /// `Filter.N.Name` with its values.
    pub(crate) fn filters(&self) -> Vec<(String, Vec<String>)> {
        (1..)
            .map_while(|n| {
                let name = self.0.get(&format!("Filter.{n}.Name"))?;
                Some((name.clone(), self.list(&format!("Filter.{n}.Value"))))
            })
            .collect()
    }
}

async fn line(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<String> {
    let mut line = Vec::new();
    // No header of ours is longer than a session token, about 2 KB.
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
    async fn a_signed_form_is_understood() {
        let form = "Action=DescribeInstances&Filter.1.Name=availability-zone&Filter.1.Value.1=eu%2Dwest-1a&";
        let scope = "AKIA1/20260101/eu-west-1/ec2/aws4_request";
        let text = format!(
            "POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00\r\n\
             Content-Length: {}\r\nAccept-Encoding: gzip, br\r\n\r\n{form}",
            form.len()
        );
        let request = Request::read(&mut BufReader::new(text.as_bytes())).await.expect("a request");
        let signer = request.signer().expect("signed");
        assert_eq!(
            (signer.key_id.as_str(), signer.region.as_str(), signer.service.as_str()),
            ("AKIA1", "eu-west-1", "ec2")
        );
        let params = request.params();
        assert_eq!(params.get("Action"), Some("DescribeInstances"));
        assert_eq!(params.filters(), [("availability-zone".to_owned(), vec!["eu-west-1a".to_owned()])]);
        assert!(request.accepts_gzip());
    }

    #[tokio::test]
    async fn what_is_no_request_is_none() {
        for text in ["", "GET", "GET / HTTP/1.1\r\n", "hello\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"]
        {
            assert!(Request::read(&mut BufReader::new(text.as_bytes())).await.is_none(), "{text:?}");
        }
    }
}
