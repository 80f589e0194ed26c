//! Which hosts an identity's requests, and its sign-in, may go to.
//!
//! A credential file names hosts of its own, and Google's token library would send the secrets to
//! whatever it names.

use std::net::IpAddr;

use url::{Host, Url};

use crate::ConnectError;

/// The services that are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Compute Engine, v1.
    Compute,
    /// The Resource Manager, v3.
    Projects,
}

impl Api {
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

/// Where requests may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Google's own endpoints, by https.
    Cloud,
    /// One endpoint and nothing else.
    Only(Url),
}

impl Reach {
    /// The reach: Google, or the endpoint that the operator approved.
    ///
    /// Plain http is for this machine only, and link-local addresses are refused: they are where
    /// clouds serve the credentials of the machine that one runs on.
    pub fn new(endpoint: Option<&Url>) -> Result<Self, ConnectError> {
        let Some(url) = endpoint else { return Ok(Self::Cloud) };
        let refuse =
            |reason| Err(ConnectError::EndpointRefused { endpoint: url.origin().ascii_serialization(), reason });
        let Some(host) = url.host() else { return refuse("it names no host") };
        if has_user(url) {
            return refuse("it holds a user name or a password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("it has a query or a fragment");
        }
        if is_metadata(&host) {
            return refuse("it is a link-local address");
        }
        match url.scheme() {
            "https" => Ok(Self::Only(url.clone())),
            "http" if is_loopback(&host) => Ok(Self::Only(url.clone())),
            "http" => refuse("plain http is accepted for this machine only; use https"),
            _ => refuse("it is neither https nor http"),
        }
    }

    /// The URL of `path` (percent-encoded, relative) at `api`; the offending host if it would lead
    /// anywhere else.
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
        let stays = match self {
            Self::Cloud => url.scheme() == "https" && url.port().is_none() && url.host_str() == Some(api.host()),
            Self::Only(endpoint) => url.origin() == endpoint.origin(),
        };
        if stays && !has_user(&url) { Ok(url) } else { Err(url.host_str().unwrap_or("?").to_owned()) }
    }

    /// Whether a credential file may have `text` as a place to sign in at; why not.
    ///
    /// That is `https://*.googleapis.com`, or exactly the approved endpoint's origin. The host is
    /// returned for the error's words.
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
            return Err((host, "at a port of its own"));
        }
        // IDNs are in their ASCII form here, and numbers are no domains.
        if url.domain().is_some_and(|domain| domain == "googleapis.com" || domain.ends_with(".googleapis.com")) {
            return Ok(());
        }
        Err((host, "which is neither Google's nor the approved endpoint"))
    }

    /// Whether requests are sent without TLS.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Only(url) if url.scheme() == "http")
    }

    /// The `host:port` that marks the realm; `None` for Google itself.
    pub fn mark(&self) -> Option<String> {
        let Self::Only(url) = self else { return None };
        let host = url.host_str()?;
        Some(match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_metadata(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => matches!(name.trim_end_matches('.'), "metadata.google.internal" | "metadata"),
        Host::Ipv4(ip) => ip.is_link_local(),
        // fd20:ce::254 is GCE's metadata server over IPv6, fd00:ec2::254 is EC2's.
        Host::Ipv6(ip) => {
            ip.to_ipv4_mapped().is_some_and(|ip| ip.is_link_local())
                || ip.is_unicast_link_local()
                || matches!(ip.segments()[..2], [0xfd20, 0x00ce] | [0xfd00, 0x0ec2])
        }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.to_ipv4_mapped().map_or(IpAddr::V6(*ip), IpAddr::V4).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(url: &str) -> Result<Reach, ConnectError> {
        Reach::new(Some(&Url::parse(url).expect("a URL")))
    }

    #[test]
    fn an_endpoint_is_https_or_this_machine() {
        for url in ["https://gcp.lab.example", "http://127.0.0.1:5000", "http://localhost:1", "http://[::1]:5000/"] {
            assert!(reach(url).is_ok(), "{url}");
        }
        for url in [
            "http://gcp.lab.example",
            "http://10.0.0.1:5000",
            "ftp://127.0.0.1",
            "https://169.254.169.254",
            "http://metadata.google.internal/",
            "https://metadata.google.internal./",
            "https://[::ffff:169.254.169.254]",
            "https://[fe80::1]",
            "https://[fd20:ce::254]",
            "https://key:secret@lab.example",
            "https://lab.example/?token=x",
        ] {
            let error = reach(url).expect_err(url);
            assert!(!error.to_string().contains("secret") && !error.to_string().contains("token"), "{error}");
        }
    }

    #[test]
    fn paths_stay_where_the_project_is() {
        let url = |reach: &Reach, api, path| reach.url(api, path, &[("a", "b c")]).map(|url| url.to_string());
        assert_eq!(
            url(&Reach::Cloud, Api::Compute, "projects/p/zones"),
            Ok("https://compute.googleapis.com/compute/v1/projects/p/zones?a=b+c".to_owned())
        );
        assert_eq!(
            url(&Reach::Cloud, Api::Projects, "projects:search"),
            Ok("https://cloudresourcemanager.googleapis.com/v3/projects:search?a=b+c".to_owned())
        );
        for endpoint in ["http://127.0.0.1:5000/lab", "http://127.0.0.1:5000/lab/"] {
            let lab = reach(endpoint).expect("an endpoint");
            assert_eq!(
                url(&lab, Api::Compute, "projects/p"),
                Ok("http://127.0.0.1:5000/lab/compute/v1/projects/p?a=b+c".to_owned())
            );
            assert_eq!(lab.mark().as_deref(), Some("127.0.0.1:5000"));
        }
    }

    #[test]
    fn a_sign_in_is_at_google_or_at_the_approved_endpoint() {
        let lab = reach("http://127.0.0.1:5000").expect("an endpoint");
        for url in [
            "https://oauth2.googleapis.com/token",
            "https://sts.googleapis.com:443/v1/token",
            "https://OAUTH2.GoogleAPIs.com/token",
            "https://googleapis.com/token",
        ] {
            assert_eq!(Reach::Cloud.signs_in_at(url), Ok(()), "{url}");
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
            assert!(Reach::Cloud.signs_in_at(url).is_err(), "{url}");
            assert!(lab.signs_in_at(url).is_err(), "{url}");
        }
        assert_eq!(lab.signs_in_at("http://127.0.0.1:5000/token"), Ok(()));
        assert!(Reach::Cloud.signs_in_at("http://127.0.0.1:5000/token").is_err());
        for url in ["http://127.0.0.1:5001/token", "https://127.0.0.1:5000/token", "http://me@127.0.0.1:5000/token"] {
            assert!(lab.signs_in_at(url).is_err(), "{url}");
        }
    }
}
