//! The first flight: an operator adds an account, sees instances of several regions, stops one and
//! starts it again, loses the network, closes the app and finds every row again.
//!
//! moto is AWS, boto3 is the judge, gnome-keyring keeps the key.

use std::time::Duration;

use nepho_testkit::moto::{Moto, StopMode};

use super::{
    desktop::{Desktop, Keyring, Size},
    process::until,
    window::{PATIENCE, Window},
};

const KEY_ID: &str = "AKIAQ7FLIGHTCANARY01";
const SECRET: &str = "flightcanary/Zx9+Qw8eRtYuIoPaSdFgHjKlMnBv";
/// Typed next to the secret. The files must contain it, or the search for the secret proves
/// nothing.
const CONTROL: &str = "first-flight-control";
const LAG: Duration = Duration::from_secs(3);

/// Returns the state of an instance, as boto3 sees it.
fn judged(moto: &Moto, region: &str, id: &str) -> String {
    let states = moto.judge("states", &["--region", region]).expect("the judge");
    states[region][id]["state"].as_str().unwrap_or("absent").to_owned()
}

fn seed(moto: &Moto, region: &str, count: &str, prefix: &str) -> Vec<String> {
    let arguments = ["--region", region, "--count", count, "--prefix", prefix, "--tag", "env=prod"];
    let made = moto.judge("seed", &arguments).expect("the judge");
    let ids = made.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str());
    ids.map(ToOwned::to_owned).collect()
}

/// The row of an instance, by the end of its key.
fn row(id: &str) -> String {
    format!("[data-testid=\"row\"][data-key$=\":{id}\"]")
}

fn state(id: &str, state: &str) -> String {
    format!("{} [data-testid=\"state\"][data-state=\"{state}\"]", row(id))
}

/// Adds the account by typing its key.
async fn add_account(window: &Window, moto: &Moto) {
    window.click("add-account-open").await;
    window.click("add-way-keys").await;
    window.type_into("add-name", CONTROL).await;
    window.type_into("add-key-id", KEY_ID).await;
    window.type_into("add-secret", SECRET).await;
    window.click("add-read-write").await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", &moto.endpoint()).await;
    window.screenshot("add-account").await;
    window.click("add-submit").await;
    window.see_gone("[data-testid=\"add-account\"]").await;
}

/// Plans and confirms an action on one row by its check box and the action bar.
async fn act(window: &Window, id: &str, action: &str) {
    window.click_css(&format!("{} [data-testid=\"row-select\"]", row(id))).await;
    window.click(&format!("act-{action}")).await;
}

