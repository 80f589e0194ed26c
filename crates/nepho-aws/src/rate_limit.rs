//! Rate limits and permits of an account's requests.
//!
//! EC2 counts requests per account and region
//! (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>). An account is connected
//! once, so the buckets of its provider are those of the account.
//!
//! Sweeps, single reads and mutations take separate permits, so that regions that do not answer a
//! sweep delay no action and no read that follows one. Only sweeps share a pool with other accounts.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{DefaultKeyedRateLimiter, Quota};
use nepho_core::Region;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::verb::Verb;

/// The most sweep requests in flight of all accounts together, which bounds the open sockets. Far
/// above [`PER_ACCOUNT`], so that several accounts without answers leave permits for another.
static EVERYWHERE: Semaphore = Semaphore::const_new(384);

/// The most requests of one purpose in flight of one account.
const PER_ACCOUNT: usize = 64;

/// The most requests of one purpose in flight of one account in one region.
const PER_REGION: usize = 6;

type Bucket = DefaultKeyedRateLimiter<Region>;

/// Purpose of a request, which decides the permits and the bucket that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A page of a sweep.
    Sweep,
    /// A read of single resources or of the identity.
    Read,
    /// A mutation.
    Act(Verb),
}

/// Rate limiter of one account.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    sweeps: Lane,
    reads: Lane,
    mutations: Lane,
    buckets: Buckets,
}

/// Permits of one purpose.
#[derive(Debug)]
struct Lane {
    account: Arc<Semaphore>,
    regions: Mutex<HashMap<Region, Arc<Semaphore>>>,
    everywhere: Option<&'static Semaphore>,
}

/// Buckets of the published limits. EC2 has one bucket for all reads; sweeps and single reads have
/// separate parts of it, so that a sweep of many pages delays no action.
#[derive(Debug)]
struct Buckets {
    sweeps: Bucket,
    reads: Bucket,
    mutations: Bucket,
    starts: Bucket,
    terminations: Bucket,
}

/// Permit to send one request.
#[derive(Debug)]
pub(crate) struct Permit {
    _region: Option<OwnedSemaphorePermit>,
    _account: Option<OwnedSemaphorePermit>,
    _everywhere: Option<SemaphorePermit<'static>>,
}

impl RateLimiter {
    /// A limiter with full buckets.
    pub fn new() -> Self {
        Self {
            sweeps: Lane::new(Some(&EVERYWHERE)),
            reads: Lane::new(None),
            mutations: Lane::new(None),
            buckets: Buckets {
                // Together 20 per second and 100 at once.
                sweeps: bucket(12, 60),
                reads: bucket(8, 40),
                mutations: bucket(5, 50),
                starts: bucket(2, 5),
                terminations: bucket(5, 100),
            },
        }
    }

    /// Waits until a request for `purpose` may be sent to `region`.
    pub async fn permit(&self, region: &Region, purpose: Purpose) -> Permit {
        let (lane, bucket) = match purpose {
            Purpose::Sweep => (&self.sweeps, &self.buckets.sweeps),
            Purpose::Read => (&self.reads, &self.buckets.reads),
            Purpose::Act(Verb::Start) => (&self.mutations, &self.buckets.starts),
            Purpose::Act(Verb::Stop { .. } | Verb::Reboot) => (&self.mutations, &self.buckets.mutations),
            Purpose::Act(Verb::Terminate) => (&self.mutations, &self.buckets.terminations),
        };
        bucket.until_key_ready(region).await;
        lane.permit(region).await
    }
}

impl Lane {
    fn new(everywhere: Option<&'static Semaphore>) -> Self {
        Self { account: Arc::new(Semaphore::new(PER_ACCOUNT)), regions: Mutex::default(), everywhere }
    }

    async fn permit(&self, region: &Region) -> Permit {
        let slots = {
            let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(regions.entry(region.clone()).or_insert_with(|| Arc::new(Semaphore::new(PER_REGION))))
        };
        // No semaphore is ever closed, so each gives a permit. The widest comes last, so that a
        // request that waits for its region or account holds no permit that others need.
        let region = slots.acquire_owned().await.ok();
        let account = Arc::clone(&self.account).acquire_owned().await.ok();
        let everywhere = match self.everywhere {
            Some(everywhere) => everywhere.acquire().await.ok(),
            None => None,
        };
        Permit { _region: region, _account: account, _everywhere: everywhere }
    }
}

