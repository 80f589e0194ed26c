//! Watching of targets that are on their way already: a caller who waits for them gets their end.
//!
//! Nothing is sent and nothing is journalled here: the action has another origin, or another
//! operation follows it.

use std::sync::{Mutex, PoisonError};

use nepho_core::{
    Account, Failure, ProviderError, ResourceKey,
    journal::JournalEvent,
    plan::PlannedTarget,
    provider::{ActionRequest, Detail, Target},
    report::{TargetResult, TargetStatus},
};
use tokio::time::Instant;

use crate::{
    actions::executor::{Executor, addressed},
    actions::operations,
    actions::waiter::{FOLLOW_TIMEOUT, TargetWaiter, poll_interval},
    session::Session,
};

struct Watched {
    target: Target,
    waiter: TargetWaiter,
}

impl Executor {
    /// Reads the account's targets until each is at the goal of `request` or elsewhere, and adds a
    /// result for each of them to `results` as soon as it is known.
    pub async fn watch(
        &self,
        account: &Account,
        request: ActionRequest,
        targets: &[PlannedTarget],
        results: &Mutex<Vec<TargetResult>>,
    ) {
        let session = match self.sessions.of(account).await {
            Ok(session) => session,
            Err(failure) => return add(results, targets.iter().map(|target| unread(&target.key, &failure))),
        };
        let watched = |target: &PlannedTarget| Watched {
            target: addressed(target),
            waiter: TargetWaiter::underway(request.goal(), target.state),
        };
        let mut open: Vec<Watched> = targets.iter().map(watched).collect();
        let since = Instant::now();
        while !open.is_empty() && since.elapsed() < FOLLOW_TIMEOUT {
            tokio::select! {
                () = self.stopping.cancelled() => return,
                () = tokio::time::sleep(poll_interval(since.elapsed())) => {}
            }
            add(results, self.watch_round(&session, account, &mut open, since).await);
        }
    }

    async fn watch_round(
        &self,
        session: &Session,
        account: &Account,
        open: &mut Vec<Watched>,
        since: Instant,
    ) -> Vec<TargetResult> {
        let targets: Vec<Target> = open.iter().map(|one| one.target.clone()).collect();
        let started_at = self.clock.now();
        let (mut ended, mut listed) = (Vec::new(), Vec::new());
        for read in session.provider.observe(&targets, Detail::State).await {
            let seen = match read.seen {
                Ok(observed) => Some(observed.listed),
                Err(ProviderError::NotFound { .. }) => None,
                Err(_) => continue, // a failed read proves nothing; the next one may succeed
            };
            let Some(place) = open.iter().position(|one| one.target.key == read.key) else { continue };
            let resource = seen.as_ref().map(|listed| &listed.resource);
            if let Some(event) = open[place].waiter.on_read(resource, since.elapsed()) {
                open.swap_remove(place);
                ended.push(result(&read.key, &event));
            }
            listed.extend(seen);
        }
        let converter = session.provider.converter_version();
        if let Err(error) = self.inventory.commit_rows(&account.id, started_at, converter, listed).await {
            tracing::warn!(%error, "cannot store a read of watched instances");
        }
        ended
    }
}

fn add(results: &Mutex<Vec<TargetResult>>, more: impl IntoIterator<Item = TargetResult>) {
    results.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
}

fn result(key: &ResourceKey, event: &JournalEvent) -> TargetResult {
    let mut result =
        TargetResult { key: key.clone(), status: TargetStatus::NotSent, observed_state: None, failure: None };
    operations::apply(&mut result, event);
    result
}

fn unread(key: &ResourceKey, failure: &Failure) -> TargetResult {
    TargetResult {
        key: key.clone(),
        status: TargetStatus::NotSent,
        observed_state: None,
        failure: Some(failure.clone()),
    }
}
