//! The scopes of an account: its regions.

use nepho_core::{Kind, Location, Region, Scope};

use crate::{client::Client, error::AwsError, rate_limit::Purpose};

const OPERATION: &str = "ec2:DescribeRegions";

/// The regions that the account has enabled.
pub(crate) async fn regions(client: &Client) -> Result<Vec<Region>, AwsError> {
    let admission = client.admission(&client.home, Purpose::Sweep).await;
    // Without `AllRegions` only enabled regions are listed
    // (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html>).
    let sent = client.ec2(&client.home).describe_regions().customize().interceptor(admission).send().await;
    let reply = sent.map_err(|error| AwsError::new(OPERATION, &error))?;
    let enabled = |status: Option<&str>| matches!(status, None | Some("opt-in-not-required" | "opted-in"));
    let mut regions: Vec<Region> = reply
        .regions()
        .iter()
        .filter(|region| enabled(region.opt_in_status()))
        .filter_map(|region| region.region_name().map(Region::from))
        .collect();
    regions.sort();
    regions.dedup();
    if regions.is_empty() {
        return Err(AwsError::malformed(format!("{OPERATION}: the reply names no region")));
    }
    Ok(regions)
}

/// The scope of `region`'s instances.
pub(crate) fn scope(region: &Region) -> Scope {
    Scope { location: Location::new(region.as_str()), kind: Kind::Instance }
}
