//! Which public addresses are reserved: the others are released when their instance stops.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::IpAddr,
};

use futures::future;
use nepho_core::{Region, Resource, provider::ReadResult};
use serde::Deserialize;

use super::{context::Context, pages::PageTokens, reply};
use crate::{client::ReadClass, error::GcpError};

const OPERATION: &str = "compute.addresses.list";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    kind: String,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    items: Vec<Reserved>,
    #[serde(default)]
    warning: Option<reply::Warning>,
}

#[derive(Deserialize)]
struct Reserved {
    #[serde(default)]
    address: String,
}

/// Tells of each instance that was seen which address it loses when it stops. Where the reserved
/// addresses cannot be listed that is told: an address is never called ephemeral by a guess.
pub(crate) async fn tell(reader: Context<'_>, observations: &mut [ReadResult]) {
    let with_addresses = observations.iter().filter_map(|one| {
        let resource = &one.seen.as_ref().ok()?.listed.resource;
        public_v4(resource).map(|_| resource.key.region.clone())
    });
    let regions: BTreeSet<Region> = with_addresses.collect();
    let reading = regions.iter().map(|region| async move { (region, reserved(reader, region).await.ok().flatten()) });
    let known: HashMap<&Region, Option<HashSet<IpAddr>>> = future::join_all(reading).await.into_iter().collect();
    for seen in observations.iter_mut().filter_map(|one| one.seen.as_mut().ok()) {
        let resource = &mut seen.listed.resource;
        let Some(reserved) = known.get(&resource.key.region) else { continue };
        let Some(reserved) = reserved else {
            seen.preflight.public_ip_unknown = public_v4(resource).is_some();
            continue;
        };
        let ephemeral = resource.public_ips.iter().find(|ip| ip.is_ipv4() && !reserved.contains(ip)).copied();
        reader.preflight.ephemeral(&resource.key.native, ephemeral);
        reader.preflight.complete(resource);
    }
}

fn public_v4(resource: &Resource) -> Option<&IpAddr> {
    resource.public_ips.iter().find(|ip| ip.is_ipv4())
}

/// The reserved addresses of a region; `None` where Google says that some are missing.
async fn reserved(reader: Context<'_>, region: &Region) -> Result<Option<HashSet<IpAddr>>, GcpError> {
    let path = reader.client.path(["regions", region.as_str(), "addresses"]);
    let mut reserved = HashSet::new();
    let mut tokens = PageTokens::default();
    loop {
        let mut query =
            vec![("maxResults", "500"), ("fields", "kind,nextPageToken,warning(code,message),items/address")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = reader.client.read(ReadClass::Zone, &path, &query).await?;
        let list: List = reply::read(OPERATION, &body)?;
        reply::promised(OPERATION, &list.kind, "compute#addressList")?;
        if list.warning.and_then(reply::Warning::fault).is_some() {
            return Ok(None);
        }
        reserved.extend(list.items.iter().filter_map(|one| one.address.parse::<IpAddr>().ok()));
        if !tokens.go_on(OPERATION, reply::token(list.next_page_token))? {
            return Ok(Some(reserved));
        }
    }
}
