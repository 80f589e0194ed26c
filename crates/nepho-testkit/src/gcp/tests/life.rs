//! Tests of operations and their effects on an instance.

use serde_json::{Value, json};

use super::{
    super::{Fault, FaultRule, GcpDouble, GcpInstance, OperationError, PROJECT, Pace},
    ZONE,
    asking::{ask, get, post, raw},
    double, instances,
};

const ID: &str = "6f1c5f6e-8d0f-4f2c-9b57-0a4d6c5f2a11";

fn operation(double: &GcpDouble, name: &Value) -> Value {
    let name = name.as_str().expect("a name");
    get(double, &format!("/compute/v1/projects/{PROJECT}/zones/{ZONE}/operations/{name}"))
}

#[test]
fn an_operation_passes_pending_and_running_over_two_polls() {
    for (act, before, words) in [
        ("stop", "RUNNING", ["STOPPING", "STOPPING", "TERMINATED"]),
        ("start", "TERMINATED", ["PROVISIONING", "STAGING", "RUNNING"]),
        ("start", "STOPPED", ["PROVISIONING", "STAGING", "RUNNING"]),
        ("suspend", "RUNNING", ["SUSPENDING", "SUSPENDING", "SUSPENDED"]),
        ("resume", "SUSPENDED", ["PROVISIONING", "STAGING", "RUNNING"]),
        ("reset", "RUNNING", ["RUNNING", "RUNNING", "RUNNING"]),
    ] {
        let double = double();
        double.set_status(PROJECT, ZONE, "web-1", before);
        let begun = post(&double, &instances(&format!("/web-1/{act}?requestId={ID}")));
        assert_eq!((begun["status"].as_str(), begun["progress"].as_u64()), (Some("PENDING"), Some(0)), "{act}");
        assert_eq!(begun["clientOperationId"], ID);
        assert_eq!(begun["operationType"], act);
        assert!(begun["id"].as_str().is_some_and(|id| id.parse::<u64>().is_ok()), "{begun}");
        let polled: Vec<(String, String)> = (0..3)
            .map(|_| {
                let seen = operation(&double, &begun["name"]);
                let status = double.status(PROJECT, ZONE, "web-1").expect("there");
                (seen["status"].as_str().expect("a status").to_owned(), status)
            })
            .collect();
        let expected = ["PENDING", "RUNNING", "DONE"].map(str::to_owned).into_iter().zip(words.map(str::to_owned));
        assert_eq!(polled, expected.collect::<Vec<_>>(), "{act}");
    }
}

#[test]
fn instance_read_is_a_poll_by_name_or_number() {
    let double = double();
    let id = double.instance(PROJECT, ZONE, "web-1").expect("there")["id"].as_str().expect("an id").to_owned();
    post(&double, &instances(&format!("/{id}/stop")));
    let seen: Vec<Value> =
        ["", "/web-1", &format!("/{id}")].map(|rest| get(&double, &instances(rest))).into_iter().collect();
    assert_eq!(seen[0]["items"][0]["status"], "STOPPING");
    assert_eq!(seen[1]["status"], "STOPPING");
    assert_eq!(seen[2]["status"], "TERMINATED");
}

#[test]
fn a_deleted_instance_is_gone_after_its_operation() {
    let double = double();
    let begun = ask(&double, "DELETE", &instances("/web-1"), "").json();
    assert_eq!(get(&double, &instances("/web-1"))["status"], "STOPPING");
    operation(&double, &begun["name"]);
    assert_eq!(operation(&double, &begun["name"])["status"], "DONE");
    assert_eq!(ask(&double, "GET", &instances("/web-1"), "").status, 404);
    assert!(get(&double, &instances("")).get("items").is_none(), "an empty list has no items");
}

#[test]
fn a_held_operation_waits_until_it_is_released() {
    let double = double();
    double.set_pace(PROJECT, ZONE, "web-1", Pace::Held);
    post(&double, &instances("/web-1/stop"));
    for _ in 0..10 {
        assert_eq!(get(&double, &instances("/web-1"))["status"], "STOPPING");
    }
    double.settle();
    assert_eq!(get(&double, &instances("/web-1"))["status"], "TERMINATED");
}

#[test]
fn waiting_may_end_before_the_operation_does() {
    let double = double();
    let begun = post(&double, &instances("/web-1/stop"));
    let wait = format!(
        "/compute/v1/projects/{PROJECT}/zones/{ZONE}/operations/{}/wait",
        begun["name"].as_str().expect("a name")
    );
    assert_eq!(post(&double, &wait)["status"], "RUNNING");
    assert_eq!(post(&double, &wait)["status"], "DONE");
}

#[test]
fn an_operation_can_be_done_with_an_error() {
    let double = double();
    double.set_status(PROJECT, ZONE, "web-1", "TERMINATED");
    double.fail_next(PROJECT, ZONE, "web-1", OperationError::exhausted(ZONE));
    let begun = post(&double, &instances("/web-1/start"));
    operation(&double, &begun["name"]);
    assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some("PROVISIONING"));
    operation(&double, &begun["name"]);
    let done = operation(&double, &begun["name"]);
    assert_eq!(done["status"], "DONE");
    assert_eq!(done["error"]["errors"][0]["code"], "ZONE_RESOURCE_POOL_EXHAUSTED");
    assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some("TERMINATED"));
}

