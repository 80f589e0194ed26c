//! A sweep: one pass over an account's scopes. Its only input is the account, it may run at any
//! time, and it never retries: the provider's reads retry or the poller repeats, never both.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt, stream::FuturesUnordered};
use nepho_core::{
    Account, Clock, Failure, FailureCode, Kind, Scope, ScopeKey, Timestamp,
    provider::{ListedResource, SweepItem, Traffic},
    report::{Progress, ScopeReport},
};
use nepho_store::StoreError;

use crate::{
    session::{Session, Sessions},
    sync::inventory::InventoryWriter,
    sync::reconcile::Listing,
};

/// The result of one sweep.
#[derive(Debug, Default)]
pub struct Swept {
    /// The result of each scope.
    pub scopes: Vec<ScopeReport>,
    /// Rows listed by the scopes that completed.
    pub resources: u64,
    /// Rows written.
    pub changed: u64,
    /// The requests sent and bytes received.
    pub traffic: Traffic,
}

/// The most items of a listing that are taken at once.
const READY: usize = 1024;

/// A scope with its complete listing or its failure.
type Outcome = (Scope, Result<Vec<ListedResource>, Failure>);

/// The result of one scope.
struct Ended {
    report: ScopeReport,
    resources: u64,
    changed: u64,
}

impl Swept {
    /// Returns the result of a sweep that could not start.
    pub fn not_run(account: &Account, failure: Failure) -> Self {
        let report = ScopeReport { failure: Some(failure), ..blank(account) };
        Self { scopes: vec![report], ..Self::default() }
    }

    fn extend(&mut self, ended: Vec<Ended>) {
        for one in ended {
            self.resources += one.resources;
            self.changed += one.changed;
            self.scopes.push(one.report);
        }
    }
}

