//! Instances of Google Cloud, against the double that holds every exchange to Google's documents.

use nepho_testkit::{
    gcp::{Fault, GcpDouble, GcpInstance, OperationError, Setup},
    skip_without,
};
use serde_json::{Value, json};

use super::{cloud::names, harness::Nepho};

pub const PROJECTS: [&str; 2] = ["proj-0", "proj-1"];
pub const ZONE: &str = "europe-west1-b";

/// A cloud with three instances in two zones of one project, and one in another project.
pub fn gcp() -> GcpDouble {
    let double = GcpDouble::start(Setup {
        projects: PROJECTS.map(str::to_owned).to_vec(),
        zones: [ZONE, "us-central1-a"].map(str::to_owned).to_vec(),
        ..Setup::default()
    });
    let double = double.expect("a double");
    double.put(GcpInstance::new("proj-0", ZONE, "web-1").label("env", "lab"));
    double.put(GcpInstance::new("proj-0", ZONE, "web-2").status("TERMINATED"));
    double.put(GcpInstance::new("proj-0", "us-central1-a", "db-1"));
    double.put(GcpInstance::new("proj-1", ZONE, "other-1"));
    double
}

/// An operator with the cloud's access token in the environment.
pub fn operator(cloud: &GcpDouble) -> Nepho {
    Nepho::new().with("TOKEN", &cloud.token())
}

/// Adds a project by the token in `TOKEN`.
pub fn add_project(nepho: &Nepho, cloud: &GcpDouble, name: &str, project: &str, more: &[&str]) -> Value {
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "gcp", "--name", name, "--project", project, "--access-token-env", "TOKEN"];
    nepho.json(&[&add[..], &["--endpoint", &endpoint], more].concat(), 0)
}

/// Adds the variable of the token and the endpoint to these words.
pub fn signed_in<'a>(words: &[&'a str], variable: &'a str, endpoint: &'a str) -> Vec<&'a str> {
    [words, &["--access-token-env", variable, "--endpoint", endpoint]].concat()
}

/// An operator with one project as a read-write account, and all of it in the cache.
pub fn operator_of(cloud: &GcpDouble) -> Nepho {
    let nepho = operator(cloud);
    add_project(&nepho, cloud, "lab", "proj-0", &["--read-write"]);
    nepho.run(&["sync"]).exits(0);
    cloud.forget_requests();
    nepho
}

/// The states of the instances, as Google's own command line sees them.
fn gcloud_states(cloud: &GcpDouble, nepho: &Nepho) -> Value {
    let folder = nepho.home().join("gcloud");
    let list = ["compute", "instances", "list", "--format=json(name,status,zone.basename())"];
    let output = cloud.gcloud(&folder, "proj-0").args(list).output().expect("gcloud starts");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("a list")
}

/// Checks that `nepho` and Google's command line agree on every instance.
fn assert_agree(cloud: &GcpDouble, nepho: &Nepho) {
    let (ours, theirs) = (nepho.json(&["list"], 0), gcloud_states(cloud, nepho));
    let column = |rows: &Value, state: &str| -> Vec<(String, String, String)> {
        let text = |row: &Value, member: &str| row[member].as_str().expect("a text").to_owned();
        let mut found: Vec<_> = rows
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (text(row, "name"), text(row, "zone"), text(row, state)))
            .collect();
        found.sort();
        found
    };
    assert_eq!(column(&ours, "raw_state"), column(&theirs, "status"));
}

