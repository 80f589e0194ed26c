//! Execution of a committed plan: journals it, sends it, and follows it until the result is
//! observed.
//!
//! Each operation runs to its end on a separate task, even if its caller stops waiting.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, future::join_all};
use nepho_core::{
    Account, AccountId, Clock, Failure, ProviderError, ResourceKey,
    journal::{Intent, JournalEvent, NewEntry, OperationId, RunId},
    plan::{PlannedTarget, Verdict},
    provider::{ActionRequest, Submission, Target},
    report::{TargetResult, TargetStatus},
};
use tokio_util::sync::CancellationToken;

use crate::{
    EngineError, Host,
    account_locks::Locks,
    actions::followed::Followed,
    actions::journal::Journal,
    actions::pending_plans::PendingPlan,
    actions::progress::ProgressTable,
    actions::waiter::TargetWaiter,
    host::AccountLock,
    session::{Session, Sessions},
    sync::inventory::InventoryWriter,
};

/// The most replies that one transaction of the journal records.
const REPLIES: usize = 100;

/// The executor of all actions of this process.
#[derive(Debug)]
pub struct Executor {
    pub inventory: Arc<InventoryWriter>,
    pub sessions: Arc<Sessions>,
    pub locks: Arc<Locks>,
    pub host: Arc<dyn Host>,
    pub clock: Arc<dyn Clock>,
    pub run: RunId,
    /// Cancelling this stops following; requests are still sent.
    pub stopping: CancellationToken,
    pub journal: Journal,
    pub progress: ProgressTable,
    /// Operations of other processes that this process follows.
    pub taken: Mutex<Vec<OperationId>>,
}

impl Executor {
    /// Registers an operation. Its initial results are the plan's verdicts.
    pub fn open(&self, id: &OperationId, pending: &PendingPlan) {
        self.progress.open(id, pending.plan.targets.iter().map(planned_result).collect());
    }

    /// Executes a committed plan up to, but not including, [`Executor::finish`]. Signals
    /// `journalled` once every entry is durable, or with the error if the journal refused; nothing
    /// is sent then. Returns the deleted targets that their cloud no longer knows.
    pub async fn run(
        &self,
        id: &OperationId,
        pending: PendingPlan,
        accounts: HashMap<AccountId, Account>,
        journalled: tokio::sync::oneshot::Sender<Result<(), EngineError>>,
    ) -> Vec<ResourceKey> {
        let mut batches: HashMap<AccountId, Vec<PlannedTarget>> = HashMap::new();
        let request = pending.plan.request;
        for target in pending.plan.targets.into_iter().filter(|target| target.verdict == Verdict::Eligible) {
            batches.entry(target.account.clone()).or_default().push(target);
        }
        let prepared = join_all(batches.into_iter().filter_map(|(account, targets)| {
            let account = accounts.get(&account)?;
            Some(self.prepare(id, account, request, targets))
        }))
        .await;
        let (unusable, ready): (Vec<_>, Vec<_>) = prepared.into_iter().partition(|batch| batch.session.is_err());
        let sent: Vec<NewEntry> = ready.iter().flat_map(AccountBatch::sent).collect();
        if let Err(source) = self.journal.append(sent.clone()).await {
            // A dropped receiver is no error: the operation did not happen.
            let _ = journalled.send(Err(source.into()));
            return Vec::new();
        }
        self.apply(&sent);
        let _ = journalled.send(Ok(()));
        for batch in &unusable {
            if let Err(failure) = &batch.session {
                let entry = |target: &PlannedTarget| batch.entry(target, JournalEvent::NotSent(failure.clone()));
                self.record(batch.targets.iter().map(entry).collect()).await;
            }
        }
        let open = join_all(ready.iter().map(|batch| self.send(batch))).await;
        self.progress.submitted(id);
        self.inventory.notify_operations();
        join_all(ready.iter().zip(open).map(|(batch, open)| self.follow_batch(batch, open))).await.concat()
    }