fn bucket(per_second: u32, burst: u32) -> Bucket {
    let cells = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    governor::RateLimiter::keyed(Quota::per_second(cells(per_second)).allow_burst(cells(burst)))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn regions(count: usize) -> Vec<Region> {
        (0..count).map(|number| Region::new(format!("region-{number}"))).collect()
    }

    /// Takes a permit that is free now.
    fn now(limiter: &RateLimiter, region: &Region, purpose: Purpose) -> Option<Permit> {
        limiter.permit(region, purpose).now_or_never()
    }

    /// Takes as many sweep permits as an account without answers does.
    fn hang(limiter: &RateLimiter, regions: &[Region], each: usize) -> Vec<Permit> {
        let requests = regions.iter().flat_map(|region| std::iter::repeat_n(region, each));
        requests.filter_map(|region| now(limiter, region, Purpose::Sweep)).collect()
    }

    // Invariant 18
    #[test]
    fn hung_accounts_leave_permits_for_a_healthy_one() {
        for (accounts, count, each) in [(8, 17, 1), (4, 17, PER_REGION), (20, 17, 1)] {
            let regions = regions(count);
            let hung: Vec<_> = (0..accounts).map(|_| hang(&RateLimiter::new(), &regions, each)).collect();
            assert!(hung.iter().all(|permits| permits.len() >= count.min(PER_ACCOUNT)));
            let healthy = RateLimiter::new();
            let permits: Vec<_> = regions.iter().map(|region| now(&healthy, region, Purpose::Sweep)).collect();
            assert!(permits.iter().all(Option::is_some), "{accounts} accounts of {count} regions, {each} each");
        }
    }

    #[test]
    fn one_account_takes_a_limited_number_of_permits() {
        for (count, each) in [(17, PER_REGION), (30, 3), (100, 1)] {
            let hung = hang(&RateLimiter::new(), &regions(count), each);
            assert_eq!(hung.len(), PER_ACCOUNT);
        }
        let region = regions(1);
        assert_eq!(hang(&RateLimiter::new(), &region, 20).len(), PER_REGION);
    }

    // Invariant 18
    #[test]
    fn hung_sweeps_delay_no_action_and_no_read() {
        for (accounts, count) in [(1, 1), (1, 17), (8, 17)] {
            let regions = regions(count);
            let limiters: Vec<_> = (0..accounts).map(|_| RateLimiter::new()).collect();
            let _hung: Vec<_> = limiters.iter().map(|limiter| hang(limiter, &regions, PER_REGION)).collect();
            let limiter = &limiters[0];
            assert!(now(limiter, &regions[0], Purpose::Sweep).is_none(), "the control");
            for purpose in
                [Purpose::Act(Verb::Stop { force: false, hibernate: false }), Purpose::Act(Verb::Start), Purpose::Read]
            {
                assert!(now(limiter, &regions[0], purpose).is_some(), "{purpose:?} beside {accounts} × {count}");
            }
        }
    }

    #[test]
    fn hung_reads_delay_no_action() {
        let (limiter, region) = (RateLimiter::new(), Region::new("eu-west-1"));
        let _hung: Vec<_> = (0..PER_REGION).map(|_| now(&limiter, &region, Purpose::Read)).collect();
        assert!(now(&limiter, &region, Purpose::Read).is_none(), "the control");
        assert!(now(&limiter, &region, Purpose::Act(Verb::Terminate)).is_some());
    }

    /// Sweeps and reads stay together within EC2's bucket of a region.
    #[test]
    fn reads_of_a_region_keep_the_published_limit() {
        let (limiter, region) = (RateLimiter::new(), Region::new("eu-west-1"));
        let spent = |purpose| (0..1000).take_while(|_| now(&limiter, &region, purpose).is_some()).count();
        let (sweeps, reads) = (spent(Purpose::Sweep), spent(Purpose::Read));
        assert!((80..=105).contains(&(sweeps + reads)), "{sweeps} and {reads}");
        assert!(now(&limiter, &Region::new("us-east-1"), Purpose::Sweep).is_some(), "each region has its own bucket");
    }
}
