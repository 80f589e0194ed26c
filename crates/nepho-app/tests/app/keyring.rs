//! A real keyring that is missing, locked, and open again, with the application on it.
//!
//! The parts run inside `dbus-run-session` with a home of their own: see `in_session`.
#![cfg(target_os = "linux")]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use nepho_app::{Keyring, PageAsk};
use nepho_core::{
    FailureCode,
    report::{KeyringStanding, SignIn, Soundness},
};
use nepho_index::Sort;

use crate::rig::{Rig, cloud, code, lab};

const CASE: &str = "NEPHO_APP_CASE";

#[expect(clippy::print_stderr, reason = "a skip must be seen")]
fn in_session(case: &str) {
    let missing: Vec<_> = ["gnome-keyring-daemon", "dbus-run-session", "gdbus"]
        .into_iter()
        .filter(|tool| {
            !Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap().status.success()
        })
        .collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: not installed: {missing:?}");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let script = format!("mkdir -m 700 $HOME/keyring; exec \"$0\" --ignored --exact --nocapture keyring::{case}");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env(CASE, case)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{case}: {}\n{text}\n{errors}", output.status);
}

fn daemon(options: &str) {
    let script = format!(
        "printf %s pw | gnome-keyring-daemon {options} --components=secrets --control-directory=$HOME/keyring >&2"
    );
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
}

fn lock() {
    let status = Command::new("gdbus")
        .args(["call", "--session", "--dest", "org.freedesktop.secrets", "--object-path"])
        .args(["/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
        .arg("['/org/freedesktop/secrets/aliases/default']")
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_keyring_that_locks_and_opens_again() {
    in_session("case_locked");
}

#[test]
fn a_session_without_a_keyring() {
    in_session("case_missing");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_locked() {
    if std::env::var_os(CASE).is_none() {
        return;
    }
    daemon("--unlock");
    let cloud = cloud();
    let mut rig = Rig::new();
    rig.keyring = Keyring::system();
    let app = rig.open().await;
    assert_eq!(app.status().keyring, KeyringStanding::NotTried, "opening asks no keyring");
    let account = app.add_account(lab(&cloud)).await.unwrap();
    assert_eq!(app.sync(&[], &[]).await.resources, 3);
    assert_eq!(app.status().keyring, KeyringStanding::Ok);
    lock();
    // A session that is open needs no keyring.
    assert_eq!(app.sync(&[], &[]).await.resources, 3);

    rig.keyring = Keyring::system();
    let begun = Instant::now();
    let later = rig.open().await;
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
    assert_eq!(later.status().keyring, KeyringStanding::Locked);
    assert_eq!(later.snapshot().len(), 3, "the rows stay");
    let doctor = later.diagnose().await;
    let keyring = doctor.iter().find(|found| found.subject == "keyring").unwrap();
    assert_eq!(keyring.verdict, Soundness::Broken, "{keyring:?}");

    daemon("--replace --unlock");
    let begun = Instant::now();
    while let Err(error) = later.verify_account(&account.id).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{error}");
    }
    assert_eq!(later.sync(&[], &[]).await.resources, 3, "without a restart");
    assert_eq!(later.remove_account(&account.id).await.unwrap(), None);
    assert_eq!(rig.keyring.list().await.unwrap().len(), 0);
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_missing() {
    if std::env::var_os(CASE).is_none() {
        return;
    }
    // Inside the session there is a bus; the part below runs where it cannot be reached.
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "keyring::case_no_bus"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_no_bus() {
    if std::env::var_os(CASE).is_none() {
        return;
    }
    let cloud = cloud();
    let mut rig = Rig::new();
    rig.keyring = Keyring::system();
    let app = rig.open().await;
    assert_eq!(code(app.add_account(lab(&cloud)).await), FailureCode::KeyringUnavailable);
    assert!(app.accounts().is_empty() && rig.open().await.accounts().is_empty(), "nothing is stored");
    assert_eq!(app.status().keyring, KeyringStanding::Unavailable);
    app.add_demo().await.unwrap();
    assert!(!app.snapshot().is_empty(), "what needs no keyring works");
}
