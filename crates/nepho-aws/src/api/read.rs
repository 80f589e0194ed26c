//! Fresh reads of single instances.

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::Bytes;
use futures::future;
use nepho_core::{
    ProviderError, Realm, Region, ResourceKey,
    provider::{Detail, ListedResource, Preflight, ReadResource, ReadResult},
};

use super::{preflight::PreflightCache, reply};
use crate::{
    error::AwsError,
    reader::{Reader, Wanted},
    xml::ReplyError,
};

const OPERATION: &str = "ec2:DescribeInstances";

/// The most ids of one `DescribeInstances`.
const MOST_IDS: usize = 1000;

/// The most instances whose preflight are asked for: two more requests each.
const MOST_PROTECTIONS: usize = 20;

/// Reads `keys`, which are all of `realm`.
pub(crate) async fn observe(
    reader: &Reader,
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
        batches.into_iter().map(move |batch| describe(reader, realm, region, batch))
    });
    let seen: Vec<_> = future::join_all(reads).await.into_iter().flatten().collect();
    if matches!(detail, Detail::Plan(_)) {
        preflight.learn(reader, seen.iter().filter_map(|(_, seen)| Some(&seen.as_ref().ok()?.resource))).await;
    }
    let few = keys.len() <= MOST_PROTECTIONS;
    let observations = seen.into_iter().map(|(key, seen)| async move {
        let seen = match seen {
            Ok(listed) => {
                let preflight = match detail {
                    Detail::State | Detail::Document => Preflight::default(),
                    Detail::Plan(_) => preflight.of(reader, &listed.resource, few).await,
                };
                Ok(ReadResource { listed, preflight })
            }
            Err(error) => Err(error),
        };
        ReadResult { key: key.clone(), seen }
    });
    future::join_all(observations).await
}

/// Reads the instances of one region. An id that EC2 does not know fails the whole request, so it
/// is taken out and the rest is asked for again.
async fn describe<'k>(
    reader: &Reader,
    realm: &Realm,
    region: &Region,
    keys: Vec<&'k ResourceKey>,
) -> Vec<(&'k ResourceKey, Result<ListedResource, ProviderError>)> {
    let mut answers = Vec::with_capacity(keys.len());
    let mut left = VecDeque::from([keys]);
    while let Some(batch) = left.pop_front() {
        let ids = batch.iter().map(|key| key.native.to_string()).collect();
        match reader.describe(region, Wanted::Ids(ids)).await.and_then(|body| read(&body, realm, region)) {
            Ok(mut found) => answers.extend(batch.into_iter().map(|key| {
                let listed = found.remove(&*key.native).ok_or_else(|| ProviderError::NotFound { key: key.clone() });
                (key, listed)
            })),
            Err(AwsError::Refused { code, message, .. }) if names_ids(&code) => {
                let (unknown, rest) = split(batch, &message);
                answers.extend(unknown.into_iter().map(|key| (key, Err(ProviderError::NotFound { key: key.clone() }))));
                left.extend(rest);
            }
            Err(error) => answers.extend(batch.into_iter().map(|key| (key, Err(error.clone().about(key))))),
        }
    }
    answers
}

fn read(body: &Bytes, realm: &Realm, region: &Region) -> Result<HashMap<String, ListedResource>, AwsError> {
    let page = reply::page(body, realm, region).map_err(|error| AwsError::reply(OPERATION, &error))?;
    if page.next.is_some() {
        // Never for a request with ids; an instance on a second page would pass for unknown.
        return Err(AwsError::reply(OPERATION, &ReplyError::Missing { element: "rest" }));
    }
    Ok(page.instances.into_iter().map(|listed| (listed.resource.key.native.to_string(), listed)).collect())
}

/// Whether an error with this code names the ids that it is about.
pub(crate) fn names_ids(code: &str) -> bool {
    matches!(code, "InvalidInstanceID.NotFound" | "InvalidInstanceID.Malformed" | "InvalidInstanceId")
}

/// The keys that `message` names, and what is left to be asked for: in one batch, or in halves
/// when the message names none of them. A single key is named even if the message does not say so.
pub(crate) fn split<'k>(
    batch: Vec<&'k ResourceKey>,
    message: &str,
) -> (Vec<&'k ResourceKey>, Vec<Vec<&'k ResourceKey>>) {
    if batch.len() <= 1 {
        return (batch, Vec::new());
    }
    let words: HashSet<&str> =
        message.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let (named, rest): (Vec<_>, Vec<_>) = batch.into_iter().partition(|key| words.contains(&*key.native));
    if named.is_empty() {
        let (left, right) = rest.split_at(rest.len() / 2);
        return (named, vec![left.to_vec(), right.to_vec()]);
    }
    (named, if rest.is_empty() { Vec::new() } else { vec![rest] })
}
