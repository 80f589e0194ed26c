//! Which zones there are.

use std::collections::{BTreeMap, BTreeSet};

use nepho_core::{ProviderError, Region};
use serde::Deserialize;

use super::{pages::PageTokens, reply};
use crate::{
    client::{Client, ReadClass},
    convert,
    error::GcpError,
};

const OPERATION: &str = "compute.zones.list";

const FIELDS: &str = "kind,nextPageToken,warning(code,message),items/name";

/// Where the names came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zones {
    /// The names.
    pub names: BTreeSet<String>,
    /// Whether the zones themselves could not be listed, so that a listing of instances named them.
    pub denied: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    kind: String,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    items: Vec<Named>,
    #[serde(default)]
    warning: Option<reply::Warning>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The zones of `regions`; of all where none is named. A zone that is down is one all the same: its
/// rows are kept, and its own listing says what is wrong.
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
        return Err(ProviderError::Malformed { message: format!("{OPERATION} named no zone") });
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

/// Whether the project answers at all: the shortest list of zones, else of instances.
pub(crate) async fn proof(client: &Client) -> Result<(), GcpError> {
    match shortest(client).await {
        Err(error) if error.status() == Some(403) => named_by_instances(client).await.map(|_| ()),
        other => other,
    }
}

async fn shortest(client: &Client) -> Result<(), GcpError> {
    let query = [("maxResults", "1"), ("fields", "kind")];
    let body = client.read(ReadClass::Global, &path(client), &query).await?;
    let list: List = reply::read(OPERATION, &body)?;
    reply::promised(OPERATION, &list.kind, "compute#zoneList")
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
        let list: List = reply::read(OPERATION, &body)?;
        reply::promised(OPERATION, &list.kind, "compute#zoneList")?;
        if let Some(warning) = list.warning.and_then(reply::Warning::fault) {
            // A zone that is left out would pass for one that is no more.
            return Err(GcpError::Unreachable { reason: warning.to_string() });
        }
        names.extend(list.items.into_iter().map(|zone| zone.name).filter(|name| is_name(name)));
        if !tokens.go_on(OPERATION, reply::token(list.next_page_token))? {
            return Ok(names);
        }
    }
}

/// Each page of the instances of all zones names every zone, with rows or with a warning.
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
    let scopes: Scopes = reply::read(OPERATION, &body)?;
    reply::promised(OPERATION, &scopes.kind, "compute#instanceAggregatedList")?;
    let named = scopes.items.keys().chain(&scopes.unreachables).filter_map(|scope| reply::zone_of(scope));
    Ok(named.filter(|name| is_name(name)).map(str::to_owned).collect())
}

/// Whether it is the name of a zone: it becomes a part of paths, of keys and of commands.
pub(crate) fn is_name(zone: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    zone.len() <= 63
        && zone.contains('-')
        && zone.bytes().all(plain)
        && zone.starts_with(|c: char| c.is_ascii_lowercase())
}
