//! The engine's handle: planning, committing, waiting, and the list of operations.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use nepho_core::{
    AccountId, ResourceKey,
    journal::{JournalEntry, JournalEvent, NewEntry, OperationId},
    plan::{Nonce, Plan, PlannedTarget, Verdict},
    provider::ActionRequest,
    report::{Operation, TargetResult},
};
use tokio::sync::oneshot;

use crate::{
    CommitError, EngineError,
    actions::operations,
    actions::planner::Planner,
    actions::progress::OperationProgress,
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
            journal: &self.0.executor.journal,
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
        let Some(mut progress) = self.0.executor.progress.of(id) else { return Vec::new() };
        let pending = progress.wait_for(ready);
        match timeout {
            // A timeout is a valid result: it returns what is known so far.
            Some(timeout) => drop(tokio::time::timeout(timeout, pending).await),
            None => drop(pending.await),
        }
        progress.borrow().results.clone()
    }

    /// Waits for the plan's targets that are on their way to the goal already, at most `timeout`.
    /// Sends nothing. Returns a result for each target that ended.
    pub async fn watch(&self, plan: &Plan, timeout: Duration) -> Vec<TargetResult> {
        let accounts = read(&self.0.accounts).clone();
        let mut batches: HashMap<&AccountId, Vec<PlannedTarget>> = HashMap::new();
        for target in plan.targets.iter().filter(|target| target.verdict == Verdict::Underway) {
            batches.entry(&target.account).or_default().push(target.clone());
        }
        let results = Mutex::default();
        let watching = batches.iter().filter_map(|(id, targets)| {
            Some(self.0.executor.watch(accounts.get(*id)?, plan.request, targets, &results))
        });
        // A timeout is a valid result: it returns what is known so far.
        let _ = tokio::time::timeout(timeout, join_all(watching)).await;
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the unfinished operations that no process follows. Returns at once; cheap if there
    /// are none.
    pub fn follow_unfinished(&self) {
        for taken in self.0.executor.take_over(None) {
            let engine = self.clone();
            self.spawn(async move {
                let account = engine.account(&taken.account);
                let gone = engine.0.executor.follow_taken(taken, account).await;
                engine.list_scopes_of(&gone).await;
            });
        }
    }

    /// Returns the latest operations, newest first.
    pub async fn operations(&self, limit: usize) -> Result<Vec<Operation>, EngineError> {
        let recent = self.store().recent_operations(limit).await?;
        let operation = |entries: &Vec<JournalEntry>| {
            let first = &entries.first()?.entry;
            let sender = |entry: &&JournalEntry| matches!(entry.entry.event, JournalEvent::Sent(_));
            let sender = entries.iter().find(sender).map_or(&first.run, |entry| &entry.entry.run);
            let follower = |last: &NewEntry| self.0.executor.follower(last, sender);
            operations::from_entries(&first.operation, entries, follower)
        };
        Ok(recent.iter().filter_map(operation).collect())
    }
}
