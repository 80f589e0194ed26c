//! Regions that fail, each with another fault: the window names the reason, keeps their rows to the
//! byte and marks them, reads the others as usual, and recovers when the cloud does.

use std::time::Duration;

use nepho_core::State;
use nepho_testkit::ec2::{Ec2Instance, Fault, Setup, id};
use serde_json::Value;

use super::lab::{Lab, failed_scope, row, stale, state, trouble};
use crate::e2e::{
    desktop::{Keyring, Size},
    process::until,
    window::{PATIENCE, Window},
};

const GOOD: &str = "eu-west-1";
const NEW: u64 = 0xf00;

/// The regions, their faults, and the reason that the operator must read.
fn faults() -> Vec<(&'static str, Fault, &'static str)> {
    vec![
        ("ap-northeast-1", Fault::Throttled, "throttled"),
        ("ap-southeast-2", Fault::Cut { at: 700 }, "unavailable"),
        ("ca-central-1", Fault::Short { at: 600 }, "malformed"),
        ("eu-central-1", Fault::RepeatsToken, "malformed"),
        ("eu-north-1", Fault::Html, "malformed"),
        ("sa-east-1", Fault::Closed, "unavailable"),
        ("us-east-1", Fault::Denied, "permission_denied"),
        ("us-west-1", Fault::GzipBomb { megabytes: 80 }, "malformed"),
        ("us-west-2", Fault::Garbage, "malformed"),
    ]
}

/// Returns two instances for each region, numbered by the region's place.
fn machines(place: usize) -> [String; 2] {
    let first = 0x10 * (u64::try_from(place).expect("a small number") + 1);
    [id(first), id(first + 1)]
}

async fn lab(regions: &[&str]) -> Lab {
    let setup = Setup { regions: regions.iter().map(ToString::to_string).collect(), ..Setup::default() };
    let lab = Lab::new(setup, Keyring::Absent, Size(1280, 800)).await;
    for (place, region) in regions.iter().enumerate() {
        for (letter, machine) in ["a", "b"].into_iter().zip(machines(place)) {
            let named = Ec2Instance::new(region, &machine).named(&format!("{region}-{letter}"));
            lab.cloud.put(named.tag("env", "prod").tag("owner", "ops"));
        }
    }
    lab.add("lab");
    lab
}

/// Returns everything known of an instance, with raw document and age, without the marks.
fn known(lab: &Lab, machine: &str) -> String {
    let mut shown = lab.json(&["show", machine]);
    let members = shown.as_object_mut().expect("an object");
    for mark in ["stale", "error"] {
        assert!(members.remove(mark).is_some(), "`nepho show` has no {mark}: {members:?}");
    }
    assert!(members.contains_key("as_of"), "the age is compared too");
    assert!(
        members.get("document").is_some_and(|document| document.to_string().contains("vpc-0f1e2d3c4b5a69788")),
        "the raw document is compared too: {members:?}"
    );
    shown.to_string()
}

/// Changes each region behind the operator's back: one instance stops, one is removed.
fn change_everything(lab: &Lab, regions: &[&str]) {
    for (place, region) in regions.iter().enumerate() {
        let [stops, goes] = machines(place);
        assert!(lab.cloud.set_state(region, &stops, State::Stopped));
        assert!(lab.cloud.remove(region, &goes));
    }
    lab.cloud.put(Ec2Instance::new(GOOD, &id(NEW)).named("newcomer"));
}

