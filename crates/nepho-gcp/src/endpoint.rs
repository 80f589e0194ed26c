//! Hosts that an identity's requests, and its sign-in, may go to.
//!
//! A credential file also names hosts, and Google's token library would send the secrets to any of
//! them.

use nepho_core::{
    endpoint,
    network::{AllowedHost, HostPurpose},
};
use url::Url;

use crate::ConnectError;

/// API of Google Cloud that requests go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Compute Engine, v1.
    Compute,
    /// The Resource Manager, v3.
    Projects,
}

impl Api {
    /// Every API.
    pub const ALL: [Self; 2] = [Self::Compute, Self::Projects];

    /// Its host at Google.
    pub const fn host(self) -> &'static str {
        match self {
            Self::Compute => "compute.googleapis.com",
            Self::Projects => "cloudresourcemanager.googleapis.com",
        }
    }

    const fn root(self) -> &'static str {
        match self {
            Self::Compute => "compute/v1/",
            Self::Projects => "v3/",
        }
    }
}

/// Hosts that requests may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostPolicy {
    /// Google's own endpoints, by https.
    Cloud,
    /// Only one endpoint.
    Only(Url),
}

impl HostPolicy {
    /// The policy: Google, or the endpoint that the operator approved.
    ///
    /// The façade checks an endpoint before it is stored; it is checked here once more.
    pub fn new(endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let Some(url) = endpoint else { return Ok(Self::Cloud) };
        let refused = |reason| ConnectError::EndpointRefused { endpoint: url.origin().ascii_serialization(), reason };
        endpoint::check(url).map_err(refused)?;
        // Otherwise the same project would have two realms, and its instances two keys.
        if Api::ALL.iter().any(|api| url.domain() == Some(api.host())) {
            return Err(refused("it is the cloud itself; add the account without an endpoint"));
        }
        Ok(Self::Only(url.clone()))
    }

    /// The host of one API.
    pub fn host_of(&self, api: Api) -> AllowedHost {
        let purpose = match api {
            Api::Compute => HostPurpose::Compute,
            Api::Projects => HostPurpose::Projects,
        };
        match self {
            Self::Only(endpoint) => AllowedHost::at(endpoint, HostPurpose::Endpoint),
            Self::Cloud => AllowedHost::https(api.host(), purpose, None),
        }
    }

    /// The URL of `path` (percent-encoded, relative) at `api`. The error is the host of a URL that
    /// would lead elsewhere.
    pub fn url(&self, api: Api, path: &str, query: &[(&str, &str)]) -> Result<Url, String> {
        let base = match self {
            Self::Cloud => format!("https://{}/", api.host()),
            Self::Only(endpoint) => format!("{}/", endpoint.as_str().trim_end_matches('/')),
        };
        let mut url = Url::parse(&format!("{base}{}{path}", api.root())).map_err(|_| "?".to_owned())?;
        url.set_fragment(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if self.host_of(api).covers(&url) && !has_user(&url) {
            Ok(url)
        } else {
            Err(url.host_str().unwrap_or("?").to_owned())
        }
    }

    /// Checks `text` in a credential file as an address for the sign-in: `https://*.googleapis.com`, or
    /// exactly the origin of the approved endpoint. The error is the host and the rule that it breaks.
    pub fn signs_in_at(&self, text: &str) -> Result<(), (String, &'static str)> {
        let Ok(url) = Url::parse(text) else { return Err(("?".to_owned(), "which is not a URL")) };
        let host = url.host_str().unwrap_or("?").to_owned();
        if has_user(&url) {
            return Err((host, "with a user name"));
        }
        if matches!(self, Self::Only(endpoint) if endpoint.origin() == url.origin()) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err((host, "without https"));
        }
        if url.port().is_some() {
            return Err((host, "with a port"));
        }
        // The parser has turned an IDN into its ASCII form, and a number into an address.
        if url.domain().is_some_and(|domain| domain == "googleapis.com" || domain.ends_with(".googleapis.com")) {
            return Ok(());
        }
        Err((host, "which is neither Google's nor the approved endpoint"))
    }

