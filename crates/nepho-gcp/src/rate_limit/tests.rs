//! Quotas of minutes, on paused time.

use std::collections::BTreeMap;

use futures::{StreamExt, future, stream::FuturesUnordered};
use nepho_core::Timestamp;
use nepho_testkit::{FakeClock, clock::START};

use super::*;

const MINUTE: Duration = Duration::from_mins(1);
const ZONE: Class = Class::Read(ReadClass::Zone);
const ALL: [Class; 6] = [
    Class::Read(ReadClass::Global),
    ZONE,
    Class::Read(ReadClass::Heavy),
    Class::Read(ReadClass::Operation),
    Class::Read(ReadClass::Projects),
    Class::Mutation,
];

/// A rate limiter with the permits of one account.
struct Limiter {
    quota: Arc<RateLimiter>,
    slots: Slots,
}

impl Limiter {
    /// Another account that the same project is charged for.
    fn beside(&self) -> Self {
        Self { quota: Arc::clone(&self.quota), slots: Slots::default() }
    }

    async fn permit(&self, class: Class, purpose: Purpose, waits: &mut QuotaWaits) -> Result<Permit<'_>, Duration> {
        self.quota.permit(&self.slots, class, purpose, waits).await
    }

    fn close(&self, class: Class) {
        self.quota.close(class);
    }
}

/// A rate limiter whose clock is at this second of a minute.
fn rate_limiter(second: u64) -> (Limiter, FakeClock) {
    let clock = FakeClock::following_tokio();
    clock.advance(Duration::from_secs(second));
    (Limiter { quota: Arc::new(RateLimiter::new(Arc::new(clock.clone()), MINUTE)), slots: Slots::default() }, clock)
}

async fn permit(rate_limiter: &Limiter, class: Class) -> Result<(), Duration> {
    rate_limiter.permit(class, Purpose::Single, &mut QuotaWaits::default()).await.map(|_| ())
}

/// Takes the permits of zones that do not answer a sweep.
async fn hang(rate_limiter: &Limiter, zones: usize) -> Vec<Permit<'_>> {
    let mut held = Vec::new();
    for _ in 0..zones {
        held.push(rate_limiter.permit(ZONE, Purpose::Sweep, &mut QuotaWaits::default()).await.expect("a permit"));
    }
    held
}

/// Uses up the quota of one minute.
async fn spend(rate_limiter: &Limiter, class: Class) {
    for _ in 0..class.per_minute() {
        permit(rate_limiter, class).await.expect("a permit");
    }
}

/// Waits for permits for a second of paused time.
async fn within<T>(permits: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_secs(1), permits).await.ok()
}

fn second(clock: &FakeClock) -> f64 {
    (clock.now() - START).as_secs_f64()
}

#[test]
fn every_group_has_its_own_count_well_below_googles() {
    let mut indexes: Vec<usize> = ALL.iter().map(|class| class.index()).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, [0, 1, 2, 3, 4, 5]);
    assert!(ALL.iter().all(|class| (100..=750).contains(&class.per_minute())), "at most half of 1,500");
}

