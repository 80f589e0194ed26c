//! An unreachable cloud: the known rows stay, with their age and the reason.

use serde_json::{Value, json};

use super::gcp::{gcp, operator_of};

/// Returns the rows without the members about the last try of their scope.
fn known(rows: &Value) -> Vec<Value> {
    let mut rows = rows.as_array().expect("rows").clone();
    for row in &mut rows {
        let row = row.as_object_mut().expect("a row");
        row.remove("stale").expect("whether it is stale");
        row.remove("error").expect("why");
    }
    rows
}

#[test]
fn a_closed_endpoint_keeps_every_row_and_says_that_it_is_old() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    let before = nepho.json(&["list"], 0);
    assert!(before.as_array().expect("rows").iter().all(|row| row["stale"] == false && row["error"].is_null()));
    // Dropping it closes its port.
    drop(cloud);
    let report = nepho.json(&["sync"], 1);
    let scopes = report["scopes"].as_array().expect("scopes");
    assert!(!scopes.is_empty(), "{report}");
    for scope in scopes {
        assert_eq!((&scope["status"], &scope["error"]["code"]), (&json!("failed"), &json!("unavailable")), "{report}");
        assert!(scope["error"]["message"].as_str().is_some_and(|words| !words.is_empty()), "{report}");
    }
    let after = nepho.json(&["list"], 0);
    assert_eq!(known(&after).len(), 3);
    assert_eq!(known(&after), known(&before), "a sync that reached nothing changes nothing");
    for row in after.as_array().expect("rows") {
        assert_eq!((&row["stale"], &row["error"]["code"]), (&json!(true), &json!("unavailable")), "{row}");
    }
    assert_eq!(nepho.json(&["list", "is:stale"], 0).as_array().map(Vec::len), Some(3));
    // A plan needs a fresh read, not the cache.
    let plan = nepho.run(&["stop", "web-1", "--plan", "--json"]);
    assert_ne!(plan.code, 0, "{plan:#?}");
    assert_eq!(plan.json()["plan"][0]["verdict"], "refused", "{plan:#?}");
}
