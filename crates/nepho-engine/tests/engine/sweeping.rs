//! Tests of sweeps: each scope is committed completely or not at all.

use nepho_core::{
    Account, FailureCode, Identity, Provider, ProviderError, Realm, State, provider::ListedResource, report::SignIn,
};
use nepho_testkit::{
    FakeProvider,
    fake::ListStep,
    instance,
    instance::{key, scope},
};

use crate::harness::{account, failure, harness};

fn denied() -> ProviderError {
    ProviderError::PermissionDenied { operation: "ec2:DescribeInstances".to_owned(), message: "no".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn sweep_shows_every_region_with_its_age() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("web"));
    harness.cloud.add(instance("i-2").region("us-east-1").state(State::Stopped));
    let report = harness.sync().await;
    let listed: Vec<_> = report.scopes.iter().map(|scope| (scope.rows, scope.failure.clone())).collect();
    assert_eq!((report.resources, report.changed, listed), (2, 2, vec![(1, None), (1, None)]));
    assert!(report.traffic.requests > 0);
    let row = harness.row("i-1");
    assert_eq!((row.name(), row.stale), ("web", false));
    assert_eq!(row.as_of, report.scopes[0].as_of);
    let stored = harness.store.rows().await.unwrap();
    assert_eq!(stored.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn requests_are_counted_once_and_connecting_with_the_first_sweep() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    let (first, second) = (harness.sync().await.traffic, harness.sync().await.traffic);
    assert_eq!(first.requests + second.requests, harness.cloud.traffic().requests);
    assert!(first.requests > second.requests, "the first sweep also requested the identity and the scopes");
}

// Invariant 2
#[tokio::test(start_paused = true)]
async fn failed_region_keeps_its_rows_and_others_complete() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").region("me-south-1"));
    harness.cloud.add(instance("i-2").region("us-east-1").named("old"));
    let first = harness.sync().await;
    harness.cloud.break_listing("me-south-1", denied());
    harness.cloud.change("i-2", |resource| resource.name = "new".to_owned());
    let key = nepho_core::ScopeKey { account: account("lab").id, scope: scope("me-south-1") };
    let before = harness.store.rows_of(&key).await.unwrap();
    let second = harness.sync().await;

    let broken = &second.scopes[0];
    assert_eq!(broken.failure.as_ref().map(|failure| failure.code), Some(FailureCode::PermissionDenied));
    assert_eq!((broken.rows, broken.as_of), (1, first.scopes[0].as_of));
    assert!(harness.row("i-1").stale && harness.row("i-1").failure.is_some());
    assert_eq!(harness.row("i-2").name(), "new");
    assert_eq!(harness.store.rows_of(&key).await.unwrap(), before);

    harness.cloud.heal("me-south-1");
    harness.sync().await;
    assert!(!harness.row("i-1").stale && harness.row("i-1").failure.is_none());
}

// Invariant 2
#[tokio::test(start_paused = true)]
async fn pages_of_an_interrupted_listing_are_not_shown() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    let page: Vec<ListedResource> = vec![instance("i-9").listed()];
    let gone = ProviderError::Unavailable { message: "reset".to_owned() };
    harness.cloud.script_listing("eu-west-1", vec![ListStep::Page(page), ListStep::Fail(gone)]);
    harness.sync().await;
    assert!(harness.find("i-9").is_none());
    assert!(harness.row("i-1").row.missing_since.is_none(), "a listing that broke off proves no absence");
}

#[tokio::test(start_paused = true)]
async fn listing_without_an_end_is_a_failure() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    harness.cloud.script_listing("eu-west-1", vec![ListStep::Page(Vec::new())]);
    let report = harness.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::Malformed));
    assert!(harness.row("i-1").row.missing_since.is_none());
}

