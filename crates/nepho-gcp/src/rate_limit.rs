//! How much may be asked of a project in a minute.
//!
//! Google counts each group of requests by itself, per project, and refills all of them at each
//! full minute (<https://cloud.google.com/compute/api-quota>). So does this: below the documented
//! default, and when Google still says that a quota is used up, nothing of its group is sent until
//! the next minute. The project is the one that Google charges, so that projects which share a
//! quota share a rate_limiter.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nepho_core::Clock;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use crate::backoff;

/// The most requests that all projects together have under way.
static EVERYWHERE: Semaphore = Semaphore::const_new(100);

/// The most requests that one project has under way: the zones of a large project are listed at once.
/// Google counts requests by the minute, not those under way.
pub(crate) const PER_PROJECT: usize = 32;

/// How many times one request waits for the next minute.
const LONGEST_PATIENCE: u8 = 2;

/// Google's groups of read requests, each with a quota of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadClass {
    /// Of no zone: projects, zones, machine types of all zones.
    Global,
    /// Of one zone: lists and single resources in it.
    Zone,
    /// `aggregatedList`, which Google calls a heavy-weight read.
    Heavy,
    /// `zoneOperations.get`.
    Operation,
    /// The Resource Manager's, which has quotas of its own.
    Projects,
}

/// What a request counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A read.
    Read(ReadClass),
    /// A mutation.
    Mutation,
}

impl Class {
    const COUNT: usize = 6;

    const fn index(self) -> usize {
        match self {
            Self::Read(ReadClass::Global) => 0,
            Self::Read(ReadClass::Zone) => 1,
            Self::Read(ReadClass::Heavy) => 2,
            Self::Read(ReadClass::Operation) => 3,
            Self::Read(ReadClass::Projects) => 4,
            Self::Mutation => 5,
        }
    }

    /// Requests per minute: two fifths or less of what Google documented as the default of each of
    /// Compute Engine's groups (1,500), because other tools use the same quota. The Resource Manager
    /// is asked seldom.
    const fn per_minute(self) -> u32 {
        match self {
            Self::Read(ReadClass::Heavy | ReadClass::Projects) => 300,
            Self::Read(_) | Self::Mutation => 600,
        }
    }
}

/// The rate_limiter of one project.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    clock: Arc<dyn Clock>,
    window: Duration,
    ledgers: Mutex<[Ledger; Class::COUNT]>,
    slots: Semaphore,
}

/// One group's count.
#[derive(Clone, Copy, Debug, Default)]
struct Ledger {
    /// Which minute is counted; `None` before the first request.
    minute: Option<i128>,
    used: u32,
    closed_until: Option<Instant>,
}

/// Permit to send one request.
#[derive(Debug)]
pub(crate) struct Permit<'b> {
    _slot: Option<SemaphorePermit<'b>>,
    _everywhere: Option<SemaphorePermit<'static>>,
}

/// How many more minutes one request will wait for.
#[derive(Debug)]
pub(crate) struct Patience(u8);

impl Default for Patience {
    fn default() -> Self {
        Self(LONGEST_PATIENCE)
    }
}

impl RateLimiter {
    /// Full quotas. `window` is Google's minute.
    pub fn new(clock: Arc<dyn Clock>, window: Duration) -> Self {
        Self { clock, window, ledgers: Mutex::default(), slots: Semaphore::new(PER_PROJECT) }
    }

    /// Waits until a request of `class` may be sent; when its quota is used up, into the next
    /// minute and, by `patience`, no more than two of them. The error is how long it still takes.
    pub async fn permit(&self, class: Class, patience: &mut Patience) -> Result<Permit<'_>, Duration> {
        loop {
            // Neither semaphore is ever closed, so both always give leave. The quota is looked at
            // last: another request may have found it used up in the meantime.
            // A mutation, and asking how it goes, is not held up by zones that do not answer.
            let slot = match class {
                Class::Mutation | Class::Read(ReadClass::Operation) => None,
                Class::Read(_) => self.slots.acquire().await.ok(),
            };
            let everywhere = EVERYWHERE.acquire().await.ok();
            let Err(wait) = self.take(class) else {
                return Ok(Permit { _slot: slot, _everywhere: everywhere });
            };
            drop((slot, everywhere));
            if patience.0 == 0 {
                return Err(wait);
            }
            patience.0 -= 1;
            tokio::time::sleep(wait + self.spread()).await;
        }
    }

    /// Google says that the quota of `class` is used up: nothing of it is sent until the next
    /// minute.
    pub fn close(&self, class: Class) {
        let (_, rest) = self.minute();
        let until = Instant::now() + rest;
        let ledger = &mut self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)[class.index()];
        ledger.closed_until = ledger.closed_until.max(Some(until));
    }

    /// Counts one request, or says how long it is until the next minute.
    fn take(&self, class: Class) -> Result<(), Duration> {
        let (minute, rest) = self.minute();
        let ledger = &mut self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)[class.index()];
        if let Some(closed) = ledger.closed_until {
            let left = closed.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Err(left);
            }
            ledger.closed_until = None;
        }
        // Also when the clock was set back: another minute is another quota.
        if ledger.minute != Some(minute) {
            ledger.minute = Some(minute);
            ledger.used = 0;
        }
        if ledger.used >= class.per_minute() {
            return Err(rest);
        }
        ledger.used += 1;
        Ok(())
    }

    /// The number of the present minute, and how long it still lasts.
    fn minute(&self) -> (i128, Duration) {
        let now = self.clock.now().as_nanosecond();
        let window = i128::try_from(self.window.as_nanos()).unwrap_or(i128::MAX).max(1);
        let rest = window - now.rem_euclid(window);
        (now.div_euclid(window), Duration::from_nanos(u64::try_from(rest).unwrap_or(u64::MAX)))
    }

    /// How far into the minute a request that waited for it is sent: not at once, because clocks
    /// differ, and not all of them together.
    fn spread(&self) -> Duration {
        backoff::between(self.window / 60, self.window / 10)
    }
}

#[cfg(test)]
mod tests;