#[test]
fn the_first_flight() {
    let cloud = gcp();
    let nepho = operator(&cloud);
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "gcp", "--name", "lab", "--project", "proj-0", "--access-token-env", "TOKEN"];
    let added = nepho.json(&[&add[..], &["--endpoint", &endpoint, "--read-write"]].concat(), 0);
    assert_eq!((&added["source"], &added["variable"]), (&json!("variable"), &json!("TOKEN")), "{added}");
    assert_eq!((&added["project"], &added["access"]), (&json!("proj-0"), &json!("read_write")));
    let report = nepho.json(&["sync"], 0);
    assert_eq!(report["resources"], 3, "{report}");
    let zones: Vec<_> = report["scopes"].as_array().expect("scopes").iter().map(|one| &one["location"]).collect();
    assert_eq!(zones, [ZONE, "us-central1-a"], "each zone is a scope");
    let rows = nepho.json(&["list", "tag:env=lab"], 0);
    let row = &rows[0];
    assert_eq!((&row["name"], &row["zone"], &row["region"]), (&json!("web-1"), &json!(ZONE), &json!("europe-west1")));
    assert_eq!((&row["tags"], &row["provider"]), (&json!({"env": "lab"}), &json!("gcp")));
    assert!(row["id"].as_str().expect("an id").parse::<u64>().is_ok(), "the number is the id: {row}");
    let text = nepho.run(&["list", "web-1"]).exits(0);
    assert!(text.stdout.contains(ZONE) && text.stdout.contains("lab"), "{text:#?}");

    let plan = nepho.json(&["stop", "web-1", "--plan"], 0);
    assert_eq!(plan["plan"][0]["verdict"], "eligible", "{plan}");
    assert_eq!(cloud.mutations(), 0, "a plan sends nothing");
    let stopped = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    assert_eq!(stopped["results"][0]["observed_state"], "stopped", "{stopped}");
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("TERMINATED"));
    let shown = nepho.json(&["list", "web-1"], 0);
    assert_eq!((&shown[0]["state"], &shown[0]["raw_state"]), (&json!("stopped"), &json!("TERMINATED")));
    nepho.run(&["start", "web-1", "--wait"]).exits(0);
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("RUNNING"));
    assert_eq!(cloud.mutations(), 2);
    let entries = nepho.json(&["journal"], 0);
    let events: Vec<_> = entries.as_array().expect("entries").iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["done", "accepted", "sent", "done", "accepted", "sent"]);
    nepho.run(&["journal", "verify"]).exits(0);
    let token = cloud.token();
    let held =
        nepho.files().into_iter().filter(|(_, bytes)| bytes.windows(token.len()).any(|part| part == token.as_bytes()));
    assert_eq!(held.count(), 0, "the token is in no file");
}

#[test]
fn google_s_command_line_sees_the_same() {
    if skip_without("cli::gcp::google_s_command_line_sees_the_same", &["gcloud"]) {
        return;
    }
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    assert_agree(&cloud, &nepho);
    nepho.run(&["stop", "web-1", "--yes", "--wait"]).exits(0);
    assert_agree(&cloud, &nepho);
    nepho.run(&["start", "web-1", "web-2", "--yes", "--wait"]).exits(0);
    assert_agree(&cloud, &nepho);
}

#[test]
fn a_project_that_fails_leaves_the_other_alone() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    add_project(&nepho, &cloud, "other", "proj-1", &[]);
    nepho.run(&["sync"]).exits(0);
    cloud.break_project("proj-1", Fault::Denied);
    let report = nepho.json(&["sync"], 3);
    for scope in report["scopes"].as_array().expect("scopes") {
        let status = if scope["account"] == "lab" { "ok" } else { "failed" };
        assert_eq!(scope["status"], status, "{report}");
    }
    let stale = nepho.json(&["list", "is:stale"], 0);
    assert_eq!(names(&stale), ["other-1"], "its rows stay, and say that they are old");
    cloud.heal();
    cloud.break_zone("us-central1-a", Fault::Unreachable);
    let report = nepho.json(&["sync", "--account", "lab"], 3);
    let failed: Vec<_> =
        report["scopes"].as_array().expect("scopes").iter().filter(|one| one["status"] == "failed").collect();
    assert_eq!((failed.len(), &failed[0]["location"]), (1, &json!("us-central1-a")), "{report}");
}

#[test]
fn local_ssds_are_discarded_only_with_the_option() {
    let cloud = gcp();
    cloud.put(GcpInstance::new("proj-0", ZONE, "scratch").local_ssd());
    let nepho = operator_of(&cloud);
    for action in ["stop", "suspend"] {
        let refused = nepho.run(&[action, "scratch", "--yes"]).exits(4);
        assert!(refused.stdout.contains("--discard-local-ssd"), "{refused:#?}");
        let plan = nepho.json(&[action, "scratch", "--plan"], 4);
        assert_eq!(plan["plan"][0]["reason"], "local_disks", "{plan}");
    }
    // The option does nothing for instances without local disks; a mixed plan sends what it can.
    let both = nepho.json(&["stop", "scratch", "web-1", "--yes", "--wait"], 3);
    assert_eq!((&both["results"][0]["status"], &both["results"][1]["status"]), (&json!("refused"), &json!("done")));
    assert_eq!((cloud.mutations(), cloud.status("proj-0", ZONE, "scratch").as_deref()), (1, Some("RUNNING")));
    let done = nepho.json(&["stop", "scratch", "--discard-local-ssd", "--yes", "--wait"], 0);
    assert!(done["plan"][0]["warnings"].to_string().contains("local_disks_lost"), "{done}");
    assert_eq!(cloud.status("proj-0", ZONE, "scratch").as_deref(), Some("TERMINATED"));
    nepho.run(&["start", "web-1", "--discard-local-ssd"]).exits(2);
}

