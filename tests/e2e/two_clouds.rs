//! Two clouds together: an operator with an AWS account adds two projects of one service account,
//! acts on instances of both clouds, and sees one project fail alone.
//!
//! moto is AWS and boto3 its judge; the double is Google Cloud, holds each exchange against
//! Google's own documents, and has Google's own client as its judge; gnome-keyring keeps the key.
//! own documents, and Google's own client its judge; gnome-keyring keeps the key.

use std::time::Duration;

use nepho_testkit::{
    gcp::{Fault, GcpDouble, GcpInstance, OperationError, Pace, Setup},
    moto::Moto,
    python::judge_gcp,
};

use super::{
    desktop::{Desktop, Keyring, Size},
    hostile::lab::{row, stale, state, trouble},
    process::{output, until},
    window::{PATIENCE, Window},
};

const FIRST: &str = "nepho-web";
const SECOND: &str = "nepho-batch";
const ZONE: &str = "europe-west1-b";
const EMAIL: &str = "operator@nepho-web.iam.gserviceaccount.com";
const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAQTWOCLOUDS000001"), ("AWS_SECRET_ACCESS_KEY", "twoclouds/Zx9+Qw8eRtYuIoPaSdFg")];

/// Returns Google's client's word for the instance's status.
fn judged(cloud: &GcpDouble, project: &str, name: &str) -> String {
    let (endpoint, token, step) = (cloud.endpoint(), cloud.token(), format!("get:{ZONE}/{name}"));
    let said = judge_gcp(&["--endpoint", &endpoint, "--project", project, "--token", &token, &step]);
    said.expect("the judge")[0]["status"].as_str().unwrap_or("absent").to_owned()
}

fn google() -> GcpDouble {
    let projects = [FIRST, SECOND, "nepho-unused"].map(str::to_owned).to_vec();
    let cloud = GcpDouble::start(Setup { projects, ..Setup::default() }).expect("a double");
    for instance in [
        GcpInstance::new(FIRST, ZONE, "frontend").with_id(11).label("env", "prod"),
        GcpInstance::new(FIRST, ZONE, "render").with_id(12).local_ssd(),
        GcpInstance::new(FIRST, "us-central1-a", "pool-0").with_id(13).managed_by("pool").spot(),
        GcpInstance::new(SECOND, ZONE, "nightly").with_id(21),
        GcpInstance::new(SECOND, ZONE, "archive").with_id(22).status("TERMINATED"),
    ] {
        cloud.put(instance);
    }
    cloud
}

/// Adds the two projects by the key file; the file's text never passes through the window.
async fn add_projects(window: &Window, cloud: &GcpDouble, key_file: &str) {
    window.click("nav-accounts").await;
    window.click("add-account-open").await;
    window.click("add-cloud-gcp").await;
    window.click("add-way-key_file").await;
    window.type_into("add-key-file", key_file).await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", &cloud.endpoint()).await;
    window.click("find-projects").await;
    for project in [FIRST, SECOND] {
        window.click_css(&format!("[data-testid=\"project-check\"][data-project=\"{project}\"]")).await;
    }
    assert_eq!(window.count("[data-testid=\"project\"]").await, 3);
    window.click("add-read-write").await;
    window.screenshot("projects").await;
    window.click("add-submit").await;
    window.see_gone("[data-testid=\"add-account\"]").await;
}

async fn plan(window: &Window, id: &str, action: &str) {
    if window.count("[data-testid=\"clear-selection\"]").await > 0 {
        window.click("clear-selection").await;
    }
    window.click_css(&format!("{} [data-testid=\"row-select\"]", row(id))).await;
    window.click(&format!("act-{action}")).await;
}

