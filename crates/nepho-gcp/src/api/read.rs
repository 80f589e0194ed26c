//! Fresh reads of single instances.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use futures::{StreamExt, future, stream};
use nepho_core::{
    Action, ProviderError, ResourceKey, Zone,
    provider::{Detail, ListedResource, Preflight, ReadResource, ReadResult, Target},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    addresses,
    context::Context,
    instances::{FIELDS, METADATA, is_id},
    pages::PageTokens,
    reply, zones,
};
use crate::{client::ReadClass, error::GcpError, rate_limit::PER_PROJECT, verb};

const OPERATION: &str = "compute.instances.get";

/// The most instances of one zone that are read one by one: beyond, a listing of the zone costs
/// fewer requests.
const MOST_READS: usize = 10;

/// The most instances whose permissions are asked for: one more request each.
const MOST_PERMISSIONS: usize = 20;

/// Where an instance is, or why that is not known.
pub(crate) type Placed<'t> = (&'t ResourceKey, Result<String, ProviderError>);

/// Reads `targets`, which are all of the reader's realm.
pub(crate) async fn observe(reader: Context<'_>, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
    let placed = place(reader, targets).await;
    let permissions = placed.len() <= MOST_PERMISSIONS;
    let mut by_zone: BTreeMap<String, Vec<&ResourceKey>> = BTreeMap::new();
    let mut observations = Vec::with_capacity(placed.len());
    for (key, zone) in placed {
        match zone {
            Ok(zone) => by_zone.entry(zone).or_default().push(key),
            Err(error) => observations.push(ReadResult { key: key.clone(), seen: Err(error) }),
        }
    }
    let (many, few): (Vec<_>, Vec<_>) =
        by_zone.into_iter().partition(|(_, keys)| detail == Detail::State && keys.len() > MOST_READS);
    let reads = few.iter().flat_map(|(zone, keys)| keys.iter().map(move |key| (zone.as_str(), *key)));
    let reads: Vec<_> = reads
        .map(|(zone, key)| async move {
            ReadResult { key: key.clone(), seen: one(reader, zone, key, detail, permissions).await }
        })
        .collect();
    let reads = stream::iter(reads).buffer_unordered(PER_PROJECT).collect::<Vec<_>>();
    let lists = future::join_all(many.iter().map(|(zone, keys)| of_zone(reader, zone, keys)));
    let (read, listed) = future::join(reads, lists).await;
    observations.extend(read);
    observations.extend(listed.into_iter().flatten());
    if matches!(detail, Detail::Plan(_)) {
        addresses::tell(reader, &mut observations).await;
    }
    observations
}

/// Where each target is, once for each key. The zone that it was last seen in is where it is: an
/// instance never moves with its id.
pub(crate) async fn place<'t>(reader: Context<'_>, targets: &'t [Target]) -> Vec<Placed<'t>> {
    let mut once = HashSet::new();
    let targets = targets.iter().filter(|target| once.insert(&target.key));
    let placing: Vec<_> = targets.map(|target| place_one(reader, target)).collect();
    stream::iter(placing).buffered(PER_PROJECT).collect().await
}

async fn place_one<'t>(reader: Context<'_>, Target { key, zone }: &'t Target) -> Placed<'t> {
    let placed = match zone.as_ref().map(Zone::as_str).filter(|zone| zones::is_name(zone)) {
        _ if !is_id(&key.native) => Err(ProviderError::NotFound { key: key.clone() }),
        Some(zone) => Ok(zone.to_owned()),
        None => match locate(reader, &key.native).await {
            Ok(Some(zone)) => Ok(zone),
            Ok(None) => Err(ProviderError::NotFound { key: key.clone() }),
            Err(error) => Err(error.into()),
        },
    };
    (key, placed)
}

/// The zone of the instance with this id: Google finds it, at the price of a heavy read. All zones must
/// have answered, or it might be in the one that did not.
async fn locate(reader: Context<'_>, native: &str) -> Result<Option<String>, GcpError> {
    const OPERATION: &str = "compute.instances.aggregatedList";
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        kind: String,
        #[serde(default)]
        next_page_token: Option<String>,
        #[serde(default)]
        items: BTreeMap<String, Scoped>,
    }
    #[derive(Deserialize)]
    struct Scoped {
        #[serde(default)]
        instances: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let path = reader.client.path(["aggregated", "instances"]);
    let filter = format!("id = {native}");
    let mut tokens = PageTokens::default();
    loop {
        let mut query = vec![("filter", filter.as_str()), ("fields", "kind,nextPageToken,items/*/instances/id")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = reader.client.read(ReadClass::Heavy, &path, &query).await?;
        let found: Found = reply::read(OPERATION, &body)?;
        reply::promised(OPERATION, &found.kind, "compute#instanceAggregatedList")?;
        let here = |scoped: &Scoped| scoped.instances.iter().any(|one| one.id == native);
        let scope = found.items.iter().find(|(_, scoped)| here(scoped)).map(|(scope, _)| scope);
        if let Some(zone) = scope.and_then(|scope| reply::zone_of(scope)).filter(|zone| zones::is_name(zone)) {
            return Ok(Some(zone.to_owned()));
        }
        if !tokens.go_on(OPERATION, reply::token(found.next_page_token))? {
            return Ok(None);
        }
    }
}

/// The path of one instance, with what follows it.
pub(crate) fn path<'p>(reader: Context<'p>, zone: &'p str, key: &'p ResourceKey, then: Option<&'p str>) -> String {
    reader.client.path(["zones", zone, "instances", &key.native].into_iter().chain(then))
}