#[test]
fn plan_refuses_protected_and_forbidden_targets() {
    let cloud = gcp();
    cloud.put(GcpInstance::new("proj-0", ZONE, "kept").protected());
    let nepho = operator_of(&cloud);
    let refused = nepho.run(&["terminate", "kept", "--confirm", "kept", "--json"]).exits(4).json();
    assert_eq!(refused["plan"][0]["reason"], "protected", "{refused}");
    cloud.deny("compute.instances.stop", Some("proj-0"), None);
    let refused = nepho.run(&["stop", "web-1", "--yes", "--json"]).exits(4).json();
    assert_eq!(refused["plan"][0]["reason"], "not_permitted", "{refused}");
    let said = nepho.run(&["stop", "web-1", "--yes"]).exits(4);
    assert!(said.stdout.contains("do not permit this action"), "{said:#?}");
    let verified = nepho.json(&["accounts", "verify", "lab"], 0);
    assert_eq!(verified["denied_actions"], json!(["stop"]), "{verified}");
    assert!(nepho.run(&["accounts", "verify", "lab"]).exits(0).stdout.contains("denied actions: stop"));
    assert_eq!(cloud.mutations(), 0);
}

#[test]
fn plan_warns_when_public_ip_status_is_unknown() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    cloud.deny("compute.addresses.list", Some("proj-0"), None);
    let plan = nepho.json(&["stop", "web-1", "--plan"], 0);
    assert!(plan["plan"][0]["warnings"].to_string().contains("\"public_ip_not_checked\""), "{plan}");
    assert!(nepho.run(&["stop", "web-1", "--plan"]).exits(0).stdout.contains("whether its public IP will be released"));
}

#[test]
fn reset_is_hard_and_suspended_instances_resume() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    let plan = nepho.json(&["reboot", "web-1", "--plan"], 0);
    assert!(plan["plan"][0]["warnings"].to_string().contains("\"hard\""), "{plan}");
    assert!(nepho.run(&["reboot", "web-1", "--plan"]).exits(0).stdout.contains("Hard reset"));
    nepho.run(&["reboot", "web-1", "--yes", "--wait"]).exits(0);
    assert_eq!(cloud.count("instances.reset"), 1);
    nepho.run(&["resume", "web-1", "--yes"]).exits(0);
    assert_eq!(cloud.mutations(), 1, "it runs already");
    let done = nepho.json(&["suspend", "web-1", "--yes", "--wait"], 0);
    assert_eq!(done["results"][0]["observed_state"], "suspended", "{done}");
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("SUSPENDED"));
    nepho.run(&["resume", "web-1", "--yes", "--wait"]).exits(0);
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("RUNNING"));
    nepho.run(&["terminate", "web-1", "--confirm", "web-1", "--wait"]).exits(0);
    assert_eq!(cloud.status("proj-0", ZONE, "web-1"), None, "it is deleted");
}

#[test]
fn deleted_instance_is_missing_then_gone_after_the_next_listing() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    nepho.run(&["terminate", "web-1", "--confirm", "web-1", "--wait"]).exits(0);
    let listed = ["zones.list", "instances.list", "instances.aggregatedList"].map(|method| cloud.count(method));
    assert_eq!(listed, [0, 1, 0], "its own zone, once");
    let shown = nepho.json(&["list", "web-1"], 0);
    assert!(shown[0]["missing_since"].is_string() && shown[0]["stale"] == true, "{shown}");
    assert_eq!(names(&nepho.json(&["list", "is:missing"], 0)), ["web-1"]);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(names(&nepho.json(&["list"], 0)), ["db-1", "web-2"]);
}

