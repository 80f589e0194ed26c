//! Projects of Google Cloud as accounts: the ways to add them, and their credentials.

use std::{fs, net::TcpListener};

use nepho_testkit::gcp::Principal;
use serde_json::json;

use super::{
    cloud::names,
    gcp::{PROJECTS, add_project, gcp, operator, operator_of, signed_in},
    harness::Nepho,
};

#[test]
fn missing_or_expired_access_token_is_reported() {
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
fn disabled_api_is_reported_once_with_a_remedy() {
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
    assert!(trap.accept().is_err() && cloud.exchanges().is_empty(), "no server received a request");
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
    assert!(trap.accept().is_err(), "no server received a connection");
}
