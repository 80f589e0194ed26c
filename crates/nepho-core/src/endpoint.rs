//! Rules for custom endpoints, shared by the code that accepts one from the operator and by each
//! provider that sends credentials there.
//!
//! The check is a pure function of a URL. Deliberately not here: name resolution, and the hosts
//! that a provider's own requests may reach.

use std::net::IpAddr;

use url::{Host, Url};

/// Checks a URL as a custom endpoint; the error is the reason for the refusal.
///
/// The scheme is `https` on any host, or `http` on a loopback address. The URL has no user name,
/// password, query or fragment. The host is not an address of a cloud's metadata service, because
/// that service serves the credentials of the instance that the caller runs on.
pub fn check(url: &Url) -> Result<(), &'static str> {
    let Some(host) = url.host() else { return Err("it has no host") };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it contains a user name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it contains a query or a fragment");
    }
    if is_metadata(&host) {
        return Err("a cloud's metadata service may listen there");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&host) => Ok(()),
        "http" => Err("http is accepted for loopback addresses only; use https"),
        _ => Err("its scheme is neither https nor http"),
    }
}

/// Returns the `host:port` of an endpoint, which becomes part of the account's realm.
pub fn host_port(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn address(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(ip) => Some(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => Some(ip.to_ipv4_mapped().map_or(IpAddr::V6(*ip), IpAddr::V4)),
        Host::Domain(_) => None,
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(_) | Host::Ipv6(_) => address(host).is_some_and(|ip| ip.is_loopback()),
    }
}

fn is_metadata(host: &Host<&str>) -> bool {
    // A name with a trailing dot is the same name.
    if let Host::Domain(name) = host {
        return matches!(name.trim_end_matches('.'), "metadata.google.internal" | "metadata");
    }
    address(host).is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        // fd00:ec2::254 is EC2's metadata service over IPv6 ("Instance metadata", EC2 guide), and
        // fd20:ce::254 is GCE's ("About VM metadata", Compute Engine documentation).
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local() || matches!(ip.segments()[..2], [0xfd00, 0x0ec2] | [0xfd20, 0x00ce])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn https_is_accepted_on_any_host_and_http_on_loopback() {
        for text in [
            "http://127.0.0.1:5000",
            "http://127.0.0.2",
            "http://localhost:5000/",
            "http://[::1]:5000",
            "http://[::ffff:127.0.0.1]",
            "https://ec2.lab.example",
            "https://metadata.lab.example",
            "https://10.0.0.1:8443/",
            "https://lab.example/a/path",
        ] {
            assert_eq!(check(&parsed(text)), Ok(()), "{text}");
        }
    }

    #[test]
    fn metadata_services_are_refused_in_every_spelling() {
        for host in [
            "169.254.169.254",
            "169.254.170.2",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[fd20:ce::254]",
            "metadata",
            "METADATA",
            "metadata.",
            "metadata.google.internal",
            "Metadata.Google.Internal",
            "metadata.google.internal.",
        ] {
            for scheme in ["http", "https"] {
                let url = parsed(&format!("{scheme}://{host}:8080/latest"));
                assert_eq!(check(&url), Err("a cloud's metadata service may listen there"), "{url}");
            }
        }
    }

    #[test]
    fn other_schemes_hosts_and_parts_are_refused() {
        for text in [
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "https://user@example.com",
            "https://user:pw@example.com",
            "https://:pw@example.com",
            "https://example.com/?x=1",
            "https://example.com/#x",
            "http://127.0.0.1@example.com",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "data:text/plain,x",
            "mailto:ops@example.com",
        ] {
            assert!(check(&parsed(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn host_port_includes_the_default_port() {
        let marked = |text: &str| host_port(&parsed(text));
        assert_eq!(marked("http://127.0.0.1:5000/x").as_deref(), Some("127.0.0.1:5000"));
        assert_eq!(marked("https://LAB.example").as_deref(), Some("lab.example:443"));
        assert_eq!(marked("http://[::1]:5000").as_deref(), Some("[::1]:5000"));
        assert_eq!(marked("data:text/plain,x"), None);
    }
}