/// Reads one instance by itself.
async fn one(
    reader: Context<'_>,
    zone: &str,
    key: &ResourceKey,
    detail: Detail,
    permissions: bool,
) -> Result<ReadResource, ProviderError> {
    match detail {
        Detail::State => {
            let listed = read(reader, zone, key, Some(FIELDS)).await?;
            Ok(ReadResource { listed, preflight: Preflight::default() })
        }
        Detail::Document => {
            let mut listed = read(reader, zone, key, None).await?;
            listed.document.bytes = reply::with_values_withheld(OPERATION, &listed.document.bytes)?;
            Ok(ReadResource { listed, preflight: Preflight::default() })
        }
        Detail::Plan(action) => {
            let asked = async { if permissions { permitted(reader, zone, key, action).await } else { None } };
            let (read, permitted) = future::join(read_for_plan(reader, zone, key), asked).await;
            let (listed, preflight) = read?;
            Ok(ReadResource { listed, preflight: Preflight { permitted, ..preflight } })
        }
    }
}

/// Reads an instance, with these members only or with all.
async fn read(
    reader: Context<'_>,
    zone: &str,
    key: &ResourceKey,
    fields: Option<&str>,
) -> Result<ListedResource, ProviderError> {
    let body = get(reader, zone, key, fields).await?;
    let whole = fields.is_none();
    let (mut listed, group) =
        reply::instance(OPERATION, &body, &reader.place(zone), |instance| whole.then(|| instance.made_by()))?;
    if let Some(group) = group {
        reader.preflight.group(&key.native, group);
    }
    reader.preflight.complete(&mut listed.resource);
    same(key, listed)
}

/// Reads an instance with its metadata, which say who made it. They hold scripts and secrets, so
/// they go no further than that.
async fn read_for_plan(
    reader: Context<'_>,
    zone: &str,
    key: &ResourceKey,
) -> Result<(ListedResource, Preflight), ProviderError> {
    let body = get(reader, zone, key, Some(&format!("{FIELDS},{METADATA}/items"))).await?;
    let (mut listed, (group, preflight)) = reply::instance(OPERATION, &body, &reader.place(zone), |instance| {
        // Google has no protection against stopping.
        let preflight = Preflight {
            stop: Some(false),
            termination: Some(instance.deletion_protection),
            local_disks: Some(instance.has_local_ssd()),
            ..Preflight::default()
        };
        (instance.made_by(), preflight)
    })?;
    listed.document.bytes = reply::without_metadata(OPERATION, &body)?;
    reader.preflight.group(&key.native, group);
    reader.preflight.complete(&mut listed.resource);
    Ok((same(key, listed)?, preflight))
}

async fn get(reader: Context<'_>, zone: &str, key: &ResourceKey, fields: Option<&str>) -> Result<Bytes, ProviderError> {
    let query: Vec<_> = fields.map(|fields| ("fields", fields)).into_iter().collect();
    let read = reader.client.read(ReadClass::Zone, &path(reader, zone, key, None), &query).await;
    read.map_err(|error| error.about(key))
}

fn same(key: &ResourceKey, listed: ListedResource) -> Result<ListedResource, ProviderError> {
    if listed.resource.key == *key {
        return Ok(listed);
    }
    let message = format!("{OPERATION}: asked for {key}, answered with {}", listed.resource.key);
    Err(ProviderError::Malformed { message })
}

/// Whether the action is permitted on the instance; `None` when that could not be found out.
async fn permitted(reader: Context<'_>, zone: &str, key: &ResourceKey, action: Action) -> Option<bool> {
    #[derive(Deserialize)]
    struct Granted {
        /// Left out when none is granted.
        #[serde(default)]
        permissions: Vec<String>,
    }
    let permission = verb::permission(action);
    let path = path(reader, zone, key, Some("testIamPermissions"));
    let body = reader.client.ask(&path, &json!({"permissions": [permission]})).await.ok()?;
    let granted: Granted = serde_json::from_slice(&body).ok()?;
    Some(granted.permissions.iter().any(|one| one == permission))
}

/// Reads many instances of one zone by listing it.
async fn of_zone(reader: Context<'_>, zone: &str, keys: &[&ResourceKey]) -> Vec<ReadResult> {
    let wanted: HashSet<&ResourceKey> = keys.iter().copied().collect();
    let mut found: HashMap<ResourceKey, ListedResource> = HashMap::new();
    let ended = reader.zone(zone, |rows| {
        let rows = rows.into_iter().filter(|row| wanted.contains(&row.resource.key));
        found.extend(rows.map(|row| (row.resource.key.clone(), row)));
    });
    let ended = ended.await;
    let mut seen = |key: &ResourceKey| match (found.remove(key), &ended) {
        (Some(listed), _) => Ok(ReadResource { listed, preflight: Preflight::default() }),
        // Only a whole listing proves an absence.
        (None, Ok(())) => Err(ProviderError::NotFound { key: key.clone() }),
        (None, Err(error)) => Err(error.clone()),
    };
    keys.iter().map(|key| ReadResult { key: (*key).clone(), seen: seen(key) }).collect()
}