#[test]
fn actions_in_a_wrong_status_are_refused() {
    let double = double();
    for (act, before, reason) in [
        ("start", "SUSPENDED", "invalidResourceUsage"),
        ("resume", "RUNNING", "invalidResourceUsage"),
        ("resume", "TERMINATED", "invalidResourceUsage"),
        ("suspend", "TERMINATED", "invalidResourceUsage"),
        ("reset", "TERMINATED", "invalidResourceUsage"),
        ("setMachineType", "RUNNING", "invalidResourceUsage"),
    ] {
        double.set_status(PROJECT, ZONE, "web-1", before);
        let body = if act == "setMachineType" { r#"{"machineType": "zones/z/machineTypes/e2-micro"}"# } else { "" };
        let answer = ask(&double, "POST", &instances(&format!("/web-1/{act}")), body);
        assert_eq!(answer.status, 400, "{act} from {before}");
        assert_eq!(answer.json()["error"]["errors"][0]["reason"], reason, "{act} from {before}");
        assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some(before));
    }
    assert_eq!(double.mutations(), 0);
    for (act, before) in [("start", "RUNNING"), ("stop", "TERMINATED")] {
        double.set_status(PROJECT, ZONE, "web-1", before);
        let done = post(&double, &instances(&format!("/web-1/{act}")));
        assert_eq!(done["status"], "DONE", "{act} has nothing to do");
        assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some(before));
    }
}

#[test]
fn a_second_act_during_the_first_is_refused() {
    let double = double();
    post(&double, &instances("/web-1/stop"));
    let answer = ask(&double, "POST", &instances("/web-1/start"), "");
    assert_eq!((answer.status, &answer.json()["error"]["errors"][0]["reason"]), (400, &json!("resourceNotReady")));
}

#[test]
fn a_local_ssd_wants_a_decision_and_protection_protects() {
    let double = double();
    double.put(GcpInstance::new(PROJECT, ZONE, "scratch-1").local_ssd().protected());
    let refused = ask(&double, "POST", &instances("/scratch-1/stop"), "");
    assert_eq!(refused.status, 400);
    assert!(refused.json()["error"]["message"].as_str().is_some_and(|words| words.contains("discard-local-ssd")));
    let refused = ask(&double, "DELETE", &instances("/scratch-1"), "");
    assert_eq!(refused.json()["error"]["errors"][0]["reason"], "invalidResourceUsage");
    post(&double, &instances("/scratch-1/stop?discardLocalSsd=false"));
}

#[test]
fn the_machine_type_of_a_stopped_machine_changes() {
    let double = double();
    double.set_status(PROJECT, ZONE, "web-1", "TERMINATED");
    let ask_for = |name: &str| {
        let body = json!({"machineType": format!("zones/{ZONE}/machineTypes/{name}")}).to_string();
        ask(&double, "POST", &instances("/web-1/setMachineType"), &body)
    };
    assert_eq!(ask_for("e9-enormous").status, 400);
    let begun = ask_for("e2-standard-4").json();
    assert_eq!(begun["operationType"], "setMachineType");
    double.settle();
    let link = get(&double, &instances("/web-1"))["machineType"].clone();
    assert!(link.as_str().is_some_and(|link| link.ends_with("/machineTypes/e2-standard-4")), "{link}");
}

#[test]
fn repeated_request_id_acts_once_even_after_a_cut_connection() {
    let double = double();
    let stop = instances(&format!("/web-1/stop?requestId={ID}"));
    double.add_rule(FaultRule::always(Fault::Executed(Box::new(Fault::Closed))).method("instances.stop").times(1));
    let token = format!("Bearer {}", double.token());
    assert!(raw(&double, "POST", &stop, &[("Authorization", &token)], "").is_none(), "the connection was cut");
    assert_eq!(double.mutations(), 1);
    assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some("STOPPING"));
    let again = post(&double, &stop);
    assert_eq!((again["clientOperationId"].as_str(), double.mutations()), (Some(ID), 1));
    double.settle();
    assert_eq!(post(&double, &stop)["name"], again["name"], "also when it is done");
    let other = ask(&double, "POST", &instances(&format!("/web-1/reset?requestId={ID}")), "");
    assert_eq!(other.status, 400, "another request of that id");
    for bad in ["no-uuid", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(ask(&double, "POST", &instances(&format!("/web-1/start?requestId={bad}")), "").status, 400);
    }
    assert_eq!(double.mutations(), 1);
}

#[test]
fn a_connection_can_be_cut_before_anything_happens() {
    let double = double();
    double.break_method("instances.stop", Fault::Closed);
    let token = format!("Bearer {}", double.token());
    assert!(raw(&double, "POST", &instances("/web-1/stop"), &[("Authorization", &token)], "").is_none());
    assert_eq!((double.mutations(), double.count("instances.stop")), (0, 1));
    assert_eq!(double.status(PROJECT, ZONE, "web-1").as_deref(), Some("RUNNING"));
}

#[test]
fn reads_can_be_stale_after_an_act() {
    let double = double();
    double.adjust(|setup| setup.stale_reads = 2);
    post(&double, &instances("/web-1/stop"));
    let seen: Vec<Value> = (0..3).map(|_| get(&double, &instances("/web-1"))["status"].clone()).collect();
    assert_eq!(seen, ["RUNNING", "RUNNING", "TERMINATED"]);
}
