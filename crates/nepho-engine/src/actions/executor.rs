//! Execution of a committed plan: journals it, sends it, and follows it until the result is
//! observed.
//!
//! Each operation runs to its end on a separate task, even if its caller stops waiting.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use nepho_core::{
    Account, AccountId, Clock, Failure, ResourceKey,
    journal::{JournalEvent, NewEntry, OperationId, RunId},
    plan::{PlannedTarget, Verdict},
    provider::{ActionRequest, Detail, Submission, Target},
    report::{TargetResult, TargetStatus},
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    EngineError, Host,
    account_locks::Locks,
    actions::operations,
    actions::pending_plans::PendingPlan,
    actions::waiter::{self, TargetWaiter},
    session::{Session, Sessions},
    sync::inventory::InventoryWriter,
};

/// Progress of an operation, with the result of each target so far.
#[derive(Clone, Debug, Default)]
pub struct OperationProgress {
    /// Every request has a response or was given up.
    pub submitted: bool,
    /// No further result is expected.
    pub done: bool,
    /// The results, in the order of the plan.
    pub results: Vec<TargetResult>,
}

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
    pub progress: Mutex<HashMap<OperationId, watch::Sender<OperationProgress>>>,
}

impl Executor {
    /// Returns the progress of an operation that this process started.
    pub fn progress(&self, id: &OperationId) -> Option<watch::Receiver<OperationProgress>> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.get(id).map(watch::Sender::subscribe)
    }

    /// Registers an operation. Its initial results are the plan's verdicts.
    pub fn open(&self, id: &OperationId, pending: &PendingPlan) {
        let results = pending.plan.targets.iter().map(planned_result).collect();
        let begun = OperationProgress { results, ..OperationProgress::default() };
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.insert(id.clone(), watch::Sender::new(begun));
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
        let (refused, ready): (Vec<_>, Vec<_>) = prepared.into_iter().partition(|batch| batch.session.is_err());
        let sent = ready
            .iter()
            .flat_map(|batch| batch.targets.iter().map(|target| batch.entry(&target.key, JournalEvent::Sent)));
        let sent: Vec<NewEntry> = sent.collect();
        if let Err(source) = self.inventory.store().append(sent).await {
            // A dropped receiver is no error: the operation did not happen.
            let _ = journalled.send(Err(source.into()));
            return Vec::new();
        }
        self.update(id, |progress| {
            for target in ready.iter().flat_map(|batch| &batch.targets) {
                if let Some(result) = progress.results.iter_mut().find(|result| result.key == target.key) {
                    operations::apply(result, &JournalEvent::Sent);
                }
            }
        });
        let _ = journalled.send(Ok(()));
        for batch in &refused {
            if let Err(failure) = &batch.session {
                let events =
                    batch.targets.iter().map(|target| (target.key.clone(), JournalEvent::Refused(failure.clone())));
                self.record(batch, events.collect()).await;
            }
        }
        let waiters = join_all(ready.iter().map(|batch| self.send(batch))).await;
        self.update(id, |progress| progress.submitted = true);
        join_all(ready.iter().zip(waiters).map(|(batch, waiters)| self.follow(batch, waiters))).await.concat()
    }

    async fn prepare<'a>(
        &'a self,
        id: &'a OperationId,
        account: &'a Account,
        request: ActionRequest,
        targets: Vec<PlannedTarget>,
    ) -> AccountBatch<'a> {
        let session = self.sessions.of(account).await;
        let (session, lock) = match self.locks.hold(&*self.host, &account.id).await {
            Ok(lock) => (session, Some(lock)),
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

    /// Sends one account's batch, records the responses, and returns a waiter for each target to
    /// follow.
    async fn send(&self, batch: &AccountBatch<'_>) -> HashMap<ResourceKey, TargetWaiter> {
        let Ok(session) = &batch.session else { return HashMap::new() };
        let submissions = session.provider.submit(batch.request, &batch.addressed()).await;
        batch.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut waiters = HashMap::new();
        let mut events = Vec::with_capacity(submissions.len());
        for Submission { key, outcome } in submissions {
            let before = batch.targets.iter().find(|target| target.key == key).map(|target| target.state);
            let Some(before) = before else { continue };
            let event = match outcome {
                Ok(reply) => {
                    self.inventory.set_overlay(&key, batch.request.action, &reply).await;
                    waiters.insert(key.clone(), TargetWaiter::accepted(batch.request.action, before, reply.ticket));
                    JournalEvent::Accepted { raw_state: reply.raw_state }
                }
                Err(error) if error.leaves_unknown() => {
                    waiters.insert(key.clone(), TargetWaiter::unanswered(batch.request.action, before));
                    JournalEvent::Unknown(Failure::from(&error))
                }
                Err(error) => JournalEvent::Refused(Failure::from(&error)),
            };
            events.push((key, event));
        }
        self.record(batch, events).await;
        waiters
    }

    /// Reads the targets repeatedly until each has ended or the time limit has passed. Returns the
    /// targets that have vanished.
    async fn follow(
        &self,
        batch: &AccountBatch<'_>,
        mut waiters: HashMap<ResourceKey, TargetWaiter>,
    ) -> Vec<ResourceKey> {
        let mut gone = Vec::new();
        let Ok(session) = &batch.session else { return gone };
        let sent = Instant::now();
        while !waiters.is_empty() {
            let interval = waiter::poll_interval(sent.elapsed());
            tokio::select! {
                () = self.stopping.cancelled() => return gone,
                () = tokio::time::sleep(interval) => {}
            }
            let ended = self.read_waiting(batch, session, &mut waiters, sent.elapsed()).await;
            let ended = if sent.elapsed() >= waiter::FOLLOW_TIMEOUT {
                let rest = waiters.drain().map(|(key, _)| (key, JournalEvent::TimedOut));
                ended.into_iter().chain(rest).collect()
            } else {
                ended
            };
            let keys: Vec<ResourceKey> = ended.iter().map(|(key, _)| key.clone()).collect();
            let deleted = ended.iter().filter(|(_, event)| *event == waiter::vanished());
            gone.extend(deleted.map(|(key, _)| key.clone()));
            self.record(batch, ended).await;
            self.inventory.end_overlays(&keys).await;
        }
        gone
    }

    async fn read_waiting(
        &self,
        batch: &AccountBatch<'_>,
        session: &Session,
        waiters: &mut HashMap<ResourceKey, TargetWaiter>,
        elapsed: Duration,
    ) -> Vec<(ResourceKey, JournalEvent)> {
        // Targets whose operation has failed are read once more too, so that their rows show the
        // resulting state.
        let targets: Vec<Target> =
            batch.addressed().into_iter().filter(|target| waiters.contains_key(&target.key)).collect();
        // Poll operations first, so that the reads below are later than any end that an operation
        // reports.
        let mut ended = poll_operations(session, waiters).await;
        let started_at = self.clock.now();
        let mut listed = Vec::new();
        for observation in session.provider.observe(&targets, Detail::State).await {
            let waiter = waiters.get_mut(&observation.key);
            let event = match observation.seen {
                Ok(observed) => {
                    let resource = &observed.listed.resource;
                    let seen = Some((resource.state, resource.raw_state.as_str()));
                    let event = waiter.and_then(|waiter| waiter.on_read(seen, elapsed));
                    listed.push(observed.listed);
                    event
                }
                Err(nepho_core::ProviderError::NotFound { .. }) => {
                    waiter.and_then(|waiter| waiter.on_read(None, elapsed))
                }
                Err(_) => None, // a failed read proves nothing; the next one may succeed
            };
            if let Some(event) = event {
                waiters.remove(&observation.key);
                ended.push((observation.key, event));
            }
        }
        if let Err(error) = self
            .inventory
            .commit_rows(&batch.account.id, started_at, session.provider.converter_version(), listed)
            .await
        {
            tracing::warn!(%error, "cannot store a read of followed instances");
        }
        ended
    }

    /// Appends events to the journal and updates the progress.
    async fn record(&self, batch: &AccountBatch<'_>, events: Vec<(ResourceKey, JournalEvent)>) {
        if events.is_empty() {
            return;
        }
        let entries = events.iter().map(|(key, event)| batch.entry(key, event.clone())).collect();
        if let Err(error) = self.inventory.store().append(entries).await {
            // The sent request stays *sent* in the journal; the next start marks it unknown.
            tracing::error!(%error, "cannot write results to the journal");
        }
        self.update(batch.operation, |progress| {
            for (key, event) in &events {
                if let Some(result) = progress.results.iter_mut().find(|result| result.key == *key) {
                    operations::apply(result, event);
                }
            }
        });
    }

    /// Ends an operation and releases its waiting callers.
    pub fn finish(&self, id: &OperationId) {
        self.update(id, |progress| (progress.submitted, progress.done) = (true, true));
    }

    fn update(&self, id: &OperationId, change: impl FnOnce(&mut OperationProgress)) {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(progress) = progress.get(id) {
            progress.send_modify(change);
        }
        drop(progress);
        self.inventory.notify_operations();
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
    lock: Mutex<Option<Arc<crate::host::AccountLock>>>,
    clock: &'a dyn Clock,
    run: &'a RunId,
}

impl AccountBatch<'_> {
    /// Returns the targets in the form that providers take.
    fn addressed(&self) -> Vec<Target> {
        self.targets.iter().map(|target| Target { key: target.key.clone(), zone: target.zone.clone() }).collect()
    }

    fn entry(&self, key: &ResourceKey, event: JournalEvent) -> NewEntry {
        let name = self.targets.iter().find(|target| target.key == *key).map(|target| target.name.clone());
        NewEntry {
            at: self.clock.now(),
            run: self.run.clone(),
            operation: self.operation.clone(),
            account: self.account.id.clone(),
            account_name: self.account.name.clone(),
            key: key.clone(),
            name: name.unwrap_or_default(),
            action: self.request.action,
            event,
        }
    }
}

/// Polls the operations of the followed actions and returns those that failed.
async fn poll_operations(
    session: &Session,
    waiters: &mut HashMap<ResourceKey, TargetWaiter>,
) -> Vec<(ResourceKey, JournalEvent)> {
    let (keys, tickets): (Vec<_>, Vec<_>) =
        waiters.iter().filter_map(|(key, waiter)| Some((key.clone(), waiter.open_ticket()?.clone()))).unzip();
    if tickets.is_empty() {
        return Vec::new();
    }
    let results = session.provider.progress(&tickets).await;
    let mut ended = Vec::new();
    for (key, result) in keys.into_iter().zip(results) {
        if let Some(event) = waiters.get_mut(&key).and_then(|waiter| waiter.on_operation_status(result)) {
            waiters.remove(&key);
            ended.push((key, event));
        }
    }
    ended
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