#[tokio::test]
async fn failing_regions_are_named_and_keep_their_rows() {
    let regions: Vec<&str> = [GOOD].into_iter().chain(faults().iter().map(|(region, ..)| *region)).collect();
    let lab = lab(&regions).await;
    let kept: Vec<(String, String)> =
        (1..regions.len()).flat_map(machines).map(|machine| (machine.clone(), known(&lab, &machine))).collect();
    for (region, fault, _) in faults() {
        lab.cloud.break_region(region, fault);
    }
    change_everything(&lab, &regions);
    let window = lab.open("hostile-faults").await;

    // The healthy region shows its changes: a new instance, a stopped one, and a missing one.
    window.find_css(&row(&id(NEW))).await;
    window.find_css(&state(&machines(0)[0], "stopped")).await;

    // The banner and the scope name the reason of each other region.
    window.screenshot("banner").await;
    window.click("trouble-more").await;
    for (region, _, code) in faults() {
        until(&format!("{region} in the banner as {code}"), PATIENCE, async || {
            let named = window.attribute(&trouble(code), "data-scopes").await?;
            named.split(' ').any(|one| one == region).then_some(())
        })
        .await;
    }
    window.screenshot("banner-open").await;
    window.click("nav-accounts").await;
    for (region, _, code) in faults() {
        window.find_css(&failed_scope(region, code)).await;
        assert!(!window.text(&failed_scope(region, code)).await.is_empty(), "{region} is on the screen");
    }
    let well = format!("[data-testid=\"scope\"][data-location=\"{GOOD}\"][data-status=\"ok\"]");
    window.find_css(&well).await;
    assert_eq!(window.count("[data-testid=\"scope\"][data-status=\"failed\"]").await, faults().len());
    window.screenshot("accounts").await;

    // Their rows are unchanged, to the byte, and marked; the healthy region's rows are not marked.
    window.click("nav-inventory").await;
    for (machine, before) in &kept {
        assert_eq!(known(&lab, machine), *before, "a failed listing changed {machine}");
    }
    assert_marks(&window, &regions, true).await;
    the_others_are_unmarked(&lab, &regions);

    // The cloud recovers: the marks go, and the changes from the time between appear.
    lab.cloud.heal();
    window.click("trouble-retry").await;
    window.see_gone("[data-testid=\"trouble\"]").await;
    for place in 1..regions.len() {
        let [stopped, _] = machines(place);
        window.type_into("query", &stopped).await;
        window.find_css(&state(&stopped, "stopped")).await;
        window.find_css(&stale(&stopped, false)).await;
    }
    window.click("query-clear").await;
    window.see("[data-testid=\"match-count\"]", "machines").await;
    window.screenshot("well-again").await;
}

/// Checks that every row of the failed regions is marked. It finds a row by its id, as not all rows
/// fit.
async fn assert_marks(window: &Window, regions: &[&str], marked: bool) {
    for place in 1..regions.len() {
        for machine in machines(place) {
            window.type_into("query", &machine).await;
            window.find_css(&stale(&machine, marked)).await;
            window.find_css(&state(&machine, "running")).await;
        }
    }
    window.click("query-clear").await;
    window.find_css(&stale(&id(NEW), false)).await;
}

/// Checks that `nepho` agrees: stale with a reason in the failed regions, fresh in the others.
fn the_others_are_unmarked(lab: &Lab, regions: &[&str]) {
    for region in regions {
        let rows = lab.json(&["list", &format!("region:{region} -name:newcomer")]);
        let rows = rows.as_array().expect("rows");
        assert_eq!(rows.len(), 2, "{region} lost a row: {rows:?}");
        // In the healthy region one instance is missing, which is stale too.
        let stale = rows.iter().filter(|row| row["stale"] == Value::Bool(true)).count();
        assert_eq!(stale, if *region == GOOD { 1 } else { 2 }, "{region}: {rows:?}");
    }
}

/// The client gives up on a region after its own time limits: three tries of 15 s each.
const GIVES_UP: Duration = Duration::from_secs(90);

#[tokio::test]
async fn hanging_region_is_named_after_its_timeout_and_delays_nothing() {
    let regions = [GOOD, "us-east-1"];
    let lab = lab(&regions).await;
    let hung = machines(1);
    let before = hung.each_ref().map(|machine| known(&lab, machine));
    lab.cloud.break_region("us-east-1", Fault::Hung);
    change_everything(&lab, &regions);
    let window = lab.open("hostile-hung").await;
    window.find_css(&row(&id(NEW))).await;
    window.find_css(&state(&machines(0)[0], "stopped")).await;
    assert_eq!(window.count(&trouble("timed_out")).await, 0, "the good region was shown while the other hung");
    window.screenshot("hanging").await;
    until("the region to time out", GIVES_UP, async || (window.count(&trouble("timed_out")).await == 1).then_some(()))
        .await;
    for (machine, before) in hung.iter().zip(&before) {
        window.find_css(&stale(machine, true)).await;
        window.find_css(&state(machine, "running")).await;
        assert_eq!(known(&lab, machine), *before);
    }
    window.screenshot("timed-out").await;
    lab.cloud.heal();
    window.click("trouble-retry").await;
    window.see_gone("[data-testid=\"trouble\"]").await;
    window.find_css(&state(&hung[0], "stopped")).await;
}
