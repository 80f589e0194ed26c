//! Tests of the control requests, for the double as a process.

use serde_json::{Value, json};

use super::{
    super::{Fault, GcpDouble, PROJECT, Setup, control::fault},
    ZONE,
    asking::{ask, get, post, raw},
    instances,
};

fn control(double: &GcpDouble, method: &str, name: &str, body: &Value) -> Value {
    let answer = raw(double, method, &format!("/_double/{name}"), &[], &body.to_string()).expect("an answer");
    assert_eq!(answer.status, 200, "{name}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

#[test]
fn a_double_can_be_driven_from_outside() {
    let double = GcpDouble::start(Setup::default()).expect("the double");
    let set = |name: &str, body: Value| control(&double, "POST", name, &body);
    let here = |rest: Value| {
        let mut place = json!({"project": PROJECT, "zone": ZONE, "name": "web-1"});
        place.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        place
    };
    set("instances", json!([here(json!({"labels": {"team": "web"}, "local_ssd": true, "id": "77"}))]));
    assert_eq!(get(&double, &instances("/77"))["labels"]["team"], "web");
    set("pace", here(json!({"polls": null})));
    post(&double, &instances("/web-1/reset"));
    set("settle", json!({}));
    set("status", here(json!({"status": "TERMINATED"})));
    set("fail", here(json!({"code": "ZONE_RESOURCE_POOL_EXHAUSTED"})));
    set("settings", json!({"polls": 0, "wait_steps": 1}));
    set(
        "faults",
        json!({"zone": ZONE, "times": 1, "fault": {"type": "error", "status": 409, "reason": "alreadyExists"}}),
    );
    assert_eq!(ask(&double, "GET", &instances(""), "").status, 409);
    set("deny", json!({"permission": "compute.instances.start"}));
    assert_eq!(ask(&double, "POST", &instances("/web-1/start"), "").status, 403);
    set("heal", json!({}));
    set("api", json!({"project": PROJECT, "enabled": false}));
    assert_eq!(ask(&double, "GET", &instances(""), "").status, 403);
    set("api", json!({"project": PROJECT, "enabled": true}));
    let truth = control(&double, "GET", "instances", &Value::Null);
    assert_eq!((truth[0]["name"].as_str(), truth[0]["status"].as_str()), (Some("web-1"), Some("TERMINATED")));
    assert_eq!(control(&double, "GET", "stats", &Value::Null)["mutations"], 1);
    let exchanges = control(&double, "GET", "exchanges", &Value::Null);
    assert_eq!(exchanges.as_array().map(Vec::len), Some(5), "control requests are none of them");
    set("remove", here(json!({})));
    set("reset", json!({}));
    set("projects", json!({"project": "nepho-two"}));
    set("minute", json!({}));
    assert_eq!(control(&double, "GET", "violations", &Value::Null), json!([]));
    for (name, body) in [("nothing", json!({})), ("remove", here(json!({}))), ("instances", json!({"zone": ZONE}))] {
        let answer = raw(&double, "POST", &format!("/_double/{name}"), &[], &body.to_string()).expect("an answer");
        assert_eq!(answer.status, 400, "{name}");
    }
}

#[test]
fn faults_are_read() {
    let nested = json!({"type": "executed", "then": {"type": "cut", "at": 9}});
    assert_eq!(fault(&nested), Some(Fault::Executed(Box::new(Fault::Cut { at: 9 }))));
    let plain = [
        "denied",
        "api_disabled",
        "rate_limited",
        "exhausted",
        "unauthenticated",
        "condition_not_met",
        "unreachable",
        "hung",
        "closed",
        "html",
        "wrong_type",
        "repeats_token",
        "doubled",
    ];
    for name in plain {
        assert!(fault(&json!(name)).is_some(), "{name}");
    }
    assert_eq!(fault(&json!("cut")), None, "without its member");
    assert_eq!(fault(&json!("tired")), None);
}
