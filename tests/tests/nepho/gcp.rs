//! Projects of Google Cloud, against the double that holds every exchange to Google's documents.

use std::{fs, net::TcpListener, process::Command};

use nepho_testkit::gcp::{Fault, GcpDouble, GcpInstance, OperationError, Principal, Setup};
use serde_json::{Value, json};

use super::{cloud::names, rig::Nepho};

pub const PROJECTS: [&str; 2] = ["proj-0", "proj-1"];
pub const ZONE: &str = "europe-west1-b";

/// A cloud with three machines in two zones of one project, and one in another project.
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

/// A machine with the cloud's access token in its environment.
pub fn operator(cloud: &GcpDouble) -> Nepho {
    Nepho::new().with("TOKEN", &cloud.token())
}

fn add_project(nepho: &Nepho, cloud: &GcpDouble, name: &str, project: &str, more: &[&str]) -> Value {
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "gcp", "--name", name, "--project", project, "--access-token-env", "TOKEN"];
    nepho.json(&[&add[..], &["--endpoint", &endpoint], more].concat(), 0)
}

/// These words, and the token in this variable at that endpoint.
pub fn signed_in<'a>(words: &[&'a str], variable: &'a str, endpoint: &'a str) -> Vec<&'a str> {
    [words, &["--access-token-env", variable, "--endpoint", endpoint]].concat()
}

/// A machine that has one project as a read-write account, all of it in the cache.
pub fn operator_of(cloud: &GcpDouble) -> Nepho {
    let nepho = operator(cloud);
    add_project(&nepho, cloud, "lab", "proj-0", &["--read-write"]);
    nepho.run(&["sync"]).exits(0);
    cloud.forget_requests();
    nepho
}

/// What Google's own command line sees there; `None` where it is not installed.
fn gcloud_states(cloud: &GcpDouble, nepho: &Nepho) -> Option<Value> {
    let folder = nepho.home().join("gcloud");
    let list = ["compute", "instances", "list", "--format=json(name,status,zone.basename())"];
    if Command::new("gcloud").arg("--version").output().is_err() {
        // A counted skip: nothing else of the test depends on it.
        eprintln!("SKIPPED: gcloud is not installed, so it was not asked");
        return None;
    }
    let output = cloud.gcloud(&folder, "proj-0").args(list).output().expect("gcloud starts");
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).expect("a list"))
}

/// `nepho` and Google's command line say the same of every machine.
fn assert_agree(cloud: &GcpDouble, nepho: &Nepho) {
    let Some(theirs) = gcloud_states(cloud, nepho) else { return };
    let ours = nepho.json(&["list"], 0);
    let told = |rows: &Value, state: &str| -> Vec<(String, String, String)> {
        let text = |row: &Value, member: &str| row[member].as_str().expect("a text").to_owned();
        let mut told: Vec<_> = rows
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (text(row, "name"), text(row, "zone"), text(row, state)))
            .collect();
        told.sort();
        told
    };
    assert_eq!(told(&ours, "raw_state"), told(&theirs, "status"));
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
    let zones: Vec<_> = report["scopes"].as_array().expect("scopes").iter().map(|one| &one["region"]).collect();
    assert_eq!(zones, [ZONE, "us-central1-a"], "each zone is a scope");
    let rows = nepho.json(&["list", "tag:env=lab"], 0);
    let row = &rows[0];
    assert_eq!((&row["name"], &row["zone"], &row["region"]), (&json!("web-1"), &json!(ZONE), &json!("europe-west1")));
    assert_eq!((&row["tags"], &row["provider"]), (&json!({"env": "lab"}), &json!("gcp")));
    assert!(row["id"].as_str().expect("an id").parse::<u64>().is_ok(), "the number is the id: {row}");
    let text = nepho.run(&["list", "web-1"]).exits(0);
    assert!(text.stdout.contains(ZONE) && text.stdout.contains("lab"), "{text:#?}");
    assert_agree(&cloud, &nepho);

    let plan = nepho.json(&["stop", "web-1", "--plan"], 0);
    assert_eq!(plan["plan"][0]["verdict"], "eligible", "{plan}");
    assert_eq!(cloud.mutations(), 0, "a plan sends nothing");
    let stopped = nepho.json(&["stop", "web-1", "--yes", "--wait"], 0);
    assert_eq!(stopped["results"][0]["observed_state"], "stopped", "{stopped}");
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("TERMINATED"));
    let shown = nepho.json(&["list", "web-1"], 0);
    assert_eq!((&shown[0]["state"], &shown[0]["raw_state"]), (&json!("stopped"), &json!("TERMINATED")));
    assert_agree(&cloud, &nepho);
    nepho.run(&["start", "web-1", "--wait"]).exits(0);
    assert_eq!(cloud.status("proj-0", ZONE, "web-1").as_deref(), Some("RUNNING"));
    assert_agree(&cloud, &nepho);
    assert_eq!(cloud.mutations(), 2);
    let entries = nepho.json(&["journal"], 0);
    let events: Vec<_> = entries.as_array().expect("entries").iter().map(|entry| &entry["event"]).collect();
    assert_eq!(events, ["settled", "accepted", "sent", "settled", "accepted", "sent"]);
    nepho.run(&["journal", "verify"]).exits(0);
    let token = cloud.token();
    let held =
        nepho.files().into_iter().filter(|(_, bytes)| bytes.windows(token.len()).any(|part| part == token.as_bytes()));
    assert_eq!(held.count(), 0, "the token is in no file");
}

