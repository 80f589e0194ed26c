//! What a sweep does to the inventory: scope by scope, whole or not at all.

use nepho_core::{
    Account, FailureCode, Identity, Provider, ProviderError, Realm, State, provider::Listed, report::SignIn,
};
use nepho_testkit::{
    FakeProvider,
    fake::ListStep,
    instance,
    instance::{key, scope},
};

use crate::stage::{account, failure, stage};

fn denied() -> ProviderError {
    ProviderError::PermissionDenied { operation: "ec2:DescribeInstances".to_owned(), message: "no".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_shows_every_region_and_says_as_of_when() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").named("web"));
    stage.cloud.add(instance("i-2").region("us-east-1").state(State::Stopped));
    let report = stage.sync().await;
    let listed: Vec<_> = report.scopes.iter().map(|scope| (scope.rows, scope.failure.clone())).collect();
    assert_eq!((report.resources, report.changed, listed), (2, 2, vec![(1, None), (1, None)]));
    assert!(report.traffic.requests > 0);
    let row = stage.row("i-1");
    assert_eq!((row.name.as_str(), row.stale), ("web", false));
    assert_eq!(row.as_of, report.scopes[0].as_of);
    let stored = stage.store.rows().await.unwrap();
    assert_eq!(stored.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_request_is_told_once_connecting_with_the_first_sweep() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    let (first, second) = (stage.sync().await.traffic, stage.sync().await.traffic);
    assert_eq!(first.requests + second.requests, stage.cloud.traffic().requests);
    assert!(first.requests > second.requests, "the first also asked who it is, and for the scopes");
}

#[tokio::test(start_paused = true)]
async fn a_failed_region_keeps_its_rows_says_why_and_spoils_nothing_else() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").region("me-south-1"));
    stage.cloud.add(instance("i-2").region("us-east-1").named("old"));
    let first = stage.sync().await;
    stage.cloud.break_listing("me-south-1", denied());
    stage.cloud.change("i-2", |resource| resource.name = "new".to_owned());
    let key = nepho_core::ScopeKey { account: account("lab").id, scope: scope("me-south-1") };
    let before = stage.store.rows_of(&key).await.unwrap();
    let second = stage.sync().await;

    let broken = &second.scopes[0];
    assert_eq!(broken.failure.as_ref().map(|failure| failure.code), Some(FailureCode::PermissionDenied));
    assert_eq!((broken.rows, broken.as_of), (1, first.scopes[0].as_of));
    assert!(stage.row("i-1").stale && stage.row("i-1").failure.is_some());
    assert_eq!(stage.row("i-2").name, "new");
    assert_eq!(stage.store.rows_of(&key).await.unwrap(), before);

    stage.cloud.heal("me-south-1");
    stage.sync().await;
    assert!(!stage.row("i-1").stale && stage.row("i-1").failure.is_none());
}

#[tokio::test(start_paused = true)]
async fn pages_of_a_listing_that_broke_off_are_not_shown() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    let page: Vec<Listed> = vec![instance("i-9").listed()];
    let gone = ProviderError::Unavailable { message: "reset".to_owned() };
    stage.cloud.script_listing("eu-west-1", vec![ListStep::Page(page), ListStep::Fail(gone)]);
    stage.sync().await;
    assert!(stage.find("i-9").is_none());
    assert!(stage.row("i-1").missing_since.is_none(), "a listing that broke off proves no absence");
}

#[tokio::test(start_paused = true)]
async fn a_listing_without_an_end_is_a_failure() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    stage.cloud.script_listing("eu-west-1", vec![ListStep::Page(Vec::new())]);
    let report = stage.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::Malformed));
    assert!(stage.row("i-1").missing_since.is_none());
}

#[tokio::test(start_paused = true)]
async fn absent_once_is_missing_and_absent_twice_is_gone() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.cloud.add(instance("i-2"));
    stage.sync().await;
    stage.cloud.remove("i-1");
    let first = stage.sync().await;
    assert_eq!(stage.row("i-1").missing_since, first.scopes[0].as_of);
    assert!(stage.row("i-1").stale);
    stage.sync().await;
    assert!(stage.find("i-1").is_none());
    assert!(stage.find("i-2").is_some());
    assert_eq!(stage.store.rows().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_missing_machine_that_is_listed_again_is_back() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    stage.cloud.script_listing("eu-west-1", vec![ListStep::Complete]);
    stage.sync().await;
    assert!(stage.row("i-1").missing_since.is_some());
    stage.sync().await;
    assert!(stage.row("i-1").missing_since.is_none());
    stage.cloud.script_listing("eu-west-1", vec![ListStep::Complete]);
    stage.sync().await;
    assert!(stage.find("i-1").is_some(), "the count of absences starts anew");
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_sweep_writes_no_row() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    let report = stage.sync().await;
    assert_eq!((report.resources, report.changed), (1, 0));
    stage.cloud.set_converter(2);
    assert_eq!(stage.sync().await.changed, 1, "a better converter rewrites rows that the cloud did not change");
}

#[tokio::test(start_paused = true)]
async fn one_account_that_cannot_sign_in_leaves_the_others_alone() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    let other = FakeProvider::new("444455556666");
    other.add(instance("i-2"));
    stage.host.connects("other", Ok(other.clone()));
    stage.store.put_account(&account("other")).await.unwrap();
    stage.engine.put_account(account("other")).await;
    stage.sync().await;

    stage.host.connects("other", Err(failure(FailureCode::KeyringLocked)));
    stage.engine.forget_session(&account("other").id).await;
    let report = stage.sync().await;
    let failed: Vec<_> = report.scopes.iter().filter(|scope| scope.failure.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].account_name, "other");
    assert!(stage.row("i-2").stale && !stage.row("i-1").stale);
    let statuses = stage.engine.accounts();
    assert_eq!(statuses[0].sign_in, SignIn::Ok);
    assert_eq!(statuses[1].sign_in, SignIn::Failed(failure(FailureCode::KeyringLocked)));
}

