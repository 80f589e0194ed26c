//! Rate limits of a project's requests.
//!
//! Google counts each group of requests separately, per project, and refills all quotas at each full
//! minute (<https://cloud.google.com/compute/api-quota>). The limiter counts in the same way, below
//! the documented default. If Google still reports an exhausted quota, no request of its group is
//! sent until the next minute. The project is the one that Google charges, so projects that share a
//! quota share a limiter.
//!
//! Permits are separate from quotas: each account has its own, and sweeps and single reads take
//! different ones. Zones that do not answer a sweep delay no action, no read that follows one, and
//! no other account.

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

/// The most sweep requests in flight of all accounts together, which bounds the open sockets. Far
/// above [`PER_PROJECT`], so that several accounts without answers leave permits for another.
static EVERYWHERE: Semaphore = Semaphore::const_new(384);

/// The most requests of one purpose in flight of one account: the zones of a large project are
/// listed in parallel. Google limits requests per minute, not requests in flight.
pub(crate) const PER_PROJECT: usize = 32;

/// The time between two refills of Google's quotas.
pub(crate) const QUOTA_WINDOW: Duration = Duration::from_mins(1);

/// The most times that one request waits for the next minute.
const MOST_WAITS: u8 = 2;

/// Google's groups of read requests, each with its own quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadClass {
    /// Reads of no zone: projects, zones, machine types of all zones.
    Global,
    /// Reads of one zone: lists and single resources.
    Zone,
    /// `aggregatedList`, which Google calls a heavy-weight read.
    Heavy,
    /// `zoneOperations.get`.
    Operation,
    /// Reads of the Resource Manager, which has its own quotas.
    Projects,
}

/// Purpose of a read, which decides the permits that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A part of a sweep.
    Sweep,
    /// A read for an action, of single resources, or of the identity.
    Single,
}

/// Group of requests with one quota.
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

    /// Requests per minute: two fifths or less of the documented default of each group of Compute
    /// Engine (1,500), because other tools use the same quota. Requests to the Resource Manager are
    /// rare.
    const fn per_minute(self) -> u32 {
        match self {
            Self::Read(ReadClass::Heavy | ReadClass::Projects) => 300,
            Self::Read(_) | Self::Mutation => 600,
        }
    }

    /// Requests per minute for one purpose. A sixth of each group is left for single reads, so that
    /// sweeps of many zones delay no action.
    const fn allowed(self, purpose: Purpose) -> u32 {
        match purpose {
            Purpose::Sweep => self.per_minute() / 6 * 5,
            Purpose::Single => self.per_minute(),
        }
    }
}

/// Rate limiter of one project.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    clock: Arc<dyn Clock>,
    window: Duration,
    usage: Mutex<[Usage; Class::COUNT]>,
}

/// Permits of one account, for requests in flight.
#[derive(Debug)]
pub(crate) struct Slots {
    sweeps: Semaphore,
    reads: Semaphore,
}

impl Default for Slots {
    fn default() -> Self {
        Self { sweeps: Semaphore::new(PER_PROJECT), reads: Semaphore::new(PER_PROJECT) }
    }
}

impl Slots {
    /// Waits for a permit. No semaphore is ever closed, so each gives one. Mutations and polls of
    /// operations need none: nothing delays them.
    async fn permit(&self, class: Class, purpose: Purpose) -> Permit<'_> {
        let (account, everywhere) = match (class, purpose) {
            (Class::Mutation | Class::Read(ReadClass::Operation), _) => (None, None),
            (Class::Read(_), Purpose::Sweep) => (Some(&self.sweeps), Some(&EVERYWHERE)),
            (Class::Read(_), Purpose::Single) => (Some(&self.reads), None),
        };
        let account = match account {
            Some(slots) => slots.acquire().await.ok(),
            None => None,
        };
        let everywhere = match everywhere {
            Some(slots) => slots.acquire().await.ok(),
            None => None,
        };
        Permit { _account: account, _everywhere: everywhere }
    }
}

/// Count of one group's requests.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    /// The counted minute; `None` before the first request.
    minute: Option<i128>,
    used: u32,
    closed_until: Option<Instant>,
}

/// Permit to send one request.
#[derive(Debug)]
pub(crate) struct Permit<'b> {
    _account: Option<SemaphorePermit<'b>>,
    _everywhere: Option<SemaphorePermit<'static>>,
}

/// The number of times that one request may still wait for the next minute.
#[derive(Debug)]
pub(crate) struct QuotaWaits(u8);

impl Default for QuotaWaits {
    fn default() -> Self {
        Self(MOST_WAITS)
    }
}

impl RateLimiter {
    /// A limiter with full quotas. `window` is the time between two refills.
    pub fn new(clock: Arc<dyn Clock>, window: Duration) -> Self {
        Self { clock, window, usage: Mutex::default() }
    }

    /// Waits until a request of `class` may be sent. An exhausted quota is waited out, at most as
    /// often as `waits` allows; after that, the error is the time until the next minute.
    pub async fn permit<'s>(
        &self,
        slots: &'s Slots,
        class: Class,
        purpose: Purpose,
        waits: &mut QuotaWaits,
    ) -> Result<Permit<'s>, Duration> {
        loop {
            // The quota is checked last: another request may exhaust it while this one waits.
            let permit = slots.permit(class, purpose).await;
            let Err(wait) = self.take(class, purpose) else { return Ok(permit) };
            drop(permit);
            if waits.0 == 0 {
                return Err(wait);
            }
            waits.0 -= 1;
            tokio::time::sleep(wait + self.spread()).await;
        }
    }

    /// Sends nothing of `class` until the next minute: Google reported that its quota is exhausted.
    pub fn close(&self, class: Class) {
        let (_, rest) = self.minute();
        let until = Instant::now() + rest;
        let usage = &mut self.usage.lock().unwrap_or_else(PoisonError::into_inner)[class.index()];
        usage.closed_until = usage.closed_until.max(Some(until));
    }

    /// Counts one request; the error is the time until the next minute.
    fn take(&self, class: Class, purpose: Purpose) -> Result<(), Duration> {
        let (minute, rest) = self.minute();
        let usage = &mut self.usage.lock().unwrap_or_else(PoisonError::into_inner)[class.index()];
        if let Some(closed) = usage.closed_until {
            let left = closed.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Err(left);
            }
            usage.closed_until = None;
        }
        // `!=`, not `<`: a clock that was set back also names another minute.
        if usage.minute != Some(minute) {
            usage.minute = Some(minute);
            usage.used = 0;
        }
        if usage.used >= class.allowed(purpose) {
            return Err(rest);
        }
        usage.used += 1;
        Ok(())
    }

    /// The number of the present minute, and the rest of it.
    fn minute(&self) -> (i128, Duration) {
        let now = self.clock.now().as_nanosecond();
        let window = i128::try_from(self.window.as_nanos()).unwrap_or(i128::MAX).max(1);
        let rest = window - now.rem_euclid(window);
        (now.div_euclid(window), Duration::from_nanos(u64::try_from(rest).unwrap_or(u64::MAX)))
    }

    /// The delay into the minute of a request that waited for it: random, because clocks differ and
    /// many requests wait for the same minute.
    fn spread(&self) -> Duration {
        backoff::between(self.window / 60, self.window / 10)
    }
}

#[cfg(test)]
mod tests;