#[test]
fn an_access_token_that_is_missing_or_old_is_said_as_such() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "gcp", "--name", "b", "--project", "proj-1", "--endpoint", &endpoint];
    nepho.run(&[&add[..], &["--access-token-env", "ELSE"]].concat()).exits(5).says("ELSE");
    cloud.expire(&cloud.token());
    let error = nepho.run(&["sync", "--json"]).exits(5).json();
    assert_eq!(error["scopes"][0]["error"]["code"], "unauthenticated", "{error}");
    let refused = nepho.run(&[&add[..], &["--access-token-env", "TOKEN"]].concat()).exits(5);
    assert!(!refused.stderr.contains(&cloud.token()), "{refused:#?}");
    assert_eq!(nepho.json(&["accounts", "list"], 0).as_array().map(Vec::len), Some(1), "nothing was added");
    assert_eq!(names(&nepho.json(&["list"], 0)).len(), 3, "the cache stays");
}

#[test]
fn an_api_that_is_not_enabled_is_said_once_with_what_to_do() {
    let cloud = gcp();
    let nepho = operator(&cloud);
    cloud.enable_api("proj-0", false);
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "gcp", "--name", "lab", "--project", "proj-0", "--access-token-env", "TOKEN"];
    let add = [&add[..], &["--endpoint", &endpoint]].concat();
    nepho.run(&add).exits(1).says("gcloud services enable");
    assert_eq!(nepho.json(&["accounts", "list"], 0), json!([]));
    nepho.run(&[&add[..], &["--no-verify"]].concat()).exits(0);
    let report = nepho.json(&["sync"], 1);
    let scopes = report["scopes"].as_array().expect("scopes");
    assert_eq!(scopes.len(), 1, "once for the account, not once for each zone: {report}");
    assert_eq!(scopes[0]["error"]["code"], "not_enabled");
    let text = nepho.run(&["list", "--sync"]).exits(1);
    assert_eq!(text.stderr.matches("gcloud services enable").count(), 1, "{text:#?}");
    cloud.enable_api("proj-0", true);
    assert_eq!(nepho.json(&["sync"], 0)["resources"], 3);
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
    assert_eq!((failed.len(), &failed[0]["region"]), (1, &json!("us-central1-a")), "{report}");
}

