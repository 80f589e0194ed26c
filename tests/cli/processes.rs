//! Several processes on one data directory: two `nepho`, a window, a holder that does not let go.

use std::{fs::File, process::Stdio, time::Duration};

use nepho_core::State;
use nepho_testkit::ec2::{Fault, FaultRule, id};
use serde_json::Value;

use super::cloud::{cloud, mutations, names, operator_of};
use crate::e2e::process::Group;

#[test]
fn two_at_once_on_one_account() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.latency = Duration::from_millis(50));
    let commands =
        [&["sync"][..], &["sync"], &["stop", "web-1", "--yes", "--wait"], &["stop", "db-1", "--yes", "--wait"]];
    let children = commands.map(|arguments| {
        let mut command = nepho.nepho(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("nepho starts")
    });
    for (child, arguments) in children.into_iter().zip(commands) {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(mutations(&cloud), 2);
    let stopped = (cloud.state("eu-west-1", &id(1)), cloud.state("us-east-1", &id(3)));
    assert_eq!(stopped, (Some(State::Stopped), Some(State::Stopped)));
    assert_eq!(names(&nepho.json(&["list", "state:stopped"], 0)), ["db-1", "web-1"]);
    let verified = nepho.json(&["journal", "verify"], 0);
    assert_eq!((&verified["status"], &verified["entries"]), (&"intact".into(), &6.into()), "{verified}");
}

#[test]
fn works_while_the_window_is_open() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let window = File::create(nepho.data().join("window.lock")).expect("the window's lock");
    window.lock().expect("held");
    for command in [
        &["sync"][..],
        &["list"],
        &["show", "web-1"],
        &["stop", "web-1", "--yes", "--wait"],
        &["journal"],
        &["journal", "verify"],
        &["accounts", "list"],
        &["accounts", "set", "lab", "--prod"],
        &["doctor"],
        &["demo"],
    ] {
        nepho.run(command).exits(0);
    }
}

#[test]
fn lock_holder_of_an_account_is_named() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let account = nepho.json(&["accounts", "list"], 0)[0]["id"].as_str().expect("an id").to_owned();
    let path = nepho.data().join("locks").join(format!("{account}.lock"));
    std::fs::write(&path, "the Nephoscope window, process 4711").expect("signed");
    let holder = File::open(&path).expect("the account's lock");
    holder.lock().expect("held");
    let report = nepho.json(&["sync"], 1);
    let error = &report["scopes"][0]["error"];
    assert_eq!(error["code"], "conflict", "{report}");
    assert!(error["message"].as_str().is_some_and(|words| words.contains("window, process 4711")), "{report}");
    let failed = nepho.json(&["stop", "web-1", "--yes"], 1);
    assert_eq!(failed["results"][0]["error"]["code"], "conflict", "{failed}");
    assert_eq!(mutations(&cloud), 0);
    // Reading needs no lock.
    assert_eq!(names(&nepho.json(&["list"], 0)).len(), 3);
    assert_eq!(nepho.json(&["show", "web-1"], 0)["stale"], Value::Bool(false), "a busy account is not a failed one");
    nepho.run(&["journal", "verify"]).exits(0);
    holder.unlock().expect("free");
    nepho.run(&["sync"]).exits(0);
}

/// Polls, each time by a new process or request, until `seen` holds.
fn until(what: &str, mut seen: impl FnMut() -> bool) {
    assert!(
        (0..600).any(|_| seen() || {
            std::thread::sleep(Duration::from_millis(20));
            false
        }),
        "waited in vain for {what}"
    );
}

#[test]
fn hanging_region_delays_no_other_region() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.break_region("eu-west-1", Fault::Hung);
    for (number, region) in [(1, "eu-west-1"), (3, "us-east-1")] {
        cloud.set_state(region, &id(number), State::Stopped);
    }
    let hanging = Group::start(nepho.nepho(&["sync"]).stdout(Stdio::null()).stderr(Stdio::null()));
    // Every process sees the other region's rows as soon as they are read.
    until("the other region", || nepho.json(&["list", "db-1"], 0)[0]["state"] == "stopped");
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["state"], "running", "as it was");
    // Killed, it leaves no lock and no partial data.
    drop(hanging);
    cloud.heal();
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["state"], "stopped");
}

#[test]
fn killed_process_leaves_unknown_action_that_is_never_resent() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let hung = FaultRule { region: None, action: Some("StopInstances".to_owned()), times: None, fault: Fault::Hung };
    cloud.add_rule(hung);
    let stop = ["stop", "web-1", "--yes", "--wait"];
    let sending = Group::start(nepho.nepho(&stop).stdout(Stdio::null()).stderr(Stdio::null()));
    until("the request", || cloud.count("StopInstances") == 1);
    let newest = |nepho: &super::harness::Nepho| nepho.json(&["journal", "--limit", "1"], 0)[0].clone();
    assert_eq!(newest(&nepho)["event"], "sent", "written before it was sent, and left to who sends it");
    drop(sending); // killed
    cloud.heal();
    assert_eq!(newest(&nepho)["event"], "unknown");
    nepho.run(&["sync"]).exits(0);
    assert_eq!((mutations(&cloud), cloud.state("eu-west-1", &id(1))), (1, Some(State::Running)));
    nepho.run(&["journal", "verify"]).exits(0);
    // The operator may decide to send it again.
    nepho.run(&stop).exits(0);
    assert_eq!(cloud.state("eu-west-1", &id(1)), Some(State::Stopped));
}
