//! Google's own clients judge the GCP counterpart: the Python client always, `gcloud` where it is
//! installed.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::process::Stdio;

use nepho_testkit::{
    gcp::{Fault, FaultRule, GcpDouble, GcpInstance, OperationError, PROJECT, Principal, Setup},
    python::judge_gcp,
    skip_without,
};
use serde_json::{Value, json};

const ZONE: &str = "europe-west1-b";

fn double() -> GcpDouble {
    let double = GcpDouble::start(Setup::default()).expect("the double");
    for number in 1..=5 {
        double.put(GcpInstance::new(PROJECT, ZONE, &format!("web-{number}")).label("team", "web"));
    }
    double.put(GcpInstance::new(PROJECT, "us-east1-c", "far"));
    double
}

fn steps(double: &GcpDouble, steps: &[&str]) -> Vec<Value> {
    let endpoint = double.endpoint();
    let arguments = [&["--endpoint", &endpoint, "--project", PROJECT], steps].concat();
    let Value::Array(results) = judge_gcp(&arguments).expect("the judge") else { panic!("no results") };
    assert_eq!(results.len(), steps.len());
    results
}

#[test]
fn googles_python_client_lists_and_reads() {
    let double = double();
    double.reserve(PROJECT, "europe-west1", "front", "203.0.113.7");
    double.put(GcpInstance::new(PROJECT, ZONE, "fleet-1").managed_by("fleet"));
    double.add_project("nepho-two");
    let all = [
        &format!("list:{ZONE}"),
        "aggregated",
        &format!("get:{ZONE}/web-1"),
        "zones",
        "regions",
        &format!("types:{ZONE}"),
        "addresses",
        "managers",
        &format!("permissions:{ZONE}/web-1"),
        "projects",
        "list:us-central1-a",
        "list:mars-north1-a",
    ];
    let results = steps(&double, &all);
    assert_eq!(results[0].as_object().map(serde_json::Map::len), Some(6), "over pages of two");
    assert_eq!(results[1].as_object().map(serde_json::Map::len), Some(7));
    assert_eq!(results[1]["far"], json!(["zones/us-east1-c", "RUNNING"]));
    assert_eq!((&results[2]["status"], &results[2]["labels"]), (&json!("RUNNING"), &json!({"team": "web"})));
    assert_eq!(results[3].as_array().map(Vec::len), Some(13));
    assert_eq!(results[4].as_array().map(Vec::len), Some(4));
    assert!(results[5].as_array().is_some_and(|types| types.contains(&json!("e2-medium"))));
    assert_eq!((&results[6], &results[7]), (&json!(["203.0.113.7"]), &json!(["fleet"])));
    assert_eq!(results[8].as_array().map(Vec::len), Some(6));
    assert_eq!(results[9], json!({PROJECT: "ACTIVE", "nepho-two": "ACTIVE"}));
    assert_eq!(results[10], json!({}), "an empty zone");
    assert_eq!((&results[11]["error"]["code"], &results[11]["error"]["reason"]), (&json!(404), &json!("notFound")));
}

#[test]
fn googles_python_client_acts() {
    let double = double();
    let at = format!("{ZONE}/web-1");
    let acts = [
        format!("stop:{at}"),
        format!("type:{at}/e2-standard-4"),
        format!("start:{at}"),
        format!("reset:{at}"),
        format!("suspend:{at}"),
        format!("resume:{at}"),
        format!("get:{at}"),
        format!("delete:{at}"),
        format!("get:{at}"),
    ];
    let results = steps(&double, &acts.iter().map(String::as_str).collect::<Vec<_>>());
    let done = json!({"polls": 3, "status": "DONE", "its_request": true});
    for (act, result) in acts.iter().zip(&results).filter(|(act, _)| !act.starts_with("get")) {
        assert_eq!(*result, done, "{act}");
    }
    assert_eq!((&results[6]["status"], &results[6]["machine_type"]), (&json!("RUNNING"), &json!("e2-standard-4")));
    assert_eq!(results[8]["error"]["code"], 404);
    assert_eq!(double.mutations(), 7);
}

