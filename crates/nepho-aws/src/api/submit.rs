//! Actions: batches, and finding the one id that spoils a batch.

use std::collections::{HashMap, HashSet, VecDeque};

use futures::future;
use nepho_core::{
    ProviderError, Region, ResourceKey,
    provider::{Accepted, Submission},
};

use super::read::{names_ids, split};
use crate::{error::AwsError, verb::Verb, writer::Writer};

/// The most ids of one request: small enough that a refused batch is quickly halved.
pub(crate) const BATCH: usize = 50;

/// After so many single denials and not one acceptance, the permission is missing outright.
const ENOUGH_DENIALS: usize = 3;

/// Asks for `verb` on `keys`; one answer per key.
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
    let mut answers: Vec<Submission> = Vec::with_capacity(keys.len());
    let mut left: VecDeque<Vec<&ResourceKey>> = keys.chunks(BATCH).map(<[_]>::to_vec).collect();
    let mut denials = 0;
    let mut accepted = false;
    while let Some(batch) = left.pop_front() {
        let ids = batch.iter().map(|key| key.native.to_string()).collect();
        match writer.send(region, verb, ids).await {
            Ok(changes) => {
                accepted = true;
                answers.extend(confirmed(verb, batch, changes));
            }
            Err(error) if batch.len() > 1 && concerns_one(&error) => {
                // A refused batch was refused whole, so its parts may be sent. The exception is
                // a termination across zones, of which parts may have happened; terminating
                // twice is harmless (clouds' `TerminateInstances` documentation).
                let (bad, rest) = match &error {
                    AwsError::Refused { code, message, .. } if names_ids(code) => split(batch, message),
                    _ => split(batch, ""),
                };
                answers.extend(bad.into_iter().map(|key| refused(key, &error)));
                for part in rest.into_iter().rev() {
                    left.push_front(part);
                }
            }
            Err(error) => {
                denials += usize::from(is_denial(&error));
                answers.extend(batch.into_iter().map(|key| refused(key, &error)));
                if denials >= ENOUGH_DENIALS && !accepted {
                    answers.extend(left.drain(..).flatten().map(|key| refused(key, &error)));
                }
            }
        }
    }
    answers
}

/// The answers for a batch that EC2 accepted.
fn confirmed(
    verb: Verb,
    batch: Vec<&ResourceKey>,
    changes: Vec<(String, Accepted)>,
) -> impl Iterator<Item = Submission> {
    let mut changes: HashMap<String, Accepted> = changes.into_iter().collect();
    batch.into_iter().map(move |key| Submission {
        key: key.clone(),
        // Not mentioned: it may or may not have happened.
        outcome: changes.remove(&*key.native).ok_or_else(|| ProviderError::Malformed {
            message: format!("the reply to {} does not mention {}", verb.operation(), key.native),
        }),
    })
}

fn refused(key: &ResourceKey, error: &AwsError) -> Submission {
    Submission { key: key.clone(), outcome: Err(error.clone().about(key)) }
}

fn is_denial(error: &AwsError) -> bool {
    matches!(error.code(), Some("UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException"))
}

/// Whether the refusal may be about some of the batch's ids only. Never for an error that leaves
/// open whether the batch was carried out.
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
