//! The names and the words of `--json`: one test for each that was put right.

use std::{fs::File, time::Duration};

use nepho_core::{journal::JournalEvent, report::TargetStatus};
use nepho_testkit::ec2::{Fault, FaultRule};
use serde_json::{Value, json};

use super::{
    cloud::{cloud, operator_of},
    gcp,
    harness::Nepho,
    page::page,
};

/// The status of each result.
fn statuses(document: &Value) -> Vec<&str> {
    document["results"].as_array().expect("results").iter().map(|one| one["status"].as_str().expect("a word")).collect()
}

/// The newest entry of the journal.
fn newest(nepho: &Nepho) -> Value {
    nepho.json(&["journal", "--limit", "1"], 0)[0].clone()
}

/// The names of all members, at any depth.
fn members(document: &Value, found: &mut Vec<String>) {
    match document {
        Value::Object(object) => {
            for (name, value) in object {
                found.push(name.clone());
                members(value, found);
            }
        }
        Value::Array(array) => array.iter().for_each(|value| members(value, found)),
        _ => {}
    }
}

#[test]
fn age_is_as_of_in_every_shape() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let report = nepho.json(&["sync"], 0);
    let scope = &report["scopes"][0];
    let accounts = nepho.json(&["accounts", "list"], 0);
    assert!(scope["as_of"].is_string(), "{scope}");
    assert_eq!(accounts[0]["scopes"][0]["as_of"], scope["as_of"]);
    assert!(nepho.json(&["show", "web-1"], 0)["as_of"].is_string());
}

#[test]
fn scope_has_a_location_and_no_region() {
    let cloud = gcp::gcp();
    let nepho = gcp::operator_of(&cloud);
    let report = nepho.json(&["sync"], 0);
    let accounts = nepho.json(&["accounts", "list"], 0);
    for scope in [&report["scopes"][0], &accounts[0]["scopes"][0]] {
        assert_eq!((&scope["location"], scope.get("region")), (&json!(gcp::ZONE), None), "{scope}");
    }
    let row = &nepho.json(&["list", "web-1"], 0)[0];
    assert_eq!((&row["location"], &row["region"]), (&json!(gcp::ZONE), &json!("europe-west1")), "{row}");
}

#[test]
fn denied_scope_has_a_location() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.break_region("us-west-2", Fault::Denied);
    nepho.run(&["sync"]).exits(3);
    let denied = nepho.json(&["accounts", "verify", "lab"], 0)["denied"][0].clone();
    assert_eq!((&denied["location"], denied.get("region")), (&json!("us-west-2"), None), "{denied}");
}

#[test]
fn operation_id_joins_a_result_to_the_journal() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    assert_eq!(nepho.json(&["stop", "web-1", "--plan"], 0)["operation_id"], Value::Null);
    let stopped = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    let id = stopped["operation_id"].as_str().expect("an id");
    let entries = nepho.json(&["journal"], 0);
    let of: Vec<_> = entries.as_array().expect("entries").iter().map(|entry| &entry["operation_id"]).collect();
    assert_eq!(of, [id, id, id]);
}

#[test]
fn sent_is_not_done() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let sent = nepho.json(&["stop", "web-1", "--yes"], 0);
    assert_eq!((statuses(&sent), &sent["results"][0]["observed_state"]), (vec!["sent"], &Value::Null), "{sent}");
    assert_eq!(newest(&nepho)["event"], "accepted");
    let done = nepho.json(&["stop", "web-2", "--yes", "--wait"], 0);
    assert_eq!((statuses(&done), &done["results"][0]["observed_state"]), (vec!["done"], &json!("stopped")), "{done}");
    let entry = newest(&nepho);
    assert_eq!((&entry["event"], &entry["state"]), (&json!("done"), &json!("stopped")), "{entry}");
}

#[test]
fn wait_that_ran_out_of_time_is_sent_and_partial() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.lag = Duration::from_hours(1));
    let waited = nepho.json(&["stop", "web-1", "--yes", "--wait", "--timeout", "1"], 3);
    assert_eq!(statuses(&waited), ["sent"], "{waited}");
}

