//! Actions from the plan to the end, against moto with its delays; boto3 reports what happened.

use std::time::Duration;

use nepho_testkit::moto::{Moto, StopMode};
use serde_json::Value;

use super::{cloud::names, harness::Nepho};

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

/// A moto with two running instances in each of two regions.
fn lab(lag: Duration) -> (Moto, Vec<(String, String)>) {
    let mut moto = Moto::start(Duration::ZERO).expect("moto");
    let regions = ["--region", REGIONS[0], "--region", REGIONS[1]];
    let made = moto.judge("seed", &regions).expect("machines");
    let text = |one: &Value, name: &str| one[name].as_str().expect("a text").to_owned();
    let made = made.as_array().expect("machines").iter().map(|one| (text(one, "id"), text(one, "name"))).collect();
    moto.set_lag(lag).expect("a lag");
    (moto, made)
}

/// An operator with keys in the environment, as moto accepts any.
fn operator() -> Nepho {
    Nepho::new().with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").with("AWS_SECRET_ACCESS_KEY", "any")
}

/// The state of every instance, as boto3 sees it.
fn states(moto: &Moto) -> Value {
    moto.judge("states", &["--region", REGIONS[0], "--region", REGIONS[1]]).expect("an answer")
}

fn state<'a>(states: &'a Value, id: &str) -> &'a str {
    REGIONS.iter().find_map(|region| states[region][id]["state"].as_str()).expect("a state")
}

#[test]
fn the_first_flight() {
    let (moto, made) = lab(Duration::from_secs(2));
    let nepho = operator();
    let endpoint = moto.endpoint();
    let added =
        nepho.json(&["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &endpoint, "--read-write"], 0);
    assert_eq!((&added["source"], &added["access"]), (&"environment".into(), &"read_write".into()), "{added}");
    assert_eq!(added["endpoint"], endpoint.as_str());
    let report = nepho.json(&["sync"], 0);
    assert_eq!(report["resources"], 4, "{report}");
    let running = nepho.json(&["list", "state:running"], 0);
    let mut expected: Vec<&str> = made.iter().map(|(_, name)| name.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(names(&running), expected);
    let row = &running[0];
    let (id, key) = (row["id"].as_str().expect("an id"), row["key"].as_str().expect("a key"));
    assert!(key.starts_with("aws:") && key.ends_with(id), "{key}");

    // A plan sends nothing.
    let before = states(&moto);
    let plan = nepho.json(&["stop", id, "--plan", "--yes"], 0);
    assert_eq!((&plan["plan"][0]["verdict"], &plan["operation_id"]), (&"eligible".into(), &Value::Null), "{plan}");
    assert_eq!(states(&moto), before);
    assert_eq!(nepho.json(&["journal"], 0), serde_json::json!([]));

    let stopped = nepho.json(&["stop", id, "--yes", "--wait"], 0);
    let result = &stopped["results"][0];
    assert_eq!((&result["key"], &result["status"]), (&key.into(), &"done".into()), "{stopped}");
    assert_eq!(result["observed_state"], "stopped");
    let after = states(&moto);
    for (other, _) in &made {
        assert_eq!(state(&after, other), if other == id { "stopped" } else { "running" }, "{after}");
    }
    let shown = nepho.json(&["list", "state:stopped"], 0);
    assert_eq!((names(&shown).len(), &shown[0]["id"]), (1, &id.into()), "in a new process, without a sync");
    let entries = nepho.json(&["journal"], 0);
    let events: Vec<_> = entries.as_array().expect("entries").iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["done", "accepted", "sent"]);
    assert!(entries.as_array().expect("entries").iter().all(|entry| entry["operation_id"] == stopped["operation_id"]));

    let already = nepho.json(&["stop", id, "--yes", "--wait"], 0);
    assert_eq!(already["plan"][0]["verdict"], "already", "{already}");
    let name = row["name"].as_str().expect("a name");
    nepho.run(&["start", name, "--wait"]).exits(0);
    assert_eq!(state(&states(&moto), id), "running");
    nepho.run(&["terminate", name, "--yes", "--confirm", "web"]).exits(4);
    assert_eq!(state(&states(&moto), id), "running");
    nepho.run(&["terminate", name, "--confirm", name, "--wait"]).exits(0);
    assert_eq!(state(&states(&moto), id), "terminated");
    nepho.run(&["journal", "verify"]).exits(0);
}

#[test]
fn a_cloud_that_will_not_stop() {
    // Long enough that a read each second sees the transition.
    let (mut moto, made) = lab(Duration::from_secs(3));
    let nepho = operator();
    let endpoint = moto.endpoint();
    nepho.run(&["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &endpoint, "--read-write"]).exits(0);
    nepho.run(&["sync"]).exits(0);
    let (id, name) = &made[0];
    moto.set_stop(StopMode::Fails).expect("a mode");
    let failed = nepho.json(&["stop", id, "--yes", "--wait"], 1);
    assert_eq!(failed["results"][0]["status"], "refused", "{failed}");
    assert_eq!(state(&states(&moto), id), "running");
    moto.set_stop(StopMode::Reverts).expect("a mode");
    let reverted = nepho.json(&["stop", id, "--yes", "--wait"], 1);
    assert_eq!(reverted["results"][0]["observed_state"], "running", "{reverted}");
    assert_eq!(nepho.json(&["list", name], 0)[0]["state"], "running");

    // An unreachable cloud: its port is closed. The list stays, and shows its age.
    moto.close().expect("closed");
    nepho.run(&["sync"]).exits(1);
    let list = nepho.json(&["list"], 0);
    assert!(list.as_array().expect("rows").iter().all(|row| row["stale"] == true), "{list}");
    assert_eq!(names(&list).len(), 4);
    moto.judge("name", &["--region", REGIONS[0], "--id", id, "--to", "renamed"]).expect("renamed");
    moto.open().expect("open");
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list", "-is:stale", "renamed"], 0)[0]["id"], id.as_str());
}
