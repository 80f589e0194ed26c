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
    json,
    pages::{PageTokens, token},
    reply, scopes,
};
use crate::{client::ReadClass, error::GcpError, rate_limit::PER_PROJECT, verb};

const OPERATION: &str = "compute.instances.get";

/// The most instances of one zone that are read one by one. For more, a listing of the zone costs
/// fewer requests.
const MOST_READS: usize = 10;

/// The most instances whose permissions are read: one more request each.
const MOST_PERMISSIONS: usize = 20;

/// The zone of an instance, or the error of finding it.
pub(crate) type Placed<'t> = (&'t ResourceKey, Result<String, ProviderError>);

/// Reads `targets`, which are all of the context's realm.
pub(crate) async fn instances(context: Context<'_>, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
    let placed = place(context, targets).await;
    let permissions = placed.len() <= MOST_PERMISSIONS;
    let mut by_zone: BTreeMap<String, Vec<&ResourceKey>> = BTreeMap::new();
    let mut results = Vec::with_capacity(placed.len());
    for (key, zone) in placed {
        match zone {
            Ok(zone) => by_zone.entry(zone).or_default().push(key),
            Err(error) => results.push(ReadResult { key: key.clone(), seen: Err(error) }),
        }
    }
    let (many, few): (Vec<_>, Vec<_>) =
        by_zone.into_iter().partition(|(_, keys)| detail == Detail::State && keys.len() > MOST_READS);
    let reads = few.iter().flat_map(|(zone, keys)| keys.iter().map(move |key| (zone.as_str(), *key)));
    let reads: Vec<_> = reads
        .map(|(zone, key)| async move {
            ReadResult { key: key.clone(), seen: one(context, zone, key, detail, permissions).await }
        })
        .collect();
    let reads = stream::iter(reads).buffer_unordered(PER_PROJECT).collect::<Vec<_>>();
    let lists = future::join_all(many.iter().map(|(zone, keys)| from_listing(context, zone, keys)));
    let (read, listed) = future::join(reads, lists).await;
    results.extend(read);
    results.extend(listed.into_iter().flatten());
    if matches!(detail, Detail::Plan(_)) {
        addresses::fill_in(context, &mut results).await;
    }
    results
}

/// The zone of each target, once per key. A known zone stays valid: an instance never keeps its id in
/// another zone.
pub(crate) async fn place<'t>(context: Context<'_>, targets: &'t [Target]) -> Vec<Placed<'t>> {
    let mut once = HashSet::new();
    let targets = targets.iter().filter(|target| once.insert(&target.key));
    let placing: Vec<_> = targets.map(|target| place_one(context, target)).collect();
    stream::iter(placing).buffered(PER_PROJECT).collect().await
}

async fn place_one<'t>(context: Context<'_>, Target { key, zone }: &'t Target) -> Placed<'t> {
    let placed = match zone.as_ref().map(Zone::as_str).filter(|zone| scopes::is_name(zone)) {
        _ if !is_id(&key.native) => Err(ProviderError::NotFound { key: key.clone() }),
        Some(zone) => Ok(zone.to_owned()),
        None => match locate(context, &key.native).await {
            Ok(Some(zone)) => Ok(zone),
            Ok(None) => Err(ProviderError::NotFound { key: key.clone() }),
            Err(error) => Err(error.into()),
        },
    };
    (key, placed)
}

/// Finds the zone of the instance with this id, with a heavy read. Without `returnPartialSuccess`,
/// Google fails the read if any zone does not answer, so `None` means that no zone has the instance.
async fn locate(context: Context<'_>, native: &str) -> Result<Option<String>, GcpError> {
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
    let path = context.client.path(["aggregated", "instances"]);
    let filter = format!("id = {native}");
    let mut tokens = PageTokens::default();
    loop {
        let mut query = vec![("filter", filter.as_str()), ("fields", "kind,nextPageToken,items/*/instances/id")];
        query.extend(tokens.last().map(|token| ("pageToken", token)));
        let body = context.client.read(ReadClass::Heavy, &path, &query).await?;
        let found: Found = json::read(OPERATION, &body)?;
        json::expect_kind(OPERATION, &found.kind, "compute#instanceAggregatedList")?;
        let has_it = |scoped: &Scoped| scoped.instances.iter().any(|one| one.id == native);
        let scope = found.items.iter().find(|(_, scoped)| has_it(scoped)).map(|(scope, _)| scope);
        if let Some(zone) = scope.and_then(|scope| scopes::zone_of(scope)).filter(|zone| scopes::is_name(zone)) {
            return Ok(Some(zone.to_owned()));
        }
        if !tokens.advance(OPERATION, token(found.next_page_token))? {
            return Ok(None);
        }
    }
}

/// The path of one instance, with a `verb` behind it.
pub(crate) fn path<'p>(context: Context<'p>, zone: &'p str, key: &'p ResourceKey, verb: Option<&'p str>) -> String {
    context.client.path(["zones", zone, "instances", &key.native].into_iter().chain(verb))
}

