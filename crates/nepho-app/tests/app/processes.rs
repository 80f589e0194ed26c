//! Two processes on one data directory.

use std::{fs, time::Duration};

use nepho_app::{App, HostKind};
use nepho_core::FailureCode;
use nepho_index::Sort;
use nepho_store::Store;
use tokio::time::timeout;

use crate::harness::Harness;

/// Waits until `seen` holds, woken by the hints and by nothing else.
async fn until(app: &App, what: &str, seen: impl Fn(&App) -> bool) {
    let mut changes = app.changes();
    let waiting = async {
        while !seen(app) {
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(10), waiting).await.unwrap_or_else(|_| panic!("{what} was not hinted at"));
}

#[tokio::test]
async fn the_window_shows_what_nepho_did() {
    let harness = Harness::new();
    let window = harness.open_as(HostKind::Window).await.unwrap();
    window.start().await.unwrap();
    let nepho = harness.open().await;
    nepho.add_demo().await.unwrap();
    until(&window, "the accounts", |window| window.accounts().len() == 4).await;
    // Time runs fast and scale groups replace their members: the exact rows are a moment's.
    until(&window, "the rows", |window| window.snapshot().len() > 200).await;
    nepho.remove_demo().await.unwrap();
    until(&window, "their removal", |window| window.accounts().is_empty() && window.snapshot().is_empty()).await;
    timeout(Duration::from_secs(5), window.shutdown()).await.expect("the window closes");
}

#[tokio::test]
async fn rows_stored_after_their_account_was_removed_are_forgotten() {
    let harness = Harness::new();
    let window = harness.open_as(HostKind::Window).await.unwrap();
    let nepho = harness.open().await;
    nepho.add_demo().await.unwrap();
    window.start().await.unwrap();
    until(&window, "the accounts", |window| window.accounts().len() == 4).await;
    window.remove_demo().await.unwrap();
    // It does not know that yet, and sweeps once more.
    assert!(nepho.sync(&[], &[]).await.resources > 0);
    // Neither shown nor kept.
    let (store, _) = Store::open(&harness.path().join("data")).unwrap();
    let mut changes = window.changes();
    let forgotten = async {
        while !store.scopes().await.unwrap().is_empty() {
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(10), forgotten).await.expect("the rows are forgotten");
    assert!(window.snapshot().is_empty());
    window.shutdown().await;
    assert!(harness.open().await.snapshot().is_empty());
}

#[tokio::test]
async fn who_holds_an_account_is_said_and_its_rows_stay() {
    let harness = Harness::new();
    let app = harness.open().await;
    app.add_demo().await.unwrap();
    let account = app.account("data-lake").unwrap();
    let before = app.search("account:data-lake", Sort::default()).unwrap().total;
    let path = harness.path().join("data/locks").join(format!("{}.lock", account.id));
    let file = fs::File::options().read(true).write(true).open(&path).unwrap();
    file.lock().unwrap();
    fs::write(&path, "nepho, process 4711").unwrap();
    let report = app.sync(std::slice::from_ref(&account.id), &[]).await;
    let failure = report.scopes[0].failure.clone().unwrap();
    assert_eq!(failure.code, FailureCode::Conflict);
    assert!(failure.message.contains("nepho, process 4711"), "{failure}");
    assert_eq!(app.search("account:data-lake", Sort::default()).unwrap().total, before);
    file.unlock().unwrap();
    assert!(app.sync(&[account.id], &[]).await.resources > 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let harness = Harness::new();
    let data = harness.path().join("data");
    drop(harness.open().await);
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in walk(&data) {
        let mode = fs::metadata(&entry).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", entry.display());
    }
    fs::set_permissions(&data, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(harness.open_as(HostKind::CommandLine).await.is_err());
}

#[cfg(unix)]
fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    crate::secrets::files(dir)
}

#[tokio::test]
async fn settings_are_kept_and_bounded() {
    let harness = Harness::new();
    let app = harness.open().await;
    let before = app.settings().await.unwrap();
    assert_eq!((before.theme, before.poll_interval), (None, Duration::from_mins(5)));
    let change = nepho_core::settings::SettingsChange {
        theme: Some("dark".to_owned()),
        poll_interval: Some(Duration::from_secs(1)),
        ..Default::default()
    };
    app.update_settings(change).await.unwrap();
    let after = harness.open().await.settings().await.unwrap();
    assert_eq!((after.theme.as_deref(), after.poll_interval), (Some("dark"), Duration::from_secs(30)));
}
