//! The poll driver: one task per account. Timer, nudge, cancel; no input and no inner retries.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use nepho_core::AccountId;
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// How often rows on their way to another state are read while nobody follows them.
const TRANSITIONAL: Duration = Duration::from_secs(15);
/// How many times longer the interval is while nobody looks.
const QUIET_FACTOR: u32 = 3;

/// The drivers of this process.
#[derive(Debug, Default)]
pub struct Pollers {
    tasks: Mutex<HashMap<AccountId, Driver>>,
    interval: Mutex<Option<Duration>>,
    quiet: AtomicBool,
}

#[derive(Debug)]
struct Driver {
    stop: CancellationToken,
    nudge: Arc<Notify>,
}

impl Pollers {
    /// Sets the interval; drivers started from now on use it. `None` before: nothing polls.
    pub fn enable(&self, interval: Duration) {
        *self.interval.lock().unwrap_or_else(PoisonError::into_inner) = Some(interval);
    }

    /// The interval, if polling is on.
    pub fn interval(&self) -> Option<Duration> {
        *self.interval.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls less often while the window is hidden.
    pub fn set_background(&self, quiet: bool) {
        if self.quiet.swap(quiet, Ordering::Relaxed) && !quiet {
            self.nudge_all();
        }
    }

    /// Asks every driver to sweep now.
    pub fn nudge_all(&self) {
        for driver in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).values() {
            driver.nudge.notify_one();
        }
    }

    /// Starts the account's driver, or nudges the one that runs.
    pub fn start(&self, engine: &Engine, account: &AccountId) {
        let Some(interval) = self.interval() else { return };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = tasks.get(account) {
            driver.nudge.notify_one();
            return;
        }
        let driver = Driver { stop: engine.stopping().child_token(), nudge: Arc::default() };
        let task = drive(engine.clone(), account.clone(), interval, driver.stop.clone(), Arc::clone(&driver.nudge));
        tasks.insert(account.clone(), driver);
        engine.spawn(task);
    }

    /// Stops the account's driver.
    pub fn stop(&self, account: &AccountId) {
        let driver = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        if let Some(driver) = driver {
            driver.stop.cancel();
        }
    }

    fn factor(&self) -> u32 {
        if self.quiet.load(Ordering::Relaxed) { QUIET_FACTOR } else { 1 }
    }
}

async fn drive(engine: Engine, account: AccountId, interval: Duration, stop: CancellationToken, nudge: Arc<Notify>) {
    let mut round = 0_u64;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = engine.sync_one(&account, &[]) => {}
        }
        round += 1;
        let deadline = Instant::now() + jittered(interval * engine.pollers().factor(), &account, round);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let moving = engine.transitional(&account);
            let nap = if moving.is_empty() { left } else { left.min(TRANSITIONAL) };
            tokio::select! {
                () = stop.cancelled() => return,
                () = nudge.notified() => break,
                () = tokio::time::sleep(nap) => {}
            }
            engine.read_rows(&account, engine.transitional(&account)).await;
        }
    }
}

/// The interval give or take a tenth, so that accounts and machines do not sweep in step.
fn jittered(interval: Duration, account: &AccountId, round: u64) -> Duration {
    let spread = RandomState::new().hash_one((account, round)) % 201;
    let thousandths = u32::try_from(900 + spread).unwrap_or(1000);
    interval * thousandths / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_a_tenth() {
        let account = AccountId::new("a");
        for round in 0..500 {
            let jittered = jittered(Duration::from_mins(5), &account, round);
            assert!((270..=330).contains(&jittered.as_secs()), "{jittered:?}");
        }
    }
}