#[tokio::test(start_paused = true)]
async fn an_account_is_pinned_and_other_credentials_change_no_row() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").named("before"));
    stage.sync().await;
    let pinned = stage.store.accounts().await.unwrap();
    assert_eq!(pinned[0].realm, Some(Realm::new("111122223333")));

    let stranger = FakeProvider::new("999988887777");
    let identity = Identity { realm: Realm::new("999988887777"), principal: "somebody".to_owned(), denied: Vec::new() };
    stranger.set_identity(Ok(identity));
    stranger.add(instance("i-1").named("after"));
    stage.host.connects("lab", Ok(stranger.clone()));
    stage.engine.forget_session(&account("lab").id).await;
    let report = stage.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::WrongAccount));
    assert_eq!(stage.row("i-1").name, "before");
    assert_eq!(stranger.counts().list, 0, "nothing was asked of the wrong account");
}

#[tokio::test(start_paused = true)]
async fn what_another_process_did_with_an_account_before_its_first_sweep_stays() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    let changed = Account { prod: true, ..account("lab") };
    stage.store.put_account(&changed).await.unwrap();
    stage.sync().await;
    let [stored] = &stage.store.accounts().await.unwrap()[..] else { panic!("one account") };
    assert_eq!((stored.prod, &stored.realm), (true, &Some(Realm::new("111122223333"))));

    // Pinned by somebody else meanwhile: what these credentials show is not this account's.
    let stage = self::stage().await;
    stage.cloud.add(instance("i-1"));
    let elsewhere = Realm::new("999988887777");
    stage.store.put_account(&Account { realm: Some(elsewhere.clone()), ..account("lab") }).await.unwrap();
    let report = stage.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::WrongAccount));
    assert_eq!(stage.store.accounts().await.unwrap()[0].realm, Some(elsewhere));
    assert!(stage.find("i-1").is_none());

    let stage = self::stage().await;
    stage.store.remove_account(&account("lab").id).await.unwrap();
    stage.sync().await;
    assert_eq!(stage.store.accounts().await.unwrap(), [], "a removed account does not come back");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_read_afresh_by_the_next_sweep() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    stage.cloud.break_listing("eu-west-1", ProviderError::Unauthenticated { message: "expired".to_owned() });
    stage.sync().await;
    assert!(matches!(stage.engine.accounts()[0].sign_in, SignIn::Failed(_)));
    stage.cloud.heal("eu-west-1");
    stage.sync().await;
    assert_eq!(stage.cloud.counts().verify, 2);
    assert_eq!(stage.engine.accounts()[0].sign_in, SignIn::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_the_account_no_longer_has_is_forgotten() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.cloud.add(instance("i-2").region("ap-east-1"));
    stage.sync().await;
    stage.cloud.set_scopes(Ok(vec![scope("eu-west-1")]));
    stage.engine.forget_session(&account("lab").id).await;
    stage.sync().await;
    assert!(stage.find("i-2").is_none() && stage.find("i-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn regions_that_cannot_be_named_leave_every_known_scope_failed() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    stage.cloud.set_scopes(Err(denied()));
    stage.engine.forget_session(&account("lab").id).await;
    let report = stage.sync().await;
    assert_eq!(report.scopes[0].failure.as_ref().map(|failure| failure.code), Some(FailureCode::PermissionDenied));
    assert!(stage.find("i-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_new_process_shows_what_the_last_one_knew() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").named("web"));
    stage.sync().await;
    let as_of = stage.row("i-1").as_of;
    let next = crate::stage::engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    next.loaded().await;
    let row = next.snapshot().get(&key("i-1"), nepho_core::Clock::now(&*stage.clock)).expect("cached");
    assert_eq!((row.name.as_str(), row.as_of), ("web", as_of));
    assert_eq!(stage.cloud.counts().list, 1, "nothing was asked of the cloud");
}

#[tokio::test(start_paused = true)]
async fn what_another_process_stored_is_taken_over() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").named("web"));
    let other = crate::stage::engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.pass(1).await;
    other.sync(&[], &[]).await;
    assert!(stage.find("i-1").is_none());
    assert!(stage.engine.reload().await.unwrap());
    assert_eq!(stage.row("i-1").name, "web");
    assert!(!stage.engine.reload().await.unwrap(), "nothing moved since");
    stage.store.remove_account(&account("lab").id).await.unwrap();
    stage.engine.reload().await.unwrap();
    assert!(stage.find("i-1").is_none() && stage.engine.accounts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_writes_nothing_still_shows_what_another_process_stored() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1").named("web"));
    let other = crate::stage::engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.pass(1).await;
    other.sync(&[], &[]).await;
    stage.sync().await; // finds every row unchanged in the store, and none of them in its index
    assert_eq!(stage.row("i-1").name, "web");
}

#[tokio::test(start_paused = true)]
async fn a_reading_on_top_of_another_processs_rows_leaves_none_of_them_out() {
    let stage = stage().await;
    stage.cloud.add(instance("i-1"));
    stage.sync().await;
    stage.cloud.add(instance("i-2"));
    let other = crate::stage::engine(&stage.store, &stage.host, &stage.clock, "run-2").await;
    stage.pass(1).await;
    other.sync(&[], &[]).await;
    stage.plan(nepho_core::Action::Stop, &["i-1"]).await; // stores a reading of i-1
    assert!(stage.find("i-2").is_none());
    stage.engine.reload().await.unwrap();
    assert!(stage.find("i-2").is_some());
}
