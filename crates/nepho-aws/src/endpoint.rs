//! Hosts that an account's requests may go to.
//!
//! The SDK takes endpoints from several places besides the account's own setting. A request to a host
//! that is not the account's is blocked, whatever the SDK decides.

use std::sync::Arc;

use nepho_core::{endpoint, network::AllowedHost};
use url::Url;

use crate::ConnectError;

/// The hosts that an account's requests may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPolicy {
    endpoint: Option<Url>,
    /// The list that the operator sees; see [`crate::hosts`].
    allowed: Arc<[AllowedHost]>,
}

impl HostPolicy {
    /// The account's policy: the hosts of its list, and the endpoint that the operator approved.
    ///
    /// The façade has checked the endpoint; it is checked here once more.
    pub fn new(endpoint: Option<&Url>, allowed: Vec<AllowedHost>) -> Result<Self, ConnectError> {
        if let Some(url) = endpoint {
            let refused =
                |reason| ConnectError::EndpointRefused { endpoint: url.origin().ascii_serialization(), reason };
            endpoint::check(url).map_err(refused)?;
        }
        Ok(Self { endpoint: endpoint.cloned(), allowed: allowed.into() })
    }

    /// Checks a request's address against the list; the offending host if it is not on it.
    pub fn check(&self, uri: &str) -> Result<(), String> {
        let Ok(url) = Url::parse(uri) else { return Err("?".to_owned()) };
        let is_allowed = self.allowed.iter().any(|host| host.covers(&url));
        if is_allowed { Ok(()) } else { Err(url.host_str().unwrap_or("?").to_owned()) }
    }

    /// The endpoint as it is given to the SDK.
    pub fn url(&self) -> Option<&str> {
        self.endpoint.as_ref().map(Url::as_str)
    }

    /// The `host:port` that marks the realm; `None` for AWS itself.
    pub fn realm_suffix(&self) -> Option<String> {
        endpoint::host_port(self.endpoint.as_ref()?)
    }
}

#[cfg(test)]
mod tests {
    use nepho_core::network::HostPurpose;

    use super::*;

    fn policy(url: &str) -> Result<HostPolicy, ConnectError> {
        let url = Url::parse(url).expect("a URL");
        HostPolicy::new(Some(&url), vec![AllowedHost::at(&url, HostPurpose::Endpoint)])
    }

    #[test]
    fn an_endpoint_is_refused_as_everywhere_and_its_secrets_are_not_repeated() {
        for url in ["https://ec2.lab.example", "http://127.0.0.1:5000", "http://localhost:1"] {
            assert!(policy(url).is_ok(), "{url}");
        }
        for url in nepho_testkit::hostile::ENDPOINTS {
            let error = policy(url).expect_err(url);
            assert!(!error.to_string().contains("secret") && !error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn requests_stay_within_reach() {
        let host = |name: &str| AllowedHost::https(name, HostPurpose::Compute, None);
        let allowed = vec![host("ec2.*.amazonaws.com"), host("sts.eu-west-1.amazonaws.com")];
        let cloud = HostPolicy::new(None, allowed).expect("a policy");
        assert_eq!(cloud.check("https://ec2.eu-west-1.amazonaws.com/"), Ok(()));
        assert_eq!(cloud.check("https://sts.eu-west-1.amazonaws.com/"), Ok(()));
        for uri in [
            "http://ec2.eu-west-1.amazonaws.com/",
            "https://ec2.eu-west-1.amazonaws.com.evil.example/",
            "https://amazonaws.com.evil.example/",
            "https://evil-amazonaws.com/",
            "https://127.0.0.1:5000/",
            "https://ec2.eu-west-1.amazonaws.com:8443/",
            "https://sts.us-east-1.amazonaws.com/",
            "https://s3.eu-west-1.amazonaws.com/",
            "nonsense",
        ] {
            assert!(cloud.check(uri).is_err(), "{uri}");
        }
        let lab = policy("http://127.0.0.1:5000/").expect("an endpoint");
        assert_eq!(lab.check("http://127.0.0.1:5000/x"), Ok(()));
        assert!(lab.check("http://127.0.0.1:5001/").is_err());
        assert!(lab.check("https://ec2.eu-west-1.amazonaws.com/").is_err());
        assert_eq!(lab.realm_suffix().as_deref(), Some("127.0.0.1:5000"));
    }
}
