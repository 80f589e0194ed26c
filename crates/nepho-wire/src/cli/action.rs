//! `nepho start|stop|reboot|suspend|resume|terminate --json`.

use nepho_core::{
    journal::OperationId,
    plan::{Plan, PlannedTarget},
    report::TargetResult,
};
use serde::Serialize;

use crate::{
    enums::{State, TargetStatus},
    failure::Failure,
    plan::{Refusal, Verdict, Warning},
};

/// A plan and its results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionJson {
    /// Each target's verdict.
    pub plan: Vec<PlanRow>,
    /// The result of each target; empty when nothing was sent.
    pub results: Vec<ResultRow>,
    /// The operation's id; `null` when nothing was sent.
    pub operation_id: Option<String>,
}

/// One target's verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanRow {
    /// The resource key.
    pub key: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason in one word; `null` unless refused.
    pub reason: Option<&'static str>,
    /// The same with its parameters.
    pub refusal: Option<Refusal>,
    /// Warnings to read first.
    pub warnings: Vec<Warning>,
}

/// The result of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    /// The resource key.
    pub key: String,
    /// The result.
    pub status: TargetStatus,
    /// The state last observed.
    pub observed_state: Option<State>,
    /// The reason why it was refused or not sent, failed or is unknown.
    pub error: Option<Failure>,
}

impl ActionJson {
    /// A plan alone, or with what became of it.
    pub fn new(plan: &Plan, results: &[TargetResult], operation: Option<&OperationId>) -> Self {
        Self {
            plan: plan.targets.iter().map(PlanRow::from).collect(),
            results: results.iter().map(ResultRow::from).collect(),
            operation_id: operation.map(ToString::to_string),
        }
    }
}

impl From<&PlannedTarget> for PlanRow {
    fn from(target: &PlannedTarget) -> Self {
        let shown = crate::plan::PlannedTarget::from(target);
        Self {
            key: shown.key,
            verdict: shown.verdict,
            reason: shown.refusal.as_ref().map(Refusal::word),
            refusal: shown.refusal,
            warnings: shown.warnings,
        }
    }
}

impl From<&TargetResult> for ResultRow {
    fn from(result: &TargetResult) -> Self {
        Self {
            key: result.key.to_string(),
            status: result.status.into(),
            observed_state: result.observed_state.map(State::from),
            error: result.failure.as_ref().map(Failure::from),
        }
    }
}
