//! Following: reads the targets of accepted actions until each has ended.

use crate::{actions::executor::Executor, actions::followed::Followed, actions::waiter, session::Session};
use nepho_core::{
    AccountId, ProviderError, ResourceKey,
    journal::{JournalEvent, NewEntry},
    provider::{Detail, Target},
};

impl Executor {
    /// Follows the targets of one account until each has ended or its time limit has passed.
    /// Returns the targets that have vanished.
    pub async fn follow(&self, session: &Session, account: &AccountId, mut open: Vec<Followed>) -> Vec<ResourceKey> {
        let mut gone = Vec::new();
        while let Some(youngest) = open.iter().map(Followed::elapsed).min() {
            tokio::select! {
                () = self.stopping.cancelled() => return gone,
                () = tokio::time::sleep(waiter::poll_interval(youngest)) => {}
            }
            gone.extend(self.read_round(session, account, &mut open).await);
        }
        gone
    }

    /// Reads the targets once, records those that have ended and removes them from `open`. Returns
    /// the targets that have vanished.
    pub async fn read_round(
        &self,
        session: &Session,
        account: &AccountId,
        open: &mut Vec<Followed>,
    ) -> Vec<ResourceKey> {
        // Poll operations first, so that the reads below are later than any end that an operation
        // reports.
        let mut ended = poll_operations(session, open).await;
        // Targets whose operation has failed are read once more too, so that their rows show the
        // resulting state.
        let mut targets: Vec<Target> = Vec::with_capacity(open.len());
        for one in open.iter() {
            if !targets.contains(&one.target) {
                targets.push(one.target.clone());
            }
        }
        let started_at = self.clock.now();
        let mut listed = Vec::new();
        for read in session.provider.observe(&targets, Detail::State).await {
            let seen = match read.seen {
                Ok(observed) => Some(observed.listed),
                Err(ProviderError::NotFound { .. }) => None,
                Err(_) => continue, // a failed read proves nothing; the next one may succeed
            };
            for (place, one) in open.iter_mut().enumerate().filter(|(_, one)| one.target.key == read.key) {
                let elapsed = one.elapsed();
                let resource = seen.as_ref().map(|listed| &listed.resource);
                let event = one.waiter.on_read(resource, elapsed);
                let overdue = elapsed >= waiter::FOLLOW_TIMEOUT;
                if let Some(event) = event.or_else(|| overdue.then_some(JournalEvent::TimedOut))
                    && !ended.iter().any(|(other, _)| *other == place)
                {
                    ended.push((place, event));
                }
            }
            listed.extend(seen);
        }
        let converter = session.provider.converter_version();
        if let Err(error) = self.inventory.commit_rows(account, started_at, converter, listed).await {
            tracing::warn!(%error, "cannot store a read of followed instances");
        }
        self.end(open, ended).await
    }

    /// Records the ends and removes their targets from `open`; returns those that have vanished.
    async fn end(&self, open: &mut Vec<Followed>, ended: Vec<(usize, JournalEvent)>) -> Vec<ResourceKey> {
        let at = self.clock.now();
        let entries: Vec<NewEntry> = ended
            .iter()
            .map(|(place, event)| NewEntry { run: self.run.clone(), ..open[*place].event(at, event.clone()) })
            .collect();
        let keys: Vec<ResourceKey> = entries.iter().map(|entry| entry.key.clone()).collect();
        let gone: Vec<ResourceKey> =
            entries.iter().filter(|entry| entry.event == waiter::vanished()).map(|entry| entry.key.clone()).collect();
        if let Err(error) = self.inventory.commit_deleted(&gone, at).await {
            tracing::warn!(%error, "cannot store that instances were deleted");
        }
        self.record(entries).await;
        self.inventory.end_overlays(&keys).await;
        let mut place = 0;
        open.retain(|_| {
            let stays = !ended.iter().any(|(ended, _)| *ended == place);
            place += 1;
            stays
        });
        gone
    }
}

/// Polls the operation records and returns the places of the targets whose operation failed.
async fn poll_operations(session: &Session, open: &mut [Followed]) -> Vec<(usize, JournalEvent)> {
    let (places, tickets): (Vec<_>, Vec<_>) =
        open.iter().enumerate().filter_map(|(at, one)| Some((at, one.waiter.open_ticket()?.clone()))).unzip();
    if tickets.is_empty() {
        return Vec::new();
    }
    let results = session.provider.progress(&tickets).await;
    let polled = places.into_iter().zip(results);
    polled.filter_map(|(at, result)| Some((at, open[at].waiter.on_operation_status(result)?))).collect()
}
