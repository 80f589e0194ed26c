//! The engine's handle, the part that acts: plan, commit, wait, and how operations stand.

use std::time::Duration;

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, JournalEvent, OperationId},
    plan::{Nonce, Plan},
    provider::Order,
    report::{Operation, TargetResult},
};
use tokio::sync::oneshot;

use crate::{
    CommitError, EngineError,
    act::Standing,
    engine::{Engine, read},
    operations,
    planning::Planner,
};

impl Engine {
    /// Plans an action: the cache plus one fresh reading of the targets. Sends nothing.
    pub async fn plan(&self, order: Order, keys: Vec<ResourceKey>) -> Plan {
        self.loaded().await;
        let accounts = read(&self.0.accounts).clone();
        let planner = Planner {
            ledger: &self.0.ledger,
            sessions: &self.0.sessions,
            host: &*self.0.host,
            clock: &*self.0.clock,
            accounts: &accounts,
        };
        let waiting = planner.plan(order, keys).await;
        let plan = waiting.plan.clone();
        self.0.desk.put(waiting, self.0.clock.now());
        plan
    }

    /// Commits a plan. On return every intent is in the journal, on disk; the requests follow on
    /// a task that runs to its end whatever the caller does.
    pub async fn commit(&self, nonce: &Nonce, typed: Option<&str>, clicked: bool) -> Result<OperationId, CommitError> {
        let waiting = self.0.desk.take(nonce, typed, clicked, &self.snapshot(), self.0.clock.now())?;
        let id = OperationId::new(uuid::Uuid::now_v7().to_string());
        self.0.actions.open(&id, &waiting);
        let (journalled, told) = oneshot::channel();
        let (engine, operation) = (self.clone(), id.clone());
        let accounts = read(&self.0.accounts).clone();
        self.spawn(async move {
            let gone = engine.0.actions.run(&operation, waiting, accounts, journalled).await;
            // Before the end, so that who waits for it sees what the inventory says of them.
            engine.list_scopes_of(&gone).await;
            engine.0.actions.finish(&operation);
        });
        told.await.map_err(|_| EngineError::Stopping)??;
        Ok(id)
    }

    /// Each target's result as soon as every request has been answered.
    pub async fn submitted(&self, id: &OperationId) -> Vec<TargetResult> {
        self.results(id, |standing| standing.submitted, None).await
    }

    /// Each target's result once the cloud has shown it, or after `timeout` as far as it is known.
    pub async fn wait(&self, id: &OperationId, timeout: Duration) -> Vec<TargetResult> {
        self.results(id, |standing| standing.done, Some(timeout)).await
    }

    async fn results(
        &self,
        id: &OperationId,
        ready: impl Fn(&Standing) -> bool,
        timeout: Option<Duration>,
    ) -> Vec<TargetResult> {
        let Some(mut standing) = self.0.actions.standing(id) else { return Vec::new() };
        let waiting = standing.wait_for(ready);
        match timeout {
            // Time running out is an answer: what is known so far.
            Some(timeout) => drop(tokio::time::timeout(timeout, waiting).await),
            None => drop(waiting.await),
        }
        standing.borrow().results.clone()
    }

    /// The latest operations, newest first.
    pub async fn operations(&self, limit: usize) -> Result<Vec<Operation>, EngineError> {
        let recent = self.store().recent_operations(limit).await?;
        let alive = |entry: &JournalEntry| {
            entry.entry.run == self.0.run && self.is_followed(entry) || self.0.host.is_running(&entry.entry.run)
        };
        let stories =
            recent.iter().filter_map(|entries| operations::story(&entries.first()?.entry.operation, entries, alive));
        Ok(stories.collect())
    }

    fn is_followed(&self, entry: &JournalEntry) -> bool {
        let standing = self.0.actions.standing(&entry.entry.operation);
        standing.is_some_and(|standing| !standing.borrow().done) || entry.entry.event == JournalEvent::Sent
    }
}
