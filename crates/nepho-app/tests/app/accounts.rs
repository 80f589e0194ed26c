//! Adding, verifying, changing and removing AWS accounts.

use std::time::Duration;

use nepho_app::{App, AppError};
use nepho_core::{
    Access, Action, CredentialSource, FailureCode,
    plan::{Refusal, Verdict},
    report::{FoundAccount, SignIn, TargetStatus},
    request::{AccountChange, Credentials, NewAccount, Targets},
};
use nepho_index::Sort;
use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use crate::harness::{Harness, KEY_ID, cloud, code, double, keys, lab};

async fn nothing_is_stored(harness: &Harness, app: &App) {
    assert!(app.accounts().is_empty());
    assert!(harness.open().await.accounts().is_empty());
    assert!(harness.keyring.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_added_account_is_pinned_and_listed_by_the_next_process_too() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(lab(&cloud)).await.unwrap();
    assert_eq!(account.source, CredentialSource::Keyring);
    let realm = account.realm.clone().unwrap();
    assert!(realm.as_str().starts_with("123456789012@127.0.0.1-"), "{realm}");
    let report = app.sync(&[], &[]).await;
    assert_eq!(report.resources, 3);
    assert!(report.scopes.iter().all(|scope| scope.failure.is_none()), "{:?}", report.scopes);

    let next = harness.open().await;
    assert_eq!(next.snapshot().len(), 3);
    assert_eq!(next.account("lab").unwrap(), account);
    assert_eq!(next.account(account.id.as_str()).unwrap(), account);
    assert_eq!(next.sync(std::slice::from_ref(&account.id), &[]).await.resources, 3, "the keyring gave the key again");
    assert_eq!(next.account_status(&account.id).unwrap().sign_in, SignIn::Ok);
    assert!(next.verify_account(&account.id).await.unwrap().principal.starts_with("arn:aws:"));
}

#[tokio::test]
async fn what_does_not_verify_is_not_stored() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let wrong = NewAccount { credentials: keys("AKIAWRONGWRONGWRONG0"), ..lab(&cloud) };
    assert_eq!(code(app.add_account(wrong).await), FailureCode::Unauthenticated);
    nothing_is_stored(&harness, &app).await;
    let absent = NewAccount { credentials: Credentials::Environment, ..lab(&cloud) };
    assert_eq!(code(app.add_account(absent).await), FailureCode::CredentialsMissing);
    nothing_is_stored(&harness, &app).await;
    let endpoint = cloud.endpoint();
    drop(cloud);
    let gone = NewAccount { endpoint: Some(endpoint), ..lab(&self::cloud()) };
    assert_eq!(code(app.add_account(gone).await), FailureCode::Unavailable);
    nothing_is_stored(&harness, &app).await;
}

#[tokio::test]
async fn endpoints_names_and_keys_are_checked_before_anything_is_sent() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    for endpoint in ["http://169.254.169.254", "http://example.com", "https://a:b@example.com"] {
        let new = NewAccount { endpoint: Some(endpoint.to_owned()), ..lab(&cloud) };
        assert!(matches!(app.add_account(new).await, Err(AppError::EndpointRefused { .. })), "{endpoint}");
    }
    let new = NewAccount { name: "a\u{202E}b".to_owned(), ..lab(&cloud) };
    assert!(matches!(app.add_account(new).await, Err(AppError::BadName { .. })));
    let new = NewAccount { credentials: keys(" "), ..lab(&cloud) };
    assert!(matches!(app.add_account(new).await, Err(AppError::NotApplicable { .. })));
    assert!(cloud.seen().is_empty());
    nothing_is_stored(&harness, &app).await;
}

#[tokio::test]
async fn a_name_and_a_realm_are_there_once() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    app.add_account(lab(&cloud)).await.unwrap();
    let same_name = NewAccount { name: "LAB".to_owned(), ..lab(&cloud) };
    assert!(matches!(app.add_account(same_name).await, Err(AppError::NameTaken { .. })));
    let same_realm = NewAccount { name: "other".to_owned(), ..lab(&cloud) };
    let error = app.add_account(same_realm).await.unwrap_err();
    assert!(matches!(&error, AppError::RealmTaken { name, .. } if name == "lab"), "{error}");
    assert_eq!(app.accounts().len(), 1);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 1);

    // The same, by two processes of which neither knew of the other's account when it began.
    let (one, other) = (harness.open().await, harness.open().await);
    one.remove_account(&one.account("lab").unwrap().id).await.unwrap();
    one.add_account(lab(&cloud)).await.unwrap();
    let late = NewAccount { name: "late".to_owned(), ..lab(&cloud) };
    let error = other.add_account(late).await.unwrap_err();
    assert!(matches!(error, AppError::RealmTaken { .. }), "{error}");
}

#[tokio::test]
async fn without_verifying_an_account_is_pinned_at_its_first_use() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(NewAccount { verify: false, ..lab(&cloud) }).await.unwrap();
    assert!(account.realm.is_none() && cloud.seen().is_empty());
    app.verify_account(&account.id).await.unwrap();
    assert!(harness.open().await.account("lab").unwrap().realm.is_some());
}

