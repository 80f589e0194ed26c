//! Actions and their record: what the façade passes to the engine.

use std::time::Duration;

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, OperationId, Verification},
    plan::{Nonce, Plan},
    provider::ActionRequest,
    report::{Operation, TargetResult, TargetStatus},
    request::Targets,
};
use nepho_engine::CommitError;

use crate::{App, AppError};

/// The most targets that one plan may have. A plan reads every target afresh, so that a selection
/// of a whole inventory would be thousands of requests before the first answer, and a list that
/// nobody reads before confirming it.
pub const MOST_TARGETS: usize = 1_000;

/// How many operations back one can be taken back.
const OPERATIONS: usize = 200;

impl App {
    /// What an action would do: from the cache and one fresh read of the targets. Sends nothing.
    /// An action alone discards no local disks.
    /// Refused for more than [`MOST_TARGETS`].
    pub async fn plan(&self, request: impl Into<ActionRequest>, targets: Targets) -> Result<Plan, AppError> {
        self.ready().await;
        let keys = match targets {
            Targets::Keys(keys) => keys,
            Targets::Selection { query, include_hidden } => self.selected(&query, include_hidden)?,
            Targets::Operation(id) => self.accepted(id).await?,
        };
        if keys.len() > MOST_TARGETS {
            return Err(AppError::TooManyTargets { count: keys.len(), most: MOST_TARGETS });
        }
        for key in &keys {
            self.row(key)?;
        }
        Ok(self.engine().plan(request.into(), keys).await)
    }

    /// What was accepted of an operation.
    async fn accepted(&self, id: OperationId) -> Result<Vec<ResourceKey>, AppError> {
        let mut operations = self.operations(OPERATIONS).await?.into_iter();
        let operation =
            operations.find(|operation| operation.id == id).ok_or(AppError::UnknownOperation { operation: id })?;
        let results = operation.targets.into_iter().map(|target| target.result);
        let accepted = |result: &TargetResult| matches!(result.status, TargetStatus::Sent | TargetStatus::Done);
        Ok(results.filter(accepted).map(|result| result.key).collect())
    }

    /// Carries a plan out. On return it is in the journal; the requests run to their end whatever
    /// the caller does.
    pub async fn commit(&self, nonce: &Nonce, typed: Option<&str>, clicked: bool) -> Result<OperationId, CommitError> {
        self.engine().commit(nonce, typed, clicked).await
    }

    /// Each target's result as soon as every request has been answered.
    pub async fn submitted(&self, operation: &OperationId) -> Vec<TargetResult> {
        self.engine().submitted(operation).await
    }

    /// Each target's result once the cloud has shown it, or after `limit` as far as it is known.
    pub async fn wait(&self, operation: &OperationId, limit: Duration) -> Vec<TargetResult> {
        self.engine().wait(operation, limit).await
    }

    /// The last operations, newest first.
    pub async fn operations(&self, limit: usize) -> Result<Vec<Operation>, AppError> {
        Ok(self.engine().operations(limit).await?)
    }

    /// A page of the journal, newest first.
    pub async fn journal(&self, limit: usize, before: Option<u64>) -> Result<Vec<JournalEntry>, AppError> {
        Ok(self.store().journal(limit, before).await?)
    }

    /// Checks the journal's chain.
    pub async fn verify_journal(&self) -> Result<Verification, AppError> {
        Ok(self.store().verify_journal().await?)
    }
}
