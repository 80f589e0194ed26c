//! Keyrings that are locked or absent: the window never waits for them, and writes no secret to a
//! file instead.

use std::time::{Duration, Instant};

use nepho_testkit::moto::Moto;

use super::{
    desktop::{Desktop, Keyring, Size},
    window::Window,
};

const SECRET: &str = "keyringcanary/Zx9+Qw8eRtYuIoPaSdFgHjKlMnBv";
/// The longest time until the window answers a click, whatever the keyring does.
const ANSWER: Duration = Duration::from_secs(1);

async fn fill_in(window: &Window, endpoint: &str) {
    window.click("add-account-open").await;
    window.click("add-way-keys").await;
    window.type_into("add-name", "lab").await;
    window.type_into("add-key-id", "AKIAKEYRINGCANARY001").await;
    window.type_into("add-secret", SECRET).await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", endpoint).await;
}

/// Opens another screen and returns; each must appear in time.
async fn assert_answers(window: &Window) {
    for screen in ["activity", "settings"] {
        let clicked = Instant::now();
        window.click(&format!("nav-{screen}")).await;
        window.find(screen).await;
        let taken = clicked.elapsed();
        assert!(taken < ANSWER, "the window took {taken:?} to show {screen}");
    }
}

fn assert_in_no_file(desktop: &Desktop) {
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    let files: Vec<_> = desktop.files().into_iter().filter(|(_, bytes)| holds(bytes)).collect();
    assert!(files.is_empty(), "a secret is in {}", files[0].0.display());
}

#[tokio::test]
async fn missing_keyring_is_named_before_a_key_is_sent() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let mut desktop = Desktop::new(Keyring::Absent, Size::default()).await;
    let window = Window::open(&desktop, "keyring-absent", &[]).await;
    window.click("add-account-open").await;
    window.click("add-way-keys").await;
    let problem = "[data-testid=\"keyring-problem\"][data-code=\"keyring_unavailable\"]";
    window.find_css(problem).await;
    assert_eq!(window.count("[data-testid=\"add-submit\"]:disabled").await, 1, "a key is offered to no keyring");
    window.screenshot("no-keyring").await;
    window.click("add-way-environment").await;
    window.see_gone(problem).await;
    window.click("add-cancel").await;
    fill_in(&window, &moto.endpoint()).await;
    window.find_css(problem).await;
    window.screenshot("filled-in").await;
    assert_in_no_file(&desktop);

    // What was typed waits for a keyring, and is added once there is one.
    desktop.start_keyring().await;
    window.click("keyring-again").await;
    window.see_gone("[data-testid=\"keyring-problem\"]").await;
    assert_eq!(window.read("return document.querySelector('[data-testid=add-secret]').value").await, SECRET);
    window.click("add-submit").await;
    window.see_gone("[data-testid=\"add-account\"]").await;
    assert_answers(&window).await;
    assert_in_no_file(&desktop);
}

#[tokio::test]
async fn a_locked_keyring_keeps_the_rows_and_never_blocks_the_window() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    moto.judge("seed", &["--region", "us-east-1", "--count", "2"]).expect("the judge");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let window = Window::open(&desktop, "keyring-locked", &[]).await;
    fill_in(&window, &moto.endpoint()).await;
    window.click("add-submit").await;
    window.see_gone("[data-testid=\"add-account\"]").await;
    window.click("nav-inventory").await;
    window.find("row").await;
    window.close().await;

    // The screen lock has locked the keyring; the app starts again.
    desktop.lock_keyring();
    let window = Window::open(&desktop, "keyring-locked-again", &[]).await;
    window.find("row").await;
    assert_answers(&window).await;
    window.click("nav-accounts").await;
    window.find_css("[data-testid=\"account\"][data-sign-in=\"failed\"]").await;
    window.find_css("[data-testid=\"sign-in-problem\"][data-code=\"keyring_locked\"]").await;
    window.screenshot("locked").await;
    window.click("add-account-open").await;
    window.find_css("[data-testid=\"keyring-problem\"][data-code=\"keyring_locked\"]").await;
    window.screenshot("locked-form").await;
    window.click("add-cancel").await;
    assert_answers(&window).await;
    window.click("nav-inventory").await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 2);
    assert_in_no_file(&desktop);
}
