//! Submission of actions in batches, and the search for the ids that a refused batch was refused for.

use std::collections::{HashMap, HashSet, VecDeque};

use futures::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use nepho_core::{
    ProviderError, Region, ResourceKey,
    provider::{Accepted, Submission},
};

use super::read::{names_ids, split};
use crate::{error::AwsError, verb::Verb, writer::Writer};

/// The most ids of one request: few, so that halving a refused batch takes few requests.
pub(crate) const BATCH: usize = 50;

/// The number of single ids denied in a row, without an accepted one, after which the rest is not
/// sent. A policy can permit an action by tag, so a few denials prove nothing about other ids.
const DENIALS_IN_A_ROW: usize = 5;

/// Submits `verb` for `keys`. Yields one submission per key, as soon as its reply is here.
pub(crate) fn submit<'a>(
    writer: &'a Writer,
    verb: Verb,
    keys: &[ResourceKey],
) -> impl Stream<Item = Submission> + use<'a> {
    let mut by_region: HashMap<Region, Vec<ResourceKey>> = HashMap::new();
    let mut once = HashSet::new();
    for key in keys.iter().filter(|key| once.insert(*key)) {
        by_region.entry(key.region.clone()).or_default().push(key.clone());
    }
    let regions = by_region.into_iter().map(|(region, keys)| Batches::new(writer, region, verb, &keys).answers());
    stream::select_all(regions)
}

/// The batches of one region that are still to be sent.
struct Batches<'a> {
    writer: &'a Writer,
    region: Region,
    verb: Verb,
    left: VecDeque<Vec<ResourceKey>>,
    /// The number of denied single ids since the last accepted batch.
    denials: usize,
}

impl<'a> Batches<'a> {
    fn new(writer: &'a Writer, region: Region, verb: Verb, keys: &[ResourceKey]) -> Self {
        let left = keys.chunks(BATCH).map(<[_]>::to_vec).collect();
        Self { writer, region, verb, left, denials: 0 }
    }

    /// Sends one batch after another.
    fn answers(self) -> BoxStream<'a, Submission> {
        let next = |mut batches: Self| async {
            let batch = batches.left.pop_front()?;
            Some((batches.send(batch).await, batches))
        };
        stream::unfold(self, next).flat_map(stream::iter).boxed()
    }

    async fn send(&mut self, batch: Vec<ResourceKey>) -> Vec<Submission> {
        let ids = batch.iter().map(|key| key.native.to_string()).collect();
        match self.writer.send(&self.region, self.verb, ids).await {
            Ok(changes) => {
                self.denials = 0;
                confirmed(self.verb, batch, changes)
            }
            Err(error) if batch.len() > 1 && concerns_one(&error) => {
                // EC2 refuses a batch as a whole, so its parts may be sent again. The exception is
                // a termination across zones, which may be carried out in part; a second
                // termination has no effect (EC2's `TerminateInstances` documentation).
                let (bad, rest) = match &error {
                    AwsError::Refused { code, message, .. } if names_ids(code) => split(batch, message),
                    _ => split(batch, ""),
                };
                for part in rest.into_iter().rev() {
                    self.left.push_front(part);
                }
                bad.iter().map(|key| refused(key, &error)).collect()
            }
            Err(error) => {
                let mut submissions: Vec<Submission> = batch.iter().map(|key| refused(key, &error)).collect();
                self.denials = if is_denial(&error) { self.denials + 1 } else { 0 };
                if self.denials >= DENIALS_IN_A_ROW {
                    submissions.extend(self.give_up());
                }
                submissions
            }
        }
    }

    /// Ends the region's batches without sending them.
    fn give_up(&mut self) -> impl Iterator<Item = Submission> {
        let message = format!("EC2 denied {DENIALS_IN_A_ROW} instances in a row, so the others were not asked");
        let not_sent = move |key| Submission { key, outcome: Err(ProviderError::not_sent(message.clone())) };
        std::mem::take(&mut self.left).into_iter().flatten().map(not_sent)
    }
}

/// The submissions of a batch that EC2 accepted.
fn confirmed(verb: Verb, batch: Vec<ResourceKey>, changes: Vec<(String, Accepted)>) -> Vec<Submission> {
    let mut changes: HashMap<String, Accepted> = changes.into_iter().collect();
    let submission = |key: ResourceKey| Submission {
        // Missing in the reply: the action may or may not be carried out.
        outcome: changes.remove(&*key.native).ok_or_else(|| ProviderError::Malformed {
            message: format!("{}: the reply does not name {}", verb.operation(), key.native),
        }),
        key,
    };
    batch.into_iter().map(submission).collect()
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
