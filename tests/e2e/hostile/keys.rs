//! Keys that the cloud refuses: the window names the reason, keeps every row and stores nothing.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use super::lab::{KEY_ID, Lab, row, stale, trouble};
use crate::e2e::desktop::{Keyring, Size};

/// The key id of another operator, which the double does not know at first.
const OTHER: &str = "AKIAQHOSTILEOTHER001";
const SECRET: &str = "hostileother/Zx9+Qw8eRtYuIoPaSdFgHjKlMnBv";

#[tokio::test]
async fn a_revoked_key_is_named_and_loses_nothing() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size::default()).await;
    for (number, region) in [(1, "eu-west-1"), (2, "us-east-1")] {
        lab.cloud.put(Ec2Instance::new(region, &id(number)).named(&format!("web-{number}")));
    }
    lab.add("lab");
    lab.cloud.adjust(|setup| setup.key_id = Some(OTHER.to_owned()));
    let window = lab.open("hostile-revoked-key").await;
    window.find_css(&trouble("unauthenticated")).await;
    for number in [1, 2] {
        window.find_css(&stale(&id(number), true)).await;
    }
    window.screenshot("inventory").await;
    window.click("nav-accounts").await;
    window.find_css("[data-testid=\"account\"][data-sign-in=\"failed\"]").await;
    window.find_css("[data-testid=\"sign-in-problem\"][data-code=\"unauthenticated\"]").await;
    window.screenshot("accounts").await;

    // The key is valid again; the operator verifies, and everything works as before.
    lab.cloud.adjust(|setup| setup.key_id = Some(KEY_ID.to_owned()));
    window.click("sync-account").await;
    window.see_gone("[data-testid=\"sign-in-problem\"]").await;
    window.click("nav-inventory").await;
    window.see_gone("[data-testid=\"trouble\"]").await;
    window.find_css(&stale(&id(1), false)).await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 2);
    assert_eq!(window.count(&row(&id(2))).await, 1);
}

#[tokio::test]
async fn an_account_with_refused_keys_is_not_added() {
    let lab = Lab::new(Setup::default(), Keyring::Open, Size::default()).await;
    let window = lab.open("hostile-refused-key").await;
    window.click("add-account-open").await;
    window.click("add-way-keys").await;
    window.type_into("add-name", "lab").await;
    window.type_into("add-key-id", OTHER).await;
    window.type_into("add-secret", SECRET).await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", &lab.cloud.endpoint()).await;
    window.click("add-submit").await;
    window.find_css("[data-testid=\"add-error\"][data-code=\"unauthenticated\"]").await;
    window.screenshot("refused").await;
    assert_eq!(window.read("return document.querySelector('[data-testid=add-secret]').value").await, SECRET);
    let kept = lab.desktop.secrets();
    assert!(!kept.contains(SECRET) && !kept.contains(OTHER), "a refused key is in the keyring");
    assert_eq!(lab.json(&["accounts", "list"]), serde_json::json!([]));
    assert_eq!(lab.cloud.count("DescribeInstances"), 0, "nothing is listed before the key is accepted");
    window.click("add-cancel").await;
    window.find("first-run").await;
}
