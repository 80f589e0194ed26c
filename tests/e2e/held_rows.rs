//! A row that no longer matches the query stays where the operator acted on it, and what is copied is
//! that row.

use nepho_testkit::ec2::{Ec2Instance, Setup, id};

use super::{
    desktop::{Keyring, Size},
    hostile::lab::{Lab, row, state},
    window::Window,
};

const REGION: &str = "eu-west-1";
const ENTER: &str = "\u{E007}";
const DOWN: &str = "\u{E015}";

/// The row of an instance, under the cursor.
fn under_cursor(id: &str) -> String {
    format!("{}[data-cursor]", row(id))
}

async fn pasted(window: &Window) -> String {
    window.press("/").await;
    // Control and V.
    window.find("query").await.send_keys("\u{E009}v\u{E000}").await.expect("a field that can be pasted into");
    let pasted = window.read("return document.querySelector('[data-testid=\"query\"]').value").await;
    pasted.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_stopped_row_keeps_its_place_and_the_cursor() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size::default()).await;
    for number in 1..=5 {
        lab.cloud.put(Ec2Instance::new(REGION, &id(number)).named(&format!("web-{number}")));
    }
    lab.add("lab");
    let window = lab.open("held-rows").await;
    window.type_into("query", "state:running").await;
    window.find_css(&row(&id(5))).await;
    window.press(DOWN).await;
    window.press(DOWN).await;
    window.find_css(&under_cursor(&id(2))).await;
    window.press("x").await;
    window.find("plan-target").await;
    window.press(ENTER).await;
    window.see_gone("[data-testid=\"plan\"]").await;
    window.find_css(&format!("{}[data-held]", row(&id(2)))).await;
    window.find_css(&state(&id(2), "stopped")).await;
    window.find_css(&under_cursor(&id(2))).await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 5);
    window.see("[data-testid=\"match-count\"]", "4").await;
    // The other states are still offered beside the one that is asked for.
    window.find_css("[data-testid=\"facet\"][data-term=\"state:stopped\"]").await;
    window.screenshot("held").await;
    // The focus is back on the table: the next key moves.
    window.press(DOWN).await;
    window.find_css(&under_cursor(&id(3))).await;
    window.press("c").await;
    window.find("toast").await;
    assert_eq!(pasted(&window).await, id(3));
    window.see("[data-testid=\"match-count\"]", "1").await;
    assert_eq!(window.count(&row(&id(2))).await, 0, "another query holds no row of the last");
    window.screenshot("pasted").await;
}
