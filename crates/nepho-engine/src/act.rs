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
    provider::{Detail, Order, Submission, Target},
    report::{TargetResult, TargetStatus},
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    EngineError, Host,
    desk::Waiting,
    follow::{self, Watch},
    ledger::Ledger,
    locks::Locks,
    operations,
    session::{Session, Sessions},
};

/// How far an operation is, and each target's result so far.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Every request has been answered, or given up.
    pub submitted: bool,
    /// Nothing more will be learned.
    pub done: bool,
    /// The results, in the plan's order.
    pub results: Vec<TargetResult>,
}

/// The actions of this process.
#[derive(Debug)]
pub struct Actions {
    pub ledger: Arc<Ledger>,
    pub sessions: Arc<Sessions>,
    pub locks: Arc<Locks>,
    pub host: Arc<dyn Host>,
    pub clock: Arc<dyn Clock>,
    pub run: RunId,
    /// Following stops when this is cancelled; sending does not.
    pub stopping: CancellationToken,
    pub standings: Mutex<HashMap<OperationId, watch::Sender<Standing>>>,
}

impl Actions {
    /// The standing of an operation that this process began.
    pub fn standing(&self, id: &OperationId) -> Option<watch::Receiver<Standing>> {
        let standings = self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        standings.get(id).map(watch::Sender::subscribe)
    }

    /// Opens an operation: its results stand at what the plan said until the cloud says more.
    pub fn open(&self, id: &OperationId, waiting: &Waiting) {
        let results = waiting.plan.targets.iter().map(planned_result).collect();
        let standing = Standing { results, ..Standing::default() };
        let mut standings = self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        standings.insert(id.clone(), watch::Sender::new(standing));
    }

    /// Runs a committed plan to its end, but for [`Actions::finish`]. `journalled` is told once every
    /// intent is on disk (or that the journal refused, in which case nothing was sent). Answers which
    /// targets were deleted and are not known to their cloud any more.
    pub async fn run(
        &self,
        id: &OperationId,
        waiting: Waiting,
        accounts: HashMap<AccountId, Account>,
        journalled: tokio::sync::oneshot::Sender<Result<(), EngineError>>,
    ) -> Vec<ResourceKey> {
        let mut parts: HashMap<AccountId, Vec<PlannedTarget>> = HashMap::new();
        let order = waiting.plan.order;
        for target in waiting.plan.targets.into_iter().filter(|target| target.verdict == Verdict::Eligible) {
            parts.entry(target.account.clone()).or_default().push(target);
        }
        let prepared = join_all(parts.into_iter().filter_map(|(account, targets)| {
            let account = accounts.get(&account)?;
            Some(self.prepare(id, account, order, targets))
        }))
        .await;
        let (refused, ready): (Vec<_>, Vec<_>) = prepared.into_iter().partition(|part| part.session.is_err());
        let intents =
            ready.iter().flat_map(|part| part.targets.iter().map(|target| part.entry(&target.key, JournalEvent::Sent)));
        let intents: Vec<NewEntry> = intents.collect();
        if let Err(source) = self.ledger.store().append(intents).await {
            // Nobody waiting any more is fine: the operation simply did not happen.
            let _ = journalled.send(Err(source.into()));
            return Vec::new();
        }
        let _ = journalled.send(Ok(()));
        self.ledger.hint_operations();
        for part in &refused {
            if let Err(failure) = &part.session {
                let events =
                    part.targets.iter().map(|target| (target.key.clone(), JournalEvent::Refused(failure.clone())));
                self.record(part, events.collect()).await;
            }
        }
        let watched = join_all(ready.iter().map(|part| self.send(part))).await;
        self.update(id, |standing| standing.submitted = true);
        join_all(ready.iter().zip(watched).map(|(part, watches)| self.follow(part, watches))).await.concat()
    }

