//! A clock that tests set. It can also follow tokio's clock, so that paused time moves it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nepho_core::{Clock, Timestamp};
use tokio::time::Instant;

/// The time at which a default [`FakeClock`] starts: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// A clock that moves only when a test moves it. Clones share the time.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    set_to: Timestamp,
    /// If set, the clock also moves as tokio's clock has moved since.
    since: Option<Instant>,
}

impl FakeClock {
    /// Creates a clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Reading { set_to: now, since: None })))
    }

    /// Creates a clock that starts at [`START`] and moves with tokio's clock: under paused time it
    /// moves exactly when the timers do. Must be called inside the runtime.
    pub fn following_tokio() -> Self {
        Self(Arc::new(Mutex::new(Reading { set_to: START, since: Some(Instant::now()) })))
    }

    /// Sets the present time; backwards too, as real clocks do.
    pub fn set(&self, now: Timestamp) {
        let mut reading = self.reading();
        reading.set_to = now;
        reading.since = reading.since.map(|_| Instant::now());
    }

    /// Moves the clock by `by`.
    pub fn advance(&self, by: Duration) {
        let mut reading = self.reading();
        reading.set_to = later(reading.set_to, by);
    }

    fn reading(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new(START)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        let reading = self.reading();
        reading.since.map_or(reading.set_to, |since| later(reading.set_to, since.elapsed()))
    }
}

/// Returns `by` after `moment`, or the last representable time instead of an overflow.
fn later(moment: Timestamp, by: Duration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_moves_only_when_set_and_clones_share_it() {
        let clock = FakeClock::default();
        let other = clock.clone();
        assert_eq!(other.now(), START);
        clock.advance(Duration::from_secs(90));
        assert_eq!(other.now().as_second() - START.as_second(), 90);
        other.set(START);
        assert_eq!(clock.now(), START);
    }

    #[tokio::test(start_paused = true)]
    async fn clock_can_follow_paused_time() {
        let clock = FakeClock::following_tokio();
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(clock.now().as_second() - START.as_second(), 3600);
        clock.set(START);
        clock.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(clock.now().as_second() - START.as_second(), 2);
    }
}
