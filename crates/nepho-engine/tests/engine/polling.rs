//! Tests of polling, on paused time.

use std::time::Duration;

use nepho_core::{FailureCode, State};
use nepho_testkit::{FakeProvider, instance};

use crate::harness::{account, failure, harness};

const INTERVAL: Duration = Duration::from_mins(5);

// Invariant 3
#[tokio::test(start_paused = true)]
async fn poller_sweeps_at_once_and_then_every_interval() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.poll(INTERVAL);
    harness.pass(1).await;
    assert_eq!(harness.cloud.counts().list, 1);
    harness.pass(265).await;
    assert_eq!(harness.cloud.counts().list, 1);
    harness.pass(70).await;
    assert_eq!(harness.cloud.counts().list, 2);
    harness.pass(10 * 300).await;
    let sweeps = harness.cloud.counts().list;
    assert!((11..=14).contains(&sweeps), "{sweeps}");
}

#[tokio::test(start_paused = true)]
async fn refresh_sweeps_at_once() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.poll(INTERVAL);
    harness.pass(1).await;
    harness.engine.refresh();
    harness.pass(1).await;
    assert_eq!(harness.cloud.counts().list, 2);
}

#[tokio::test(start_paused = true)]
async fn background_polling_is_slower_and_foreground_catches_up() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.set_background(true);
    harness.engine.poll(INTERVAL);
    harness.pass(1).await;
    harness.pass(700).await;
    assert_eq!(harness.cloud.counts().list, 1);
    harness.engine.set_background(false);
    harness.pass(1).await;
    assert_eq!(harness.cloud.counts().list, 2);
}

#[tokio::test(start_paused = true)]
async fn transitional_instance_is_read_until_its_state_is_stable() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").state(State::Pending));
    harness.engine.poll(INTERVAL);
    harness.pass(20).await;
    assert_eq!(harness.row("i-1").state(), State::Pending);
    harness.cloud.set_state("i-1", State::Running);
    harness.pass(16).await;
    assert_eq!(harness.row("i-1").state(), State::Running);
    let (listings, readings) = (harness.cloud.counts().list, harness.cloud.counts().observe);
    harness.pass(60).await;
    assert_eq!(harness.cloud.counts().observe, readings, "no instance is in a transitional state any more");
    assert_eq!(listings, 1, "only that instance was read");
}

#[tokio::test(start_paused = true)]
async fn hanging_or_failing_account_does_not_delay_another() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.host.connects("broken", Err(failure(FailureCode::SecretMissing)));
    harness.store.put_account(&account("broken")).await.unwrap();
    harness.engine.put_account(account("broken")).await;
    let slow = FakeProvider::new("444455556666");
    slow.add(instance("i-2"));
    let gate = slow.hold_listing("eu-west-1");
    harness.host.connects("slow", Ok(slow.clone()));
    harness.store.put_account(&account("slow")).await.unwrap();
    harness.engine.put_account(account("slow")).await;
    harness.engine.poll(INTERVAL);
    harness.pass(700).await;
    assert_eq!(harness.cloud.counts().list, 3);
    assert_eq!(gate.arrivals(), 1);
}

#[tokio::test(start_paused = true)]
async fn polling_stops_for_removed_and_starts_for_new_accounts() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.poll(INTERVAL);
    harness.pass(1).await;
    harness.store.remove_account(&account("lab").id).await.unwrap();
    harness.engine.remove_account(&account("lab").id).await;
    let new = FakeProvider::new("444455556666");
    new.add(instance("i-2"));
    harness.host.connects("new", Ok(new.clone()));
    harness.store.put_account(&account("new")).await.unwrap();
    harness.engine.put_account(account("new")).await;
    harness.pass(1000).await;
    assert_eq!(harness.cloud.counts().list, 1);
    assert!(new.counts().list >= 3);
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_every_task() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.poll(INTERVAL);
    harness.pass(1).await;
    harness.engine.shutdown().await;
    let sweeps = harness.cloud.counts().list;
    harness.pass(1000).await;
    assert_eq!(harness.cloud.counts().list, sweeps);
}

#[tokio::test(start_paused = true)]
async fn removal_ends_a_sweep_that_hangs() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    let gate = harness.cloud.hold_listing("eu-west-1");
    harness.engine.poll(INTERVAL);
    gate.reached().await;
    harness.store.remove_account(&account("lab").id).await.unwrap();
    harness.engine.remove_account(&account("lab").id).await;
    let other = FakeProvider::default();
    other.add(instance("i-2"));
    harness.host.connects("lab", Ok(other.clone()));
    harness.store.put_account(&account("lab")).await.unwrap();
    harness.engine.put_account(account("lab")).await;
    harness.pass(5).await;
    assert_eq!(other.counts().list, 1, "the hanging sweep holds up no later one");
    assert_eq!(harness.ids(""), ["i-2"]);
}
