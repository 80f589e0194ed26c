//! Facts about the clouds that a host needs before it opens the façade: the variables to clear before
//! any thread, the hosts of consoles, and the log filter.
//!
//! Deliberately not here: clearing variables and opening pages, which is the host's.

/// The prefix of the AWS SDK's endpoint variables. The operator approves an endpoint per account; a
/// variable that a script exported is not an approval.
const REDIRECTS: &str = "AWS_ENDPOINT_URL";

/// Proxy variables. Our own requests use no proxy; Google's library would send a sign-in through one.
const PROXIES: [&str; 3] = ["http_proxy", "https_proxy", "all_proxy"];

/// The hosts of consoles, with every subdomain. AWS: "AWS Management Console endpoints" of the
/// partitions aws, aws-us-gov and aws-cn. Google: the Google Cloud console.
pub const CONSOLE_HOSTS: [&str; 4] =
    ["console.aws.amazon.com", "console.amazonaws-us-gov.com", "console.amazonaws.cn", "console.cloud.google.com"];

/// A `tracing` filter that shows the logs of the crates under the hosts.
pub const LOG_ALL: &str = "nepho_engine=debug,nepho_app=debug,nepho_aws=debug,nepho_gcp=debug";

/// Returns true if a cloud's library would follow this variable to another endpoint than the account's.
/// A host clears such a variable before it starts any thread.
pub fn redirects_endpoint(variable: &str) -> bool {
    variable.starts_with(REDIRECTS) || PROXIES.iter().any(|proxy| variable.eq_ignore_ascii_case(proxy))
}

#[cfg(test)]
mod tests {
    use nepho_core::{Descriptor, ProviderKind, Realm};
    use nepho_testkit::instance;

    use super::*;

    /// The host of the console's page for an instance of this cloud.
    fn console(descriptor: &dyn Descriptor, provider: ProviderKind, realm: &str, region: &str) -> String {
        let machine = instance("i-1").provider(provider).realm(&Realm::new(realm)).region(region);
        let page = descriptor.console_url(&machine.zone(&format!("{region}-b")).named("web-1").build());
        let page = url::Url::parse(&page.expect("a page")).expect("an address");
        assert_eq!(page.scheme(), "https", "{page}");
        page.host_str().expect("a host").to_owned()
    }

    #[test]
    fn every_page_that_is_offered_is_one_that_a_host_opens() {
        let (aws, gcp) = (&nepho_aws::DESCRIPTOR, &nepho_gcp::DESCRIPTOR);
        let pages = [
            console(aws, ProviderKind::Aws, "123456789012", "eu-west-1"),
            console(aws, ProviderKind::Aws, "aws-us-gov.123456789012", "us-gov-west-1"),
            console(aws, ProviderKind::Aws, "aws-cn.123456789012", "cn-north-1"),
            console(gcp, ProviderKind::Gcp, "lab-1", "europe-west1"),
        ];
        for (page, host) in pages.iter().zip(CONSOLE_HOSTS) {
            assert!(page == host || page.ends_with(&format!(".{host}")), "{page} is not below {host}");
        }
    }

    #[test]
    fn what_leads_requests_away_is_known_by_its_name() {
        for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "HTTPS_PROXY", "http_proxy", "All_Proxy"] {
            assert!(redirects_endpoint(variable), "{variable}");
        }
        for variable in ["PATH", "AWS_PROFILE", "NO_PROXY", "MY_HTTP_PROXY", "GOOGLE_APPLICATION_CREDENTIALS"] {
            assert!(!redirects_endpoint(variable), "{variable}");
        }
    }
}