#[test]
fn local_ssds_are_discarded_only_when_somebody_says_so() {
    let cloud = gcp();
    cloud.put(GcpInstance::new("proj-0", ZONE, "scratch").local_ssd());
    let nepho = operator_of(&cloud);
    for action in ["stop", "suspend"] {
        let refused = nepho.run(&[action, "scratch", "--yes"]).exits(4);
        assert!(refused.stdout.contains("--discard-local-ssd"), "{refused:#?}");
        let plan = nepho.json(&[action, "scratch", "--plan"], 4);
        assert_eq!(plan["plan"][0]["reason"], "local_disks", "{plan}");
    }
    // The option does nothing to those without; a mixed plan sends what it can.
    let both = nepho.json(&["stop", "scratch", "web-1", "--yes", "--wait"], 3);
    assert_eq!((&both["results"][0]["status"], &both["results"][1]["status"]), (&json!("refused"), &json!("accepted")));
    assert_eq!((cloud.mutations(), cloud.status("proj-0", ZONE, "scratch").as_deref()), (1, Some("RUNNING")));
    let done = nepho.json(&["stop", "scratch", "--discard-local-ssd", "--yes", "--wait"], 0);
    assert!(done["plan"][0]["warnings"].to_string().contains("local_disks_lost"), "{done}");
    assert_eq!(cloud.status("proj-0", ZONE, "scratch").as_deref(), Some("TERMINATED"));
    nepho.run(&["start", "web-1", "--discard-local-ssd"]).exits(2);
}

#[test]
fn what_is_protected_or_not_permitted_is_refused_by_the_plan() {
    let cloud = gcp();
    cloud.put(GcpInstance::new("proj-0", ZONE, "kept").protected());
    let nepho = operator_of(&cloud);
    let refused = nepho.run(&["terminate", "kept", "--confirm", "kept", "--json"]).exits(4).json();
    assert_eq!(refused["plan"][0]["reason"], "protected", "{refused}");
    cloud.deny("compute.instances.stop", Some("proj-0"), None);
    let refused = nepho.run(&["stop", "web-1", "--yes", "--json"]).exits(4).json();
    assert_eq!(refused["plan"][0]["reason"], "not_permitted", "{refused}");
    let said = nepho.run(&["stop", "web-1", "--yes"]).exits(4);
    assert!(said.stdout.contains("may not do that"), "{said:#?}");
    let verified = nepho.json(&["accounts", "verify", "lab"], 0);
    assert_eq!(verified["denied_actions"], json!(["stop"]), "{verified}");
    assert!(nepho.run(&["accounts", "verify", "lab"]).exits(0).stdout.contains("denied actions: stop"));
    assert_eq!(cloud.mutations(), 0);
}