#[tokio::test]
async fn an_operator_flies_for_the_first_time() {
    let mut moto = Moto::start(LAG).expect("moto");
    let web = seed(&moto, "us-east-1", "2", "web");
    let api = seed(&moto, "eu-west-1", "1", "api");
    seed(&moto, "ap-southeast-2", "1", "batch");
    moto.set_lag(Duration::ZERO).expect("everything runs");
    moto.set_lag(LAG).expect("and takes its time from now on");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let window = Window::open(&desktop, "first-flight", &[]).await;
    window.find("first-run").await;
    window.screenshot("first-run").await;

    // Instances of three regions, in one list.
    add_account(&window, &moto).await;
    window.click("nav-inventory").await;
    for id in web.iter().chain(&api) {
        window.find_css(&state(id, "running")).await;
    }
    assert_eq!(window.count("[data-testid=\"row\"]").await, 4);
    window.screenshot("inventory").await;
    the_secret_is_in_the_keyring_and_nowhere_else(&desktop);

    // Stop one: the row shows the cloud's state, first stopping, then stopped.
    let id = &web[0];
    act(&window, id, "stop").await;
    window.find("plan-target").await;
    window.see("[data-testid=\"plan\"]", id).await;
    window.screenshot("plan").await;
    assert_eq!(judged(&moto, "us-east-1", id), "running", "a plan sends nothing");
    window.click("plan-confirm").await;
    let stopping = format!("{} [data-testid=\"state\"][data-raw=\"stopping\"]", row(id));
    window.find_css(&stopping).await;
    assert_eq!(judged(&moto, "us-east-1", id), "stopping");
    window.screenshot("stopping").await;
    window.find_css(&state(id, "stopped")).await;
    assert_eq!(judged(&moto, "us-east-1", id), "stopped");
    window.screenshot("stopped").await;

    // Start it again.
    window.click("clear-selection").await;
    act(&window, id, "start").await;
    window.find_css(&state(id, "pending")).await;
    window.find_css(&state(id, "running")).await;
    assert_eq!(judged(&moto, "us-east-1", id), "running");

    // A refused stop never appears as stopped.
    moto.set_stop(StopMode::Fails).expect("moto");
    window.click("clear-selection").await;
    act(&window, id, "stop").await;
    window.click("plan-confirm").await;
    window.click("nav-activity").await;
    let refused = format!("[data-testid=\"journal-entry\"][data-key$=\":{id}\"][data-event=\"refused\"]");
    window.find_css(&refused).await;
    window.screenshot("activity").await;
    window.click("nav-inventory").await;
    window.find_css(&state(id, "running")).await;
    moto.set_stop(StopMode::Works).expect("moto");

    // The network fails. The list stays, and shows its age and the reason.
    moto.close().expect("the port closes");
    window.press("r").await;
    window.find_css("[data-testid=\"trouble-item\"][data-code=\"unavailable\"]").await;
    window.find_css(&format!("{} [data-testid=\"as-of\"][data-stale=\"true\"]", row(id))).await;
    window.find_css("[data-testid=\"network\"][data-online=\"false\"]").await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 4);
    let named = window.attribute("[data-testid=\"trouble-item\"]", "data-scopes").await.unwrap_or_default();
    for region in ["us-east-1", "eu-west-1", "ap-southeast-2"] {
        assert!(named.contains(region), "{region} is not named as failed: {named}");
    }
    // The reason is fully visible at this size of window.
    for words in ["all 24 regions", "unreachable", "ago"] {
        window.see("[data-testid=\"trouble-item\"]", words).await;
    }
    let list = window
        .read(
            "const list = document.querySelector('[data-testid=trouble] ul'); \
                            return list.scrollWidth <= list.clientWidth",
        )
        .await;
    assert_eq!(list, true, "the failed scopes and their age are cut off");
    window.screenshot("offline").await;

    // The app opens again without a network: the rows are on the screen.
    window.close().await;
    let window = Window::open(&desktop, "first-flight-offline", &[]).await;
    window.find_css(&state(id, "running")).await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 4);
    window.find_css("[data-testid=\"trouble-item\"]").await;
    window.screenshot("reopened-offline").await;

    // The network is back: the mark goes, and a change from the time between appears.
    moto.judge("name", &["--region", "eu-west-1", "--id", &api[0], "--to", "renamed-meanwhile"]).expect("the judge");
    moto.open().expect("the port opens");
    window.press("r").await;
    window.see(&format!("{} [data-testid=\"name\"]", row(&api[0])), "renamed-meanwhile").await;
    window.see_gone("[data-testid=\"trouble-item\"]").await;
    window.find_css(&format!("{} [data-testid=\"as-of\"][data-stale=\"false\"]", row(id))).await;
    window.screenshot("online-again").await;
    the_secret_is_in_the_keyring_and_nowhere_else(&desktop);
}

/// Checks that `secret-tool` finds the key typed in the window, and no file contains it; the
/// control is found.
fn the_secret_is_in_the_keyring_and_nowhere_else(desktop: &Desktop) {
    let kept = desktop.secrets();
    assert!(kept.contains(SECRET) && kept.contains(KEY_ID), "the keyring has the key");
    let found = |needle: &str| -> Vec<_> {
        let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        desktop.files().into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect()
    };
    assert!(!found(CONTROL).is_empty(), "the control is in no file, so this search proves nothing");
    for secret in [SECRET, KEY_ID] {
        assert_eq!(found(secret), Vec::<std::path::PathBuf>::new(), "a secret is in a file");
    }
}

#[tokio::test]
async fn wrong_keys_are_named_as_such_and_store_nothing() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let window = Window::open(&desktop, "wrong-keys", &[]).await;
    window.click("add-account-open").await;
    window.type_into("add-name", "lab").await;
    window.type_into("add-key-id", KEY_ID).await;
    window.type_into("add-secret", SECRET).await;
    window.click("add-custom-endpoint").await;
    // moto checks no signature, so a wrong endpoint stands in for a wrong key here; `hostile` tests
    // refused keys over the wire.
    window.type_into("add-endpoint", "http://127.0.0.1:9").await;
    window.click("add-submit").await;
    window.find_css("[data-testid=\"add-error\"][data-code=\"unavailable\"]").await;
    window.screenshot("refused").await;
    assert_eq!(window.read("return document.querySelector('[data-testid=add-secret]').value").await, SECRET);
    assert!(!desktop.secrets().contains(SECRET), "nothing is stored on failure");
    window.click("add-cancel").await;
    window.find("first-run").await;
    drop(moto);
    until("no account", PATIENCE, async || {
        (desktop.nepho(&["accounts", "list", "--json"]).trim() == "[]").then_some(())
    })
    .await;
}