    async fn prepare<'a>(
        &'a self,
        id: &'a OperationId,
        account: &'a Account,
        order: Order,
        targets: Vec<PlannedTarget>,
    ) -> Part<'a> {
        let session = self.sessions.of(account).await;
        let (session, lock) = match self.locks.hold(&*self.host, &account.id).await {
            Ok(lock) => (session, Some(lock)),
            Err(failure) => (Err(failure), None),
        };
        Part {
            operation: id,
            account,
            order,
            targets,
            session,
            lock: Mutex::new(lock),
            clock: &*self.clock,
            run: &self.run,
        }
    }

    /// Sends one account's part and records the answers; what must be watched comes back.
    async fn send(&self, part: &Part<'_>) -> HashMap<ResourceKey, Watch> {
        let Ok(session) = &part.session else { return HashMap::new() };
        let submissions = session.provider.submit(part.order, &part.addressed()).await;
        part.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut watches = HashMap::new();
        let mut events = Vec::with_capacity(submissions.len());
        for Submission { key, outcome } in submissions {
            let before = part.targets.iter().find(|target| target.key == key).map(|target| target.state);
            let Some(before) = before else { continue };
            let event = match outcome {
                Ok(reply) => {
                    self.ledger.lay_overlay(&key, part.order.action, &reply).await;
                    watches.insert(key.clone(), Watch::accepted(part.order.action, before, reply.ticket));
                    JournalEvent::Accepted { raw_state: reply.raw_state }
                }
                Err(error) if error.leaves_unknown() => {
                    watches.insert(key.clone(), Watch::unanswered(part.order.action, before));
                    JournalEvent::Unknown(Failure::from(&error))
                }
                Err(error) => JournalEvent::Refused(Failure::from(&error)),
            };
            events.push((key, event));
        }
        self.record(part, events).await;
        watches
    }

    /// Reads the watched targets again and again until each has ended, or time is up. Answers which
    /// have vanished.
    async fn follow(&self, part: &Part<'_>, mut watches: HashMap<ResourceKey, Watch>) -> Vec<ResourceKey> {
        let mut gone = Vec::new();
        let Ok(session) = &part.session else { return gone };
        let sent = Instant::now();
        while !watches.is_empty() {
            let pause = follow::pause(sent.elapsed());
            tokio::select! {
                () = self.stopping.cancelled() => return gone,
                () = tokio::time::sleep(pause) => {}
            }
            let ended = self.read_watched(part, session, &mut watches, sent.elapsed()).await;
            let ended = if sent.elapsed() >= follow::LIMIT {
                let rest = watches.drain().map(|(key, _)| (key, JournalEvent::TimedOut));
                ended.into_iter().chain(rest).collect()
            } else {
                ended
            };
            let keys: Vec<ResourceKey> = ended.iter().map(|(key, _)| key.clone()).collect();
            let vanished = ended.iter().filter(|(_, event)| *event == follow::vanished());
            gone.extend(vanished.map(|(key, _)| key.clone()));
            self.record(part, ended).await;
            self.ledger.lift_overlays(&keys).await;
        }
        gone
    }

    async fn read_watched(
        &self,
        part: &Part<'_>,
        session: &Session,
        watches: &mut HashMap<ResourceKey, Watch>,
        elapsed: Duration,
    ) -> Vec<(ResourceKey, JournalEvent)> {
        // Those that the record now tells as failed are read once more too, so that their rows show
        // where that left them.
        let targets: Vec<Target> =
            part.addressed().into_iter().filter(|target| watches.contains_key(&target.key)).collect();
        // Asked first, so that what is read next is from after an end that the record tells.
        let mut ended = ask_progress(session, watches).await;
        let started_at = self.clock.now();
        let mut listed = Vec::new();
        for observation in session.provider.observe(&targets, Detail::State).await {
            let watch = watches.get_mut(&observation.key);
            let event = match observation.seen {
                Ok(observed) => {
                    let resource = &observed.listed.resource;
                    let seen = Some((resource.state, resource.raw_state.as_str()));
                    let event = watch.and_then(|watch| watch.read(seen, elapsed));
                    listed.push(observed.listed);
                    event
                }
                Err(nepho_core::ProviderError::NotFound { .. }) => watch.and_then(|watch| watch.read(None, elapsed)),
                Err(_) => None, // a failed read says nothing; the next one may
            };
            if let Some(event) = event {
                watches.remove(&observation.key);
                ended.push((observation.key, event));
            }
        }
        if let Err(error) =
            self.ledger.commit_rows(&part.account.id, started_at, session.provider.converter(), listed).await
        {
            tracing::warn!(%error, "a reading could not be stored");
        }
        ended
    }

    /// Appends events to the journal and moves the standing on.
    async fn record(&self, part: &Part<'_>, events: Vec<(ResourceKey, JournalEvent)>) {
        if events.is_empty() {
            return;
        }
        let entries = events.iter().map(|(key, event)| part.entry(key, event.clone())).collect();
        if let Err(error) = self.ledger.store().append(entries).await {
            // What was sent stays in the journal as sent; the next start finds it unknown.
            tracing::error!(%error, "the journal could not be written");
        }
        self.update(part.operation, |standing| {
            for (key, event) in &events {
                if let Some(result) = standing.results.iter_mut().find(|result| result.key == *key) {
                    operations::apply(result, event);
                }
            }
        });
    }

    /// Ends an operation: whoever waits for it waits no longer.
    pub fn finish(&self, id: &OperationId) {
        self.update(id, |standing| (standing.submitted, standing.done) = (true, true));
    }

    fn update(&self, id: &OperationId, change: impl FnOnce(&mut Standing)) {
        let standings = self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = standings.get(id) {
            standing.send_modify(change);
        }
        drop(standings);
        self.ledger.hint_operations();
    }
}

/// One account's part of an operation.
struct Part<'a> {
    operation: &'a OperationId,
    account: &'a Account,
    order: Order,
    targets: Vec<PlannedTarget>,
    session: Result<Arc<Session>, Failure>,
    /// Held from before the journal entry until the answer.
    lock: Mutex<Option<Arc<crate::host::AccountLock>>>,
    clock: &'a dyn Clock,
    run: &'a RunId,
}

impl Part<'_> {
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
            action: self.order.action,
            event,
        }
    }
}

/// Asks the provider's own record of the watched actions; those that came to nothing have ended.
async fn ask_progress(
    session: &Session,
    watches: &mut HashMap<ResourceKey, Watch>,
) -> Vec<(ResourceKey, JournalEvent)> {
    let (keys, tickets): (Vec<_>, Vec<_>) =
        watches.iter().filter_map(|(key, watch)| Some((key.clone(), watch.open_ticket()?.clone()))).unzip();
    if tickets.is_empty() {
        return Vec::new();
    }
    let answers = session.provider.progress(&tickets).await;
    let mut ended = Vec::new();
    for (key, answer) in keys.into_iter().zip(answers) {
        if let Some(event) = watches.get_mut(&key).and_then(|watch| watch.told(answer)) {
            watches.remove(&key);
            ended.push((key, event));
        }
    }
    ended
}

/// What the plan alone says of a target.
fn planned_result(target: &PlannedTarget) -> TargetResult {
    let status = match target.verdict {
        Verdict::Eligible => TargetStatus::Unknown,
        Verdict::Already => TargetStatus::Already,
        Verdict::Refused(_) => TargetStatus::Refused,
    };
    let observed_state = (target.verdict == Verdict::Already).then_some(target.state);
    TargetResult { key: target.key.clone(), status, observed_state, failure: None }
}
