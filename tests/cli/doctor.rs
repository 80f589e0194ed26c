//! `nepho doctor`: a status and a remedy for each requirement.

use nepho_testkit::ec2::{Ec2Double, Fault};
use serde_json::Value;

use super::{
    cloud::{cloud, operator_of},
    harness::Nepho,
};

fn verdicts<'a>(found: &'a Value, subject: &str) -> Vec<&'a Value> {
    found.as_array().expect("verdicts").iter().filter(|one| one["subject"] == subject).collect()
}

fn verdict<'a>(found: &'a Value, subject: &str) -> &'a str {
    let of = verdicts(found, subject);
    of.first().and_then(|one| one["verdict"].as_str()).unwrap_or_else(|| panic!("nothing of {subject}: {found}"))
}

#[test]
fn a_machine_on_which_nothing_was_done_yet() {
    let found = Nepho::new().json(&["doctor"], 0);
    for subject in ["data directory", "journal", "clock"] {
        assert_eq!(verdict(&found, subject), "ok", "{found}");
    }
    // There is no D-Bus here, but no account needs it yet.
    assert_eq!(verdict(&found, "keyring"), "warning", "{found}");
    let keyring = verdicts(&found, "keyring")[0];
    assert!(keyring["advice"].as_str().is_some_and(|advice| advice.contains("Secret Service")), "{keyring}");
}

#[test]
fn doctor_tells_working_from_failing_accounts() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let found = nepho.json(&["doctor"], 0);
    assert_eq!(verdict(&found, "account lab"), "ok", "{found}");
    let endpoint = verdicts(&found, "account lab")[1];
    assert_eq!(endpoint["verdict"], "warning", "{found}");
    assert!(endpoint["finding"].as_str().is_some_and(|finding| finding.contains(&cloud.endpoint())), "{found}");

    let network = verdicts(&found, "network of lab")[0];
    let expected = serde_json::json!([
        { "origin": cloud.endpoint(), "purpose": "endpoint", "region": null, "pattern": false }
    ]);
    assert_eq!((&network["verdict"], &network["hosts"]), (&Value::from("ok"), &expected), "{network}");
    assert!(nepho.run(&["doctor"]).stdout.contains(&format!("{} (approved endpoint", cloud.endpoint())));

    cloud.break_region("eu-west-1", Fault::Denied);
    nepho.run(&["sync"]).exits(3);
    let found = nepho.json(&["doctor"], 0);
    let denied = verdicts(&found, "account lab").into_iter().find(|one| one.to_string().contains("eu-west-1"));
    assert_eq!(denied.expect("the denied region")["verdict"], "warning", "{found}");

    drop::<Ec2Double>(cloud);
    let found = nepho.json(&["doctor"], 1);
    assert_eq!(verdict(&found, "account lab"), "broken", "{found}");
    let text = nepho.run(&["doctor"]).exits(1).stdout;
    assert!(text.contains("broken") && text.contains("check the network"), "{text}");
}

#[test]
fn credentials_that_are_gone_are_broken() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let mut without = nepho.nepho(&["doctor", "--json"]);
    let output = without.env_remove("AWS_ACCESS_KEY_ID").output().expect("nepho starts");
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(verdict(&found, "account lab"), "broken", "{found}");
}

#[test]
fn a_cache_that_was_damaged_is_said_and_rebuilt() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    std::fs::write(nepho.data().join("cache.db"), "no database at all").expect("a file");
    let list = nepho.run(&["list", "--json"]).exits(0).says("The cache was unreadable and is being rebuilt");
    assert_eq!(list.json(), serde_json::json!([]));
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list"], 0).as_array().map(Vec::len), Some(3));
    assert_eq!(nepho.json(&["accounts", "list"], 0).as_array().map(Vec::len), Some(1), "accounts are not in it");
}

#[test]
fn a_clock_that_went_back_is_said() {
    const SCRIPT: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
day = 86400 * max(10 ** digits for digits in (0, 3, 6, 9) if db.execute(
    'SELECT max(as_of) FROM scopes').fetchone()[0] > 10 ** (8 + digits))
assert db.execute('UPDATE scopes SET as_of = as_of + ?', [day]).rowcount == 3
db.commit()
";
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    assert_eq!(verdict(&nepho.json(&["doctor"], 0), "clock"), "ok");
    let python = nepho_testkit::python::python_environment().expect("python");
    let status = std::process::Command::new(python).args(["-c", SCRIPT]).arg(nepho.data().join("cache.db")).status();
    assert!(status.expect("python").success());
    let found = nepho.json(&["doctor"], 0);
    assert_eq!(verdict(&found, "clock"), "warning", "{found}");
}