    /// True if requests are sent without TLS.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Only(url) if url.scheme() == "http")
    }

    /// The `host:port` that marks the realm; `None` for Google itself.
    pub fn realm_suffix(&self) -> Option<String> {
        let Self::Only(url) = self else { return None };
        endpoint::host_port(url)
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(url: &str) -> Result<HostPolicy, ConnectError> {
        HostPolicy::new(Some(&Url::parse(url).expect("a URL")))
    }

    #[test]
    fn an_endpoint_is_refused_as_everywhere_and_its_secrets_are_not_repeated() {
        for url in ["https://gcp.lab.example", "http://127.0.0.1:5000", "http://localhost:1"] {
            assert!(policy(url).is_ok(), "{url}");
        }
        let google = [
            "https://compute.googleapis.com",
            "https://Compute.googleapis.com:443/",
            "https://cloudresourcemanager.googleapis.com",
        ];
        for url in nepho_testkit::hostile::ENDPOINTS.into_iter().chain(google) {
            let error = policy(url).expect_err(url);
            assert!(!error.to_string().contains("secret") && !error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn paths_stay_within_the_endpoint() {
        let url = |policy: &HostPolicy, api, path| policy.url(api, path, &[("a", "b c")]).map(|url| url.to_string());
        assert_eq!(
            url(&HostPolicy::Cloud, Api::Compute, "projects/p/zones"),
            Ok("https://compute.googleapis.com/compute/v1/projects/p/zones?a=b+c".to_owned())
        );
        assert_eq!(
            url(&HostPolicy::Cloud, Api::Projects, "projects:search"),
            Ok("https://cloudresourcemanager.googleapis.com/v3/projects:search?a=b+c".to_owned())
        );
        for endpoint in ["http://127.0.0.1:5000/lab", "http://127.0.0.1:5000/lab/"] {
            let lab = policy(endpoint).expect("an endpoint");
            assert_eq!(
                url(&lab, Api::Compute, "projects/p"),
                Ok("http://127.0.0.1:5000/lab/compute/v1/projects/p?a=b+c".to_owned())
            );
            assert_eq!(lab.realm_suffix().as_deref(), Some("127.0.0.1:5000"));
        }
    }

    #[test]
    fn sign_in_is_at_google_or_at_the_approved_endpoint() {
        let lab = policy("http://127.0.0.1:5000").expect("an endpoint");
        for url in [
            "https://oauth2.googleapis.com/token",
            "https://sts.googleapis.com:443/v1/token",
            "https://OAUTH2.GoogleAPIs.com/token",
            "https://googleapis.com/token",
        ] {
            assert_eq!(HostPolicy::Cloud.signs_in_at(url), Ok(()), "{url}");
            assert_eq!(lab.signs_in_at(url), Ok(()), "{url}");
        }
        let hostile = [
            "http://oauth2.googleapis.com/token",
            "https://oauth2.googleapis.com:8443/token",
            "https://googleapis.com.evil.example/token",
            "https://evilgoogleapis.com/token",
            "https://oauth2.googleapis.com@evil.example/token",
            "https://x@oauth2.googleapis.com/token",
            "https://evil.example/oauth2.googleapis.com",
            "https://evil.example\\@oauth2.googleapis.com/",
            "https://oauth2.gооgleapis.com/token",
            "https://oauth2.googleapis.com./token",
            "https://127.0.0.1/token",
            "https://[::1]/token",
            "http://169.254.169.254/computeMetadata/v1/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "//oauth2.googleapis.com/token",
            "",
        ];
        for url in hostile {
            assert!(HostPolicy::Cloud.signs_in_at(url).is_err(), "{url}");
            assert!(lab.signs_in_at(url).is_err(), "{url}");
        }
        assert_eq!(lab.signs_in_at("http://127.0.0.1:5000/token"), Ok(()));
        assert!(HostPolicy::Cloud.signs_in_at("http://127.0.0.1:5000/token").is_err());
        for url in ["http://127.0.0.1:5001/token", "https://127.0.0.1:5000/token", "http://me@127.0.0.1:5000/token"] {
            assert!(lab.signs_in_at(url).is_err(), "{url}");
        }
    }
}