// Invariant 2
#[tokio::test(start_paused = true)]
async fn row_absent_once_is_missing_and_twice_is_gone() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.cloud.add(instance("i-2"));
    harness.sync().await;
    harness.cloud.remove("i-1");
    let first = harness.sync().await;
    assert_eq!(harness.row("i-1").row.missing_since, first.scopes[0].as_of);
    assert!(harness.row("i-1").stale);
    harness.sync().await;
    assert!(harness.find("i-1").is_none());
    assert!(harness.find("i-2").is_some());
    assert_eq!(harness.store.rows().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn missing_instance_that_is_listed_again_is_present() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    harness.cloud.script_listing("eu-west-1", vec![ListStep::Complete]);
    harness.sync().await;
    assert!(harness.row("i-1").row.missing_since.is_some());
    harness.sync().await;
    assert!(harness.row("i-1").row.missing_since.is_none());
    harness.cloud.script_listing("eu-west-1", vec![ListStep::Complete]);
    harness.sync().await;
    assert!(harness.find("i-1").is_some(), "the count of absences starts again");
}

#[tokio::test(start_paused = true)]
async fn unchanged_sweep_writes_no_row() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    let report = harness.sync().await;
    assert_eq!((report.resources, report.changed), (1, 0));
    harness.cloud.set_converter(2);
    assert_eq!(harness.sync().await.changed, 1, "a new converter rewrites rows that the cloud did not change");
}

#[tokio::test(start_paused = true)]
async fn failed_sign_in_does_not_affect_other_accounts() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    let other = FakeProvider::new("444455556666");
    other.add(instance("i-2"));
    harness.host.connects("other", Ok(other.clone()));
    harness.store.put_account(&account("other")).await.unwrap();
    harness.engine.put_account(account("other")).await;
    harness.sync().await;

    harness.host.connects("other", Err(failure(FailureCode::KeyringLocked)));
    harness.engine.forget_session(&account("other").id).await;
    let report = harness.sync().await;
    let failed: Vec<_> = report.scopes.iter().filter(|scope| scope.failure.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].account_name, "other");
    assert!(harness.row("i-2").stale && !harness.row("i-1").stale);
    let statuses = harness.engine.accounts();
    assert_eq!(statuses[0].sign_in, SignIn::Ok);
    assert_eq!(statuses[1].sign_in, SignIn::Failed(failure(FailureCode::KeyringLocked)));
}

// Invariant 12
#[tokio::test(start_paused = true)]
async fn pinned_account_rejects_credentials_of_another_realm() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("before"));
    harness.sync().await;
    let pinned = harness.store.accounts().await.unwrap();
    assert_eq!(pinned[0].realm, Some(Realm::new("111122223333")));

    let stranger = FakeProvider::new("999988887777");
    let identity = Identity { realm: Realm::new("999988887777"), principal: "somebody".to_owned(), denied: Vec::new() };
    stranger.set_identity(Ok(identity));
    stranger.add(instance("i-1").named("after"));
    harness.host.connects("lab", Ok(stranger.clone()));
    harness.engine.forget_session(&account("lab").id).await;
    let report = harness.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::WrongAccount));
    assert_eq!(harness.row("i-1").name(), "before");
    assert_eq!(stranger.counts().list, 0, "nothing was asked of the wrong account");
}

#[tokio::test(start_paused = true)]
async fn first_sweep_keeps_account_changes_of_other_processes() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    let changed = Account { prod: true, ..account("lab") };
    harness.store.put_account(&changed).await.unwrap();
    harness.sync().await;
    let [stored] = &harness.store.accounts().await.unwrap()[..] else { panic!("one account") };
    assert_eq!((stored.prod, &stored.realm), (true, &Some(Realm::new("111122223333"))));

    // Another process pinned the account first, and these credentials belong to another realm.
    let harness = self::harness().await;
    harness.cloud.add(instance("i-1"));
    let elsewhere = Realm::new("999988887777");
    harness.store.put_account(&Account { realm: Some(elsewhere.clone()), ..account("lab") }).await.unwrap();
    let report = harness.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::WrongAccount));
    assert_eq!(harness.store.accounts().await.unwrap()[0].realm, Some(elsewhere));
    assert!(harness.find("i-1").is_none());

    let harness = self::harness().await;
    harness.store.remove_account(&account("lab").id).await.unwrap();
    harness.sync().await;
    assert_eq!(harness.store.accounts().await.unwrap(), [], "a removed account stays removed");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_read_again_by_the_next_sweep() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    harness.cloud.break_listing("eu-west-1", ProviderError::Unauthenticated { message: "expired".to_owned() });
    harness.sync().await;
    assert!(matches!(harness.engine.accounts()[0].sign_in, SignIn::Failed(_)));
    harness.cloud.heal("eu-west-1");
    harness.sync().await;
    assert_eq!(harness.cloud.counts().verify, 2);
    assert_eq!(harness.engine.accounts()[0].sign_in, SignIn::Ok);
}

