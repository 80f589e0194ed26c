//! Tests against a real `gnome-keyring-daemon` on a private D-Bus.
//!
//! Each test runs its case inside a separate session: see [`nepho_testkit::session`].
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may stop a test")]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use nepho_core::{FailureCode, Secret};
use nepho_keyring::{Item, Keyring, KeyringError, Prompt, SERVICE};
use nepho_testkit::session::{in_session, is_inside, lock_keyring, unlock_keyring, without_bus};

fn item() -> Item {
    Item { account: "0192f0c4-6d1c-7b7e-9c53-0d8c1f0a5d11".into(), field: "aws".to_owned() }
}

#[test]
fn unlocked_keyring_stores_secrets() {
    in_session("unlocked_keyring_stores_secrets", "case_open").unwrap();
}

#[test]
fn locked_keyring_returns_a_typed_error_in_time() {
    in_session("locked_keyring_returns_a_typed_error_in_time", "case_locked").unwrap();
}

#[test]
fn keyring_locked_during_use_recovers_after_unlock() {
    in_session("keyring_locked_during_use_recovers_after_unlock", "case_relocked").unwrap();
}

#[test]
fn unresponsive_keyring_times_out_and_recovers() {
    in_session("unresponsive_keyring_times_out_and_recovers", "case_frozen").unwrap();
}

#[test]
fn session_without_a_bus_has_no_keyring() {
    in_session("session_without_a_bus_has_no_keyring", "case_no_bus").unwrap();
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_open() {
    if !is_inside() {
        return;
    }
    unlock_keyring(false).unwrap();
    let keyring = Keyring::system();
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap_err(), KeyringError::Missing);
    keyring.probe(Prompt::Never).await.unwrap();
    let secret = "AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG";
    keyring.write(&item(), Secret::new(secret.to_owned()), Prompt::Allowed).await.unwrap();
    let lookup =
        Command::new("secret-tool").args(["lookup", "service", SERVICE, "username", &item().user()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&lookup.stdout).trim_end(), secret, "secret-tool must read the stored secret");
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap().expose(), secret);
    assert_eq!(keyring.list().await.unwrap(), [item()]);
    keyring.delete(&item(), Prompt::Allowed).await.unwrap();
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap_err().code(), FailureCode::SecretMissing);
    assert!(keyring.list().await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_locked() {
    if !is_inside() {
        return;
    }
    unlock_keyring(false).unwrap();
    let before = Keyring::system();
    before.write(&item(), Secret::new("x".to_owned()), Prompt::Allowed).await.unwrap();
    lock_keyring().unwrap();
    let keyring = Keyring::system();
    let begun = Instant::now();
    for error in [
        keyring.read(&item(), Prompt::Never).await.unwrap_err(),
        keyring.probe(Prompt::Never).await.unwrap_err(),
        keyring.list().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), FailureCode::KeyringLocked, "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    // The keyring prompts, no user responds, and the caller gives up.
    let item = item();
    let write = keyring.write(&item, Secret::new("y".to_owned()), Prompt::Allowed);
    match tokio::time::timeout(Duration::from_secs(3), write).await {
        Err(_) => {}
        Ok(result) => assert_eq!(result.unwrap_err().code(), FailureCode::KeyringLocked),
    }
    // That call may hang; this one must not.
    let error = keyring.probe(Prompt::Never).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringLocked, "{error}");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_relocked() {
    if !is_inside() {
        return;
    }
    unlock_keyring(false).unwrap();
    let keyring = Keyring::system();
    keyring.write(&item(), Secret::new("x".to_owned()), Prompt::Allowed).await.unwrap();
    lock_keyring().unwrap();
    assert_eq!(keyring.read(&item(), Prompt::Never).await.unwrap_err(), KeyringError::Locked);
    unlock_keyring(true).unwrap();
    // The daemon was replaced, so the keyring drops the old connection and opens a new one.
    let begun = Instant::now();
    let found = loop {
        match keyring.read(&item(), Prompt::Never).await {
            Ok(found) => break found,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error}"),
        }
    };
    assert_eq!(found.expose(), "x");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_frozen() {
    if !is_inside() {
        return;
    }
    unlock_keyring(false).unwrap();
    let keyring = Keyring::system();
    keyring.write(&item(), Secret::new("x".to_owned()), Prompt::Allowed).await.unwrap();
    signal_daemon("STOP");
    let begun = Instant::now();
    let error = keyring.read(&item(), Prompt::Never).await.unwrap_err();
    assert!(matches!(error, KeyringError::TimedOut { .. }), "{error}");
    assert_eq!(error.code(), FailureCode::KeyringLocked);
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(4), "{waited:?}");
    signal_daemon("CONT");
    assert_eq!(keyring.read(&item(), Prompt::Allowed).await.unwrap().expose(), "x");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_no_bus() {
    if !is_inside() {
        return;
    }
    // The session has a bus; a process without its address has none.
    without_bus("case_without_address").unwrap();
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_without_address() {
    if !is_inside() {
        return;
    }
    let keyring = Keyring::system();
    let begun = Instant::now();
    let error = keyring.probe(Prompt::Never).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringUnavailable, "{error}");
    let error = keyring.read(&item(), Prompt::Allowed).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringUnavailable, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

/// Signals the daemon that owns the session's keyring, and only that one.
fn signal_daemon(signal: &str) {
    let owner = Command::new("gdbus")
        .args(["call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus"])
        .args(["--method", "org.freedesktop.DBus.GetConnectionUnixProcessID", "org.freedesktop.secrets"])
        .output()
        .unwrap();
    let text = String::from_utf8(owner.stdout).unwrap(); // "(uint32 4711,)"
    let pid = text.trim().trim_start_matches("(uint32 ").trim_end_matches(",)");
    assert!(pid.parse::<u32>().is_ok_and(|pid| pid > 1), "{text}");
    assert!(Command::new("kill").args([&format!("-{signal}"), pid]).status().unwrap().success());
}
