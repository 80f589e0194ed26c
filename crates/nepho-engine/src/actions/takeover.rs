//! Takeover of operations whose process has ended.
//!
//! The process that sent a request follows it as long as it holds its run lock. After that, the
//! first process that takes the operation's own lock follows it. A request is never sent again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use nepho_core::{
    Account, AccountId, Failure, FailureCode, ResourceKey,
    journal::{JournalEvent, NewEntry, OperationId, Unfinished},
    provider::Target,
    report::Follower,
};
use nepho_store::StoreError;
use tokio::time::Instant;

use crate::{
    actions::executor::Executor, actions::followed::Followed, actions::waiter::TargetWaiter, host::OperationLock,
};

/// The wait before the next attempt to follow an operation whose account cannot be used.
const RETRY: Duration = Duration::from_secs(30);

/// Targets of one account in one operation that this process has taken over.
pub struct Taken {
    /// The operation.
    pub operation: OperationId,
    /// The account.
    pub account: AccountId,
    targets: Vec<Unfinished>,
    /// Held while this process follows the operation; shared by its accounts.
    _lock: Arc<OperationLock>,
}

impl Executor {
    /// Returns the process that follows an unfinished target of `operation`, which `sender` sent.
    pub fn follower(&self, last: &NewEntry, sender: &nepho_core::journal::RunId) -> Follower {
        if self.is_followed_here(&last.operation) {
            return Follower::Here;
        }
        let elsewhere = if *sender == self.run { None } else { self.host.signature(sender) };
        elsewhere.or_else(|| self.host.operation_holder(&last.operation)).map_or(Follower::Nobody, Follower::Elsewhere)
    }

    fn is_followed_here(&self, operation: &OperationId) -> bool {
        self.progress.is_running(operation) || self.taken().contains(operation)
    }

    fn is_orphan(&self, one: &Unfinished) -> bool {
        let sender_runs = one.sender != self.run && self.host.is_running(&one.sender);
        !sender_runs && !self.is_followed_here(&one.last.operation)
    }

    /// Marks the requests of ended processes that have no response as *unknown*.
    pub async fn mark_unanswered(&self) -> Result<(), StoreError> {
        let at = self.clock.now();
        let mut entries = Vec::new();
        let mut locks: HashMap<OperationId, Option<OperationLock>> = HashMap::new();
        for one in self.journal.unfinished() {
            if !matches!(one.last.event, JournalEvent::Sent(_)) || !self.is_orphan(&one) {
                continue;
            }
            let operation = &one.last.operation;
            let lock = locks.entry(operation.clone()).or_insert_with(|| self.host.lock_operation(operation));
            if lock.is_some() {
                let message = "the process ended before the response arrived".to_owned();
                let event = JournalEvent::Unknown(Failure { code: FailureCode::Other, message });
                entries.push(NewEntry { at, run: self.run.clone(), event, ..one.last });
            }
        }
        self.journal.append(entries).await?;
        Ok(())
    }

    /// Takes over the unfinished targets that no process follows, of one account or of all.
    pub fn take_over(&self, account: Option<&AccountId>) -> Vec<Taken> {
        let mut orphans: BTreeMap<OperationId, BTreeMap<AccountId, Vec<Unfinished>>> = BTreeMap::new();
        let wanted = |one: &Unfinished| account.is_none_or(|account| one.last.account == *account);
        for one in self.journal.unfinished() {
            if wanted(&one) && self.is_orphan(&one) {
                let accounts = orphans.entry(one.last.operation.clone()).or_default();
                accounts.entry(one.last.account.clone()).or_default().push(one);
            }
        }
        let mut all = Vec::new();
        for (operation, accounts) in orphans {
            let Some(lock) = self.host.lock_operation(&operation).map(Arc::new) else { continue };
            all.extend(accounts.into_iter().map(|(account, targets)| Taken {
                operation: operation.clone(),
                account,
                targets,
                _lock: Arc::clone(&lock),
            }));
        }
        all
    }

    /// Reads the targets once, and records those that have ended. Returns the targets that have
    /// vanished.
    pub async fn settle(&self, taken: Vec<Taken>, account: &Account) -> Vec<ResourceKey> {
        if taken.is_empty() {
            return Vec::new();
        }
        let Ok(session) = self.sessions.of(account).await else { return Vec::new() };
        let mut open: Vec<Followed> = taken.iter().flat_map(|taken| self.resumed(taken)).collect();
        self.read_round(&session, &account.id, &mut open).await
    }

    /// Follows the targets to their end. Returns those that have vanished.
    pub async fn follow_taken(&self, taken: Taken, account: Option<Account>) -> Vec<ResourceKey> {
        self.taken().push(taken.operation.clone());
        let gone = match account {
            Some(account) => self.follow_account(&taken, &account).await,
            None => self.give_up(&taken).await,
        };
        let mut held = self.taken();
        if let Some(place) = held.iter().position(|operation| *operation == taken.operation) {
            held.swap_remove(place);
        }
        gone
    }

    async fn follow_account(&self, taken: &Taken, account: &Account) -> Vec<ResourceKey> {
        loop {
            if let Ok(session) = self.sessions.of(account).await {
                return self.follow(&session, &account.id, self.resumed(taken)).await;
            }
            tokio::select! {
                () = self.stopping.cancelled() => return Vec::new(),
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }

    /// Ends the targets of an account that was removed: no process can observe them any more.
    async fn give_up(&self, taken: &Taken) -> Vec<ResourceKey> {
        let at = self.clock.now();
        let end = |one: &Unfinished| NewEntry {
            at,
            run: self.run.clone(),
            event: JournalEvent::TimedOut,
            ..one.last.clone()
        };
        self.record(taken.targets.iter().map(end).collect()).await;
        Vec::new()
    }

    fn resumed(&self, taken: &Taken) -> Vec<Followed> {
        let now = self.clock.now();
        let snapshot = self.inventory.snapshot();
        let resume = |one: &Unfinished| Followed {
            target: Target {
                key: one.last.key.clone(),
                zone: one.intent.zone.clone().or_else(|| snapshot.row(&one.last.key)?.resource.zone.clone()),
            },
            waiter: TargetWaiter::resumed(one),
            // A clock that was set back yields a negative age.
            before: Duration::try_from(now.duration_since(one.last.at)).unwrap_or_default(),
            since: Instant::now(),
            entry: one.last.clone(),
        };
        taken.targets.iter().map(resume).collect()
    }
}