/// One pass over one account.
pub struct Sweep<'a> {
    pub inventory: &'a InventoryWriter,
    pub sessions: &'a Sessions,
    pub clock: &'a dyn Clock,
    pub account: &'a Account,
    /// Receives the progress of the sweep.
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// The part of an account that a sweep lists.
#[derive(Clone, Copy, Debug)]
pub enum Extent<'a> {
    /// All scopes of these kinds; of every kind if empty.
    Kinds(&'a [Kind]),
    /// Only these scopes; the sweep neither requests nor changes any other.
    Scopes(&'a [Scope]),
}

impl Sweep<'_> {
    /// Lists the extent and commits scope by scope.
    pub async fn run(&self, extent: Extent<'_>) -> Result<Swept, StoreError> {
        let started_at = self.clock.now();
        let kinds = match extent {
            Extent::Kinds(kinds) => kinds,
            Extent::Scopes(scopes) => {
                return match self.sessions.of(self.account).await {
                    Ok(session) => self.list(&session, scopes, started_at).await,
                    Err(failure) => Ok(Swept::not_run(self.account, failure)),
                };
            }
        };
        let session = match self.sessions.for_sweep(self.account).await {
            Ok(session) => session,
            Err(failure) => return self.fail_known(started_at, failure).await,
        };
        let (before, connecting) = (session.provider.traffic(), session.connecting());
        let mut scopes = match session.scopes().await {
            Ok(scopes) => scopes,
            Err(error) => {
                let failure = Failure::from(&error);
                self.sessions.note(&self.account.id, &failure).await;
                return self.fail_known(started_at, failure).await;
            }
        };
        self.inventory.retain_scopes(&self.account.id, &scopes).await?;
        scopes.retain(|scope| kinds.is_empty() || kinds.contains(&scope.kind));
        let mut swept = self.list(&session, &scopes, started_at).await?;
        let after = session.provider.traffic();
        swept.traffic = Traffic {
            requests: connecting.requests + after.requests - before.requests,
            bytes_in: connecting.bytes_in + after.bytes_in - before.bytes_in,
        };
        Ok(swept)
    }

    /// Commits each scope as soon as it ends, while pages of other scopes still arrive.
    async fn list(&self, session: &Session, scopes: &[Scope], started_at: Timestamp) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let mut open: HashSet<&Scope> = scopes.iter().collect();
        let mut pages: HashMap<Scope, Vec<ListedResource>> = HashMap::new();
        let total = u32::try_from(scopes.len()).unwrap_or(u32::MAX);
        let mut progress = Progress { done: 0, total, rows: 0 };
        (self.progress)(progress);
        let mut items = session.provider.list(scopes).ready_chunks(READY).fuse();
        // The results that arrive while one batch is committed are the next batch.
        let mut waiting: Vec<Outcome> = Vec::new();
        let mut ending = FuturesUnordered::new();
        loop {
            if ending.is_empty() && !waiting.is_empty() {
                ending.push(self.end(session, started_at, std::mem::take(&mut waiting)));
            }
            let items = futures::select_biased! {
                items = items.select_next_some() => items,
                ended = ending.select_next_some() => {
                    let ended = ended?;
                    progress.done += u32::try_from(ended.len()).unwrap_or(u32::MAX);
                    (self.progress)(progress);
                    swept.extend(ended);
                    continue;
                }
                complete => break,
            };
            for item in items {
                let (scope, outcome) = match item {
                    SweepItem::Page { scope, resources } => {
                        progress.rows += resources.len() as u64;
                        pages.entry(scope).or_default().extend(resources);
                        continue;
                    }
                    SweepItem::Complete { scope } => {
                        let listed = pages.remove(&scope).unwrap_or_default();
                        (scope, Ok(listed))
                    }
                    SweepItem::Failed { scope, error } => {
                        pages.remove(&scope);
                        (scope, Err(Failure::from(&error)))
                    }
                };
                if open.remove(&scope) {
                    waiting.push((scope, outcome));
                }
            }
            (self.progress)(progress);
        }
        let message = "the provider ended the listing without a result".to_owned();
        let failure = Failure { code: FailureCode::Malformed, message };
        let without = open.into_iter().map(|scope| (scope.clone(), Err(failure.clone())));
        let ended = self.end(session, started_at, without.collect()).await?;
        swept.extend(ended);
        swept.scopes.sort_by(|a, b| a.scope.cmp(&b.scope));
        Ok(swept)
    }

    /// Commits the results of scopes: the failures in one transaction, each listing in its own.
    async fn end(
        &self,
        session: &Session,
        started_at: Timestamp,
        outcomes: Vec<Outcome>,
    ) -> Result<Vec<Ended>, StoreError> {
        let converter = session.provider.converter_version();
        let (mut failures, mut listings, mut listed_rows) = (Vec::new(), Vec::new(), Vec::new());
        for (scope, outcome) in outcomes {
            let key = ScopeKey { account: self.account.id.clone(), scope };
            match outcome {
                Ok(listed) => {
                    listed_rows.push((key.clone(), listed.len() as u64));
                    listings.push(Listing { key, started_at, converter, listed });
                }
                Err(failure) => {
                    self.sessions.note(&self.account.id, &failure).await;
                    failures.push((key, failure));
                }
            }
        }
        let failed: Vec<ScopeKey> = failures.iter().map(|(key, _)| key.clone()).collect();
        self.inventory.fail(started_at, failures).await?;
        let applied = self.inventory.commit_listings(listings).await?;
        let listed = listed_rows.into_iter().zip(applied).map(|((key, resources), applied)| {
            let changed = applied.map_or(0, |applied| applied.changed);
            Ended { report: self.report(&key), resources, changed }
        });
        let failed = failed.iter().map(|key| Ended { report: self.report(key), resources: 0, changed: 0 });
        Ok(listed.chain(failed).collect())
    }

    /// Records the account's failure for every known scope.
    async fn fail_known(&self, started_at: Timestamp, failure: Failure) -> Result<Swept, StoreError> {
        let snapshot = self.inventory.snapshot();
        let keys: Vec<ScopeKey> =
            snapshot.scopes_of(&self.account.id).into_iter().map(|record| record.key.clone()).collect();
        if keys.is_empty() {
            return Ok(Swept::not_run(self.account, failure));
        }
        let failures = keys.iter().map(|key| (key.clone(), failure.clone())).collect();
        self.inventory.fail(started_at, failures).await?;
        Ok(Swept { scopes: keys.iter().map(|key| self.report(key)).collect(), ..Swept::default() })
    }

    fn report(&self, key: &ScopeKey) -> ScopeReport {
        let snapshot = self.inventory.snapshot();
        let record = snapshot.scope(key);
        ScopeReport {
            scope: Some(key.scope.clone()),
            rows: record.map_or(0, |record| record.rows),
            as_of: record.and_then(|record| record.as_of),
            failure: record.and_then(|record| record.failure.clone()),
            ..blank(self.account)
        }
    }
}

fn blank(account: &Account) -> ScopeReport {
    ScopeReport {
        account: account.id.clone(),
        account_name: account.name.clone(),
        provider: account.provider,
        scope: None,
        rows: 0,
        as_of: None,
        failure: None,
    }
}