#[tokio::test(start_paused = true)]
async fn a_used_up_minute_is_waited_out_to_its_boundary_and_a_little_longer() {
    for (at, soon) in [(0, 0.1), (1, 1.1), (30, 30.1), (59, 59.1)] {
        let (rate_limiter, clock) = rate_limiter(at);
        spend(&rate_limiter, ZONE).await;
        assert!(second(&clock) < soon, "the quota is given at once");
        permit(&rate_limiter, Class::Mutation).await.expect("a permit");
        assert!(second(&clock) < soon, "another group is not affected");
        permit(&rate_limiter, ZONE).await.expect("a permit");
        let now = second(&clock);
        assert!((61.0..66.1).contains(&now), "at {at}: {now}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_minute_is_a_new_one_without_any_wait() {
    let (rate_limiter, clock) = rate_limiter(30);
    spend(&rate_limiter, ZONE).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    spend(&rate_limiter, ZONE).await;
    assert!(second(&clock) < 60.1);
    // A clock that is set back names another minute too.
    clock.set(Timestamp::UNIX_EPOCH);
    spend(&rate_limiter, ZONE).await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_group_opens_with_the_next_minute_and_others_stay_open() {
    let (rate_limiter, clock) = rate_limiter(45);
    rate_limiter.close(ZONE);
    for class in ALL.into_iter().filter(|class| *class != ZONE) {
        permit(&rate_limiter, class).await.expect("a permit");
    }
    assert!(second(&clock) < 45.1);
    permit(&rate_limiter, ZONE).await.expect("a permit");
    let now = second(&clock);
    assert!((61.0..66.1).contains(&now), "{now}");
    permit(&rate_limiter, ZONE).await.expect("a permit");
    assert!(second(&clock) < now + 0.1, "it is open");
}

/// A clock that jumps must not keep a group closed for longer than a minute.
#[tokio::test(start_paused = true)]
async fn clock_set_back_closes_no_group_for_more_than_a_minute() {
    let (rate_limiter, clock) = rate_limiter(45);
    rate_limiter.close(ZONE);
    clock.set(Timestamp::UNIX_EPOCH);
    let begun = Instant::now();
    permit(&rate_limiter, ZONE).await.expect("a permit");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// Requests that wait for the same minute are spread over its beginning.
#[tokio::test(start_paused = true)]
async fn waiting_requests_are_spread_over_the_minute() {
    let (rate_limiter, clock) = rate_limiter(20);
    rate_limiter.close(ZONE);
    let arrive = async || {
        let permit = rate_limiter.permit(ZONE, Purpose::Single, &mut QuotaWaits::default()).await.expect("a permit");
        let now = second(&clock);
        drop(permit);
        now
    };
    let came: Vec<f64> = (0..200).map(|_| arrive()).collect::<FuturesUnordered<_>>().collect().await;
    assert!(came.iter().all(|now| (61.0..66.1).contains(now)), "{came:?}");
    let mut tenths: BTreeMap<i64, usize> = BTreeMap::new();
    for now in came {
        #[expect(clippy::cast_possible_truncation, reason = "a minute has 600 tenths")]
        let tenth = (now * 10.0) as i64;
        *tenths.entry(tenth).or_default() += 1;
    }
    assert!(tenths.len() > 30, "{tenths:?}");
    assert!(tenths.values().all(|count| *count <= 20), "{tenths:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_for_two_minutes_and_no_more() {
    let (rate_limiter, clock) = rate_limiter(30);
    let mut waits = QuotaWaits::default();
    for closed_again_in in [66.1, 126.1] {
        rate_limiter.close(ZONE);
        rate_limiter.permit(ZONE, Purpose::Single, &mut waits).await.expect("a permit");
        assert!(second(&clock) < closed_again_in, "{}", second(&clock));
    }
    let before = second(&clock);
    rate_limiter.close(ZONE);
    let wait = rate_limiter.permit(ZONE, Purpose::Single, &mut waits).await.expect_err("no wait is left");
    assert!(second(&clock) - before < 0.1, "it did not wait again");
    assert!((Duration::from_secs(50)..=MINUTE).contains(&wait), "{wait:?}");
    // Another request has its own waits.
    permit(&rate_limiter, ZONE).await.expect("a permit");
}

#[tokio::test(start_paused = true)]
async fn requests_in_flight_of_an_account_are_limited() {
    let (rate_limiter, _) = rate_limiter(0);
    let mut waits = QuotaWaits::default();
    for purpose in [Purpose::Sweep, Purpose::Single] {
        let mut held = Vec::new();
        for _ in 0..PER_PROJECT {
            held.push(rate_limiter.permit(ZONE, purpose, &mut waits).await.expect("a permit"));
        }
        let mut waits = QuotaWaits::default();
        let next = rate_limiter.permit(Class::Read(ReadClass::Global), purpose, &mut waits);
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending(), "one more than {PER_PROJECT}");
        held.pop();
        next.await.expect("a permit");
    }
}

// Invariant 18
/// Zones that hang delay no action, no poll of an operation, and no read that follows an action.
#[tokio::test(start_paused = true)]
async fn hung_sweeps_delay_no_action_and_no_read() {
    for accounts in [1, 4, 12] {
        let (limiter, _) = rate_limiter(0);
        let others: Vec<Limiter> = (1..accounts).map(|_| limiter.beside()).collect();
        let mut hung = hang(&limiter, PER_PROJECT).await;
        for other in &others {
            hung.extend(within(hang(other, PER_PROJECT)).await.unwrap_or_default());
        }
        assert!(within(hang(&limiter, 1)).await.is_none(), "the control");
        let observed = [ReadClass::Zone, ReadClass::Heavy, ReadClass::Operation].map(Class::Read);
        for class in observed.into_iter().chain([Class::Mutation]) {
            let permit = within(permit(&limiter, class)).await;
            assert!(permit.is_some_and(|permit| permit.is_ok()), "{class:?} beside {accounts} accounts");
        }
    }
}

/// Zones that hang delay no other account, also if both are charged to one project.
#[tokio::test(start_paused = true)]
async fn hung_account_delays_no_other() {
    for (accounts, zones, same_project) in [(8, 17, false), (8, PER_PROJECT, false), (2, PER_PROJECT, true)] {
        let first = rate_limiter(0).0;
        let another = || if same_project { first.beside() } else { rate_limiter(0).0 };
        let limiters: Vec<Limiter> = (0..accounts).map(|_| another()).collect();
        let mut hung = Vec::new();
        for limiter in &limiters {
            hung.extend(within(hang(limiter, zones)).await.expect("permits"));
        }
        let healthy = another();
        let swept = within(hang(&healthy, PER_PROJECT)).await;
        assert!(swept.is_some(), "{accounts} × {zones}, same project: {same_project}");
    }
}

#[tokio::test(start_paused = true)]
async fn sweeps_leave_quota_for_single_reads() {
    let (limiter, clock) = rate_limiter(0);
    let swept = async {
        let mut count = 0;
        loop {
            drop(hang(&limiter, 1).await);
            count += 1;
            if second(&clock) > 1.0 {
                return count;
            }
        }
    };
    assert_eq!(swept.await, 501, "the last one waited for the next minute");
    let (limiter, clock) = rate_limiter(0);
    for _ in 0..500 {
        drop(hang(&limiter, 1).await);
    }
    for _ in 500..600 {
        permit(&limiter, ZONE).await.expect("a permit");
    }
    assert!(second(&clock) < 0.1, "single reads take what sweeps leave");
}

/// A request that waits for quota delays no other.
#[tokio::test(start_paused = true)]
async fn request_that_waits_for_quota_holds_no_slot() {
    let (rate_limiter, clock) = rate_limiter(10);
    rate_limiter.close(ZONE);
    let mut waiting: Vec<_> = (0..3 * PER_PROJECT).map(|_| Box::pin(permit(&rate_limiter, ZONE))).collect();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
        // Without it, tokio would delay the later ones, some of them with a slot.
        tokio::task::yield_now().await;
    }
    permit(&rate_limiter, Class::Mutation).await.expect("a permit");
    assert!(second(&clock) < 10.1);
    assert!(future::join_all(waiting).await.iter().all(Result::is_ok));
}
