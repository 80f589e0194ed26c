//! What runs without being asked: noticing other processes, and sweeping up what they left.

use std::{collections::BTreeSet, time::Duration};

use nepho_core::{Account, AccountId};
use nepho_store::{Store, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use crate::{App, AppError, credentials::pending, process::locks};

/// How often the databases are looked at: what `nepho` did must show within 2 s.
const WATCH: Duration = Duration::from_secs(1);

/// What moves when another process stores something.
#[derive(PartialEq)]
struct Seen {
    cache: i64,
    accounts: Vec<Account>,
    journal: Option<u64>,
}

/// Starts what every process does once.
pub(crate) fn begin(app: &App) {
    let task = app.clone();
    app.inner().tasks.spawn(async move { task.remove_orphan_secrets().await });
}

/// Takes over what other processes store, until the application ends.
pub(crate) fn watch_others(app: &App) {
    let task = app.clone();
    app.inner().tasks.spawn(async move {
        let stopping = task.inner().stopping.clone();
        stopping.run_until_cancelled(task.follow_others()).await;
    });
}

/// Forgets the stored rows of accounts that are gone: a sweep that was under way in another process
/// when its account was removed may have stored them after the removal.
pub(crate) async fn remove_orphan_rows(store: &Store) -> Result<(), StoreError> {
    // In this order: an account is stored before its first row.
    let scopes = store.scopes().await?;
    let accounts = store.accounts().await?;
    let ids: BTreeSet<AccountId> = scopes.into_iter().map(|scope| scope.key.account).collect();
    for stray in ids.iter().filter(|id| accounts.iter().all(|account| account.id != **id)) {
        store.remove_account(stray).await?;
    }
    Ok(())
}

impl App {
    async fn follow_others(&self) {
        self.ready().await;
        let mut ticks = interval(WATCH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = None;
        loop {
            ticks.tick().await;
            match self.look().await {
                Ok(seen) if before.as_ref() != Some(&seen) => match self.take_over().await {
                    Ok(()) => before = Some(seen),
                    Err(error) => tracing::warn!(%error, "what another process stored could not be read"),
                },
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the databases could not be looked at"),
            }
        }
    }

    async fn look(&self) -> Result<Seen, StoreError> {
        let store = self.store();
        Ok(Seen {
            cache: store.data_version().await?,
            accounts: store.accounts().await?,
            journal: store.journal(1, None).await?.first().map(|entry| entry.seq),
        })
    }

    async fn take_over(&self) -> Result<(), AppError> {
        remove_orphan_rows(self.store()).await?;
        self.engine().reload().await?;
        Ok(())
    }

    /// Deletes the secrets that an addition or a removal left without an account. Asks for no
    /// password: a locked keyring keeps them until the next start.
    pub(crate) async fn remove_orphan_secrets(&self) {
        if let Err(error) = self.try_remove_orphan_secrets().await {
            tracing::warn!(%error, "the keyring could not be tidied");
        }
    }

    async fn try_remove_orphan_secrets(&self) -> Result<(), AppError> {
        let list = pending::list(self.store()).await?;
        if list.is_empty() {
            return Ok(());
        }
        // Whoever adds an account now holds this lock: its intent is not lost, it is under way.
        let path = self.providers().directory.accounts_lock();
        let Ok(_held) = locks::try_take(&path, self.providers().host)? else { return Ok(()) };
        for secret_id in pending::list(self.store()).await? {
            self.settle_secret(&secret_id).await?;
        }
        Ok(())
    }
}
