//! The engine's handle: polling, with one task per account.
//!
//! A task has a timer, a signal to sweep now and a signal to stop. It never retries a sweep.

use std::time::Duration;

use nepho_core::AccountId;
use tokio::time::Instant;

use crate::{
    engine::{Engine, read},
    sync::poll::{Poller, jittered},
};

/// The interval at which rows in a transitional state are read while no action is followed.
const TRANSITIONAL: Duration = Duration::from_secs(15);

impl Engine {
    /// Starts polling every account; `interval` is the time between sweeps.
    pub fn poll(&self, interval: Duration) {
        self.0.pollers.enable(interval);
        for id in read(&self.0.accounts).keys() {
            self.start_poller(id);
        }
    }

    /// Sweeps every polled account now.
    pub fn refresh(&self) {
        self.0.pollers.wake_all();
    }

    /// Polls less often while the window is hidden.
    pub fn set_background(&self, hidden: bool) {
        self.0.pollers.set_background(hidden);
    }

    /// Starts the account's poller, or makes the running one sweep now. Does nothing while polling is
    /// off.
    pub(crate) fn start_poller(&self, account: &AccountId) {
        if let Some(poller) = self.0.pollers.add(account, &self.0.stopping) {
            self.spawn(drive(self.clone(), account.clone(), poller));
        }
    }
}

async fn drive(engine: Engine, account: AccountId, poller: Poller) {
    let Poller { interval, stop, wake } = poller;
    let mut round = 0_u64;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = engine.sync_one(&account, &[]) => {}
        }
        round += 1;
        let deadline = Instant::now() + jittered(interval * engine.0.pollers.factor(), &account, round);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let moving = engine.transitional(&account);
            let wait = if moving.is_empty() { left } else { left.min(TRANSITIONAL) };
            tokio::select! {
                () = stop.cancelled() => return,
                () = wake.notified() => break,
                () = tokio::time::sleep(wait) => {}
            }
            engine.read_rows(&account, engine.transitional(&account)).await;
        }
    }
}