#[test]
fn googles_python_client_understands_refusals() {
    let double = double();
    double.put(GcpInstance::new(PROJECT, ZONE, "safe").protected());
    double.put(GcpInstance::new(PROJECT, ZONE, "scratch").local_ssd());
    double.put(GcpInstance::new(PROJECT, ZONE, "cold").status("TERMINATED"));
    double.fail_next(PROJECT, ZONE, "cold", OperationError::exhausted(ZONE));
    double.add_rule(FaultRule::always(Fault::RateLimited).method("zones.list").times(1));
    double.deny("compute.instances.reset", None, None);
    let asked = [
        &format!("delete:{ZONE}/safe"),
        &format!("stop:{ZONE}/scratch"),
        &format!("resume:{ZONE}/web-1"),
        &format!("start:{ZONE}/cold"),
        &format!("get:{ZONE}/cold"),
        &format!("reset:{ZONE}/web-1"),
        "zones",
    ];
    let results = steps(&double, &asked.map(|step| step as &str));
    let refusals: Vec<(u64, &str)> = results
        .iter()
        .filter_map(|result| Some((result["error"]["code"].as_u64()?, result["error"]["reason"].as_str()?)))
        .collect();
    let expected = [
        (400, "invalidResourceUsage"),
        (400, "badRequest"),
        (400, "invalidResourceUsage"),
        (403, "forbidden"),
        (403, "rateLimitExceeded"),
    ];
    assert_eq!(refusals, expected);
    assert_eq!(results[3]["error"]["code"], "ZONE_RESOURCE_POOL_EXHAUSTED");
    assert_eq!(results[4]["status"], "TERMINATED");
}

#[test]
fn invalid_token_is_401_for_googles_python_client() {
    let double = double();
    let endpoint = double.endpoint();
    double.grant("ya29.reader", Principal::new("r@x.example").permissions(&["compute.zones.list"]));
    let ask = |token: &str| {
        judge_gcp(&["--endpoint", &endpoint, "--project", PROJECT, "--token", token, "zones", "regions"])
            .expect("the judge")
    };
    assert_eq!(ask("ya29.unknown")[0]["error"]["code"], 401);
    let reader = ask("ya29.reader");
    assert_eq!((reader[0].as_array().map(Vec::len), &reader[1]["error"]["code"]), (Some(13), &json!(403)));
}

#[test]
fn gcloud_drives_the_counterpart() {
    if skip_without("gcp_counterpart::gcloud_drives_the_counterpart", &["gcloud"]) {
        return;
    }
    let double = double();
    // The client sleeps between its polls, so one wait covers them all.
    double.adjust(|setup| setup.wait_steps = 3);
    let folder = tempfile::tempdir().expect("a folder");
    let gcloud = |arguments: &[&str]| {
        let mut command = double.gcloud(folder.path(), PROJECT);
        let output =
            command.args(["compute", "instances"]).args(arguments).stdin(Stdio::null()).output().expect("gcloud");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let status = |name: &str| double.status(PROJECT, ZONE, name).expect("there");
    let listed = gcloud(&["list", "--format=value(name,zone.basename(),status)", "--sort-by=name"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines[0], "far\tus-east1-c\tRUNNING");
    assert_eq!(lines.len(), 6);
    gcloud(&["stop", "web-1", "web-2", "--zone", ZONE]);
    assert_eq!(
        (status("web-1"), status("web-2"), status("web-3")),
        ("TERMINATED".into(), "TERMINATED".into(), "RUNNING".into())
    );
    gcloud(&["set-machine-type", "web-1", "--zone", ZONE, "--machine-type", "e2-standard-4"]);
    gcloud(&["start", "web-1", "--zone", ZONE]);
    gcloud(&["reset", "web-3", "--zone", ZONE]);
    let described = gcloud(&["describe", "web-1", "--zone", ZONE, "--format=value(status,machineType.basename())"]);
    assert_eq!(described.trim(), "RUNNING\te2-standard-4");
    let some = gcloud(&[
        "list",
        "--zones",
        &format!("{ZONE},us-central1-a"),
        "--filter=status=TERMINATED",
        "--format=value(name)",
    ]);
    assert_eq!(some.trim(), "web-2");
    assert_eq!((double.count("instances.stop"), double.count("instances.reset"), double.mutations()), (2, 1, 5));
    assert!(double.count("batch") > 0, "several at once go in a batch");
}
