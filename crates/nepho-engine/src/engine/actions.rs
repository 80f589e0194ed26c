//! The engine's handle: planning, committing, waiting, and the list of operations.

use std::time::Duration;

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, JournalEvent, OperationId},
    plan::{Nonce, Plan},
    provider::ActionRequest,
    report::{Operation, TargetResult},
};
use tokio::sync::oneshot;

use crate::{
    CommitError, EngineError,
    actions::executor::OperationProgress,
    actions::operations,
    actions::planner::Planner,
    engine::{Engine, read},
};

impl Engine {
    /// Plans an action from the cache and one fresh read of the targets. Sends no action.
    pub async fn plan(&self, request: ActionRequest, keys: Vec<ResourceKey>) -> Plan {
        self.loaded().await;
        let accounts = read(&self.0.accounts).clone();
        let planner = Planner {
            inventory: &self.0.inventory,
            sessions: &self.0.sessions,
            host: &*self.0.host,
            clock: &*self.0.clock,
            accounts: &accounts,
        };
        let pending = planner.plan(request, keys).await;
        let plan = pending.plan.clone();
        self.0.pending_plans.put(pending, self.0.clock.now());
        plan
    }

    /// Commits a plan. On return every entry is durable in the journal. The requests follow on a
    /// task that runs to its end regardless of the caller.
    pub async fn commit(&self, nonce: &Nonce, typed: Option<&str>, clicked: bool) -> Result<OperationId, CommitError> {
        let pending = self.0.pending_plans.take(nonce, typed, clicked, &self.snapshot(), self.0.clock.now())?;
        let id = OperationId::new(uuid::Uuid::now_v7().to_string());
        self.0.executor.open(&id, &pending);
        let (journalled, written) = oneshot::channel();
        let (engine, operation) = (self.clone(), id.clone());
        let accounts = read(&self.0.accounts).clone();
        self.spawn(async move {
            let gone = engine.0.executor.run(&operation, pending, accounts, journalled).await;
            // List the scopes before the end, so that a caller who waits for the end sees updated
            // rows.
            engine.list_scopes_of(&gone).await;
            engine.0.executor.finish(&operation);
        });
        written.await.map_err(|_| EngineError::Stopping)??;
        Ok(id)
    }

    /// Returns the result of each target once every request has a response.
    pub async fn submitted(&self, id: &OperationId) -> Vec<TargetResult> {
        self.results(id, |progress| progress.submitted, None).await
    }

    /// Returns the result of each target once the operation has ended, or the results so far after
    /// `timeout`.
    pub async fn wait(&self, id: &OperationId, timeout: Duration) -> Vec<TargetResult> {
        self.results(id, |progress| progress.done, Some(timeout)).await
    }

    async fn results(
        &self,
        id: &OperationId,
        ready: impl Fn(&OperationProgress) -> bool,
        timeout: Option<Duration>,
    ) -> Vec<TargetResult> {
        let Some(mut progress) = self.0.executor.progress(id) else { return Vec::new() };
        let pending = progress.wait_for(ready);
        match timeout {
            // A timeout is a valid result: it returns what is known so far.
            Some(timeout) => drop(tokio::time::timeout(timeout, pending).await),
            None => drop(pending.await),
        }
        progress.borrow().results.clone()
    }

    /// Returns the latest operations, newest first.
    pub async fn operations(&self, limit: usize) -> Result<Vec<Operation>, EngineError> {
        let recent = self.store().recent_operations(limit).await?;
        let alive = |entry: &JournalEntry| {
            entry.entry.run == self.0.run && self.is_followed(entry) || self.0.host.is_running(&entry.entry.run)
        };
        let operations = recent
            .iter()
            .filter_map(|entries| operations::from_entries(&entries.first()?.entry.operation, entries, alive));
        Ok(operations.collect())
    }

    fn is_followed(&self, entry: &JournalEntry) -> bool {
        let progress = self.0.executor.progress(&entry.entry.operation);
        progress.is_some_and(|progress| !progress.borrow().done) || entry.entry.event == JournalEvent::Sent
    }
}