#[tokio::test]
async fn aws_and_google_stand_in_one_list() {
    let moto = Moto::start(Duration::ZERO).expect("moto");
    let made = moto.judge("seed", &["--region", "us-east-1", "--count", "1", "--prefix", "web"]).expect("the judge");
    let web = made[0]["id"].as_str().expect("an id").to_owned();
    let cloud = google();
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let key_file = desktop.home().join("key.json");
    let key = cloud.service_account(EMAIL);
    std::fs::write(&key_file, &key).expect("a key file");
    let add = ["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &moto.endpoint(), "--read-write"];
    output(desktop.command(super::process::built("nepho")).envs(KEYS).args(add));
    let window = Window::open(&desktop, "two-clouds", &KEYS).await;

    // Both clouds in one list, by one sign-in; the keyring holds the key, and the app no longer
    // needs the file.
    add_projects(&window, &cloud, &key_file.display().to_string()).await;
    std::fs::remove_file(&key_file).expect("the operator deletes the file");
    the_key_is_in_the_keyring_and_nowhere_else(&desktop, &key);
    window.click("nav-inventory").await;
    for (id, shown) in [(web.as_str(), "running"), ("11", "running"), ("21", "running"), ("22", "stopped")] {
        window.find_css(&state(id, shown)).await;
    }
    assert_eq!(window.count("[data-testid=\"row\"]").await, 6);
    window.find_css(&format!("{} [data-testid=\"zone\"][title=\"{ZONE}\"]", row("11"))).await;
    window.screenshot("inventory").await;
    window.type_into("query", "tag:env=prod zone:europe-west1-*").await;
    window.see_gone(&row("21")).await;
    // During the typing, the filter matches nothing for a moment.
    until("the one that matches", PATIENCE, async || {
        (window.count("[data-testid=\"row\"]").await == 1 && window.count(&row("11")).await == 1).then_some(())
    })
    .await;
    window.type_into("query", " ").await;
    window.find_css(&row("21")).await;

    stop_and_start(&window, &cloud).await;
    the_command_on_the_clipboard(&window, &cloud).await;
    suspend_with_a_local_ssd(&window, &cloud).await;
    what_the_drawer_says(&window).await;
    an_operation_that_comes_to_nothing(&window, &cloud).await;

    // One project fails: its rows stay and show the reason, and all others continue.
    cloud.enable_api(SECOND, false);
    window.click("nav-inventory").await;
    window.press("r").await;
    let failed = format!("{}[data-account=\"{SECOND}\"]", trouble("not_enabled"));
    window.find_css(&failed).await;
    window.find_css(&stale("21", true)).await;
    for id in [web.as_str(), "11"] {
        window.find_css(&stale(id, false)).await;
    }
    assert_eq!(window.count("[data-testid=\"row\"]").await, 6);
    assert_eq!(window.count("[data-testid=\"trouble-item\"]").await, 1, "one problem, said once");
    window.screenshot("one-project-fails").await;
    plan(&window, &web, "stop").await;
    window.click("plan-confirm").await;
    window.find_css(&state(&web, "stopped")).await;
    window.click("nav-accounts").await;
    window.find("accounts").await;
    window.screenshot("accounts").await;
    the_key_is_in_the_keyring_and_nowhere_else(&desktop, &key);
}

/// Stops and starts an instance, as the cloud and Google's client see it.
async fn stop_and_start(window: &Window, cloud: &GcpDouble) {
    cloud.set_pace(FIRST, ZONE, "frontend", Pace::Held);
    plan(window, "11", "stop").await;
    window.find("plan-target").await;
    assert_eq!(judged(cloud, FIRST, "frontend"), "RUNNING", "a plan sends nothing");
    window.screenshot("plan").await;
    window.click("plan-confirm").await;
    window.find_css(&format!("{} [data-testid=\"state\"][data-raw=\"STOPPING\"]", row("11"))).await;
    window.screenshot("stopping").await;
    cloud.settle();
    window.find_css(&format!("{} [data-testid=\"state\"][data-state=\"stopped\"]", row("11"))).await;
    assert_eq!(judged(cloud, FIRST, "frontend"), "TERMINATED");
    cloud.set_pace(FIRST, ZONE, "frontend", Pace::Polls(2));
    plan(window, "11", "start").await;
    window.find_css(&state("11", "running")).await;
    assert_eq!(judged(cloud, FIRST, "frontend"), "RUNNING");
}

/// Pastes the copied command into a field: it is the command for Google's own command line.
async fn the_command_on_the_clipboard(window: &Window, cloud: &GcpDouble) {
    if window.count("[data-testid=\"clear-selection\"]").await > 0 {
        window.click("clear-selection").await;
    }
    window.click_css(&format!("{} [data-testid=\"row-select\"]", row("11"))).await;
    window.click("copy-command").await;
    window.click("copy-command-stop").await;
    window.see("[data-testid=\"toasts\"]", "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE").await;
    // Control and V.
    window.find("query").await.send_keys("\u{E009}v\u{E000}").await.expect("a field that can be pasted into");
    let pasted = window.read("return document.querySelector('[data-testid=\"query\"]').value").await;
    let endpoint = cloud.endpoint();
    let command = format!(
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE={endpoint}/compute/v1/ gcloud compute instances stop frontend \
         --zone={ZONE} --project={FIRST}"
    );
    assert_eq!(pasted.as_str().map(str::trim), Some(command.as_str()));
    window.type_into("query", " ").await;
    window.find_css(&row("21")).await;
}

/// The plan refuses until the operator accepts the loss of the local disks' contents.
async fn suspend_with_a_local_ssd(window: &Window, cloud: &GcpDouble) {
    plan(window, "12", "suspend").await;
    window.find_css("[data-testid=\"plan-target\"][data-verdict=\"refused\"][data-reason=\"local_disks\"]").await;
    window.screenshot("local-ssd").await;
    window.click("plan-discard").await;
    window.find_css("[data-testid=\"plan-target\"][data-verdict=\"eligible\"]").await;
    let warnings = window.attribute("[data-testid=\"plan-target\"]", "data-warnings").await.unwrap_or_default();
    assert!(warnings.contains("local_disks_lost"), "{warnings}");
    window.click("plan-confirm").await;
    window.find_css(&state("12", "suspended")).await;
    assert_eq!(judged(cloud, FIRST, "render"), "SUSPENDED");
    plan(window, "12", "resume").await;
    window.find_css(&state("12", "running")).await;
    // A member of a group, reset by a power cut: the plan warns of both.
    plan(window, "13", "reboot").await;
    let target = "[data-testid=\"plan-target\"][data-verdict=\"eligible\"]";
    window.find_css(target).await;
    let warnings = window.attribute(target, "data-warnings").await.unwrap_or_default();
    assert!(warnings.contains("hard") && warnings.contains("group_member"), "{warnings}");
    window.screenshot("reset").await;
    window.click("plan-cancel").await;
}

/// The drawer reads the full document when an operator opens it, and shows its time.
async fn what_the_drawer_says(window: &Window) {
    window.click("clear-selection").await;
    window.click_css(&format!("{} [data-testid=\"name\"]", row("11"))).await;
    window.see("[data-testid=\"place\"]", ZONE).await;
    window.screenshot("drawer").await;
    window.click("tab-raw").await;
    window.find_css("[data-testid=\"raw-age\"][data-whole=\"true\"]").await;
    // The listing requests no metadata; the full document has its keys, without its values.
    window.see("[data-testid=\"raw\"]", "enable-oslogin").await;
    window.see("[data-testid=\"raw\"]", "withheld by Nephoscope").await;
    window.screenshot("raw").await;
    window.press("\u{E00C}").await;
}

/// The operation fails after it was accepted: the row never shows running, and the window shows the
/// reason.
async fn an_operation_that_comes_to_nothing(window: &Window, cloud: &GcpDouble) {
    cloud.fail_next(SECOND, ZONE, "archive", OperationError::exhausted(ZONE));
    plan(window, "22", "start").await;
    window.click("nav-activity").await;
    window.find_css("[data-testid=\"journal-entry\"][data-key$=\":22\"][data-event=\"failed\"]").await;
    window.screenshot("operation-failed").await;
    window.click("nav-inventory").await;
    window.find_css(&state("22", "stopped")).await;
    assert_eq!(judged(cloud, SECOND, "archive"), "TERMINATED");
}

/// Checks that `secret-tool` finds the private key, and no file contains it; the account's project
/// is found.
fn the_key_is_in_the_keyring_and_nowhere_else(desktop: &Desktop, key: &str) {
    let document: serde_json::Value = serde_json::from_str(key).expect("a key file");
    let pem = document["private_key"].as_str().expect("a private key");
    // The middle of the key: one line identifies it.
    let line = pem.lines().nth(5).expect("a long key");
    assert!(desktop.secrets().contains(line), "the keyring has the key");
    let found = |needle: &str| -> Vec<_> {
        let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        desktop.files().into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect()
    };
    assert!(!found(FIRST).is_empty(), "the control is in no file, so this search proves nothing");
    assert_eq!(found(line), Vec::<std::path::PathBuf>::new(), "the key is in a file");
}

#[tokio::test]
async fn project_with_disabled_api_is_refused_with_a_remedy() {
    let cloud = google();
    cloud.enable_api(SECOND, false);
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let key_file = desktop.home().join("key.json");
    std::fs::write(&key_file, cloud.service_account(EMAIL)).expect("a key file");
    let window = Window::open(&desktop, "api-off", &[]).await;
    window.click("add-account-open").await;
    window.click("add-cloud-gcp").await;
    window.click("add-way-key_file").await;
    window.type_into("add-key-file", &key_file.display().to_string()).await;
    window.click("add-custom-endpoint").await;
    window.type_into("add-endpoint", &cloud.endpoint()).await;
    window.click("find-projects").await;
    for project in [FIRST, SECOND] {
        window.click_css(&format!("[data-testid=\"project-check\"][data-project=\"{project}\"]")).await;
    }
    window.click("add-submit").await;
    // The good project is added; the other shows the reason and the remedy.
    window.see("[data-testid=\"add-failure\"]", "gcloud services enable compute.googleapis.com").await;
    window.find_css(&format!("[data-testid=\"project\"][data-project=\"{FIRST}\"][data-added=\"true\"]")).await;
    window.screenshot("api-off").await;
    window.click("add-cancel").await;
    window.click("nav-inventory").await;
    window.find_css(&state("11", "running")).await;
    assert_eq!(window.count("[data-testid=\"row\"]").await, 3);
    cloud.break_zone("us-central1-a", Fault::Unreachable);
    window.press("r").await;
    window.find_css(&stale("13", true)).await;
    window.find_css(&stale("11", false)).await;
    window.screenshot("zone-unreachable").await;
}
