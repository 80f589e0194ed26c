//! Actions and their record, passed on to the engine.

use std::time::Duration;

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, OperationId, Verification},
    plan::{MOST_TARGETS, Nonce, Plan},
    provider::ActionRequest,
    report::{Operation, TargetResult, TargetStatus},
    request::Targets,
};
use nepho_engine::CommitError;

use crate::{App, AppError};

/// The number of recent operations whose targets can be planned for again.
const OPERATIONS: usize = 200;

impl App {
    /// Plans an action from the cache and one fresh read of the targets. Sends no mutation.
    ///
    /// An action alone discards no local disks. Refuses more than [`MOST_TARGETS`].
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

    /// The accepted targets of an operation.
    async fn accepted(&self, id: OperationId) -> Result<Vec<ResourceKey>, AppError> {
        let mut operations = self.operations(OPERATIONS).await?.into_iter();
        let operation =
            operations.find(|operation| operation.id == id).ok_or(AppError::UnknownOperation { operation: id })?;
        let results = operation.targets.into_iter().map(|target| target.result);
        let accepted = |result: &TargetResult| matches!(result.status, TargetStatus::Sent | TargetStatus::Done);
        Ok(results.filter(accepted).map(|result| result.key).collect())
    }

    /// Executes a plan. On return it is in the journal; the requests run to their end even if the caller
    /// stops waiting.
    pub async fn commit(&self, nonce: &Nonce, typed: Option<&str>, clicked: bool) -> Result<OperationId, CommitError> {
        self.engine().commit(nonce, typed, clicked).await
    }

    /// The result of each target once every request has its reply.
    pub async fn submitted(&self, operation: &OperationId) -> Vec<TargetResult> {
        self.engine().submitted(operation).await
    }

    /// The result of each target once the cloud shows it; after `limit`, the results so far.
    pub async fn wait(&self, operation: &OperationId, limit: Duration) -> Vec<TargetResult> {
        self.engine().wait(operation, limit).await
    }

    /// The results of the plan's targets that were on their way already, once the cloud shows their
    /// end; after `limit`, those so far. Sends nothing.
    pub async fn watch(&self, plan: &Plan, limit: Duration) -> Vec<TargetResult> {
        self.engine().watch(plan, limit).await
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
