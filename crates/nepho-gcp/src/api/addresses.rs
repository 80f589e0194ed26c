//! Reserved public addresses. Google releases the others when their instance stops.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::IpAddr,
};

use futures::future;
use nepho_core::{Region, Resource, provider::ReadResult};
use serde::Deserialize;

use super::{
    context::Context,
    pages::{Page, PageTokens},
};
use crate::{client::ReadClass, error::GcpError};

const OPERATION: &str = "compute.addresses.list";

#[derive(Deserialize)]
struct Reserved {
    #[serde(default)]
    address: String,
}

/// Fills in `ephemeral_public_ip` of each instance. If the reserved addresses cannot be listed, sets
/// `public_ip_unknown` instead of guessing.
pub(crate) async fn fill_in(context: Context<'_>, results: &mut [ReadResult]) {
    let with_addresses = results.iter().filter_map(|one| {
        let resource = &one.seen.as_ref().ok()?.listed.resource;
        public_v4(resource).map(|_| resource.key.region.clone())
    });
    let regions: BTreeSet<Region> = with_addresses.collect();
    let reads = regions.iter().map(|region| async move { (region, reserved(context, region).await.ok().flatten()) });
    let known: HashMap<&Region, Option<HashSet<IpAddr>>> = future::join_all(reads).await.into_iter().collect();
    for seen in results.iter_mut().filter_map(|one| one.seen.as_mut().ok()) {
        let resource = &mut seen.listed.resource;
        let Some(reserved) = known.get(&resource.key.region) else { continue };
        let Some(reserved) = reserved else {
            seen.preflight.public_ip_unknown = public_v4(resource).is_some();
            continue;
        };
        let ephemeral = resource.public_ips.iter().find(|ip| ip.is_ipv4() && !reserved.contains(ip)).copied();
        context.preflight.set_ephemeral(&resource.key.native, ephemeral);
        context.preflight.complete(resource);
    }
}

fn public_v4(resource: &Resource) -> Option<&IpAddr> {
    resource.public_ips.iter().find(|ip| ip.is_ipv4())
}

/// The reserved addresses of a region; `None` if Google reports that some are missing.
async fn reserved(context: Context<'_>, region: &Region) -> Result<Option<HashSet<IpAddr>>, GcpError> {
    let path = context.client.path(["regions", region.as_str(), "addresses"]);
    let mut reserved = HashSet::new();
    let mut tokens = PageTokens::default();
    loop {
        let mut query =
            vec![("maxResults", "500"), ("fields", "kind,nextPageToken,warning(code,message),items/address")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = context.client.read(ReadClass::Zone, &path, &query).await?;
        let mut page = Page::<Reserved>::read(OPERATION, &body, "compute#addressList")?;
        if page.take_fault().is_some() {
            return Ok(None);
        }
        reserved.extend(page.items.iter().filter_map(|one| one.address.parse::<IpAddr>().ok()));
        if !tokens.advance(OPERATION, page.take_next())? {
            return Ok(Some(reserved));
        }
    }
}