    async fn prepare<'a>(
        &'a self,
        id: &'a OperationId,
        account: &'a Account,
        request: ActionRequest,
        targets: Vec<PlannedTarget>,
    ) -> AccountBatch<'a> {
        let session = self.sessions.of(account).await;
        // Without a session nothing is sent, so no lock is taken.
        let (session, lock) = match session {
            Ok(session) => match self.locks.hold(&*self.host, &account.id).await {
                Ok(lock) => (Ok(session), Some(lock)),
                Err(failure) => (Err(failure), None),
            },
            Err(failure) => (Err(failure), None),
        };
        AccountBatch {
            operation: id,
            account,
            request,
            targets,
            session,
            lock: Mutex::new(lock),
            clock: &*self.clock,
            run: &self.run,
        }
    }

    /// Sends one account's batch, records each response as it arrives, and returns the targets to
    /// follow.
    async fn send(&self, batch: &AccountBatch<'_>) -> Vec<Followed> {
        let Ok(session) = &batch.session else { return Vec::new() };
        let targets = batch.addressed();
        let mut unanswered: HashMap<&ResourceKey, &PlannedTarget> =
            batch.targets.iter().map(|target| (&target.key, target)).collect();
        let mut open = Vec::new();
        let mut replies = session.provider.submit(batch.request, &targets).ready_chunks(REPLIES);
        while let Some(replies) = replies.next().await {
            let mut entries = Vec::with_capacity(replies.len());
            for Submission { key, outcome } in replies {
                let Some(target) = unanswered.remove(&key) else { continue };
                let (entry, followed) = self.answer(batch, target, outcome).await;
                entries.push(entry);
                open.extend(followed);
            }
            self.record(entries).await;
        }
        batch.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut entries = Vec::new();
        for target in unanswered.into_values() {
            let message = "the provider ended the submission without a result".to_owned();
            let (entry, followed) = self.answer(batch, target, Err(ProviderError::Malformed { message })).await;
            entries.push(entry);
            open.extend(followed);
        }
        self.record(entries).await;
        open
    }

    /// Returns the entry for a reply, and the target if it has to be followed.
    async fn answer(
        &self,
        batch: &AccountBatch<'_>,
        target: &PlannedTarget,
        outcome: Result<nepho_core::provider::Accepted, ProviderError>,
    ) -> (NewEntry, Option<Followed>) {
        let goal = batch.request.goal();
        let (event, waiter) = match outcome {
            Ok(reply) => {
                self.inventory.set_overlay(&target.key, batch.request.action(), &reply).await;
                let waiter = TargetWaiter::accepted(goal, target.state, reply.ticket.clone());
                let accepted =
                    JournalEvent::Accepted { state: reply.state, raw_state: reply.raw_state, ticket: reply.ticket };
                (accepted, Some(waiter))
            }
            Err(error) if error.leaves_unknown() => {
                let waiter = TargetWaiter::unanswered(goal, target.state);
                (JournalEvent::Unknown(Failure::from(&error)), Some(waiter))
            }
            Err(error @ ProviderError::NotSent { .. }) => (JournalEvent::NotSent(Failure::from(&error)), None),
            Err(error) => (JournalEvent::Refused(Failure::from(&error)), None),
        };
        let entry = batch.entry(target, event);
        let followed = waiter.map(|waiter| Followed::now(entry.clone(), addressed(target), waiter));
        (entry, followed)
    }

    async fn follow_batch(&self, batch: &AccountBatch<'_>, open: Vec<Followed>) -> Vec<ResourceKey> {
        match &batch.session {
            Ok(session) => self.follow(session, &batch.account.id, open).await,
            Err(_) => Vec::new(),
        }
    }

    /// Appends entries to the journal and updates the progress.
    pub async fn record(&self, entries: Vec<NewEntry>) {
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.journal.append(entries.clone()).await {
            // The sent request stays *sent* in the journal; the next start marks it unknown.
            tracing::error!(%error, "cannot write results to the journal");
        }
        self.apply(&entries);
    }

    fn apply(&self, entries: &[NewEntry]) {
        self.progress.apply(entries);
        self.inventory.notify_operations();
    }

    /// Ends an operation and releases its waiting callers.
    pub fn finish(&self, id: &OperationId) {
        self.progress.finish(id);
        self.inventory.notify_operations();
    }

    /// Returns the operations of other processes that this process follows.
    pub fn taken(&self) -> MutexGuard<'_, Vec<OperationId>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The targets of one account in an operation.
struct AccountBatch<'a> {
    operation: &'a OperationId,
    account: &'a Account,
    request: ActionRequest,
    targets: Vec<PlannedTarget>,
    session: Result<Arc<Session>, Failure>,
    /// The account's lock, held from before the journal entry until the response.
    lock: Mutex<Option<Arc<AccountLock>>>,
    clock: &'a dyn Clock,
    run: &'a RunId,
}

impl AccountBatch<'_> {
    fn addressed(&self) -> Vec<Target> {
        self.targets.iter().map(addressed).collect()
    }

    /// Returns the entries that precede the requests.
    fn sent(&self) -> impl Iterator<Item = NewEntry> {
        self.targets.iter().map(|target| {
            let intent = Intent {
                request: self.request,
                goal: self.request.goal(),
                before: target.state,
                zone: target.zone.clone(),
            };
            self.entry(target, JournalEvent::Sent(intent))
        })
    }

    fn entry(&self, target: &PlannedTarget, event: JournalEvent) -> NewEntry {
        NewEntry {
            at: self.clock.now(),
            run: self.run.clone(),
            operation: self.operation.clone(),
            account: self.account.id.clone(),
            account_name: self.account.name.clone(),
            key: target.key.clone(),
            name: target.name.clone(),
            action: self.request.action(),
            event,
        }
    }
}

/// Returns a target in the form that providers take.
pub fn addressed(target: &PlannedTarget) -> Target {
    Target { key: target.key.clone(), zone: target.zone.clone() }
}

/// Returns the initial result of a target, from the plan alone.
fn planned_result(target: &PlannedTarget) -> TargetResult {
    let status = match target.verdict {
        Verdict::Eligible | Verdict::Underway => TargetStatus::NotSent,
        Verdict::Already => TargetStatus::Already,
        Verdict::Refused(_) => TargetStatus::Refused,
    };
    let seen = matches!(target.verdict, Verdict::Already | Verdict::Underway);
    let observed_state = seen.then_some(target.state);
    TargetResult { key: target.key.clone(), status, observed_state, failure: None }
}