#[tokio::test]
async fn a_read_only_account_sends_no_action() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(NewAccount { access: Access::ReadOnly, ..lab(&cloud) }).await.unwrap();
    app.sync(&[], &[]).await;
    let key = app.find("web-1")[0].key().clone();
    let plan = app.plan(Action::Stop, Targets::Keys(vec![key.clone()])).await.unwrap();
    assert_eq!(plan.targets[0].verdict, Verdict::Refused(Refusal::ReadOnly));
    app.commit(&plan.nonce, None, true).await.unwrap_err();
    assert_eq!(cloud.count("StopInstances"), 0);
    assert!(app.journal(10, None).await.unwrap().is_empty());

    let change = AccountChange { access: Some(Access::ReadWrite), ..AccountChange::default() };
    app.update_account(&account.id, change).await.unwrap();
    let plan = app.plan(Action::Stop, Targets::Keys(vec![key])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    let results = app.wait(&operation, Duration::from_secs(30)).await;
    assert_eq!(results[0].status, TargetStatus::Done, "{results:?}");
    assert_eq!(cloud.count("StopInstances"), 1);
    assert_eq!(cloud.state("eu-west-1", &id(1)), Some(nepho_core::State::Stopped));
}

#[tokio::test]
async fn credentials_of_another_realm_change_nothing() {
    let (harness, first) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(lab(&first)).await.unwrap();
    app.sync(&[], &[]).await;
    let port = first.port();
    drop(first);
    // Whoever answers on that port now is somebody else.
    let setup = Setup { account: "999999999999".to_owned(), port, ..Setup::default() };
    let other = double(setup);
    other.put(Ec2Instance::new("eu-west-1", &id(9)).named("theirs"));

    let change = AccountChange { credentials: Some(keys("AKIAOTHEROTHEROTHER0")), ..AccountChange::default() };
    assert_eq!(code(app.update_account(&account.id, change).await), FailureCode::WrongAccount);
    let next = harness.open().await;
    let report = next.sync(&[], &[]).await;
    let codes: Vec<_> = report.scopes.iter().map(|scope| scope.failure.as_ref().unwrap().code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == FailureCode::WrongAccount), "{codes:?}");
    assert_eq!(next.search("", Sort::default()).unwrap().total, 3, "its rows stay");
    assert!(next.find("theirs").is_empty());
    let plan = next.plan(Action::Stop, Targets::Keys(vec![next.find("web-1")[0].key().clone()])).await.unwrap();
    assert_eq!(plan.eligible().count(), 0);
    assert_eq!(other.count("StopInstances"), 0);
    assert_eq!(code(next.verify_account(&account.id).await), FailureCode::WrongAccount);
}

#[tokio::test]
async fn new_credentials_replace_the_old_ones_at_once() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(lab(&cloud)).await.unwrap();
    cloud.adjust(|setup| setup.key_id = Some("AKIAROTATEDROTATED00".to_owned()));
    let change = AccountChange {
        name: Some("renamed".to_owned()),
        credentials: Some(keys("AKIAROTATEDROTATED00")),
        ..AccountChange::default()
    };
    app.update_account(&account.id, change).await.unwrap();
    assert_eq!(app.sync(&[], &[]).await.resources, 3);
    assert_eq!(harness.open().await.account("renamed").unwrap().id, account.id);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_removed_account_leaves_no_row_and_no_secret() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let account = app.add_account(lab(&cloud)).await.unwrap();
    app.sync(&[], &[]).await;
    assert_eq!(app.remove_account(&account.id).await.unwrap(), None);
    nothing_is_stored(&harness, &app).await;
    assert!(harness.open().await.snapshot().is_empty());
    assert!(matches!(app.remove_account(&account.id).await, Err(AppError::UnknownAccount { .. })));
}

#[tokio::test]
async fn the_environment_and_profiles_are_found_and_nothing_is_added() {
    const PAIRS: &[(&str, &str)] = &[
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", crate::harness::KEY),
        ("AWS_REGION", "eu-north-1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_CONFIG_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/app/config")),
    ];
    let (harness, cloud) = (Harness::with_environment(PAIRS), cloud());
    let app = harness.open().await;
    let found = app.find_accounts().await;
    let names: Vec<_> = found.iter().map(|found: &FoundAccount| (found.source.clone(), found.added)).collect();
    assert_eq!(names[0], (CredentialSource::Environment, false));
    assert_eq!(found[0].region.as_ref().unwrap().as_str(), "eu-north-1");
    assert!(names.contains(&(CredentialSource::Profile("team".to_owned()), false)), "{names:?}");
    nothing_is_stored(&harness, &app).await;

    app.add_account(NewAccount { credentials: Credentials::Environment, ..lab(&cloud) }).await.unwrap();
    assert!(app.find_accounts().await[0].added);
    assert_eq!(harness.open().await.sync(&[], &[]).await.resources, 3);
    assert!(harness.keyring.list().await.unwrap().is_empty(), "nothing of the environment is stored");
}
