//! Custom endpoints of accounts: approval, and reading what was stored.
//!
//! Credentials are signed for the host of an endpoint, so the rules are narrow: those of
//! [`nepho_core::endpoint`], and no path.

use nepho_core::{Failure, FailureCode, endpoint};
use url::Url;

use crate::AppError;

/// Checks an endpoint, and returns its canonical form without a trailing slash.
pub(crate) fn approve(text: &str) -> Result<String, AppError> {
    let refused = |reason| AppError::EndpointRefused { reason };
    let url = Url::parse(text.trim()).map_err(|_| refused("it is not a URL"))?;
    endpoint::check(&url).map_err(refused)?;
    if url.path() != "/" {
        return Err(refused("it holds a path"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Parses an account's endpoint, which was approved before it was stored.
pub(crate) fn endpoint_of(stored: Option<&str>) -> Result<Option<Url>, Failure> {
    let unreadable = |_| missing("the stored endpoint is not a URL");
    stored.map(Url::parse).transpose().map_err(unreadable)
}

/// The failure for credentials or settings that an account lacks.
pub(crate) fn missing(message: &str) -> Failure {
    Failure { code: FailureCode::CredentialsMissing, message: message.to_owned() }
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
            "//127.0.0.1:5000",
            "https://example.com/path",
            "https://user@example.com",
            "http://example.com",
            "http://169.254.169.254",
            "https://[::ffff:169.254.169.254]",
            "https://[fd00:ec2::254]",
            "https://[fd20:ce::254]",
            "https://metadata",
            "https://metadata.google.internal.",
        ] {
            assert!(approve(given).is_err(), "{given}");
        }
    }
}