#[test]
fn target_on_its_way_is_underway_and_nothing_is_sent() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.lag = Duration::from_hours(1));
    nepho.run(&["stop", "web-1", "--yes"]).exits(0);
    let again = nepho.json(&["stop", "web-1", "--yes"], 0);
    assert_eq!((&again["plan"][0]["verdict"], &again["operation_id"]), (&json!("underway"), &Value::Null), "{again}");
    nepho.run(&["stop", "web-1", "--yes", "--wait", "--timeout", "1"]).exits(3);
    assert_eq!(cloud.count("StopInstances"), 1);
    let mixed = nepho.json(&["stop", "web-1", "web-2", "--yes"], 0);
    assert_eq!(statuses(&mixed), ["not_sent", "sent"], "{mixed}");
    assert_eq!(mixed["results"][0]["observed_state"], "stopping");
}

#[test]
fn target_on_its_way_is_waited_for_by_a_second_command() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.lag = Duration::from_secs(2));
    nepho.run(&["stop", "web-1", "--yes"]).exits(0);
    let again = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    assert_eq!((&again["plan"][0]["verdict"], &again["operation_id"]), (&json!("underway"), &Value::Null), "{again}");
    assert_eq!((statuses(&again), &again["results"][0]["observed_state"]), (vec!["done"], &json!("stopped")));
    assert_eq!(cloud.count("StopInstances"), 1);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["journal"], 0)[0]["event"], "done", "a sync settles what the first command left");
}

#[test]
fn forced_stop_ends_a_stuck_one() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.lag = Duration::from_hours(1));
    nepho.run(&["stop", "web-1", "--yes"]).exits(0);
    let forced = nepho.json(&["stop", "web-1", "--yes", "--force"], 0);
    assert_eq!(statuses(&forced), ["sent"], "{forced}");
    assert_eq!(forced["plan"][0]["warnings"][0]["code"], "hard");
    let journal = nepho.json(&["journal"], 0);
    let sent = journal.as_array().unwrap().iter().find(|entry| entry["event"] == "sent").unwrap();
    assert_eq!((&sent["request"], cloud.count("StopInstances")), (&json!("stop force"), 2));
    nepho.run(&["stop", "web-2", "--yes", "--force", "--hibernate"]).exits(2);
}

#[test]
fn account_held_by_another_process_is_not_sent() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let account = nepho.json(&["accounts", "list"], 0)[0]["id"].as_str().expect("an id").to_owned();
    let holder = File::create(nepho.data().join("locks").join(format!("{account}.lock"))).expect("the lock");
    holder.lock().expect("held");
    let held = nepho.json(&["stop", "web-1", "--yes"], 1);
    assert_eq!((statuses(&held), &held["results"][0]["error"]["code"]), (vec!["not_sent"], &json!("conflict")));
    assert_eq!(cloud.count("StopInstances"), 0);
}

#[test]
fn refusal_of_the_cloud_is_refused_with_its_words() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let fault = Fault::Error { status: 400, code: "OperationNotPermitted".to_owned(), message: "no".to_owned() };
    cloud.add_rule(FaultRule { region: None, action: Some("StopInstances".to_owned()), times: Some(1), fault });
    let failed = nepho.json(&["stop", "web-1", "--yes", "--wait"], 1);
    assert_eq!(statuses(&failed), ["refused"], "{failed}");
    assert_eq!(nepho.json(&["journal"], 0)[0]["event"], "refused", "the journal has the same word");
    assert!(failed["results"][0]["error"]["message"].as_str().is_some_and(|words| words.contains("no")), "{failed}");
}

#[test]
fn no_member_is_always_empty_and_no_old_name_is_left() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let mut found = Vec::new();
    for command in [
        &["sync"][..],
        &["list"],
        &["show", "web-1"],
        &["stop", "web-1", "--yes", "--wait"],
        &["accounts", "list"],
        &["accounts", "verify", "lab"],
        &["journal"],
    ] {
        members(&nepho.json(command, 0), &mut found);
    }
    for old in ["checks", "timeline", "membership", "journal_id", "observed_at"] {
        assert!(!found.iter().any(|name| name == old), "{old} is printed");
        assert!(!page().contains(&format!("\"{old}\"")), "{old} is on the page");
    }
}

#[test]
fn every_word_of_results_and_journal_is_on_the_page() {
    let page = page();
    let words = TargetStatus::ALL.map(TargetStatus::as_str);
    for word in words.into_iter().chain(JournalEvent::WORDS).chain(["eligible", "underway"]) {
        assert!(page.contains(&format!("`{word}`")), "{word} is not on the page");
    }
}
