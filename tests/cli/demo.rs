//! `nepho demo`: a cloud for trying everything, without a window.

use serde_json::{Value, json};

use super::harness::Nepho;

/// A running instance outside of production that no scale group replaces.
fn machine(nepho: &Nepho) -> Value {
    let rows = nepho.json(&["list", "state:running", "account:platform-dev", "name:staging-web-*"], 0);
    rows.as_array().expect("rows").first().expect("a machine").clone()
}

#[test]
fn a_stop_in_the_demo_cloud_is_seen_by_a_new_process() {
    let nepho = Nepho::new();
    let added = nepho.json(&["demo"], 0);
    assert_eq!(added.as_array().map(Vec::len), Some(4), "{added}");
    assert!(added.as_array().expect("accounts").iter().all(|account| account["provider"] == "demo"));
    let all = nepho.json(&["list"], 0);
    assert!(all.as_array().is_some_and(|rows| rows.len() > 200), "a believable fleet");
    let machine = machine(&nepho);
    let id = machine["id"].as_str().expect("an id");
    nepho.run(&["stop", id, "--yes", "--wait"]).exits(0);
    let list = nepho.run(&["list", &format!("id:{id}")]).exits(0);
    assert!(list.stdout.contains("Stopped") && list.stderr.is_empty(), "{list:#?}");
    // And not only in the cache: the demo cloud itself says so in a third one.
    nepho.run(&["sync", "--account", "data-lake"]).exits(0);
    let synced = nepho.json(&["list", "--sync", &format!("id:{id}")], 3); // one region is denied, by design
    assert_eq!(synced[0]["state"], "stopped", "{synced}");

    let ids = |accounts: &Value| -> Vec<Value> {
        accounts.as_array().expect("accounts").iter().map(|account| account["id"].clone()).collect()
    };
    assert_eq!(ids(&nepho.json(&["demo"], 0)), ids(&added), "adding it again adds nothing");
    assert_eq!(nepho.json(&["list", &format!("id:{id}")], 0)[0]["state"], "stopped", "and forgets nothing");
    assert_eq!(nepho.json(&["demo", "--remove"], 0), json!([]));
    assert_eq!(nepho.json(&["list"], 0), json!([]));
    assert_eq!(nepho.json(&["accounts", "list"], 0), json!([]));
    // A new demo starts from the beginning.
    nepho.run(&["demo"]).exits(0);
    assert_eq!(nepho.json(&["list", &format!("id:{id}")], 0)[0]["state"], "running");
}

#[test]
fn suspend_of_an_ec2_style_demo_instance_is_unsupported() {
    let nepho = Nepho::new();
    nepho.run(&["demo"]).exits(0);
    let machine = machine(&nepho);
    let refused = nepho.json(&["suspend", machine["id"].as_str().expect("an id"), "--plan"], 4);
    assert_eq!(refused["plan"][0]["reason"], "unsupported", "{refused}");
}

#[test]
fn unwatched_action_is_settled_by_a_later_sync() {
    let nepho = Nepho::new();
    nepho.run(&["demo"]).exits(0);
    let machine = machine(&nepho);
    let id = machine["id"].as_str().expect("an id");
    let sent = nepho.json(&["stop", id, "--yes"], 0);
    assert_eq!((&sent["results"][0]["status"], &sent["results"][0]["observed_state"]), (&"sent".into(), &Value::Null));
    let pending = nepho.json(&["stop", id, "--plan"], 0);
    assert_eq!(pending["plan"][0]["verdict"], "underway", "on its way: nothing more is sent: {pending}");
    let settled = (0..200).any(|_| {
        nepho.run(&["sync", "--account", "platform-dev"]);
        nepho.json(&["journal", "--limit", "1"], 0)[0]["event"] == "done"
    });
    assert!(settled, "{}", nepho.json(&["journal"], 0));
}