#[test]
fn a_reset_is_hard_and_what_was_suspended_is_resumed() {
    let cloud = gcp();
    let nepho = operator_of(&cloud);
    let plan = nepho.json(&["reboot", "web-1", "--plan"], 0);
    assert!(plan["plan"][0]["warnings"].to_string().contains("\"hard\""), "{plan}");
    assert!(nepho.run(&["reboot", "web-1", "--plan"]).exits(0).stdout.contains("hard reset"));
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
fn an_operation_that_comes_to_nothing_has_failed_with_google_s_words() {
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
    assert_eq!(whole["document"], cloud.instance("proj-0", ZONE, "web-1").expect("an instance"), "all of it");
    cloud.break_project("proj-0", Fault::Closed);
    let kept = nepho.run(&["show", "web-1", "--fetch", "--json"]).exits(1).says("whole document").json();
    assert_eq!((&kept["document"], &kept["document_as_of"]), (&whole["document"], &whole["document_as_of"]));
}

#[test]
fn several_projects_are_added_at_once_and_found_before() {
    let cloud = gcp();
    cloud.grant("ya29.both", Principal::new("ops@nephoscope.example").projects(&PROJECTS));
    let nepho = Nepho::new().with("BOTH", "ya29.both");
    let endpoint = cloud.endpoint();
    let found = nepho.json(&signed_in(&["accounts", "projects", "gcp"], "BOTH", &endpoint), 0);
    let seen: Vec<_> = found["projects"].as_array().expect("projects").iter().map(|one| &one["project"]).collect();
    assert_eq!(seen, PROJECTS, "{found}");
    assert_eq!(nepho.json(&["accounts", "list"], 0), json!([]), "nothing is stored");

    let both = "proj-0,proj-1";
    nepho
        .run(&signed_in(&["accounts", "add", "gcp", "--project", both, "--name", "both"], "BOTH", &endpoint))
        .exits(2)
        .says("leave --name out");
    nepho
        .run(&signed_in(&["accounts", "add", "gcp", "--project", both, "--no-verify"], "BOTH", &endpoint))
        .exits(2)
        .says("leave --no-verify out");
    cloud.enable_api("proj-1", false);
    let added =
        nepho.json(&signed_in(&["accounts", "add", "gcp", "--project", both, "--read-write"], "BOTH", &endpoint), 3);
    assert_eq!(added["added"][0]["name"], "proj-0", "{added}");
    assert_eq!(
        (&added["failed"][0]["project"], &added["failed"][0]["error"]["code"]),
        (&json!("proj-1"), &json!("not_enabled"))
    );
    cloud.enable_api("proj-1", true);
    let text = nepho
        .run(&signed_in(&["accounts", "add", "gcp", "--project", "proj-0", "--project", "proj-1"], "BOTH", &endpoint))
        .exits(3);
    assert!(text.stdout.contains("not added: proj-0") && text.stdout.contains("added proj-1"), "{text:#?}");
    assert_eq!(nepho.json(&["sync"], 0)["resources"], 4);
    let found = nepho.json(&signed_in(&["accounts", "projects", "gcp"], "BOTH", &endpoint), 0);
    assert!(found["projects"].as_array().expect("projects").iter().all(|one| one["added"] == true), "{found}");
    nepho.run(&signed_in(&["accounts", "add", "gcp", "--project", "Not A Project"], "BOTH", &endpoint)).exits(2);
}

#[test]
fn application_default_credentials_are_used_and_a_hostile_file_is_not() {
    let cloud = gcp();
    let endpoint = cloud.endpoint();
    let nepho = Nepho::new();
    let file = nepho.home().join("adc.json");
    let good = cloud.service_account("ops@proj-0.iam.gserviceaccount.com");
    fs::write(&file, &good).expect("written");
    let nepho = nepho.with("GOOGLE_APPLICATION_CREDENTIALS", &file.display().to_string());
    let add = ["accounts", "add", "gcp", "--name", "lab", "--project", "proj-0", "--adc", "--endpoint", &endpoint];
    let trap = TcpListener::bind("127.0.0.1:0").expect("a port");
    trap.set_nonblocking(true).expect("set");
    let evil = format!("http://{}/token", trap.local_addr().expect("an address"));
    fs::write(&file, good.replace("https://oauth2.googleapis.com/token", &evil)).expect("written");
    nepho.run(&add).exits(1).says("token_uri");
    assert!(trap.accept().is_err() && cloud.exchanges().is_empty(), "nobody was asked");
    fs::write(&file, &good).expect("written");
    let added = nepho.json(&add, 0);
    assert_eq!(
        (&added["source"], &added["principal"]),
        (&json!("application_default"), &json!("ops@proj-0.iam.gserviceaccount.com"))
    );
    assert_eq!(nepho.json(&["sync"], 0)["resources"], 3);
    fs::remove_file(&file).expect("removed");
    nepho.run(&["sync"]).exits(5).says("");
    let doctor = nepho.run(&["doctor"]).exits(1);
    assert!(doctor.stdout.contains("gcloud auth application-default login"), "{doctor:#?}");
}

#[test]
fn an_endpoint_of_the_ecosystem_s_variables_is_not_followed() {
    let cloud = gcp();
    let trap = TcpListener::bind("127.0.0.1:0").expect("a port");
    trap.set_nonblocking(true).expect("set");
    let address = format!("http://user:pass@{}/", trap.local_addr().expect("an address"));
    let nepho = operator(&cloud).with("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", &address);
    add_project(&nepho, &cloud, "lab", "proj-0", &[]);
    assert_eq!(nepho.json(&["sync"], 0)["resources"], 3);
    let doctor = nepho.run(&["doctor"]).exits(0);
    assert!(
        doctor.stdout.contains("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE is set, and is not followed"),
        "{doctor:#?}"
    );
    assert!(!doctor.stdout.contains("user:pass"), "{doctor:#?}");
    assert!(trap.accept().is_err(), "nobody called");
}
