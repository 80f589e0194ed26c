//! Tests of the isolation of accounts: what one account costs and holds does not grow with others.

use std::time::Duration;

use nepho_core::{
    Action, FailureCode, ProviderError,
    report::{SignIn, SyncReport},
};
use nepho_testkit::{
    FakeProvider,
    fake::{Call, Held, ListStep},
    instance,
};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::harness::{Harness, account, failure, harness};

const ZONES: usize = 130;

fn reset() -> ProviderError {
    ProviderError::Unavailable { message: "reset".to_owned() }
}

fn zone(number: usize) -> String {
    format!("zone-{number:03}")
}

fn generation(harness: &Harness) -> u64 {
    harness.engine.changes().borrow().inventory
}

/// Returns the number of published snapshots of one sweep.
async fn published(harness: &Harness) -> u64 {
    let before = generation(harness);
    harness.sync().await;
    generation(harness) - before
}

/// Begins a sweep of every account.
fn sweeping(harness: &Harness) -> JoinSet<SyncReport> {
    let engine = harness.engine.clone();
    let mut sweep = JoinSet::new();
    sweep.spawn(async move { engine.sync(&[], &[]).await });
    sweep
}

/// A cloud with many zones, of which those that `fails` chooses fail.
fn fill(cloud: &FakeProvider, fails: impl Fn(usize) -> bool) {
    for number in 0..ZONES {
        cloud.add_scope(&zone(number));
        if fails(number) {
            cloud.break_listing(&zone(number), reset());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn snapshots_of_a_sweep_do_not_grow_with_its_zones() {
    let cases = [("all fail", 1), ("none fails", usize::MAX), ("half fail", 2), ("one fails", ZONES)];
    for (case, every) in cases {
        let fails = |zone: usize| (zone + 1).is_multiple_of(every);
        let harness = harness().await;
        fill(&harness.cloud, fails);
        for sweep in ["first", "second"] {
            let count = published(&harness).await;
            assert!((1..=4).contains(&count), "{case}, {sweep} sweep: {count} snapshots");
        }
        let failed = harness.store.scopes().await.unwrap().iter().filter(|record| record.failure.is_some()).count();
        assert_eq!(failed, (0..ZONES).filter(|zone| fails(*zone)).count(), "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_sign_in_is_one_snapshot_for_all_zones() {
    for accounts in [1, 3, 6] {
        let harness = harness().await;
        fill(&harness.cloud, |_| false);
        let names: Vec<String> = (1..accounts).map(|number| format!("account-{number}")).collect();
        for name in &names {
            fill(&harness.add_account(name).await, |_| false);
        }
        harness.sync().await;
        for name in names.iter().map(String::as_str).chain(["lab"]) {
            harness.host.connects(name, Err(failure(FailureCode::KeyringLocked)));
            harness.engine.forget_session(&account(name).id).await;
        }
        let count = published(&harness).await;
        assert!(count <= accounts as u64, "{accounts} accounts: {count} snapshots");
        let snapshot = harness.engine.snapshot();
        assert!(snapshot.scopes().iter().all(|record| record.failure.is_some()));
        assert_eq!(snapshot.scopes().len(), accounts * ZONES);
    }
}

#[tokio::test(start_paused = true)]
async fn sweep_of_one_account_copies_no_record_of_another() {
    let harness = harness().await;
    fill(&harness.cloud, |zone| zone % 3 == 0);
    fill(&harness.add_account("other").await, |zone| zone % 3 == 1);
    harness.sync().await;
    let before = harness.engine.snapshot();
    harness.engine.sync(&[account("lab").id], &[]).await;
    let after = harness.engine.snapshot();
    for record in before.scopes_of(&account("other").id) {
        let same = after.scope(&record.key).expect("a record");
        assert!(std::ptr::eq(record, same), "{:?}", record.key);
    }
    assert_eq!(after.scopes_of(&account("other").id).len(), ZONES);
}

/// Results that arrive while others are committed are not lost, and none waits for the sweep's end.
#[tokio::test(start_paused = true)]
async fn zones_that_end_later_are_committed_later() {
    let harness = harness().await;
    fill(&harness.cloud, |_| false);
    harness.cloud.add(instance("i-1").region("eu-west-1"));
    let listed = instance("i-1").region("eu-west-1").listed();
    let slow = vec![ListStep::Page(vec![listed]), ListStep::Sleep(Duration::from_secs(30)), ListStep::Complete];
    harness.cloud.script_listing("eu-west-1", slow);
    let begun = Instant::now();
    let mut sweep = sweeping(&harness);
    harness.pass(1).await;
    let during = harness.engine.snapshot();
    assert_eq!(during.scopes().len(), ZONES, "the other zones are shown already");
    let report = sweep.join_next().await.unwrap().unwrap();
    assert_eq!((report.scopes.len(), report.resources), (ZONES + 1, 1));
    assert!(begun.elapsed() >= Duration::from_secs(30));
    assert!(harness.find("i-1").is_some());
}

// Accounts that another process has locked.

/// The wait for a lock that another process holds.
const WAIT: Duration = Duration::from_secs(3);

// Invariant 18
#[tokio::test(start_paused = true)]
async fn locks_of_several_accounts_are_waited_for_in_parallel() {
    for (accounts, free) in [(6, 1), (12, 0), (40, 3)] {
        let harness = harness().await;
        harness.cloud.add(instance("i-1"));
        for number in 1..accounts {
            let name = format!("account-{number}");
            harness.add_account(&name).await.add_scope("eu-west-1");
            if number >= free {
                harness.host.lock_elsewhere(&name, WAIT);
            }
        }
        if free == 0 {
            harness.host.lock_elsewhere("lab", WAIT);
        }
        let report = harness.sync().await;
        let waited = report.elapsed.as_secs_f64() / WAIT.as_secs_f64();
        assert!((1.0..=1.2).contains(&waited), "{accounts} accounts, {free} free: {waited} waits");
        let locked = report.scopes.iter().filter(|scope| scope.failure.is_some()).count();
        assert_eq!(locked, accounts - free);
    }
}

#[tokio::test(start_paused = true)]
async fn action_on_a_free_account_waits_for_no_lock_of_another() {
    for locked in [1, 5, 20] {
        let harness = harness().await;
        harness.cloud.add(instance("i-1"));
        harness.sync().await;
        for number in 0..locked {
            let name = format!("account-{number}");
            harness.add_account(&name).await;
            harness.host.lock_elsewhere(&name, WAIT);
        }
        let plan = harness.plan(Action::Stop, &["i-1"]).await;
        let mut sweep = sweeping(&harness);
        tokio::task::yield_now().await;
        let begun = Instant::now();
        let operation = harness.engine.commit(&plan.nonce, None, true).await.unwrap();
        harness.engine.submitted(&operation).await;
        assert!(begun.elapsed() < Duration::from_millis(100), "{locked} locked: {:?}", begun.elapsed());
        assert_eq!(harness.cloud.counts().submit, 1);
        sweep.shutdown().await;
    }
}

/// Two tasks of this process share one lock, also while a third account is locked.
#[tokio::test(start_paused = true)]
async fn tasks_of_one_account_share_its_wait() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.add_account("other").await;
    harness.host.lock_elsewhere("other", WAIT);
    let lab = [account("lab").id];
    let begun = Instant::now();
    let both = futures::future::join(harness.engine.sync(&lab, &[]), harness.engine.sync(&lab, &[]));
    let (_, (one, two)) = futures::future::join(harness.engine.sync(&[account("other").id], &[]), both).await;
    assert_eq!((one.resources, two.resources), (1, 1));
    assert!(one.elapsed < WAIT && two.elapsed < WAIT && begun.elapsed() < WAIT + WAIT / 5);
}

// Hung accounts.

#[tokio::test(start_paused = true)]
async fn hung_accounts_delay_no_sync_and_no_action_of_another() {
    for (accounts, regions) in [(1, 1), (8, 17), (3, ZONES)] {
        let harness = harness().await;
        harness.cloud.add(instance("i-1"));
        harness.sync().await;
        for number in 0..accounts {
            let cloud = harness.add_account(&format!("account-{number}")).await;
            for region in 0..regions {
                cloud.add_scope(&zone(region));
                cloud.script_listing(&zone(region), vec![ListStep::Hang]);
            }
        }
        let mut hung = sweeping(&harness);
        harness.pass(1).await;
        let lab = [account("lab").id];
        let report = timeout(Duration::from_millis(100), harness.engine.sync(&lab, &[])).await;
        let report = report.unwrap_or_else(|_| panic!("delayed by {accounts} × {regions}"));
        assert_eq!((report.resources, report.scopes.len()), (1, 1));
        let begun = Instant::now();
        let operation = harness.act(Action::Stop, &["i-1"]).await;
        harness.engine.submitted(&operation).await;
        assert!(begun.elapsed() < Duration::from_millis(1100), "{accounts} × {regions}: {:?}", begun.elapsed());
        hung.shutdown().await;
    }
}

// What is kept for each account.

#[tokio::test(start_paused = true)]
async fn cancelled_sweep_leaves_no_progress() {
    for cancelled_after in [0, 1, 100] {
        let harness = harness().await;
        harness.cloud.add(instance("i-1"));
        let gate = harness.cloud.hold_listing("eu-west-1");
        let mut sweep = sweeping(&harness);
        gate.reached().await;
        assert!(harness.engine.accounts()[0].progress.is_some());
        harness.pass(cancelled_after).await;
        sweep.shutdown().await;
        assert_eq!(harness.engine.accounts()[0].progress, None);
    }
}

#[tokio::test(start_paused = true)]
async fn removed_account_leaves_no_sign_in() {
    let outcomes: [Result<(), FailureCode>; 3] =
        [Ok(()), Err(FailureCode::KeyringLocked), Err(FailureCode::Unauthenticated)];
    for outcome in outcomes {
        let harness = harness().await;
        harness.cloud.add(instance("i-1"));
        let gate = harness.cloud.hold(Call::Verify, Held::Reply);
        if let Err(code) = outcome {
            harness.cloud.set_identity(Err(ProviderError::Unauthenticated { message: code.as_str().to_owned() }));
        }
        let mut sweep = sweeping(&harness);
        gate.reached().await;
        harness.store.remove_account(&account("lab").id).await.unwrap();
        harness.engine.remove_account(&account("lab").id).await;
        gate.open();
        sweep.join_next().await.unwrap().unwrap();
        // An account with the same id does not take over the result of the removed one.
        harness.engine.put_account(account("lab")).await;
        assert_eq!(harness.engine.accounts()[0].sign_in, SignIn::NotTried);
    }
}
