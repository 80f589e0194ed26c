//! A private D-Bus session with its own home, for tests of the real keyring of Linux. These tests
//! never use the keyring of the person who runs them.
//!
//! A test starts its own binary again inside the session, for one ignored test: its case.

use std::{
    env, io,
    process::{Command, Output},
};

use crate::skip::skip_without;

/// Set inside a session; names the case.
const CASE: &str = "NEPHOSCOPE_SESSION_CASE";

/// The programs that sessions and their cases call.
const PROGRAMS: [&str; 4] = ["dbus-run-session", "gnome-keyring-daemon", "gdbus", "secret-tool"];

/// Returns true inside a session. A plain `--ignored` run is outside, and must do nothing.
pub fn is_inside() -> bool {
    env::var_os(CASE).is_some()
}

/// Runs the ignored test `case` of this binary inside a new session, and returns its failure. Notes
/// `test` as skipped if a program is missing.
pub fn in_session(test: &str, case: &str) -> io::Result<()> {
    if skip_without(test, &PROGRAMS) {
        return Ok(());
    }
    let home = tempfile::tempdir()?;
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", "mkdir -m 700 $HOME/keyring; exec \"$0\" --ignored --exact --nocapture \"$1\""])
        .arg(env::current_exe()?)
        .arg(case)
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env(CASE, case)
        .output()?;
    passed(case, &output)
}

/// Runs the ignored test `case` of this binary without a reachable session bus.
pub fn without_bus(case: &str) -> io::Result<()> {
    let output = Command::new(env::current_exe()?)
        .args(["--ignored", "--exact", "--nocapture", case])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()?;
    passed(case, &output)
}

fn passed(case: &str, output: &Output) -> io::Result<()> {
    let [text, errors] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    if output.status.success() && text.contains("1 passed") {
        return Ok(());
    }
    Err(io::Error::other(format!("{case}: {}\n{text}\n{errors}", output.status)))
}

/// Starts the session's keyring, unlocked; with `replace`, in place of the one that runs.
pub fn unlock_keyring(replace: bool) -> io::Result<()> {
    let replace = if replace { "--replace" } else { "" };
    done(Command::new("sh").args([
        "-c",
        &format!(
            "printf %s pw | gnome-keyring-daemon {replace} --unlock --components=secrets \
             --control-directory=$HOME/keyring >&2"
        ),
    ]))
}

/// Locks the keyring, as the desktop does when the session is locked.
pub fn lock_keyring() -> io::Result<()> {
    done(
        Command::new("gdbus")
            .args(["call", "--session", "--dest", "org.freedesktop.secrets", "--object-path"])
            .args(["/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.Lock"])
            .arg("['/org/freedesktop/secrets/aliases/default']"),
    )
}

fn done(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?}: {status}"))) }
}
