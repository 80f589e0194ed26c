//! Operations, as Activity shows them: counted whole, with the targets that a person looks at first.
//!
//! An operation may have a thousand targets. A reply carries at most [`MAX_LIMIT`] of all its
//! operations; the numbers are of all of them.

use nepho_core::report::{self, TargetStatus as Status};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    enums::{Action, State, TargetStatus},
    failure::Failure,
    inventory::count,
    limits::{Limit, MAX_LIMIT},
    plan::ActionOptions,
    time::{maybe, moment},
};

/// Asks for the last operations.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListOperationsRequest {
    /// The number wanted, at most 200.
    pub limit: Limit,
}

/// The last operations, newest first; at most 200 targets in all, shared evenly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Operations {
    /// The operations.
    pub operations: Vec<Operation>,
}

/// A committed plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Operation {
    /// Its id; also its journal entries' `operation_id`.
    pub id: String,
    /// The action.
    pub action: Action,
    /// Its parameters.
    pub options: ActionOptions,
    /// The action that undoes it, where one exists; it needs a new plan.
    pub inverse: Option<Action>,
    /// The time at which it was sent.
    pub started_at: String,
    /// The time at which its last target ended.
    pub finished_at: Option<String>,
    /// All its targets in numbers.
    pub counts: OperationCounts,
    /// The first of its targets: what did not go well, then what is under way, then the rest.
    pub targets: Vec<OperationTarget>,
}

/// All targets of an operation in numbers: those still followed, and the others by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct OperationCounts {
    /// All.
    pub total: u64,
    /// Still being followed.
    pub running: u64,
    /// Accepted by the provider, and not observed since.
    pub sent: u64,
    /// The goal was observed.
    pub done: u64,
    /// The goal held already.
    pub already: u64,
    /// Refused by the plan or by the provider.
    pub refused: u64,
    /// Accepted, and failed later or seen in another final state.
    pub failed: u64,
    /// No request was made.
    pub not_sent: u64,
    /// It may or may not have happened.
    pub unknown: u64,
}

/// One target of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OperationTarget {
    /// The resource key.
    pub key: String,
    /// The cloud's own id.
    pub id: String,
    /// The resource's name at the time.
    pub name: String,
    /// The account's name at the time.
    pub account: String,
    /// The result so far.
    pub status: TargetStatus,
    /// The state last observed.
    pub observed_state: Option<State>,
    /// The reason why it was refused or not sent, failed or is unknown.
    pub failure: Option<Failure>,
    /// True while it is followed.
    pub running: bool,
    /// The process that follows it to its end; `null` once it has ended.
    pub follower: Option<Follower>,
}

/// The process that follows an unfinished action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Follower {
    /// This process.
    Here,
    /// Another process.
    Elsewhere {
        /// Its signature, such as `nepho, process 4711`.
        process: String,
    },
    /// None; the next sync or the open window takes over.
    Nobody,
}

impl Operations {
    /// Shows operations, newest first as given.
    pub fn new(operations: &[report::Operation]) -> Self {
        let most = share(operations);
        Self { operations: operations.iter().map(|operation| Operation::new(operation, most)).collect() }
    }
}

/// The most targets that each may show, so that all together show no more than a reply may carry.
fn share(operations: &[report::Operation]) -> usize {
    let most = MAX_LIMIT as usize;
    let shown = |share: usize| operations.iter().map(|operation| operation.targets.len().min(share)).sum::<usize>();
    (0..=most).rev().find(|share| shown(*share) <= most).unwrap_or(0)
}

impl Operation {
    /// Shows an operation with at most `most` of its targets.
    pub fn new(operation: &report::Operation, most: usize) -> Self {
        let mut targets: Vec<&report::OperationTarget> = operation.targets.iter().collect();
        targets.sort_by_key(|target| rank(target));
        Self {
            id: operation.id.to_string(),
            action: operation.request.action().into(),
            options: operation.request.options().into(),
            inverse: operation.request.action().inverse().map(Action::from),
            started_at: moment(operation.started_at),
            finished_at: maybe(operation.finished_at),
            counts: OperationCounts::of(&operation.targets),
            targets: targets.into_iter().take(most).map(OperationTarget::from).collect(),
        }
    }
}

/// The order in which targets are shown: the lowest first.
const fn rank(target: &report::OperationTarget) -> u8 {
    match (target.is_running(), target.result.status) {
        (false, Status::Failed | Status::Refused | Status::NotSent) => 0,
        (false, Status::Unknown) => 1,
        (true, _) => 2,
        (false, Status::Sent | Status::Done | Status::Already) => 3,
    }
}

impl OperationCounts {
    fn of(targets: &[report::OperationTarget]) -> Self {
        let ended = |status: Status| {
            count(targets.iter().filter(|target| !target.is_running() && target.result.status == status).count())
        };
        Self {
            total: count(targets.len()),
            running: count(targets.iter().filter(|target| target.is_running()).count()),
            sent: ended(Status::Sent),
            done: ended(Status::Done),
            already: ended(Status::Already),
            refused: ended(Status::Refused),
            failed: ended(Status::Failed),
            not_sent: ended(Status::NotSent),
            unknown: ended(Status::Unknown),
        }
    }
}

impl From<&report::Follower> for Follower {
    fn from(follower: &report::Follower) -> Self {
        match follower {
            report::Follower::Here => Self::Here,
            report::Follower::Elsewhere(process) => Self::Elsewhere { process: process.clone() },
            report::Follower::Nobody => Self::Nobody,
        }
    }
}

impl From<&report::OperationTarget> for OperationTarget {
    fn from(target: &report::OperationTarget) -> Self {
        Self {
            key: target.result.key.to_string(),
            id: target.result.key.native.to_string(),
            name: target.name.clone(),
            account: target.account_name.clone(),
            status: target.result.status.into(),
            observed_state: target.result.observed_state.map(State::from),
            failure: target.result.failure.as_ref().map(Failure::from),
            running: target.is_running(),
            follower: target.follower.as_ref().map(Follower::from),
        }
    }
}
