//! A real keyring that is missing, locked, and open again, with the application on it.
//!
//! Each test runs its case inside a session of its own: see [`nepho_testkit::session`].
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use nepho_app::Keyring;
use nepho_core::{
    FailureCode,
    report::{CheckStatus, KeyringStatus, SignIn},
};
use nepho_index::{PageAsk, Sort};
use nepho_testkit::session::{in_session, is_inside, lock_keyring, unlock_keyring, without_bus};

use crate::harness::{Harness, cloud, code, lab};

#[test]
fn a_keyring_that_locks_and_opens_again() {
    in_session("keyring::a_keyring_that_locks_and_opens_again", "keyring::case_locked").unwrap();
}

#[test]
fn a_session_without_a_keyring() {
    in_session("keyring::a_session_without_a_keyring", "keyring::case_missing").unwrap();
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_locked() {
    if !is_inside() {
        return;
    }
    unlock_keyring(false).unwrap();
    let cloud = cloud();
    let mut harness = Harness::new();
    harness.keyring = Keyring::system();
    let app = harness.open().await;
    assert_eq!(app.status().keyring, KeyringStatus::NotTried, "opening asks no keyring");
    assert_eq!(app.check_keyring(false).await, Ok(()));
    let account = app.add_account(lab(&cloud)).await.unwrap();
    assert_eq!(app.sync(&[], &[]).await.resources, 3);
    assert_eq!(app.status().keyring, KeyringStatus::Ok);
    lock_keyring().unwrap();
    assert_eq!(app.check_keyring(false).await.unwrap_err().code, FailureCode::KeyringLocked);
    // A session that is open needs no keyring.
    assert_eq!(app.sync(&[], &[]).await.resources, 3);

    harness.keyring = Keyring::system();
    let begun = Instant::now();
    let later = harness.open().await;
    let page = PageAsk { query: String::new(), sort: Sort::default(), offset: 0, limit: 10 };
    assert_eq!(later.inventory(&page).await.unwrap().rows.len(), 3, "the rows need no keyring");
    let syncing = later.clone();
    let (report, clicked) = tokio::join!(async move { syncing.sync(&[], &[]).await }, async {
        let begun = Instant::now();
        later.inventory(&page).await.unwrap();
        begun.elapsed()
    });
    assert!(clicked < Duration::from_secs(1), "{clicked:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let codes: Vec<_> = report.scopes.iter().map(|scope| scope.failure.as_ref().unwrap().code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == FailureCode::KeyringLocked), "{codes:?}");
    let SignIn::Failed(failure) = later.account_status(&account.id).unwrap().sign_in else { panic!("signed in") };
    assert_eq!(failure.code, FailureCode::KeyringLocked);
    assert_eq!(later.status().keyring, KeyringStatus::Locked);
    assert_eq!(later.snapshot().len(), 3, "the rows stay");
    let doctor = later.diagnose().await;
    let keyring = doctor.iter().find(|found| found.subject == "keyring").unwrap();
    assert_eq!(keyring.verdict, CheckStatus::Broken, "{keyring:?}");

    unlock_keyring(true).unwrap();
    let begun = Instant::now();
    while let Err(error) = later.verify_account(&account.id).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{error}");
    }
    assert_eq!(later.sync(&[], &[]).await.resources, 3, "without a restart");
    assert_eq!(later.remove_account(&account.id).await.unwrap(), None);
    assert_eq!(harness.keyring.list().await.unwrap().len(), 0);
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_missing() {
    if !is_inside() {
        return;
    }
    // Inside the session there is a bus; the part below runs where it cannot be reached.
    without_bus("keyring::case_no_bus").unwrap();
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_no_bus() {
    if !is_inside() {
        return;
    }
    let cloud = cloud();
    let mut harness = Harness::new();
    harness.keyring = Keyring::system();
    let app = harness.open().await;
    assert_eq!(app.check_keyring(true).await.unwrap_err().code, FailureCode::KeyringUnavailable);
    assert_eq!(code(app.add_account(lab(&cloud)).await), FailureCode::KeyringUnavailable);
    assert!(app.accounts().is_empty() && harness.open().await.accounts().is_empty(), "nothing is stored");
    assert_eq!(app.status().keyring, KeyringStatus::Unavailable);
    app.add_demo().await.unwrap();
    assert!(!app.snapshot().is_empty(), "what needs no keyring works");
}