/// Reads one instance with its own request.
async fn one(
    context: Context<'_>,
    zone: &str,
    key: &ResourceKey,
    detail: Detail,
    permissions: bool,
) -> Result<ReadResource, ProviderError> {
    match detail {
        Detail::State => {
            let listed = read(context, zone, key, Some(FIELDS)).await?;
            Ok(ReadResource { listed, preflight: Preflight::default() })
        }
        Detail::Document => {
            let mut listed = read(context, zone, key, None).await?;
            listed.document.bytes = reply::with_values_withheld(OPERATION, &listed.document.bytes)?;
            Ok(ReadResource { listed, preflight: Preflight::default() })
        }
        Detail::Plan(action) => {
            let permitted = async { if permissions { permitted(context, zone, key, action).await } else { None } };
            let (read, permitted) = future::join(read_for_plan(context, zone, key), permitted).await;
            let (listed, preflight) = read?;
            Ok(ReadResource { listed, preflight: Preflight { permitted, ..preflight } })
        }
    }
}

/// Reads an instance, with the members `fields` or with all.
async fn read(
    context: Context<'_>,
    zone: &str,
    key: &ResourceKey,
    fields: Option<&str>,
) -> Result<ListedResource, ProviderError> {
    let body = get(context, zone, key, fields).await?;
    let is_full = fields.is_none();
    let (mut listed, group) =
        reply::instance(OPERATION, &body, &context.place(zone), |instance| is_full.then(|| instance.created_by()))?;
    if let Some(group) = group {
        context.preflight.set_group(&key.native, group);
    }
    context.preflight.complete(&mut listed.resource);
    expect_key(key, listed)
}

/// Reads an instance with its metadata, which name the group that created it. Metadata hold scripts
/// and secrets, so they are not kept.
async fn read_for_plan(
    context: Context<'_>,
    zone: &str,
    key: &ResourceKey,
) -> Result<(ListedResource, Preflight), ProviderError> {
    let body = get(context, zone, key, Some(&format!("{FIELDS},{METADATA}/items"))).await?;
    let (mut listed, (group, preflight)) = reply::instance(OPERATION, &body, &context.place(zone), |instance| {
        // Compute Engine has no stop protection.
        let preflight = Preflight {
            stop: Some(false),
            termination: Some(instance.deletion_protection),
            local_disks: Some(instance.has_local_ssd()),
            ..Preflight::default()
        };
        (instance.created_by(), preflight)
    })?;
    listed.document.bytes = reply::without_metadata(OPERATION, &body)?;
    context.preflight.set_group(&key.native, group);
    context.preflight.complete(&mut listed.resource);
    Ok((expect_key(key, listed)?, preflight))
}

async fn get(
    context: Context<'_>,
    zone: &str,
    key: &ResourceKey,
    fields: Option<&str>,
) -> Result<Bytes, ProviderError> {
    let query: Vec<_> = fields.map(|fields| ("fields", fields)).into_iter().collect();
    let read = context.client.read(ReadClass::Zone, &path(context, zone, key, None), &query).await;
    read.map_err(|error| error.about(key))
}

fn expect_key(key: &ResourceKey, listed: ListedResource) -> Result<ListedResource, ProviderError> {
    if listed.resource.key == *key {
        return Ok(listed);
    }
    let message = format!("{OPERATION}: the reply is about {}, not about {key}", listed.resource.key);
    Err(ProviderError::Malformed { message })
}

/// Reads whether the action is permitted on the instance; `None` if the read fails.
async fn permitted(context: Context<'_>, zone: &str, key: &ResourceKey, action: Action) -> Option<bool> {
    #[derive(Deserialize)]
    struct Granted {
        /// Google leaves the member out if no permission is granted.
        #[serde(default)]
        permissions: Vec<String>,
    }
    let permission = verb::permission(action);
    let path = path(context, zone, key, Some("testIamPermissions"));
    let body = context.client.query(&path, &json!({"permissions": [permission]})).await.ok()?;
    let granted: Granted = serde_json::from_slice(&body).ok()?;
    Some(granted.permissions.iter().any(|one| one == permission))
}

/// Reads many instances of one zone with a listing.
async fn from_listing(context: Context<'_>, zone: &str, keys: &[&ResourceKey]) -> Vec<ReadResult> {
    let wanted: HashSet<&ResourceKey> = keys.iter().copied().collect();
    let mut found: HashMap<ResourceKey, ListedResource> = HashMap::new();
    let ended = context.zone(zone, |rows| {
        let rows = rows.into_iter().filter(|row| wanted.contains(&row.resource.key));
        found.extend(rows.map(|row| (row.resource.key.clone(), row)));
    });
    let ended = ended.await;
    let mut result = |key: &ResourceKey| match (found.remove(key), &ended) {
        (Some(listed), _) => Ok(ReadResource { listed, preflight: Preflight::default() }),
        // Only a complete listing proves an absence.
        (None, Ok(())) => Err(ProviderError::NotFound { key: key.clone() }),
        (None, Err(error)) => Err(error.clone()),
    };
    keys.iter().map(|key| ReadResult { key: (*key).clone(), seen: result(key) }).collect()
}
