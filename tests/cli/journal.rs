//! `nepho journal`: the actions, and a chain that shows any change to them.

use std::process::Command;

use nepho_testkit::python::python_environment;
use serde_json::json;

use super::{
    cloud::{cloud, operator_of},
    harness::Nepho,
};

/// Changes one byte of one entry, as a person with access to the file could.
fn forge(nepho: &Nepho, seq: u64) {
    const SCRIPT: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('DROP TRIGGER journal_update')
done = db.execute('UPDATE journal SET name = replace(name, \"web-1\", \"web-9\") WHERE seq = ?', [int(sys.argv[2])])
assert done.rowcount == 1
db.commit()
";
    let database = nepho.data().join("state.db");
    let python = python_environment().expect("python");
    let status = Command::new(python).args(["-c", SCRIPT]).arg(database).arg(seq.to_string()).status();
    assert!(status.expect("python").success());
}

#[test]
fn an_entry_that_was_changed_is_named() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let empty = nepho.json(&["journal", "verify"], 0);
    assert_eq!((&empty["status"], &empty["entries"]), (&"intact".into(), &0.into()), "{empty}");
    let first = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    let second = nepho.json(&["start", "web-1", "--wait"], 0);
    let entries = nepho.json(&["journal"], 0);
    let column = |name: &str| -> Vec<serde_json::Value> {
        entries.as_array().expect("entries").iter().map(|entry| entry[name].clone()).collect()
    };
    assert_eq!(column("seq"), [6, 5, 4, 3, 2, 1].map(|seq| json!(seq)), "newest first");
    assert_eq!(column("event"), ["done", "accepted", "sent", "done", "accepted", "sent"].map(|event| json!(event)));
    assert_eq!(
        (&entries[0]["operation_id"], &entries[5]["operation_id"]),
        (&second["operation_id"], &first["operation_id"])
    );
    assert_eq!(nepho.json(&["journal", "--limit", "2"], 0).as_array().map(Vec::len), Some(2));
    let intact = nepho.json(&["journal", "verify"], 0);
    assert_eq!(intact["entries"], 6, "{intact}");
    assert!(intact["head"].as_str().is_some_and(|head| head.len() == 64), "{intact}");
    assert!(nepho.run(&["journal", "verify"]).exits(0).stdout.contains("6 entries"));

    forge(&nepho, 4);
    let broken = nepho.json(&["journal", "verify"], 1);
    assert_eq!((&broken["status"], &broken["bad_seq"]), (&"broken".into(), &4.into()), "{broken}");
    assert!(nepho.run(&["journal", "verify"]).exits(1).stdout.contains("entry 4"));
    let doctor = nepho.json(&["doctor"], 1);
    let verdict = doctor.as_array().expect("verdicts").iter().find(|row| row["subject"] == "journal").expect("a row");
    assert_eq!(verdict["verdict"], "broken", "{verdict}");
}

#[test]
fn the_journal_outlives_its_account() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    nepho.run(&["stop", "web-1", "--yes", "--wait"]).exits(0);
    nepho.run(&["accounts", "remove", "lab"]).exits(0);
    let entries = nepho.json(&["journal"], 0);
    assert_eq!(entries.as_array().map(Vec::len), Some(3));
    assert_eq!((&entries[0]["account"], &entries[0]["name"]), (&"lab".into(), &"web-1".into()));
    nepho.run(&["journal", "verify"]).exits(0);
}
