//! Negative controls: what Google's documents do not have is a violation, and fails the test.

use serde_json::json;

use super::{
    super::{GcpDouble, GcpInstance, PROJECT, Setup},
    ZONE,
    asking::{ask, get, post},
    double, instances,
};

fn one_violation(double: &GcpDouble, about: &str) {
    let found = double.take_violations();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(about), "{found:?}");
}

#[test]
fn a_good_exchange_is_no_violation() {
    let double = double();
    get(&double, &instances("?maxResults=10&fields=items(id,name)&prettyPrint=false&returnPartialSuccess=true"));
    get(&double, &format!("/compute/v1/projects/{PROJECT}/aggregated/instances"));
    post(&double, &instances("/web-1/stop?requestId=6f1c5f6e-8d0f-4f2c-9b57-0a4d6c5f2a11"));
    assert_eq!(double.violations(), Vec::<String>::new());
}

#[test]
fn an_unknown_query_parameter_is_a_violation() {
    let double = double();
    assert_eq!(ask(&double, "GET", &instances("?pageSize=3"), "").status, 400);
    one_violation(&double, "pageSize");
}

#[test]
fn wrong_types_of_parameters_are_violations() {
    let double = double();
    for (query, about) in [
        ("?maxResults=many", "many"),
        ("?maxResults=-1", "-1"),
        ("?alt=xml", "xml"),
        ("?prettyPrint=maybe", "maybe"),
        ("?maxResults=1&maxResults=2", "[1,2]"),
        ("?zone=z", "zone"),
        ("?fields=items(nmae)", "nmae"),
        ("?fields=items(", "fields"),
    ] {
        assert_eq!(ask(&double, "GET", &instances(query), "").status, 400, "{query}");
        one_violation(&double, about);
    }
    let upper = format!("/compute/v1/projects/{PROJECT}/zones/{ZONE}/instances/WEB_1");
    assert_eq!(ask(&double, "GET", &upper, "").status, 400);
    one_violation(&double, "WEB_1");
}

#[test]
fn a_wrong_body_is_a_violation() {
    let double = double();
    for (path, body) in [
        ("/web-1/setMachineType", json!({"machineType": 4})),
        ("/web-1/setMachineType", json!({"machine_type": "e2-micro"})),
        ("/web-1/setMachineType", json!(null)),
        ("/web-1/testIamPermissions", json!({"permissions": "compute.instances.get"})),
        ("/web-1/stop", json!({"why": "because"})),
    ] {
        assert_eq!(ask(&double, "POST", &instances(path), &body.to_string()).status, 400, "{path} {body}");
        one_violation(&double, "body");
    }
    assert_eq!(ask(&double, "POST", &instances("/web-1/setMachineType"), "{").status, 400);
    one_violation(&double, "body");
}

#[test]
fn an_unrouted_path_is_a_violation() {
    let double = double();
    assert_eq!(ask(&double, "GET", "/compute/v1/projects/p/machines", "").status, 404);
    one_violation(&double, "no such route");
    assert_eq!(ask(&double, "GET", &instances("/web-1/stop"), "").status, 405);
    one_violation(&double, "no such route");
    assert_eq!(ask(&double, "GET", &format!("/compute/v1/projects/{PROJECT}/global/networks"), "").status, 501);
    one_violation(&double, "this counterpart has not");
}

#[test]
fn a_reply_that_google_would_not_give_is_a_violation() {
    let double = GcpDouble::start(Setup::default()).expect("the double");
    for (member, value) in [
        ("colour", json!("blue")),
        ("deletionProtection", json!("no")),
        ("id", json!(12)),
        ("status", json!("HUMMING")),
        ("networkInterfaces", json!([{"networkip": "10.0.0.1"}])),
    ] {
        double.put(GcpInstance::new(PROJECT, ZONE, "web-1").set(member, value));
        assert_eq!(ask(&double, "GET", &instances(""), "").status, 500, "{member}");
        one_violation(&double, "reply");
        // A mask that leaves the mistake out does not hide it.
        ask(&double, "GET", &instances("?fields=items/name"), "");
        one_violation(&double, "reply");
    }
}

#[test]
fn unknown_status_can_be_shown_on_request() {
    let double = double();
    assert!(double.raw_status(PROJECT, ZONE, "web-1", "HUMMING"));
    assert_eq!(get(&double, &instances(""))["items"][0]["status"], "HUMMING");
}

#[test]
#[should_panic(expected = "not as Google's documents say")]
fn a_double_dropped_with_violations_fails_its_test() {
    let double = double();
    ask(&double, "GET", &instances("?pageSize=3"), "");
}

#[test]
#[should_panic(expected = "the first failure")]
fn a_failing_test_is_not_drowned() {
    let double = double();
    ask(&double, "GET", &instances("?pageSize=3"), "");
    panic!("the first failure");
}
