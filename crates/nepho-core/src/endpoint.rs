//! Which custom endpoints may be used: one set of rules, for whoever takes one from an operator and
//! for each provider that sends credentials there.
//!
//! A pure look at a URL. Deliberately not here: resolving names, and where a provider's own
//! requests may go.

use std::net::IpAddr;

use url::{Host, Url};

/// Why a URL is refused as an endpoint.
///
/// It is `https` on any host, or `http` on this machine; it holds no user name, password, query or
/// fragment; and it is nowhere that a cloud's metadata service answers, as that is where clouds
/// serve the credentials of the machine that one runs on.
pub fn check(url: &Url) -> Result<(), &'static str> {
    let Some(host) = url.host() else { return Err("it names no host") };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it holds a query or a fragment");
    }
    if is_metadata(&host) {
        return Err("a metadata service may answer there");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&host) => Ok(()),
        "http" => Err("http is accepted on this machine only; use https"),
        _ => Err("it is neither https nor http"),
    }
}

/// The `host:port` of an endpoint, which marks the realm of an account behind it.
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
    // A name with a dot at its end is the same name.
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
    fn this_machine_by_http_and_any_host_by_https() {
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
    fn metadata_services_are_refused_however_they_are_written() {
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
                assert_eq!(check(&url), Err("a metadata service may answer there"), "{url}");
            }
        }
    }

    #[test]
    fn everything_else_is_refused() {
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
    fn a_realm_is_marked_by_host_and_port() {
        let mark = |text: &str| host_port(&parsed(text));
        assert_eq!(mark("http://127.0.0.1:5000/x").as_deref(), Some("127.0.0.1:5000"));
        assert_eq!(mark("https://LAB.example").as_deref(), Some("lab.example:443"));
        assert_eq!(mark("http://[::1]:5000").as_deref(), Some("[::1]:5000"));
        assert_eq!(mark("data:text/plain,x"), None);
    }
}