#[tokio::test(start_paused = true)]
async fn region_that_the_account_lost_is_removed() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.cloud.add(instance("i-2").region("ap-east-1"));
    harness.sync().await;
    harness.cloud.set_scopes(Ok(vec![scope("eu-west-1")]));
    harness.engine.forget_session(&account("lab").id).await;
    harness.sync().await;
    assert!(harness.find("i-2").is_none() && harness.find("i-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn failure_to_list_regions_fails_every_known_scope() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    harness.cloud.set_scopes(Err(denied()));
    harness.engine.forget_session(&account("lab").id).await;
    let report = harness.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::PermissionDenied));
    assert!(harness.find("i-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn new_process_shows_the_stored_inventory() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("web"));
    harness.sync().await;
    let as_of = harness.row("i-1").as_of;
    let next = crate::harness::engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    next.loaded().await;
    let row = next.snapshot().get(&key("i-1"), nepho_core::Clock::now(&*harness.clock)).expect("cached");
    assert_eq!((row.name(), row.as_of), ("web", as_of));
    assert_eq!(harness.cloud.counts().list, 1, "nothing was asked of the cloud");
}

// Invariant 5
#[tokio::test(start_paused = true)]
async fn reload_takes_over_other_processes_rows() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("web"));
    let other = crate::harness::engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.pass(1).await;
    other.sync(&[], &[]).await;
    assert!(harness.find("i-1").is_none());
    assert!(harness.engine.reload().await.unwrap());
    assert_eq!(harness.row("i-1").name(), "web");
    assert!(!harness.engine.reload().await.unwrap(), "nothing moved since");
    harness.store.remove_account(&account("lab").id).await.unwrap();
    harness.engine.reload().await.unwrap();
    assert!(harness.find("i-1").is_none() && harness.engine.accounts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn unchanged_sweep_still_loads_other_processes_rows() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1").named("web"));
    let other = crate::harness::engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.pass(1).await;
    other.sync(&[], &[]).await;
    harness.sync().await; // finds every row unchanged in the store, and none of them in its index
    assert_eq!(harness.row("i-1").name(), "web");
}

#[tokio::test(start_paused = true)]
async fn single_read_still_loads_other_processes_rows() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.sync().await;
    harness.cloud.add(instance("i-2"));
    let other = crate::harness::engine(&harness.store, &harness.host, &harness.clock, "run-2").await;
    harness.pass(1).await;
    other.sync(&[], &[]).await;
    harness.plan(nepho_core::Action::Stop, &["i-1"]).await; // stores a read of i-1
    assert!(harness.find("i-2").is_none());
    harness.engine.reload().await.unwrap();
    assert!(harness.find("i-2").is_some());
}

#[tokio::test(start_paused = true)]
async fn sweep_announces_its_progress_and_its_end() {
    let harness = harness().await;
    harness.cloud.add(instance("i-1"));
    harness.engine.loaded().await;
    let changes = harness.engine.changes();
    let before = changes.borrow().accounts;
    let gate = harness.cloud.hold_listing("eu-west-1");
    let engine = harness.engine.clone();
    let sweep = async {
        engine.sync(&[], &[]).await;
    };
    let watch = async {
        gate.reached().await;
        let during = changes.borrow().accounts;
        assert!(during > before, "the start is announced");
        gate.open();
        during
    };
    let ((), during) = tokio::join!(sweep, watch);
    assert!(changes.borrow().accounts > during, "the end is announced");
}
