//! Rate limits of an account's requests.
//!
//! EC2 counts requests per account and region
//! (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>). An account is connected
//! once, so the buckets of its provider are those of the account.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{DefaultKeyedRateLimiter, Quota};
use nepho_core::Region;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::verb::Verb;

/// The most requests in flight of all accounts together.
static EVERYWHERE: Semaphore = Semaphore::const_new(100);

/// The most requests in flight of one account in one region.
const PER_REGION: usize = 6;

type Bucket = DefaultKeyedRateLimiter<Region>;

/// Rate limiter of one account.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    regions: Mutex<HashMap<Region, Arc<Semaphore>>>,
    reads: Bucket,
    mutations: Bucket,
    starts: Bucket,
    terminations: Bucket,
}

/// Permit to send one request.
#[derive(Debug)]
pub(crate) struct Permit {
    _region: Option<OwnedSemaphorePermit>,
    _everywhere: Option<SemaphorePermit<'static>>,
}

impl RateLimiter {
    /// A limiter with full buckets.
    pub fn new() -> Self {
        Self {
            regions: Mutex::default(),
            reads: bucket(20, 100),
            mutations: bucket(5, 50),
            starts: bucket(2, 5),
            terminations: bucket(5, 100),
        }
    }

    /// Waits until a read of `region` may be sent.
    pub async fn read(&self, region: &Region) -> Permit {
        self.reads.until_key_ready(region).await;
        self.permit(region).await
    }

    /// Waits until `verb` may be sent to `region`.
    pub async fn act(&self, region: &Region, verb: Verb) -> Permit {
        let bucket = match verb {
            Verb::Start => &self.starts,
            Verb::Stop { .. } | Verb::Reboot => &self.mutations,
            Verb::Terminate => &self.terminations,
        };
        bucket.until_key_ready(region).await;
        self.permit(region).await
    }

    async fn permit(&self, region: &Region) -> Permit {
        let slots = {
            let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(regions.entry(region.clone()).or_insert_with(|| Arc::new(Semaphore::new(PER_REGION))))
        };
        // Neither semaphore is ever closed, so both always give a permit.
        Permit { _region: slots.acquire_owned().await.ok(), _everywhere: EVERYWHERE.acquire().await.ok() }
    }
}

fn bucket(per_second: u32, burst: u32) -> Bucket {
    let cells = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    governor::RateLimiter::keyed(Quota::per_second(cells(per_second)).allow_burst(cells(burst)))
}
