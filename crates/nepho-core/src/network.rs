//! Hosts that an account's requests may go to, each with its purpose.
//!
//! A provider builds the list from one table, shows it to the operator, and holds back every request
//! that the list does not cover. Deliberately not here: the hosts of any cloud.

use url::Url;

use crate::{AccountId, Failure, ProviderKind, Region, string_enum::string_enum};

/// The mark in an origin that stands for the name of any region.
pub const ANY_REGION: &str = "*";

/// One host that requests may go to, or one pattern of hosts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowedHost {
    /// The origin, such as `https://sts.eu-west-1.amazonaws.com`. In a pattern, [`ANY_REGION`] stands
    /// for one label of the host name.
    pub origin: String,
    /// The reason for contacting it.
    pub purpose: HostPurpose,
    /// The region that it serves; `None` for a host of no region, and for a pattern.
    pub region: Option<Region>,
}

/// The reason for contacting a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPurpose {
    /// The compute API: listing, reading and acting.
    Compute,
    /// The API that names projects and the permissions in them.
    Projects,
    /// The approved custom endpoint, in place of the cloud's own APIs.
    Endpoint,
    /// The caller's identity, and the roles that a profile assumes.
    SignIn,
    /// Role credentials for an SSO session.
    SsoPortal,
    /// Renewal of an SSO session's token.
    SsoToken,
    /// An access token for a refresh token.
    OauthToken,
    /// An access token for a federated identity's token.
    TokenExchange,
    /// The token of a federated identity.
    SubjectToken,
    /// An access token of the service account that the credentials act as.
    Impersonation,
}

impl HostPurpose {
    /// Every purpose.
    pub const ALL: [Self; 10] = [
        Self::Compute,
        Self::Projects,
        Self::Endpoint,
        Self::SignIn,
        Self::SsoPortal,
        Self::SsoToken,
        Self::OauthToken,
        Self::TokenExchange,
        Self::SubjectToken,
        Self::Impersonation,
    ];

    /// The word used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Projects => "projects",
            Self::Endpoint => "endpoint",
            Self::SignIn => "sign_in",
            Self::SsoPortal => "sso_portal",
            Self::SsoToken => "sso_token",
            Self::OauthToken => "oauth_token",
            Self::TokenExchange => "token_exchange",
            Self::SubjectToken => "subject_token",
            Self::Impersonation => "impersonation",
        }
    }
}
string_enum!(HostPurpose, "purpose");

/// The hosts of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountHosts {
    /// The account.
    pub account: AccountId,
    /// The operator's name for it.
    pub account_name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The hosts, in the order of the provider's table; empty for an account without a network.
    pub hosts: Vec<AllowedHost>,
    /// The reason why the hosts are not known: the profile or the credential file cannot be read.
    /// No request is sent for such an account.
    pub failure: Option<Failure>,
}

impl AllowedHost {
    /// An `https` host on its default port.
    pub fn https(host: &str, purpose: HostPurpose, region: Option<Region>) -> Self {
        Self { origin: format!("https://{host}"), purpose, region }
    }

    /// The origin of a URL.
    pub fn at(url: &Url, purpose: HostPurpose) -> Self {
        Self { origin: url.origin().ascii_serialization(), purpose, region: None }
    }

    /// Returns true if it is a pattern and not one host.
    pub fn is_pattern(&self) -> bool {
        self.origin.contains(ANY_REGION)
    }

    /// Returns true if a request to `url` is a request to this host: same scheme, host and port.
    pub fn covers(&self, url: &Url) -> bool {
        let asked = url.origin().ascii_serialization();
        let Some((head, tail)) = self.origin.split_once(ANY_REGION) else { return asked == self.origin };
        let label = asked.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
        label.is_some_and(is_label)
    }
}

/// Returns true if `text` can be one label of a host name, as the name of a region is.
pub fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(origin: &str, url: &str) -> bool {
        let host = AllowedHost { origin: origin.to_owned(), purpose: HostPurpose::Compute, region: None };
        host.covers(&Url::parse(url).expect(url))
    }

    #[test]
    fn host_covers_its_own_origin_only() {
        let origin = "https://ec2.eu-west-1.amazonaws.com";
        for url in ["https://ec2.eu-west-1.amazonaws.com/", "https://EC2.eu-west-1.amazonaws.com:443/x?y"] {
            assert!(covers(origin, url), "{url}");
        }
        for url in [
            "http://ec2.eu-west-1.amazonaws.com/",
            "https://ec2.eu-west-1.amazonaws.com:8443/",
            "https://ec2.eu-west-2.amazonaws.com/",
            "https://ec2.eu-west-1.amazonaws.com.evil.example/",
            "https://evil.example/ec2.eu-west-1.amazonaws.com",
            "file:///etc/passwd",
        ] {
            assert!(!covers(origin, url), "{url}");
        }
        assert!(covers("http://127.0.0.1:5000", "http://127.0.0.1:5000/x"));
        assert!(!covers("http://127.0.0.1:5000", "http://127.0.0.1:5001/"));
    }

    #[test]
    fn pattern_stands_for_one_label() {
        let origin = "https://ec2.*.amazonaws.com";
        assert!(covers(origin, "https://ec2.mx-central-1.amazonaws.com/"));
        for url in [
            "https://ec2.amazonaws.com/",
            "https://ec2..amazonaws.com/",
            "https://ec2.a.b.amazonaws.com/",
            "https://ec2.evil.example/.amazonaws.com",
            "https://sts.eu-west-1.amazonaws.com/",
            "https://ec2.eu-west-1.amazonaws.com.evil.example/",
            "http://ec2.eu-west-1.amazonaws.com/",
        ] {
            assert!(!covers(origin, url), "{url}");
        }
    }

    #[test]
    fn purposes_have_one_word_each() {
        for purpose in HostPurpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
    }
}
