//! Acting: a committed plan is journalled, sent, and followed until the cloud shows its result.
//!
//! Each operation runs on a task of its own, to its end, whether or not its caller still waits.

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

/// How far an operation is, and each target's result so far.
#[derive(Clone, Debug, Default)]
pub struct OperationProgress {
    /// Every request has been answered, or given up.
    pub submitted: bool,
    /// Nothing more will be learned.
    pub done: bool,
    /// The results, in the plan's request.
    pub results: Vec<TargetResult>,
}

/// The actions of this process.
#[derive(Debug)]
pub struct Executor {
    pub inventory: Arc<InventoryWriter>,
    pub sessions: Arc<Sessions>,
    pub locks: Arc<Locks>,
    pub host: Arc<dyn Host>,
    pub clock: Arc<dyn Clock>,
    pub run: RunId,
    /// Following stops when this is cancelled; sending does not.
    pub stopping: CancellationToken,
    pub progress: Mutex<HashMap<OperationId, watch::Sender<OperationProgress>>>,
}

impl Executor {
    /// The progress of an operation that this process began.
    pub fn progress(&self, id: &OperationId) -> Option<watch::Receiver<OperationProgress>> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.get(id).map(watch::Sender::subscribe)
    }

    /// Opens an operation: its results stand at what the plan said until the cloud says more.
    pub fn open(&self, id: &OperationId, pending: &PendingPlan) {
        let results = pending.plan.targets.iter().map(planned_result).collect();
        let begun = OperationProgress { results, ..OperationProgress::default() };
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.insert(id.clone(), watch::Sender::new(begun));
    }

    /// Runs a committed plan to its end, but for [`Executor::finish`]. `journalled` is told once every
    /// intent is on disk (or that the journal refused, in which case nothing was sent). Answers which
    /// targets were deleted and are not known to their cloud any more.
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
        let intents = ready
            .iter()
            .flat_map(|batch| batch.targets.iter().map(|target| batch.entry(&target.key, JournalEvent::Sent)));
        let intents: Vec<NewEntry> = intents.collect();
        if let Err(source) = self.inventory.store().append(intents).await {
            // Nobody pending any more is fine: the operation simply did not happen.
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
        let watched = join_all(ready.iter().map(|batch| self.send(batch))).await;
        self.update(id, |progress| progress.submitted = true);
        join_all(ready.iter().zip(watched).map(|(batch, waiters)| self.follow(batch, waiters))).await.concat()
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

    /// Sends one account's batch and records the answers; what must be watched comes back.
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
                    self.inventory.lay_overlay(&key, batch.request.action, &reply).await;
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

    /// Reads the watched targets again and again until each has ended, or time is up. Answers which
    /// have vanished.
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
            let vanished = ended.iter().filter(|(_, event)| *event == waiter::vanished());
            gone.extend(vanished.map(|(key, _)| key.clone()));
            self.record(batch, ended).await;
            self.inventory.lift_overlays(&keys).await;
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
        // Those that the record now tells as failed are read once more too, so that their rows show
        // where that left them.
        let targets: Vec<Target> =
            batch.addressed().into_iter().filter(|target| waiters.contains_key(&target.key)).collect();
        // Asked first, so that what is read next is from after an end that the record tells.
        let mut ended = ask_progress(session, waiters).await;
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
                Err(_) => None, // a failed read says nothing; the next one may
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
            tracing::warn!(%error, "a reading could not be stored");
        }
        ended
    }

    /// Appends events to the journal and moves the progress on.
    async fn record(&self, batch: &AccountBatch<'_>, events: Vec<(ResourceKey, JournalEvent)>) {
        if events.is_empty() {
            return;
        }
        let entries = events.iter().map(|(key, event)| batch.entry(key, event.clone())).collect();
        if let Err(error) = self.inventory.store().append(entries).await {
            // What was sent stays in the journal as sent; the next start finds it unknown.
            tracing::error!(%error, "the journal could not be written");
        }
        self.update(batch.operation, |progress| {
            for (key, event) in &events {
                if let Some(result) = progress.results.iter_mut().find(|result| result.key == *key) {
                    operations::apply(result, event);
                }
            }
        });
    }

    /// Ends an operation: whoever waits for it waits no longer.
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

/// One account's batch of an operation.
struct AccountBatch<'a> {
    operation: &'a OperationId,
    account: &'a Account,
    request: ActionRequest,
    targets: Vec<PlannedTarget>,
    session: Result<Arc<Session>, Failure>,
    /// Held from before the journal entry until the answer.
    lock: Mutex<Option<Arc<crate::host::AccountLock>>>,
    clock: &'a dyn Clock,
    run: &'a RunId,
}

impl AccountBatch<'_> {
    /// The targets as the provider wants them named.
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

/// Asks the provider's own record of the watched actions; those that came to nothing have ended.
async fn ask_progress(
    session: &Session,
    waiters: &mut HashMap<ResourceKey, TargetWaiter>,
) -> Vec<(ResourceKey, JournalEvent)> {
    let (keys, tickets): (Vec<_>, Vec<_>) =
        waiters.iter().filter_map(|(key, waiter)| Some((key.clone(), waiter.open_ticket()?.clone()))).unzip();
    if tickets.is_empty() {
        return Vec::new();
    }
    let answers = session.provider.progress(&tickets).await;
    let mut ended = Vec::new();
    for (key, answer) in keys.into_iter().zip(answers) {
        if let Some(event) = waiters.get_mut(&key).and_then(|waiter| waiter.on_operation_status(answer)) {
            waiters.remove(&key);
            ended.push((key, event));
        }
    }
    ended
}

/// What the plan alone says of a target.
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
