//! Changes of an account in the window: its name, its regions, and its guards.

use std::time::Duration;

use nepho_testkit::moto::Moto;
use serde_json::{Value, json};

use super::{
    desktop::{Desktop, Keyring, Size},
    window::Window,
};

/// Opens the window on one AWS account with an instance in each of two regions; it is on the Accounts screen.
async fn open(moto: &Moto, desktop: &Desktop, story: &str) -> Window {
    for region in ["us-east-1", "eu-west-1"] {
        moto.judge("seed", &["--region", region, "--count", "1"]).expect("the judge");
    }
    let environment = [("AWS_ACCESS_KEY_ID", "AKIAACCOUNTSTORY0001"), ("AWS_SECRET_ACCESS_KEY", "not-a-secret")];
    let window = Window::open(desktop, story, &environment).await;
    window.click("add-account-open").await;
    window.click("add-way-environment").await;
    window.type_into("add-name", "lab").await;
    window.type_into("add-regions", "us-east-1").await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", &moto.endpoint()).await;
    window.click("add-submit").await;
    window.see_gone("[data-testid=\"add-account\"]").await;
    window.click("nav-accounts").await;
    window.find("account").await;
    window
}

/// The first account as `nepho` lists it.
fn stored(desktop: &Desktop) -> Value {
    let listed: Value = serde_json::from_str(&desktop.nepho(&["accounts", "list", "--json"])).expect("JSON");
    listed[0].clone()
}

#[tokio::test]
async fn edited_account_has_its_name_and_regions_everywhere() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let desktop = Desktop::new(Keyring::Absent, Size::default()).await;
    let window = open(&moto, &desktop, "accounts-edit").await;
    window.click("edit-account").await;
    window.type_into("edit-name", "research").await;
    window.type_into("edit-regions", "us-east-1, (Ireland)").await;
    window.click("edit-save").await;
    window.see("[data-testid=\"edit\"] [data-testid=\"field-error\"]", "(Ireland)").await;
    window.screenshot("bad-region").await;
    assert_eq!(stored(&desktop)["name"], "lab", "nothing is sent before the fields are right");
    window.type_into("edit-regions", "us-east-1, eu-west-1").await;
    window.screenshot("edit").await;
    window.click("edit-save").await;
    window.see_gone("[data-testid=\"edit\"]").await;
    window.find_css("[data-account=\"research\"]").await;
    let account = stored(&desktop);
    assert_eq!([&account["name"], &account["regions"]], [&json!("research"), &json!(["us-east-1", "eu-west-1"])]);
    window.screenshot("edited").await;
    // The new region is read at once.
    window.click("nav-inventory").await;
    window.see("[data-testid=\"table\"]", "eu-west-1").await;
}

#[tokio::test]
async fn guard_is_lowered_after_a_confirmation_only() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let desktop = Desktop::new(Keyring::Absent, Size::default()).await;
    let window = open(&moto, &desktop, "accounts-guards").await;
    let on = |switch: &str, on: bool| format!("[data-testid=\"{switch}\"][aria-checked=\"{on}\"]:enabled");
    window.click("switch-read-write").await;
    window.find("lower").await;
    window.screenshot("allow-actions").await;
    // The dialog proposes to cancel.
    window.press("\u{E007}").await;
    window.see_gone("[data-testid=\"lower\"]").await;
    assert_eq!(stored(&desktop)["access"], "read_only");
    window.click("switch-read-write").await;
    window.click("lower-confirm").await;
    window.find_css(&on("switch-read-write", true)).await;
    assert_eq!(stored(&desktop)["access"], "read_write");

    window.click("switch-prod").await;
    window.find_css(&on("switch-prod", true)).await;
    assert_eq!(window.count("[data-testid=\"lower\"]").await, 0, "a guard is raised at once");
    window.click("switch-prod").await;
    window.find("lower").await;
    window.screenshot("unmark").await;
    window.click("lower-cancel").await;
    window.click("switch-read-write").await;
    window.find_css(&on("switch-read-write", false)).await;
    let account = stored(&desktop);
    assert_eq!([&account["prod"], &account["access"]], [&json!(true), &json!("read_only")]);

    window.click("remove-account").await;
    window.find("remove").await;
    window.press("\u{E007}").await;
    window.see_gone("[data-testid=\"remove\"]").await;
    assert_eq!(stored(&desktop)["name"], "lab", "Enter cancels the removal");
}
