//! Actions whose answer never comes: sent once, *unknown* until the cloud shows the outcome, and
//! never shown as done before.

use std::time::Duration;

use nepho_core::State;
use nepho_testkit::ec2::{Ec2Instance, Fault, Setup, id};
use serde_json::Value;

use super::lab::{Lab, row, state};
use crate::e2e::{
    desktop::{Keyring, Size},
    process::until,
    window::Window,
};

const REGION: &str = "eu-west-1";
/// Records every state that the rows ever show; it only listens.
const LISTEN: &str = r"
    window.__shown = [];
    const note = () => {
        for (const row of document.querySelectorAll('[data-testid=row]')) {
            const shown = row.querySelector('[data-testid=state]')?.dataset ?? {};
            const said = row.dataset.key.split(':').pop() + ' ' + shown.state + ' ' + shown.raw;
            if (!window.__shown.includes(said)) window.__shown.push(said);
        }
    };
    new MutationObserver(note).observe(document, {subtree: true, childList: true, attributes: true});
    note();
    return true";
/// The writer gives up on an action after 15 s without an answer.
const GIVES_UP: Duration = Duration::from_secs(45);

async fn lab() -> Lab {
    let setup = Setup { lag: Duration::from_hours(1), ..Setup::default() };
    let lab = Lab::new(setup, Keyring::Absent, Size::default()).await;
    for number in [1, 2] {
        lab.cloud.put(Ec2Instance::new(REGION, &id(number)).named(&format!("web-{number}")));
    }
    lab.add("lab");
    lab
}

async fn shown(window: &Window, id: &str) -> Vec<String> {
    let shown: Vec<String> = serde_json::from_value(window.read("return window.__shown").await).expect("a list");
    shown.into_iter().filter(|said| said.starts_with(id)).collect()
}

async fn stop(window: &Window, id: &str) {
    window.click_css(&format!("{} [data-testid=\"row-select\"]", row(id))).await;
    window.click("act-stop").await;
    window.click("plan-confirm").await;
    window.see_gone("[data-testid=\"plan\"]").await;
}

/// Returns the journal's events of an instance, oldest first.
fn journal(lab: &Lab, id: &str) -> Vec<String> {
    let entries = lab.json(&["journal"]);
    let of_it = entries.as_array().expect("entries").iter().rev();
    let of_it = of_it.filter(|entry| entry["key"].as_str().is_some_and(|key| key.ends_with(id)));
    of_it.map(|entry| event(entry).to_owned()).collect()
}

fn event(entry: &Value) -> &str {
    entry["event"]["type"].as_str().or_else(|| entry["event"].as_str()).expect("an event")
}

/// Sends a stop that the cloud carries out, with its answer lost in `way`.
async fn a_lost_answer(story: &str, way: Fault, given_up: Duration) {
    let lab = lab().await;
    let window = lab.open(story).await;
    window.find_css(&state(&id(1), "running")).await;
    window.read(LISTEN).await;
    lab.cloud.break_action("StopInstances", Fault::Executed(Box::new(way)));
    stop(&window, &id(1)).await;
    until("the action to be unknown", given_up, async || {
        journal(&lab, &id(1)).contains(&"unknown".to_owned()).then_some(())
    })
    .await;
    // The cloud shows it stopping, and nothing more is known.
    window.find_css(&format!("{} [data-testid=\"state\"][data-raw=\"stopping\"]", row(&id(1)))).await;
    window.screenshot("unknown").await;
    window.click("nav-activity").await;
    let unknown = format!("[data-testid=\"journal-entry\"][data-key$=\":{}\"][data-event=\"unknown\"]", id(1));
    window.find_css(&unknown).await;
    window.screenshot("activity").await;
    window.click("nav-inventory").await;
    window.find_css(&row(&id(1))).await;
    let before = shown(&window, &id(1)).await;
    assert!(
        before.iter().all(|said| !said.contains("stopped")),
        "shown as stopped before the cloud said so: {before:?}"
    );

    // The cloud ends the transition, and only then the window shows the end.
    lab.cloud.settle();
    window.find_css(&state(&id(1), "stopped")).await;
    until("the action to be settled", Duration::from_secs(20), async || {
        (journal(&lab, &id(1)) == ["sent", "unknown", "done"]).then_some(())
    })
    .await;
    assert_eq!(lab.cloud.count("StopInstances"), 1, "an unknown action was sent again");
    assert_eq!(lab.cloud.state(REGION, &id(2)), Some(State::Running));
    assert!(shown(&window, &id(2)).await.iter().all(|said| said.ends_with("running running")));
    window.screenshot("settled").await;
}

#[tokio::test]
async fn stop_on_closed_connection_is_unknown_until_observed() {
    a_lost_answer("hostile-stop-closed", Fault::Closed, Duration::from_secs(20)).await;
}

#[tokio::test]
async fn unanswered_stop_is_unknown_until_observed() {
    a_lost_answer("hostile-stop-hung", Fault::Hung, GIVES_UP).await;
}

#[tokio::test]
async fn a_stop_that_never_arrived_is_never_shown_as_done() {
    let lab = lab().await;
    let window = lab.open("hostile-stop-lost").await;
    window.find_css(&state(&id(2), "running")).await;
    window.read(LISTEN).await;
    for (number, way) in [(1, Fault::Closed), (2, Fault::Garbage)] {
        lab.cloud.break_action("StopInstances", way);
        stop(&window, &id(number)).await;
        until("the action to be unknown", Duration::from_secs(20), async || {
            journal(&lab, &id(number)).contains(&"unknown".to_owned()).then_some(())
        })
        .await;
        lab.cloud.heal();
        window.click("clear-selection").await;
    }
    // Several fresh reads later, the window has shown no other state and has sent nothing again.
    let reads = lab.cloud.count("DescribeInstances");
    until("a few more reads", Duration::from_secs(20), async || {
        (lab.cloud.count("DescribeInstances") > reads + 5).then_some(())
    })
    .await;
    window.screenshot("running").await;
    for number in [1, 2] {
        window.find_css(&state(&id(number), "running")).await;
        let seen = shown(&window, &id(number)).await;
        assert_eq!(seen, [format!("{} running running", id(number))]);
        assert_eq!(journal(&lab, &id(number)), ["sent", "unknown"]);
    }
    assert_eq!(lab.cloud.count("StopInstances"), 2, "an unknown action was sent again");
}
