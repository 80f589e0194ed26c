//! Fresh reads of single instances.

use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet, VecDeque},
};

use bytes::Bytes;
use futures::future;
use nepho_core::{
    ProviderError, Realm, Region, ResourceKey,
    provider::{Detail, ListedResource, Preflight, ReadResource, ReadResult},
};

use super::{preflight::PreflightCache, reply};
use crate::{
    client::{Client, Wanted},
    document,
    error::AwsError,
};

const OPERATION: &str = "ec2:DescribeInstances";

/// The most ids of one `DescribeInstances`.
const MOST_IDS: usize = 1000;

/// The most instances whose protections are read: two more requests each.
const MOST_PROTECTIONS: usize = 20;

/// Reads `keys`, which are all of `realm`.
pub(crate) async fn instances(
    client: &Client,
    preflight: &PreflightCache,
    realm: &Realm,
    keys: &[ResourceKey],
    detail: Detail,
) -> Vec<ReadResult> {
    let mut by_region: HashMap<&Region, Vec<&ResourceKey>> = HashMap::new();
    for key in keys.iter().collect::<HashSet<_>>() {
        by_region.entry(&key.region).or_default().push(key);
    }
    let reads = by_region.into_iter().flat_map(|(region, keys)| {
        let batches: Vec<Vec<&ResourceKey>> = keys.chunks(MOST_IDS).map(<[_]>::to_vec).collect();
        batches.into_iter().map(move |batch| describe(client, realm, region, batch))
    });
    let found: Vec<_> = future::join_all(reads).await.into_iter().flatten().collect();
    if matches!(detail, Detail::Plan(_)) {
        preflight.load(client, found.iter().filter_map(|(_, one)| Some(&one.as_ref().ok()?.resource))).await;
    }
    let protections = keys.len() <= MOST_PROTECTIONS;
    let results = found.into_iter().map(|(key, one)| async move {
        let seen = match one {
            Ok(listed) => {
                let preflight = match detail {
                    Detail::State | Detail::Document => Preflight::default(),
                    Detail::Plan(_) => Preflight {
                        hibernation: document::hibernates(&listed.document),
                        ..preflight.of(client, &listed.resource, protections).await
                    },
                };
                Ok(ReadResource { listed, preflight })
            }
            Err(error) => Err(error),
        };
        ReadResult { key: key.clone(), seen }
    });
    future::join_all(results).await
}

/// Reads the instances of one region. An id that EC2 does not know fails the request, so the function
/// removes the id and repeats the request.
async fn describe<'k>(
    client: &Client,
    realm: &Realm,
    region: &Region,
    keys: Vec<&'k ResourceKey>,
) -> Vec<(&'k ResourceKey, Result<ListedResource, ProviderError>)> {
    let mut results = Vec::with_capacity(keys.len());
    let mut left = VecDeque::from([keys]);
    while let Some(batch) = left.pop_front() {
        let ids = batch.iter().map(|key| key.native.to_string()).collect();
        match client.describe(region, Wanted::Ids(ids)).await.and_then(|body| read(&body, realm, region)) {
            Ok(mut found) => results.extend(batch.into_iter().map(|key| {
                let listed = found.remove(&*key.native).ok_or_else(|| ProviderError::NotFound { key: key.clone() });
                (key, listed)
            })),
            Err(AwsError::Refused { code, message, .. }) if names_ids(&code) => {
                let (unknown, rest) = split(batch, &message);
                results.extend(unknown.into_iter().map(|key| (key, Err(ProviderError::NotFound { key: key.clone() }))));
                left.extend(rest);
            }
            Err(error) => results.extend(batch.into_iter().map(|key| (key, Err(error.clone().about(key))))),
        }
    }
    results
}

fn read(body: &Bytes, realm: &Realm, region: &Region) -> Result<HashMap<String, ListedResource>, AwsError> {
    let page = reply::page(body, realm, region).map_err(|error| AwsError::unreadable(OPERATION, &error))?;
    if page.next.is_some() {
        // EC2 sends no token for a request with ids. An instance on a second page would pass for
        // unknown.
        return Err(AwsError::malformed(format!("{OPERATION}: the reply to a request with ids has several pages")));
    }
    Ok(page.instances.into_iter().map(|listed| (listed.resource.key.native.to_string(), listed)).collect())
}

/// True if an error with this code names the ids that caused it.
pub(crate) fn names_ids(code: &str) -> bool {
    matches!(code, "InvalidInstanceID.NotFound" | "InvalidInstanceID.Malformed" | "InvalidInstanceId")
}

/// Splits a refused batch into the keys that `message` names, and the batches to send again: one with
/// the other keys, or two halves if the message names none. A single key counts as named.
pub(crate) fn split<K: Borrow<ResourceKey> + Clone>(batch: Vec<K>, message: &str) -> (Vec<K>, Vec<Vec<K>>) {
    if batch.len() <= 1 {
        return (batch, Vec::new());
    }
    let words: HashSet<&str> =
        message.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let (named, rest): (Vec<_>, Vec<_>) = batch.into_iter().partition(|key| words.contains(&*key.borrow().native));
    if named.is_empty() {
        let (left, right) = rest.split_at(rest.len() / 2);
        return (named, vec![left.to_vec(), right.to_vec()]);
    }
    (named, if rest.is_empty() { Vec::new() } else { vec![rest] })
}
