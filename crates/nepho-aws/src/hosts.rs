//! Hosts of AWS: one table for the list that the operator sees and for the requests that are sent.
//!
//! Deliberately not here: the choice of an endpoint for a request, which is the SDK's. A test compares
//! its choice with this table.

use nepho_core::{
    Region,
    network::{ANY_REGION, AllowedHost, HostPurpose, is_label},
};
use url::Url;

use crate::{
    AwsCredentials, AwsFiles, AwsOptions, ConnectError,
    profile::{self, Sso},
};

/// The region for requests of no region, where neither the operator nor the profile names one.
const DEFAULT_REGION: &str = "us-east-1";

/// The DNS suffix of AWS's endpoints by the beginning of a region's name; the last line is the
/// partition `aws` (botocore's `partitions.json`). Dual-stack and FIPS endpoints are not used.
const PARTITIONS: [(&str, &str); 8] = [
    ("cn-", "amazonaws.com.cn"),
    ("us-gov-", "amazonaws.com"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eusc-", "amazonaws.eu"),
    ("", "amazonaws.com"),
];

/// A service of AWS that requests go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Ec2,
    Sts,
    SsoPortal,
    SsoOidc,
}

impl Service {
    const fn label(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Sts => "sts",
            Self::SsoPortal => "portal.sso",
            Self::SsoOidc => "oidc",
        }
    }

    const fn purpose(self) -> HostPurpose {
        match self {
            Self::Ec2 => HostPurpose::Compute,
            Self::Sts => HostPurpose::SignIn,
            Self::SsoPortal => HostPurpose::SsoPortal,
            Self::SsoOidc => HostPurpose::SsoToken,
        }
    }

    /// Its host for a region.
    fn in_region(self, region: &Region) -> AllowedHost {
        let host = format!("{}.{region}.{}", self.label(), suffix(region));
        AllowedHost::https(&host, self.purpose(), Some(region.clone()))
    }

    /// Its hosts for every region of the partition of `home`.
    fn in_any_region(self, home: &Region) -> AllowedHost {
        AllowedHost::https(&format!("{}.{ANY_REGION}.{}", self.label(), suffix(home)), self.purpose(), None)
    }
}

fn suffix(region: &Region) -> &'static str {
    let found = PARTITIONS.iter().find(|(start, _)| region.as_str().starts_with(start));
    found.map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// The facts of an account that decide its hosts. Secrets are not among them.
#[derive(Clone, Copy, Debug)]
pub struct HostFacts<'a> {
    /// The profile that holds its credentials; `None` for keys.
    pub profile: Option<&'a str>,
    /// The files that profiles are read from.
    pub files: &'a AwsFiles,
    /// The approved custom endpoint.
    pub endpoint: Option<&'a Url>,
    /// The regions that the operator named; empty for all that the account has enabled.
    pub regions: &'a [Region],
    /// Regions that a listing found.
    pub known: &'a [Region],
}

impl<'a> HostFacts<'a> {
    /// The facts of an account that is about to be connected.
    pub(crate) fn of(options: &'a AwsOptions) -> Self {
        let profile = match &options.credentials {
            AwsCredentials::Profile(name) => Some(name.as_str()),
            AwsCredentials::Keys { .. } | AwsCredentials::Environment { .. } => None,
        };
        let AwsOptions { files, endpoint, regions, .. } = options;
        Self { profile, files, endpoint: endpoint.as_ref(), regions, known: &[] }
    }

    /// The region for requests of no region: the first that the operator named, else the profile's,
    /// else the default. It decides the partition, so an account outside of `aws` must name one.
    pub(crate) async fn home(&self) -> Result<Region, ConnectError> {
        if let Some(region) = self.regions.first() {
            return Ok(region.clone());
        }
        let named = match self.profile {
            Some(name) => profile::region(self.files, name).await?,
            None => None,
        };
        Ok(Region::from(named.as_deref().unwrap_or(DEFAULT_REGION)))
    }
}

/// Every host that requests of the account may go to. Reads the profile; sends nothing.
pub async fn allowed_hosts(facts: HostFacts<'_>) -> Result<Vec<AllowedHost>, ConnectError> {
    let home = facts.home().await?;
    let sso = match facts.profile {
        Some(name) => profile::sso_of(facts.files, name).await?,
        None => None,
    };
    Ok(hosts(&facts, &home, sso.as_ref()))
}

fn hosts(facts: &HostFacts<'_>, home: &Region, sso: Option<&Sso>) -> Vec<AllowedHost> {
    let mut hosts = match facts.endpoint {
        Some(url) => vec![AllowedHost::at(url, HostPurpose::Endpoint)],
        None => apis(facts, home),
    };
    if let Some(Sso { region, renews }) = sso {
        // A custom endpoint serves EC2 and STS; the session stays AWS's.
        hosts.push(Service::SsoPortal.in_region(region));
        hosts.extend(renews.then(|| Service::SsoOidc.in_region(region)));
    }
    hosts
}