#[test]
fn foreign_delete_is_missing_after_one_listing_gone_after_two() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    assert!(cloud.remove("proj-0", ZONE, "web-1"));
    cloud.break_zone(ZONE, Fault::Unreachable);
    nepho.run(&["sync"]).exits(3);
    assert_eq!(nepho.json(&["list", "is:missing"], 0), json!([]), "what failed proves nothing");
    cloud.heal();
    nepho.run(&["sync"]).exits(0);
    assert_eq!(names(&nepho.json(&["list", "is:missing"], 0)), ["web-1"]);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(names(&nepho.json(&["list"], 0)), ["db-1", "web-2"]);
}

#[test]
fn actions_end_without_permission_to_read_operations() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    cloud.deny("compute.zoneOperations.get", Some("proj-0"), None);
    let stopped = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    assert_eq!(stopped["results"][0]["observed_state"], "stopped", "{stopped}");
    nepho.run(&["terminate", "web-1", "--confirm", "web-1", "--wait"]).exits(0);
    assert_eq!(names(&nepho.json(&["list", "is:missing"], 0)), ["web-1"]);
}

#[test]
fn failed_operation_reports_googles_message() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    cloud.fail_next("proj-0", ZONE, "web-2", OperationError::exhausted(ZONE));
    let failed = nepho.json(&["start", "web-2", "--wait"], 1);
    let result = &failed["results"][0];
    assert_eq!(result["status"], "failed", "{failed}");
    let words = result["error"]["message"].as_str().expect("a message");
    assert!(words.contains("does not have enough resources"), "{failed}");
    let entries = nepho.json(&["journal", "--limit", "1"], 0);
    assert_eq!((&entries[0]["event"], &entries[0]["error"]["message"]), (&json!("failed"), &json!(words)));
    assert!(nepho.run(&["journal", "--limit", "1"]).exits(0).stdout.contains("enough resources"));
    assert_eq!(cloud.status("proj-0", ZONE, "web-2").as_deref(), Some("TERMINATED"));
    nepho.run(&["start", "web-2", "--wait"]).exits(0);
}

#[test]
fn hostile_labels_are_visible_in_text_and_exact_in_json() {
    let hostile = "<img src=x onerror=alert(1)> \u{202E}drowssap\u{1B}[31m\n\u{200B}";
    let cloud = gcp();
    cloud.put(GcpInstance::new("proj-0", ZONE, "bad").label("note", hostile));
    let nepho = operator_of(&cloud);
    assert_eq!(nepho.json(&["show", "bad"], 0)["tags"]["note"], hostile);
    for command in [&["show", "bad"][..], &["show", "bad", "--fetch"], &["list"], &["stop", "bad", "--plan"]] {
        let ran = nepho.run(command).exits(0);
        let hidden = ran.stdout.chars().find(|c| *c != '\n' && nepho_core::text::is_deceptive(*c));
        assert_eq!(hidden, None, "{ran:#?}");
    }
}

#[test]
fn the_whole_document_is_fetched_on_request_and_kept() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    let part = nepho.json(&["show", "web-1"], 0);
    assert_eq!((&part["document_whole"], part["document_as_of"].is_string()), (&json!(false), true), "{part}");
    assert!(part["document"].get("shieldedInstanceConfig").is_none());
    assert!(nepho.run(&["show", "web-1"]).exits(0).stdout.contains("--fetch"));
    let whole = nepho.json(&["show", "web-1", "--fetch"], 0);
    assert_eq!(whole["document_whole"], true);
    let mut there = cloud.instance("proj-0", ZONE, "web-1").expect("an instance");
    let mut shown = whole["document"].clone();
    let metadata = shown["metadata"].take();
    there["metadata"].take();
    assert_eq!(shown, there, "all of it");
    assert_eq!(metadata["items"][0]["key"], "enable-oslogin");
    assert!(metadata["items"][0]["value"].as_str().is_some_and(|value| value.contains("withheld")), "{metadata}");
    cloud.break_project("proj-0", Fault::Closed);
    let kept =
        nepho.run(&["show", "web-1", "--fetch", "--json"]).exits(1).says("Could not load the full document").json();
    assert_eq!((&kept["document"], &kept["document_as_of"]), (&whole["document"], &whole["document_as_of"]));
}
