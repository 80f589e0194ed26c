//! Background tasks: following changes of other processes, and removing what they left.

use std::{collections::BTreeSet, time::Duration};

use nepho_core::{Account, AccountId};
use nepho_store::{Store, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use crate::{App, AppError, credentials::secret_id, process::locks};

/// The interval of looking at the databases; a change by `nepho` must show within 2 s.
const WATCH: Duration = Duration::from_secs(1);

/// The values that change when another process stores something.
#[derive(PartialEq)]
struct Seen {
    cache: i64,
    accounts: Vec<Account>,
    journal: Option<u64>,
}

/// Starts the task that every process runs once.
pub(crate) fn begin(app: &App) {
    let task = app.clone();
    app.inner().tasks.spawn(async move { task.remove_orphan_secrets().await });
}

/// Follows the changes that other processes store, until the application ends.
pub(crate) fn watch_others(app: &App) {
    let task = app.clone();
    app.inner().tasks.spawn(async move {
        let stopping = task.inner().stopping.clone();
        stopping.run_until_cancelled(task.follow_others()).await;
    });
}

/// Removes the rows of accounts that no longer exist: another process may have stored them at the end
/// of a sweep that began before the account was removed.
pub(crate) async fn remove_orphan_rows(store: &Store) -> Result<(), StoreError> {
    // Scopes first: an account is stored before its first row.
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
            // A process that ends writes nothing, so its operations are looked for at every tick.
            self.engine().follow_unfinished();
            match self.look().await {
                Ok(seen) if before.as_ref() != Some(&seen) => match self.take_over().await {
                    Ok(()) => before = Some(seen),
                    Err(error) => tracing::warn!(%error, "cannot read the changes of another process"),
                },
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "cannot read the state of the databases"),
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

    /// Deletes the secrets that an addition or a removal left without an account. Never prompts: a locked
    /// keyring keeps them until the next start.
    pub(crate) async fn remove_orphan_secrets(&self) {
        if let Err(error) = self.try_remove_orphan_secrets().await {
            tracing::warn!(%error, "cannot remove orphaned secrets from the keyring");
        }
    }

    async fn try_remove_orphan_secrets(&self) -> Result<(), AppError> {
        let pending = secret_id::pending(self.store()).await?;
        if pending.is_empty() {
            return Ok(());
        }
        // A process that adds an account holds this lock: its pending secret is not orphaned.
        let path = self.providers().directory.accounts_lock();
        let Ok(_held) = locks::try_take(&path, self.providers().host)? else { return Ok(()) };
        for secret_id in secret_id::pending(self.store()).await? {
            self.settle_secret(&secret_id).await?;
        }
        Ok(())
    }
}
