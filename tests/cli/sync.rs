//! `nepho sync`: some regions, no region, failing regions; its report and the cache.

use std::time::Duration;

use nepho_core::State;
use nepho_testkit::ec2::{Ec2Double, Fault, FaultRule, id};
use serde_json::Value;

use super::{
    cloud::{cloud, names, operator_of},
    harness::Nepho,
};

/// Returns the region's rows from the cache.
fn rows(nepho: &Nepho, region: &str) -> Value {
    let mut rows = nepho.json(&["list", &format!("region:{region}")], 0);
    for row in rows.as_array_mut().expect("an array") {
        // These describe the scope's last try, not the row.
        for name in ["stale", "error"] {
            row.as_object_mut().expect("a row").remove(name);
        }
    }
    rows
}

fn scope<'a>(report: &'a Value, region: &str) -> &'a Value {
    let scopes = report["scopes"].as_array().expect("scopes");
    scopes.iter().find(|scope| scope["location"] == region).unwrap_or_else(|| panic!("no {region}: {report}"))
}

/// Fails one region: its rows stay byte for byte, the reason is shown, and the others are
/// refreshed.
fn one_bad_region(fault: Fault, code: &str) {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let before = rows(&nepho, "eu-west-1");
    cloud.set_state("us-east-1", &id(3), State::Stopped);
    cloud.set_state("eu-west-1", &id(1), State::Stopped);
    cloud.break_region("eu-west-1", fault);
    let report = nepho.json(&["sync"], 3);
    let bad = scope(&report, "eu-west-1");
    assert_eq!((&bad["status"], &bad["error"]["code"]), (&"failed".into(), &code.into()), "{report}");
    assert!(bad["error"]["message"].as_str().is_some_and(|words| !words.is_empty()));
    assert_eq!(scope(&report, "us-east-1")["status"], "ok");
    assert_eq!(rows(&nepho, "eu-west-1"), before, "a listing that failed changes nothing");
    let all = nepho.json(&["list"], 0);
    for row in all.as_array().expect("rows") {
        let here = row["region"] == "eu-west-1";
        assert_eq!((&row["stale"], row["error"]["code"] == code), (&here.into(), here), "{row}");
    }
    assert_eq!(nepho.json(&["list", "db-1"], 0)[0]["state"], "stopped", "the other region is fresh");
    cloud.heal();
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["state"], "stopped");
    assert_eq!(nepho.json(&["list", "is:stale"], 0), serde_json::json!([]));
}

#[test]
fn a_denied_region_is_partial() {
    one_bad_region(Fault::Denied, "permission_denied");
}

#[test]
fn a_region_that_answers_garbage_is_partial() {
    one_bad_region(Fault::Garbage, "malformed");
}

#[test]
fn a_region_that_answers_half_is_partial() {
    one_bad_region(Fault::Short { at: 700 }, "malformed");
}

#[test]
fn every_region_failing_is_a_failure() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.add_rule(FaultRule { region: None, action: None, times: None, fault: Fault::Denied });
    let report = nepho.json(&["sync"], 1);
    assert!(report["scopes"].as_array().expect("scopes").iter().all(|scope| scope["status"] == "failed"), "{report}");
    assert_eq!(nepho.json(&["list"], 0).as_array().map(Vec::len), Some(3), "the rows stay");
    assert_eq!(nepho.json(&["list", "--sync"], 1).as_array().map(Vec::len), Some(3), "the rows are still listed");
}

#[test]
fn a_cloud_that_is_gone_leaves_the_cache() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    drop::<Ec2Double>(cloud);
    nepho.run(&["sync"]).exits(1);
    let list = nepho.json(&["list"], 0);
    assert_eq!(names(&list), ["db-1", "web-1", "web-2"]);
    assert!(list.as_array().expect("rows").iter().all(|row| row["stale"] == true), "{list}");
    // An action is never queued for later.
    let refused = nepho.json(&["stop", "web-1", "--yes"], 4);
    assert_eq!(refused["plan"][0]["reason"], "read_failed", "{refused}");
}

#[test]
fn sync_report_counts_requests_rows_and_scopes() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.latency = Duration::from_millis(20));
    cloud.set_state("us-east-1", &id(3), State::Stopped);
    let report = nepho.json(&["sync", "--account", "lab", "--kind", "instance"], 0);
    let served = cloud.served();
    assert_eq!(report["requests"], served.requests, "{report}");
    assert_eq!(report["bytes_in"], served.bytes, "{report}");
    assert_eq!((&report["resources"], &report["changed"]), (&3.into(), &1.into()), "{report}");
    assert!(report["elapsed_ms"].as_u64().is_some_and(|elapsed| elapsed >= 20), "{report}");
    assert_eq!(report["scopes"].as_array().map(Vec::len), Some(3), "the empty region is one too: {report}");
    let eu = scope(&report, "eu-west-1");
    assert_eq!((&eu["account"], &eu["provider"], &eu["rows"]), (&"lab".into(), &"aws".into(), &2.into()));
    assert_eq!((&eu["kind"], &eu["error"]), (&"instance".into(), &Value::Null));
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["as_of"], eu["as_of"], "both are the listing's start");
}

#[test]
fn nothing_to_sync_is_said() {
    let nepho = Nepho::new();
    assert!(nepho.run(&["sync"]).exits(0).stdout.contains("no accounts"));
    assert_eq!(nepho.json(&["sync"], 0)["scopes"], serde_json::json!([]));
}
