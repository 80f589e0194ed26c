//! The poll driver, on paused time.

use std::time::Duration;

use nepho_core::{FailureCode, State};
use nepho_testkit::{FakeProvider, instance};

use crate::stage::{account, failure, stage};

const INTERVAL: Duration = Duration::from_mins(5);

#[tokio::test(start_paused = true)]
async fn it_sweeps_at_once_and_then_about_every_interval() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.engine.poll(INTERVAL);
    stage.pass(1).await;
    assert_eq!(stage.cloud.counts().list, 1);
    stage.pass(265).await;
    assert_eq!(stage.cloud.counts().list, 1);
    stage.pass(70).await;
    assert_eq!(stage.cloud.counts().list, 2);
    stage.pass(10 * 300).await;
    let sweeps = stage.cloud.counts().list;
    assert!((11..=14).contains(&sweeps), "{sweeps}");
}

#[tokio::test(start_paused = true)]
async fn a_nudge_sweeps_now() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.engine.poll(INTERVAL);
    stage.pass(1).await;
    stage.engine.refresh();
    stage.pass(1).await;
    assert_eq!(stage.cloud.counts().list, 2);
}

#[tokio::test(start_paused = true)]
async fn it_is_quiet_when_nobody_looks_and_catches_up_when_somebody_does() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.engine.quiet(true);
    stage.engine.poll(INTERVAL);
    stage.pass(1).await;
    stage.pass(700).await;
    assert_eq!(stage.cloud.counts().list, 1);
    stage.engine.quiet(false);
    stage.pass(1).await;
    assert_eq!(stage.cloud.counts().list, 2);
}

#[tokio::test(start_paused = true)]
async fn a_machine_on_its_way_is_read_until_it_arrives() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").state(State::Pending));
    stage.engine.poll(INTERVAL);
    stage.pass(20).await;
    assert_eq!(stage.row("i-1").state, State::Pending);
    stage.cloud.set_state("i-1", State::Running);
    stage.pass(16).await;
    assert_eq!(stage.row("i-1").state, State::Running);
    let (listings, readings) = (stage.cloud.counts().list, stage.cloud.counts().observe);
    stage.pass(60).await;
    assert_eq!(stage.cloud.counts().observe, readings, "nothing is on its way any more");
    assert_eq!(listings, 1, "only that machine was read");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_hangs_or_fails_does_not_hold_up_another() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.host.connects("broken", Err(failure(FailureCode::SecretMissing)));
    stage.store.put_account(&account("broken")).await.unwrap();
    stage.engine.put_account(account("broken")).await;
    let slow = FakeProvider::new("444455556666");
    slow.add(instance("i-2"));
    let gate = slow.hold_listing("eu-west-1");
    stage.host.connects("slow", Ok(slow.clone()));
    stage.store.put_account(&account("slow")).await.unwrap();
    stage.engine.put_account(account("slow")).await;
    stage.engine.poll(INTERVAL);
    stage.pass(700).await;
    assert_eq!(stage.cloud.counts().list, 3);
    assert_eq!(gate.arrivals(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_removed_account_is_polled_no_more_and_a_new_one_is() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.engine.poll(INTERVAL);
    stage.pass(1).await;
    stage.store.remove_account(&account("lab").id).await.unwrap();
    stage.engine.remove_account(&account("lab").id).await;
    let new = FakeProvider::new("444455556666");
    new.add(instance("i-2"));
    stage.host.connects("new", Ok(new.clone()));
    stage.store.put_account(&account("new")).await.unwrap();
    stage.engine.put_account(account("new")).await;
    stage.pass(1000).await;
    assert_eq!(stage.cloud.counts().list, 1);
    assert!(new.counts().list >= 3);
}

#[tokio::test(start_paused = true)]
async fn shutting_down_ends_every_task() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.engine.poll(INTERVAL);
    stage.pass(1).await;
    stage.engine.shutdown().await;
    let sweeps = stage.cloud.counts().list;
    stage.pass(1000).await;
    assert_eq!(stage.cloud.counts().list, sweeps);
}
