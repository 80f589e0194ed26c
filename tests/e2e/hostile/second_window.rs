//! Two windows on the same data: the second reports the first, which is unaffected.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use super::lab::{Lab, row};
use crate::e2e::{
    desktop::{Desktop, Keyring, Size},
    window::Window,
};

const REGION: &str = "eu-west-1";
const BLOCKED: &str = "[data-testid=\"blocked\"][data-code=\"already_open\"]";

#[tokio::test]
async fn second_window_names_the_first_and_leaves_it_alone() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size::default()).await;
    lab.cloud.put(Ec2Instance::new(REGION, &id(1)).named("web-1"));
    lab.add("lab");
    let first = lab.open("hostile-first-window").await;
    first.find_css(&row(&id(1))).await;
    // Each window has its own display: without a window manager one would cover the other.
    let elsewhere = Desktop::new(Keyring::Absent, Size::default()).await;
    let data = lab.desktop.data().display().to_string();
    let second = Window::open(&elsewhere, "hostile-second-window", &[("NEPHOSCOPE_DATA_DIR", &data)]).await;
    second.find_css(BLOCKED).await;
    second.screenshot("blocked").await;
    second.click("blocked-again").await;
    second.see_gone(BLOCKED).await;
    second.find_css(BLOCKED).await;
    assert_eq!(second.count("[data-testid=\"row\"]").await, 0);

    // The first window continues.
    lab.cloud.put(Ec2Instance::new(REGION, &id(2)).named("newcomer"));
    first.press("r").await;
    first.find_css(&row(&id(2))).await;

    // After the first window closes, the second can open.
    first.close().await;
    second.click("blocked-again").await;
    second.find_css(&row(&id(2))).await;
    second.screenshot("opened").await;
}
