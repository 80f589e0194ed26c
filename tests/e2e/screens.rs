//! Every screen in both themes and both sizes, kept as pictures, on the demo cloud, without a
//! violation of the content policy.

use super::{
    desktop::{Desktop, Keyring, Size},
    window::Window,
};

/// Collects violations from now on; it only listens.
const LISTEN: &str = "window.__violations = []; document.addEventListener('securitypolicyviolation', \
                      event => window.__violations.push(event.violatedDirective)); return true";

async fn tour(size: Size, theme: &str) {
    let desktop = Desktop::new(Keyring::Absent, size).await;
    let story = format!("screens-{}-{theme}", size.0);
    let window = Window::open(&desktop, &story, &[]).await;
    window.find("first-run").await;
    window.read(LISTEN).await;
    window.screenshot("first-run").await;
    window.click("nav-settings").await;
    window.click(&format!("theme-{theme}")).await;
    window.screenshot("settings").await;
    window.click("nav-inventory").await;
    window.click("add-demo").await;
    window.find("row").await;
    window.find("demo-badge").await;
    window.screenshot("inventory").await;
    window.type_into("query", "web state:running").await;
    window.see("[data-testid=\"row\"] [data-testid=\"name\"]", "web").await;
    window.click_css("[data-testid=\"row\"][data-index=\"1\"]").await;
    window.find("drawer-raw-state").await;
    window.screenshot("drawer").await;
    window.click("tab-raw").await;
    window.find("raw").await;
    window.screenshot("raw").await;
    for index in 0..3 {
        window.click_css(&format!("[data-testid=\"row\"][data-index=\"{index}\"] [data-testid=\"row-select\"]")).await;
    }
    window.find("action-bar").await;
    window.screenshot("selected").await;
    window.click("act-terminate").await;
    window.find("plan-target").await;
    window.screenshot("plan").await;
    window.click("plan-cancel").await;
    for screen in ["accounts", "activity"] {
        window.click(&format!("nav-{screen}")).await;
        window.find(screen).await;
        window.screenshot(screen).await;
    }
    window.click("nav-accounts").await;
    window.click("add-account-open").await;
    window.find("add-account").await;
    window.screenshot("add-account").await;
    window.click("add-cloud-gcp").await;
    window.find("find-projects").await;
    window.screenshot("add-google-cloud").await;
    let violations = window.read("return window.__violations").await;
    assert_eq!(violations, serde_json::json!([]), "the content policy was violated");
}

#[tokio::test]
async fn small_and_dark() {
    tour(Size(1280, 800), "dark").await;
}

#[tokio::test]
async fn small_and_light() {
    tour(Size(1280, 800), "light").await;
}

#[tokio::test]
async fn large_and_dark() {
    tour(Size(1920, 1080), "dark").await;
}

#[tokio::test]
async fn large_and_light() {
    tour(Size(1920, 1080), "light").await;
}
