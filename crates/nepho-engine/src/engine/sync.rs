//! The engine's handle: sweeps, polling and single reads.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use nepho_core::{
    Account, AccountId, Failure, FailureCode, Kind, ResourceKey, Scope, State,
    provider::{Detail, Target},
    report::{Progress, SyncReport},
};

use crate::{
    engine::{Engine, lock, write},
    sync::sweep::{Extent, Sweep, Swept},
};

/// The progress of a running sweep. Dropping it removes the progress, also if the sweep was cancelled.
struct ShownProgress<'a> {
    engine: &'a Engine,
    account: &'a AccountId,
}

impl ShownProgress<'_> {
    fn set(&self, progress: Progress) {
        lock(&self.engine.0.progress).insert(self.account.clone(), progress);
        self.engine.0.inventory.notify_accounts();
    }
}

impl Drop for ShownProgress<'_> {
    fn drop(&mut self) {
        lock(&self.engine.0.progress).remove(self.account);
        self.engine.0.inventory.notify_accounts();
    }
}

impl Engine {
    /// Sweeps the accounts (all accounts if empty) and waits for each sweep to end.
    pub async fn sync(&self, accounts: &[AccountId], kinds: &[Kind]) -> SyncReport {
        self.loaded().await;
        let started = tokio::time::Instant::now();
        let ids: Vec<AccountId> = if accounts.is_empty() {
            self.accounts().into_iter().map(|status| status.account.id).collect()
        } else {
            accounts.to_vec()
        };
        let mut report = SyncReport::default();
        for swept in join_all(ids.iter().map(|id| self.sync_one(id, kinds))).await {
            report.traffic.requests += swept.traffic.requests;
            report.traffic.bytes_in += swept.traffic.bytes_in;
            report.resources += swept.resources;
            report.changed += swept.changed;
            report.scopes.extend(swept.scopes);
        }
        report.elapsed = started.elapsed();
        report
    }

    pub(crate) async fn sync_one(&self, id: &AccountId, kinds: &[Kind]) -> Swept {
        let swept = self.swept(id, Extent::Kinds(kinds)).await;
        self.settle(id).await;
        swept
    }

    /// Reads the account's unfinished targets that no process follows, once, and records those that
    /// have ended.
    async fn settle(&self, id: &AccountId) {
        let Some(account) = self.account(id) else { return };
        let taken = self.0.executor.take_over(Some(id));
        let gone = self.0.executor.settle(taken, &account).await;
        self.list_scopes_of(&gone).await;
    }

    /// Lists the scopes of resources that their clouds no longer know. Only a listing proves the
    /// absence; until then the rows show their previous state.
    pub(crate) async fn list_scopes_of(&self, keys: &[ResourceKey]) {
        let snapshot = self.snapshot();
        let mut scopes: HashMap<AccountId, BTreeSet<Scope>> = HashMap::new();
        for row in keys.iter().filter_map(|key| snapshot.row(key)) {
            scopes.entry(row.account.clone()).or_default().insert(row.scope.clone());
        }
        let listed = join_all(scopes.into_iter().map(async |(account, scopes)| {
            let scopes: Vec<Scope> = scopes.into_iter().collect();
            self.swept(&account, Extent::Scopes(&scopes)).await
        }));
        tokio::select! {
            () = self.0.stopping.cancelled() => {}
            _ = listed => {}
        }
    }

    async fn swept(&self, id: &AccountId, extent: Extent<'_>) -> Swept {
        self.loaded().await;
        let queue = self.0.sweeping.of(id);
        let _turn = queue.lock().await;
        let Some(account) = self.pinned(id).await else { return Swept::default() };
        let _hold = match self.0.locks.hold(&*self.0.host, id).await {
            Ok(hold) => hold,
            Err(failure) => return Swept::not_run(&account, failure),
        };
        // Read again: the account may have been changed or removed during the wait.
        let Some(account) = self.account(id) else { return Swept::default() };
        let shown = ShownProgress { engine: self, account: id };
        let progress = |progress: Progress| shown.set(progress);
        let sweep = Sweep {
            inventory: &self.0.inventory,
            sessions: &self.0.sessions,
            clock: &*self.0.clock,
            account: &account,
            progress: &progress,
        };
        progress(Progress::default());
        let swept = sweep.run(extent).await;
        drop(shown);
        swept.unwrap_or_else(|error| {
            tracing::error!(%error, "cannot store a sweep");
            Swept::not_run(&account, Failure { code: FailureCode::Other, message: error.to_string() })
        })
    }

    /// Returns the account, pinned to its realm once its session knows the realm.
    async fn pinned(&self, id: &AccountId) -> Option<Account> {
        let account = self.account(id)?;
        if account.realm.is_some() {
            return Some(account);
        }
        // The account may have been removed during the sign-in.
        let Ok(session) = self.0.sessions.of(&account).await else { return self.account(id) };
        // Another process may have changed, pinned or removed the account during the sign-in.
        let pinned = match self.store().pin_account(id, &session.identity).await {
            Ok(stored) => stored?,
            Err(error) => {
                tracing::error!(%error, "cannot store the account's realm");
                return Some(account); // the next sweep tries again
            }
        };
        if pinned.realm.as_ref() != Some(&session.identity.realm) {
            // The next session compares the credentials' realm with the pinned one again.
            self.0.sessions.forget(id).await;
        }
        write(&self.0.accounts).insert(id.clone(), pinned.clone());
        self.0.inventory.put_account(pinned.clone()).await;
        Some(pinned)
    }

    /// Returns the account's rows in a transitional state.
    pub(crate) fn transitional(&self, account: &AccountId) -> Vec<ResourceKey> {
        // Missing rows are excluded, because a read would not find them.
        self.snapshot().keys_in_state(account, State::is_transitional)
    }

    /// Reads single rows and stores the result.
    pub(crate) async fn read_rows(&self, id: &AccountId, keys: Vec<ResourceKey>) {
        let Some(account) = self.account(id).filter(|_| !keys.is_empty()) else { return };
        let Ok(session) = self.0.sessions.of(&account).await else { return };
        let started_at = self.0.clock.now();
        let snapshot = self.snapshot();
        let targets: Vec<Target> =
            keys.iter().filter_map(|key| Some(Target::from(&snapshot.row(key)?.resource))).collect();
        let seen = session.provider.observe(&targets, Detail::State).await;
        let listed = seen.into_iter().filter_map(|observation| Some(observation.seen.ok()?.listed)).collect();
        if let Err(error) =
            self.0.inventory.commit_rows(id, started_at, session.provider.converter_version(), listed).await
        {
            tracing::warn!(%error, "cannot store a read of single rows");
        }
    }
}
