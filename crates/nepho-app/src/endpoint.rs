//! Which custom endpoints an operator may approve.
//!
//! Credentials are signed for whatever host is named here, so the rules are narrow: https, or http
//! on this machine; no address that a cloud's metadata service answers on; nothing but a host.

use std::net::IpAddr;

use url::{Host, Url};

use crate::AppError;

/// Checks an endpoint and returns it in its one written form, without a trailing slash.
pub(crate) fn approve(text: &str) -> Result<String, AppError> {
    let refused = |reason| Err(AppError::EndpointRefused { reason });
    let Ok(url) = Url::parse(text.trim()) else { return refused("it is not a URL") };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("it holds a user name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("it holds a query or a fragment");
    }
    if url.path() != "/" {
        return refused("it holds a path");
    }
    let Some(host) = url.host() else { return refused("it names no host") };
    if is_link_local(&host) {
        return refused("link-local addresses are where metadata services live");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return refused("http is accepted on this machine only; use https"),
        _ => return refused("it is neither https nor http"),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
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
        _ => address(host).is_some_and(|ip| ip.is_loopback()),
    }
}

fn is_link_local(host: &Host<&str>) -> bool {
    address(host).is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        // AWS's metadata service also answers on fd00:ec2::254 ("Instance metadata", EC2 guide).
        IpAddr::V6(ip) => ip.is_unicast_link_local() || ip.segments()[..2] == [0xfd00, 0x0ec2],
    })
}

#[cfg(test)]
mod tests {
    use super::approve;

    #[test]
    fn this_machine_by_http_and_any_host_by_https() {
        for (given, written) in [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            (" http://localhost:5000/ ", "http://localhost:5000"),
            ("http://[::1]:5000", "http://[::1]:5000"),
            ("https://EC2.example.com", "https://ec2.example.com"),
        ] {
            assert_eq!(approve(given).expect(given), written);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for given in [
            "",
            "127.0.0.1:5000",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "https://169.254.169.254",
            "http://169.254.169.254",
            "https://[fe80::1]",
            "https://[::ffff:169.254.169.254]",
            "https://[fd00:ec2::254]",
            "http://2852039166",
            "https://user@example.com",
            "https://user:pw@example.com",
            "https://example.com/?x=1",
            "https://example.com/#x",
            "https://example.com/path",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
        ] {
            assert!(approve(given).is_err(), "{given}");
        }
    }
}
