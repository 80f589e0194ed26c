//! Hosts that an account's requests may go to.
//!
//! The SDK takes endpoints from several places besides the account's own setting. A request to a host
//! that is not the account's is blocked, whatever the SDK decides.

use nepho_core::endpoint;
use url::Url;

use crate::ConnectError;

/// The domains of AWS's own endpoints, by partition (botocore's `endpoints.json`).
const CLOUD: [&str; 9] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// Where requests may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostPolicy {
    /// AWS's own endpoints, by https.
    Cloud,
    /// One endpoint and nothing else.
    Only(Url),
}

impl HostPolicy {
    /// The account's policy: AWS, or the endpoint that the operator approved.
    ///
    /// Which may be approved is for [`nepho_core::endpoint`] to say; it is asked here once more.
    pub fn new(endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let Some(url) = endpoint else { return Ok(Self::Cloud) };
        let refused = |reason| ConnectError::EndpointRefused { endpoint: url.origin().ascii_serialization(), reason };
        endpoint::check(url).map_err(refused)?;
        Ok(Self::Only(url.clone()))
    }

    /// Whether a request to `uri` may be sent; the offending host if not.
    pub fn check(&self, uri: &str) -> Result<(), String> {
        let Ok(url) = Url::parse(uri) else { return Err("?".to_owned()) };
        let allowed = match self {
            Self::Only(endpoint) => url.origin() == endpoint.origin(),
            Self::Cloud => {
                url.scheme() == "https"
                    && url.port().is_none()
                    && url.domain().is_some_and(|host| CLOUD.iter().any(|domain| host.ends_with(domain)))
            }
        };
        if allowed { Ok(()) } else { Err(url.host_str().unwrap_or("?").to_owned()) }
    }

    /// The endpoint as it is given to the SDK.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Cloud => None,
            Self::Only(url) => Some(url.as_str()),
        }
    }

    /// The `host:port` that marks the realm; `None` for AWS itself.
    pub fn realm_suffix(&self) -> Option<String> {
        let Self::Only(url) = self else { return None };
        endpoint::host_port(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(url: &str) -> Result<HostPolicy, ConnectError> {
        HostPolicy::new(Some(&Url::parse(url).expect("a URL")))
    }

    #[test]
    fn an_endpoint_is_refused_as_everywhere_and_its_secrets_are_not_repeated() {
        for url in ["https://ec2.lab.example", "http://127.0.0.1:5000", "http://localhost:1"] {
            assert!(policy(url).is_ok(), "{url}");
        }
        for url in [
            "http://169.254.169.254/latest",
            "https://[::ffff:169.254.169.254]",
            "https://[fd00:ec2::254]",
            "https://[fd20:ce::254]",
            "https://metadata",
            "https://metadata.google.internal./",
            "http://ec2.lab.example",
            "https://key:secret@lab.example",
            "https://lab.example/?token=x",
        ] {
            let error = policy(url).expect_err(url);
            assert!(!error.to_string().contains("secret") && !error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn requests_stay_within_reach() {
        assert_eq!(HostPolicy::Cloud.check("https://ec2.eu-west-1.amazonaws.com/"), Ok(()));
        assert_eq!(HostPolicy::Cloud.check("https://sts.cn-north-1.amazonaws.com.cn/"), Ok(()));
        for uri in [
            "http://ec2.eu-west-1.amazonaws.com/",
            "https://ec2.eu-west-1.amazonaws.com.evil.example/",
            "https://amazonaws.com.evil.example/",
            "https://evil-amazonaws.com/",
            "https://127.0.0.1:5000/",
            "https://ec2.eu-west-1.amazonaws.com:8443/",
            "nonsense",
        ] {
            assert!(HostPolicy::Cloud.check(uri).is_err(), "{uri}");
        }
        let lab = policy("http://127.0.0.1:5000/").expect("an endpoint");
        assert_eq!(lab.check("http://127.0.0.1:5000/x"), Ok(()));
        assert!(lab.check("http://127.0.0.1:5001/").is_err());
        assert!(lab.check("https://ec2.eu-west-1.amazonaws.com/").is_err());
        assert_eq!(lab.realm_suffix().as_deref(), Some("127.0.0.1:5000"));
    }
}