/// STS at the home region, and EC2 wherever instances are listed.
fn apis(facts: &HostFacts<'_>, home: &Region) -> Vec<AllowedHost> {
    let all = facts.regions.is_empty();
    let mut regions: Vec<&Region> = if all { vec![home] } else { facts.regions.iter().collect() };
    regions.extend(facts.known.iter().filter(|_| all));
    regions.retain(|region| is_label(region.as_str()));
    regions.sort();
    regions.dedup();
    let mut hosts = vec![Service::Sts.in_region(home)];
    hosts.extend(regions.into_iter().map(|region| Service::Ec2.in_region(region)));
    // The enabled regions are known only after the first listing, and may become more.
    hosts.extend(all.then(|| Service::Ec2.in_any_region(home)));
    hosts
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
    use aws_sdk_sts::config::endpoint as sts;
    use futures::FutureExt;

    use super::*;

    const REGIONS: [&str; 12] = [
        "us-east-1",
        "eu-west-1",
        "mx-central-1",
        "cn-north-1",
        "cn-northwest-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
        "eusc-de-east-1",
        "xy-new-9",
    ];

    #[test]
    fn table_names_the_hosts_that_the_sdk_chooses() {
        for region in REGIONS {
            let chosen = DefaultResolver::new()
                .resolve_endpoint(&Params::builder().region(region).build().expect("parameters"))
                .now_or_never()
                .expect("no waiting")
                .expect("an endpoint");
            let region = Region::from(region);
            assert_eq!(chosen.url(), Service::Ec2.in_region(&region).origin);
            let params = sts::Params::builder().region(region.as_str()).build().expect("parameters");
            let resolver = sts::DefaultResolver::new();
            let chosen = sts::ResolveEndpoint::resolve_endpoint(&resolver, &params);
            let chosen = chosen.now_or_never().expect("no waiting").expect("an endpoint");
            assert_eq!(chosen.url(), Service::Sts.in_region(&region).origin);
        }
    }

    fn origins(regions: &[&str], known: &[&str], endpoint: Option<&str>, sso: Option<&Sso>) -> Vec<String> {
        let named = |names: &[&str]| names.iter().map(|name| Region::from(*name)).collect::<Vec<_>>();
        let (regions, known) = (named(regions), named(known));
        let endpoint = endpoint.map(|text| Url::parse(text).expect("a URL"));
        let files = AwsFiles::default();
        let facts =
            HostFacts { profile: None, files: &files, endpoint: endpoint.as_ref(), regions: &regions, known: &known };
        let home = regions.first().cloned().unwrap_or_else(|| Region::from(DEFAULT_REGION));
        hosts(&facts, &home, sso).into_iter().map(|host| host.origin).collect()
    }

    #[test]
    fn named_regions_are_the_only_ones() {
        assert_eq!(
            origins(&["cn-north-1", "cn-northwest-1"], &["eu-west-1"], None, None),
            [
                "https://sts.cn-north-1.amazonaws.com.cn",
                "https://ec2.cn-north-1.amazonaws.com.cn",
                "https://ec2.cn-northwest-1.amazonaws.com.cn",
            ]
        );
    }

    #[test]
    fn unknown_regions_are_a_pattern() {
        let pattern = "https://ec2.*.amazonaws.com";
        let (sts, home) = ("https://sts.us-east-1.amazonaws.com", "https://ec2.us-east-1.amazonaws.com");
        assert_eq!(origins(&[], &[], None, None), [sts, home, pattern]);
        assert_eq!(
            origins(&[], &["us-east-1", "eu-west-1", "not a region"], None, None),
            [sts, "https://ec2.eu-west-1.amazonaws.com", home, pattern]
        );
    }

    #[test]
    fn endpoint_stands_for_the_apis_and_not_for_sso() {
        let sso = |region: &str, renews| Sso { region: Region::from(region), renews };
        assert_eq!(origins(&[], &["eu-west-1"], Some("http://127.0.0.1:5000/x"), None), ["http://127.0.0.1:5000"]);
        assert_eq!(
            origins(&[], &[], Some("https://lab.example"), Some(&sso("cn-north-1", true))),
            [
                "https://lab.example",
                "https://portal.sso.cn-north-1.amazonaws.com.cn",
                "https://oidc.cn-north-1.amazonaws.com.cn",
            ]
        );
        let without_session = origins(&["us-gov-west-1"], &[], None, Some(&sso("us-gov-west-1", false)));
        assert_eq!(without_session.last().map(String::as_str), Some("https://portal.sso.us-gov-west-1.amazonaws.com"));
    }
}
