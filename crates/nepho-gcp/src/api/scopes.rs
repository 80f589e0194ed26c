//! The scopes of a project: its zones.

use std::collections::{BTreeMap, BTreeSet};

use nepho_core::{ProviderError, Region};
use serde::Deserialize;

use super::{
    json,
    pages::{Page, PageTokens},
};
use crate::{
    client::{Client, ReadClass},
    convert,
    error::GcpError,
};

const OPERATION: &str = "compute.zones.list";

const KIND: &str = "compute#zoneList";

const FIELDS: &str = "kind,nextPageToken,warning(code,message),items/name";

/// Zones of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zones {
    /// Their names.
    pub names: BTreeSet<String>,
    /// True if listing the zones was denied, so that a listing of instances named them.
    pub denied: bool,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The zones of `regions`, or all zones if `regions` is empty. A zone that is down is included: its
/// rows are kept, and its own listing reports the fault.
pub(crate) async fn zones(client: &Client, regions: &[Region]) -> Result<Zones, ProviderError> {
    let mut zones = match listed(client).await {
        Ok(names) => Zones { names, denied: false },
        Err(error) => match ProviderError::from(error) {
            denied @ ProviderError::PermissionDenied { .. } => match named_by_instances(client).await {
                Ok(names) => Zones { names, denied: true },
                Err(_) => return Err(denied),
            },
            error => return Err(error),
        },
    };
    if zones.names.is_empty() {
        return Err(ProviderError::Malformed { message: format!("{OPERATION}: the reply names no zone") });
    }
    if !regions.is_empty() {
        zones.names.retain(|zone| regions.contains(&convert::region(zone)));
    }
    if zones.names.is_empty() {
        let regions = regions.iter().map(Region::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("the project has no zone in {regions}");
        return Err(ProviderError::Other { code: "NoSuchRegion".to_owned(), message });
    }
    Ok(zones)
}

/// Checks that the project answers, with the shortest list of zones, else of instances.
pub(crate) async fn probe(client: &Client) -> Result<(), GcpError> {
    match shortest(client).await {
        Err(error) if error.status() == Some(403) => named_by_instances(client).await.map(|_| ()),
        other => other,
    }
}

async fn shortest(client: &Client) -> Result<(), GcpError> {
    let query = [("maxResults", "1"), ("fields", "kind")];
    let body = client.read(ReadClass::Global, &path(client), &query).await?;
    Page::<Named>::read(OPERATION, &body, KIND).map(|_| ())
}

fn path(client: &Client) -> String {
    client.path(["zones"])
}

async fn listed(client: &Client) -> Result<BTreeSet<String>, GcpError> {
    let mut names = BTreeSet::new();
    let mut tokens = PageTokens::default();
    loop {
        let mut query = vec![("maxResults", "500"), ("fields", FIELDS)];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = client.read(ReadClass::Global, &path(client), &query).await?;
        let mut page = Page::<Named>::read(OPERATION, &body, KIND)?;
        if let Some(warning) = page.take_fault() {
            // A zone that is missing from the list would pass for a deleted one.
            return Err(GcpError::unreachable(warning.to_string()));
        }
        let next = page.take_next();
        names.extend(page.items.into_iter().map(|zone| zone.name).filter(|name| is_name(name)));
        if !tokens.advance(OPERATION, next)? {
            return Ok(names);
        }
    }
}

/// The zones that a page of all instances names: each page names every zone, with rows or with a
/// warning.
async fn named_by_instances(client: &Client) -> Result<BTreeSet<String>, GcpError> {
    const OPERATION: &str = "compute.instances.aggregatedList";
    #[expect(clippy::zero_sized_map_values, reason = "only the names are read")]
    #[derive(Deserialize)]
    struct Scopes {
        kind: String,
        #[serde(default)]
        items: BTreeMap<String, serde::de::IgnoredAny>,
        #[serde(default)]
        unreachables: Vec<String>,
    }
    let query = [
        ("maxResults", "1"),
        ("returnPartialSuccess", "true"),
        ("fields", "kind,unreachables,items/*/warning/code,items/*/instances/id"),
    ];
    let path = client.path(["aggregated", "instances"]);
    let body = client.read(ReadClass::Heavy, &path, &query).await?;
    let scopes: Scopes = json::read(OPERATION, &body)?;
    json::expect_kind(OPERATION, &scopes.kind, "compute#instanceAggregatedList")?;
    let named = scopes.items.keys().chain(&scopes.unreachables).filter_map(|scope| zone_of(scope));
    Ok(named.filter(|name| is_name(name)).map(str::to_owned).collect())
}

/// The zone in a scope's address, such as `…/zones/europe-west1-b`.
pub(crate) fn zone_of(scope: &str) -> Option<&str> {
    let (before, zone) = scope.rsplit_once('/')?;
    let collection = before.rsplit('/').next().unwrap_or(before);
    (collection == "zones" && !zone.is_empty()).then_some(zone)
}

/// True for the name of a zone, which becomes a part of paths, keys and commands.
pub(crate) fn is_name(zone: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    zone.len() <= 63
        && zone.contains('-')
        && zone.bytes().all(plain)
        && zone.starts_with(|c: char| c.is_ascii_lowercase())
}
