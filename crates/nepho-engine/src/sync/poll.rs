//! The schedule of polling: the interval, and the signals to each account's poller.
//!
//! Deliberately not here: the polling task itself, which is in `engine/polling.rs`.

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
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The factor by which the interval grows in the background.
const BACKGROUND_FACTOR: u32 = 3;

/// The pollers of this process, at most one per account.
#[derive(Debug, Default)]
pub struct Pollers {
    tasks: Mutex<HashMap<AccountId, Poller>>,
    interval: Mutex<Option<Duration>>,
    background: AtomicBool,
}

/// The schedule of one account's polling task.
#[derive(Clone, Debug)]
pub struct Poller {
    /// The time between two sweeps in the foreground.
    pub interval: Duration,
    /// Ends the task.
    pub stop: CancellationToken,
    /// Makes the task sweep now.
    pub wake: Arc<Notify>,
}

impl Pollers {
    /// Sets the interval for pollers added afterwards. Before the first call, nothing polls.
    pub fn enable(&self, interval: Duration) {
        *self.interval.lock().unwrap_or_else(PoisonError::into_inner) = Some(interval);
    }

    /// Returns the interval, if polling is on.
    pub fn interval(&self) -> Option<Duration> {
        *self.interval.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls less often while the window is hidden; the return to the foreground sweeps at once.
    pub fn set_background(&self, background: bool) {
        if self.background.swap(background, Ordering::Relaxed) && !background {
            self.wake_all();
        }
    }

    /// Makes every poller sweep now.
    pub fn wake_all(&self) {
        for poller in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).values() {
            poller.wake.notify_one();
        }
    }

    /// Adds a poller for the account and returns it, or wakes the existing one and returns `None`.
    pub fn add(&self, account: &AccountId, stopping: &CancellationToken) -> Option<Poller> {
        let interval = self.interval()?;
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poller) = tasks.get(account) {
            poller.wake.notify_one();
            return None;
        }
        let poller = Poller { interval, stop: stopping.child_token(), wake: Arc::default() };
        tasks.insert(account.clone(), poller.clone());
        Some(poller)
    }

    /// Stops the account's poller.
    pub fn stop(&self, account: &AccountId) {
        let poller = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        if let Some(poller) = poller {
            poller.stop.cancel();
        }
    }

    /// Returns the factor by which to multiply the interval now.
    pub fn factor(&self) -> u32 {
        if self.background.load(Ordering::Relaxed) { BACKGROUND_FACTOR } else { 1 }
    }
}

/// Varies the interval by up to a tenth, so that accounts and processes do not sweep in step.
pub fn jittered(interval: Duration, account: &AccountId, round: u64) -> Duration {
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
