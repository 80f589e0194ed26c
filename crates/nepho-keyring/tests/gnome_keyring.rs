//! Against a real `gnome-keyring-daemon` on a private D-Bus: the states that an operator meets.
//!
//! Each test starts this same binary again inside `dbus-run-session`, with a home of its own, and
//! runs the part of it that is named by `NEPHO_KEYRING_CASE`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests; a skip must be seen")]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use nepho_core::{FailureCode, Secret};
use nepho_keyring::{Item, Keyring, KeyringError, Patience, SERVICE};

const CASE: &str = "NEPHO_KEYRING_CASE";

fn item() -> Item {
    Item { account: "0192f0c4-6d1c-7b7e-9c53-0d8c1f0a5d11".into(), field: "aws".to_owned() }
}

fn installed() -> bool {
    let all = ["gnome-keyring-daemon", "dbus-run-session", "secret-tool", "gdbus"];
    let found = |tool: &&str| Command::new("sh").args(["-c", &format!("command -v {tool}")]).output();
    let missing: Vec<_> = all.iter().filter(|tool| !found(tool).is_ok_and(|output| output.status.success())).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: not installed: {missing:?}");
    }
    missing.is_empty()
}

/// Runs the ignored test `case` of this binary inside a session of its own.
fn in_session(case: &str, unlocked: bool) {
    if !installed() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let daemon = if unlocked {
        "printf %s pw | gnome-keyring-daemon --unlock --components=secrets --control-directory=$HOME/keyring >&2"
    } else {
        "true"
    };
    let script = format!("mkdir -m 700 $HOME/keyring; {daemon}; exec \"$0\" --ignored --exact --nocapture {case}");
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
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{case} in its session: {}\n{text}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Whether this process is inside the session; a plain `--ignored` run must not touch a person's
/// own keyring.
fn inside() -> bool {
    std::env::var_os(CASE).is_some()
}

#[test]
fn an_open_keyring_keeps_secrets() {
    in_session("case_open", true);
}

#[test]
fn a_locked_keyring_is_typed_in_time() {
    in_session("case_locked", true);
}

#[test]
fn a_keyring_that_is_locked_while_in_use_is_typed_and_works_again() {
    in_session("case_relocked", true);
}

#[test]
fn a_keyring_that_does_not_answer_is_typed_in_time_and_works_again() {
    in_session("case_frozen", true);
}

#[test]
fn a_session_without_a_bus_has_no_keyring() {
    in_session("case_no_bus", false);
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_open() {
    if !inside() {
        return;
    }
    let keyring = Keyring::system();
    assert_eq!(keyring.read(&item(), Patience::Background).await.unwrap_err(), KeyringError::Missing);
    keyring.probe(Patience::Background).await.unwrap();
    let secret = "AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG";
    keyring.write(&item(), Secret::new(secret.to_owned()), Patience::Operator).await.unwrap();
    let lookup =
        Command::new("secret-tool").args(["lookup", "service", SERVICE, "username", &item().user()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&lookup.stdout).trim_end(), secret, "as another program reads it");
    assert_eq!(keyring.read(&item(), Patience::Background).await.unwrap().expose(), secret);
    assert_eq!(keyring.list().await.unwrap(), [item()]);
    keyring.delete(&item(), Patience::Operator).await.unwrap();
    assert_eq!(keyring.read(&item(), Patience::Background).await.unwrap_err().code(), FailureCode::SecretMissing);
    assert!(keyring.list().await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_locked() {
    if !inside() {
        return;
    }
    let before = Keyring::system();
    before.write(&item(), Secret::new("x".to_owned()), Patience::Operator).await.unwrap();
    lock();
    let keyring = Keyring::system();
    let begun = Instant::now();
    for error in [
        keyring.read(&item(), Patience::Background).await.unwrap_err(),
        keyring.probe(Patience::Background).await.unwrap_err(),
        keyring.list().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), FailureCode::KeyringLocked, "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    // The operator is asked, there is nobody to answer, and the caller gives up.
    let item = item();
    let write = keyring.write(&item, Secret::new("y".to_owned()), Patience::Operator);
    match tokio::time::timeout(Duration::from_secs(3), write).await {
        Err(_) => {}
        Ok(result) => assert_eq!(result.unwrap_err().code(), FailureCode::KeyringLocked),
    }
    // That call may hang for ever; this one must not.
    let error = keyring.probe(Patience::Background).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringLocked, "{error}");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_relocked() {
    if !inside() {
        return;
    }
    let keyring = Keyring::system();
    keyring.write(&item(), Secret::new("x".to_owned()), Patience::Operator).await.unwrap();
    lock();
    assert_eq!(keyring.read(&item(), Patience::Background).await.unwrap_err(), KeyringError::Locked);
    let status = Command::new("sh")
        .args(["-c", "printf %s pw | gnome-keyring-daemon --replace --unlock --components=secrets --control-directory=$HOME/keyring >&2"])
        .status()
        .unwrap();
    assert!(status.success());
    // The daemon was replaced; the old connection is forgotten and a new one made.
    let begun = Instant::now();
    let found = loop {
        match keyring.read(&item(), Patience::Background).await {
            Ok(found) => break found,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error}"),
        }
    };
    assert_eq!(found.expose(), "x");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_frozen() {
    if !inside() {
        return;
    }
    let keyring = Keyring::system();
    keyring.write(&item(), Secret::new("x".to_owned()), Patience::Operator).await.unwrap();
    signal_daemon("STOP");
    let begun = Instant::now();
    let error = keyring.read(&item(), Patience::Background).await.unwrap_err();
    assert!(matches!(error, KeyringError::TimedOut { .. }), "{error}");
    assert_eq!(error.code(), FailureCode::KeyringLocked);
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(4), "{waited:?}");
    signal_daemon("CONT");
    assert_eq!(keyring.read(&item(), Patience::Operator).await.unwrap().expose(), "x");
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_no_bus() {
    if !inside() {
        return;
    }
    // Inside the session there is a bus; a process that cannot see it has none.
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "case_without_address"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
#[ignore = "runs inside its session"]
async fn case_without_address() {
    if !inside() {
        return;
    }
    let keyring = Keyring::system();
    let begun = Instant::now();
    let error = keyring.probe(Patience::Background).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringUnavailable, "{error}");
    let error = keyring.read(&item(), Patience::Operator).await.unwrap_err();
    assert_eq!(error.code(), FailureCode::KeyringUnavailable, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

/// Locks every collection, as the desktop does when the session is locked.
fn lock() {
    let status = Command::new("gdbus")
        .args(["call", "--session", "--dest", "org.freedesktop.secrets", "--object-path"])
        .args(["/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
        .arg("['/org/freedesktop/secrets/aliases/default']")
        .status()
        .unwrap();
    assert!(status.success());
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
