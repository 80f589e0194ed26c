//! The parts of a request that only AWS has: the signature's credential scope, and numbered
//! parameters.

use crate::loopback::{Params, Request};

/// The `SigV4` credential scope of the Authorization header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) key_id: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Signer {
    /// Reads the credential scope of a signed request.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let scope = request.header("authorization").split("Credential=").nth(1)?.split([',', ' ']).next()?;
        let parts: Vec<&str> = scope.split('/').collect();
        let [key_id, _date, region, service, "aws4_request"] = parts[..] else { return None };
        Some(Self { key_id: key_id.to_owned(), region: region.to_owned(), service: service.to_owned() })
    }
}

impl Params {
    /// Returns `prefix.1`, `prefix.2`, … in order.
    pub(crate) fn list(&self, prefix: &str) -> Vec<String> {
        (1..).map_while(|n| self.get(&format!("{prefix}.{n}")).map(str::to_owned)).collect()
    }

    /// Returns each `Filter.N.Name` with its values.
    pub(crate) fn filters(&self) -> Vec<(String, Vec<String>)> {
        (1..)
            .map_while(|n| {
                let name = self.get(&format!("Filter.{n}.Name"))?;
                Some((name.to_owned(), self.list(&format!("Filter.{n}.Value"))))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    #[tokio::test]
    async fn a_signed_form_is_understood() {
        let form = "Action=DescribeInstances&Filter.1.Name=availability-zone&Filter.1.Value.1=eu%2Dwest-1a&";
        let scope = "AKIA1/20260101/eu-west-1/ec2/aws4_request";
        let text = format!(
            "POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let request = Request::read(&mut BufReader::new(text.as_bytes())).await.expect("a request");
        let signer = Signer::of(&request).expect("signed");
        assert_eq!(
            (signer.key_id.as_str(), signer.region.as_str(), signer.service.as_str()),
            ("AKIA1", "eu-west-1", "ec2")
        );
        let params = request.form();
        assert_eq!(params.get("Action"), Some("DescribeInstances"));
        assert_eq!(params.filters(), [("availability-zone".to_owned(), vec!["eu-west-1a".to_owned()])]);
    }
}
