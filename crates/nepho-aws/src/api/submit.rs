//! Submission of actions in batches, and the search for the ids that a refused batch was refused for.

use std::collections::{HashMap, HashSet, VecDeque};

use futures::future;
use nepho_core::{
    ProviderError, Region, ResourceKey,
    provider::{Accepted, Submission},
};

use super::read::{names_ids, split};
use crate::{error::AwsError, verb::Verb, writer::Writer};

/// The most ids of one request: few, so that halving a refused batch takes few requests.
pub(crate) const BATCH: usize = 50;

/// The number of denied single ids, without an accepted one, that proves a missing permission for
/// all.
const ENOUGH_DENIALS: usize = 3;

/// Submits `verb` for `keys`. Returns one submission per key.
pub(crate) async fn submit(writer: &Writer, verb: Verb, keys: &[ResourceKey]) -> Vec<Submission> {
    let mut by_region: HashMap<&Region, Vec<&ResourceKey>> = HashMap::new();
    let mut once = HashSet::new();
    for key in keys.iter().filter(|key| once.insert(*key)) {
        by_region.entry(&key.region).or_default().push(key);
    }
    let regions = by_region.into_iter().map(|(region, keys)| in_region(writer, region, verb, keys));
    future::join_all(regions).await.into_iter().flatten().collect()
}

async fn in_region(writer: &Writer, region: &Region, verb: Verb, keys: Vec<&ResourceKey>) -> Vec<Submission> {
    let mut submissions: Vec<Submission> = Vec::with_capacity(keys.len());
    let mut left: VecDeque<Vec<&ResourceKey>> = keys.chunks(BATCH).map(<[_]>::to_vec).collect();
    let mut denials = 0;
    let mut accepted = false;
    while let Some(batch) = left.pop_front() {
        let ids = batch.iter().map(|key| key.native.to_string()).collect();
        match writer.send(region, verb, ids).await {
            Ok(changes) => {
                accepted = true;
                submissions.extend(confirmed(verb, batch, changes));
            }
            Err(error) if batch.len() > 1 && concerns_one(&error) => {
                // EC2 refuses a batch as a whole, so its parts may be sent again. The exception is
                // a termination across zones, which may be carried out in part; a second
                // termination has no effect (EC2's `TerminateInstances` documentation).
                let (bad, rest) = match &error {
                    AwsError::Refused { code, message, .. } if names_ids(code) => split(batch, message),
                    _ => split(batch, ""),
                };
                submissions.extend(bad.into_iter().map(|key| refused(key, &error)));
                for part in rest.into_iter().rev() {
                    left.push_front(part);
                }
            }
            Err(error) => {
                denials += usize::from(is_denial(&error));
                submissions.extend(batch.into_iter().map(|key| refused(key, &error)));
                if denials >= ENOUGH_DENIALS && !accepted {
                    submissions.extend(left.drain(..).flatten().map(|key| refused(key, &error)));
                }
            }
        }
    }
    submissions
}

/// The submissions of a batch that EC2 accepted.
fn confirmed(
    verb: Verb,
    batch: Vec<&ResourceKey>,
    changes: Vec<(String, Accepted)>,
) -> impl Iterator<Item = Submission> {
    let mut changes: HashMap<String, Accepted> = changes.into_iter().collect();
    batch.into_iter().map(move |key| Submission {
        key: key.clone(),
        // Missing in the reply: the action may or may not be carried out.
        outcome: changes.remove(&*key.native).ok_or_else(|| ProviderError::Malformed {
            message: format!("{}: the reply does not name {}", verb.operation(), key.native),
        }),
    })
}

fn refused(key: &ResourceKey, error: &AwsError) -> Submission {
    Submission { key: key.clone(), outcome: Err(error.clone().about(key)) }
}

fn is_denial(error: &AwsError) -> bool {
    matches!(error.code(), Some("UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException"))
}

/// True if the refusal may concern only some ids of the batch. False for an error after which the
/// batch may have been carried out.
fn concerns_one(error: &AwsError) -> bool {
    is_denial(error)
        || matches!(
            error.code(),
            Some(
                "InvalidInstanceID.NotFound"
                    | "InvalidInstanceID.Malformed"
                    | "InvalidInstanceId"
                    | "IncorrectInstanceState"
                    | "IncorrectState"
                    | "IncorrectSpotRequestState"
                    | "OperationNotPermitted"
                    | "UnsupportedOperation"
                    | "UnsupportedHostConfiguration"
                    | "InvalidParameterCombination"
                    | "InvalidParameterValue"
                    | "InsufficientInstanceCapacity"
                    | "InsufficientHostCapacity"
                    | "InsufficientCapacityOnHost"
            )
        )
}
