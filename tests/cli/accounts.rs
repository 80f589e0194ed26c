//! `nepho accounts`: add with a verification, list, change, remove.

use nepho_testkit::ec2::{Fault, Setup};
use serde_json::{Value, json};

use super::{
    cloud::{KEY, add, cloud, cloud_of, mutations, names, operator, operator_of},
    harness::Nepho,
};

/// The regions of the requests to a service, each once, in order of the first request.
fn asked(cloud: &nepho_testkit::ec2::Ec2Double, service: &str) -> Vec<String> {
    let mut regions = Vec::new();
    for seen in cloud.seen().into_iter().filter(|seen| seen.service == service) {
        if !regions.contains(&seen.region) {
            regions.push(seen.region);
        }
    }
    regions
}

#[test]
fn the_home_region_is_the_first_that_was_named() {
    let cloud = cloud();
    let nepho = operator();
    let added = add(&nepho, &cloud, &["--regions", "eu-west-1,us-west-2"]);
    assert_eq!(added["regions"], json!(["eu-west-1", "us-west-2"]));
    nepho.run(&["sync"]).exits(0);
    assert_eq!(asked(&cloud, "sts"), ["eu-west-1"]);
    let mut listed = asked(&cloud, "ec2");
    listed.sort_unstable();
    assert_eq!(listed, ["eu-west-1", "us-west-2"], "no other region is asked");
    assert_eq!(names(&nepho.json(&["list"], 0)), ["web-1", "web-2"]);

    // Without a selection: us-east-1, and all enabled regions. Rows of regions that are no longer
    // selected are removed.
    let changed = nepho.json(&["accounts", "set", "lab", "--all-regions"], 0);
    assert_eq!(changed["regions"], json!([]));
    cloud.forget_requests();
    nepho.run(&["sync"]).exits(0);
    assert_eq!(asked(&cloud, "sts"), ["us-east-1"]);
    assert_eq!(names(&nepho.json(&["list"], 0)), ["db-1", "web-1", "web-2"]);
    nepho.run(&["accounts", "set", "lab", "--regions", "us-east-1"]).exits(0);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(names(&nepho.json(&["list"], 0)), ["db-1"]);
}

#[test]
fn an_account_is_pinned_named_once_and_listed_once() {
    let cloud = cloud();
    let nepho = operator();
    let added = add(&nepho, &cloud, &["--prod"]);
    let realm = added["realm"].as_str().expect("a realm");
    assert!(realm.starts_with("123456789012"), "{added}");
    assert!(added["principal"].as_str().is_some_and(|principal| principal.starts_with("arn:")), "{added}");
    assert_eq!((&added["prod"], &added["source"]), (&json!(true), &json!("environment")));
    let verified = nepho.json(&["accounts", "verify", "lab"], 0);
    assert_eq!((&verified["realm"], &verified["account"]), (&added["realm"], &json!("lab")));
    let endpoint = cloud.endpoint();
    for name in ["lab", "LAB", "other"] {
        nepho.run(&["accounts", "add", "aws", "--name", name, "--env", "--endpoint", &endpoint]).exits(1);
    }
    assert_eq!(nepho.json(&["accounts", "list"], 0).as_array().map(Vec::len), Some(1));
    assert!(nepho.run(&["accounts", "list"]).exits(0).stdout.contains("read-only"));

    // The same endpoint, now with another account: no row changes and nothing is sent.
    nepho.run(&["sync"]).exits(0);
    nepho.run(&["accounts", "set", "lab", "--read-write", "--no-prod"]).exits(0);
    let port = cloud.port();
    drop(cloud);
    let other = cloud_of(Setup { account: "210987654321".to_owned(), port, ..Setup::default() });
    nepho.run(&["sync"]).exits(5);
    nepho.run(&["accounts", "verify", "lab"]).exits(5);
    nepho.run(&["stop", "web-1", "--yes"]).exits(5);
    assert_eq!(mutations(&other), 0);
    assert_eq!(nepho.json(&["list"], 0)[0]["error"]["code"], "wrong_account");
}

#[test]
fn set_changes_what_was_asked_and_nothing_else() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let facts = |account: &Value| ["name", "access", "prod", "regions"].map(|name| account[name].clone());
    let before = nepho.json(&["accounts", "list"], 0)[0].clone();
    let renamed = nepho.json(&["accounts", "set", "lab", "--rename", "laboratory"], 0);
    assert_eq!(facts(&renamed), [json!("laboratory"), json!("read_write"), json!(false), json!([])]);
    assert_eq!((&renamed["id"], &renamed["realm"]), (&before["id"], &before["realm"]));
    let prod = nepho.json(&["accounts", "set", "laboratory", "--prod", "--read-only"], 0);
    assert_eq!(facts(&prod), [json!("laboratory"), json!("read_only"), json!(true), json!([])]);
    assert_eq!(nepho.json(&["list", "account:laboratory", "is:prod"], 0).as_array().map(Vec::len), Some(3));
    nepho.run(&["accounts", "set", "laboratory", "--prod", "--no-prod"]).exits(2);
    nepho.run(&["accounts", "set", "laboratory", "--rename", "a\u{202E}b"]).exits(2);
    assert_eq!(facts(&nepho.json(&["accounts", "list"], 0)[0]), facts(&prod));
}

#[test]
fn remove_forgets_the_rows_and_leaves_the_cloud_alone() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    assert_eq!(nepho.json(&["accounts", "remove", "lab"], 0)["name"], "lab");
    assert_eq!(nepho.json(&["accounts", "list"], 0), json!([]));
    assert_eq!(nepho.json(&["list"], 0), json!([]));
    assert_eq!(cloud.served().requests, 0);
    add(&nepho, &cloud, &[]);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(names(&nepho.json(&["list"], 0)).len(), 3);
}

#[test]
fn accounts_list_shows_the_age_and_failure_of_scopes() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.break_region("us-west-2", Fault::Denied);
    nepho.run(&["sync"]).exits(3);
    let account = nepho.json(&["accounts", "list"], 0)[0].clone();
    let scopes = account["scopes"].as_array().expect("scopes");
    assert_eq!(scopes.len(), 3, "{account}");
    for scope in scopes {
        let denied = scope["location"] == "us-west-2";
        assert_eq!(scope["status"], if denied { "failed" } else { "ok" }, "{scope}");
        assert_eq!(scope["error"]["code"] == "permission_denied", denied, "{scope}");
    }
    let verified = nepho.json(&["accounts", "verify", "lab"], 0);
    let denied = verified["denied"].as_array().expect("what is denied");
    assert_eq!((denied.len(), &denied[0]["location"]), (1, &json!("us-west-2")), "{verified}");
    let text = nepho.run(&["accounts", "verify", "lab"]).exits(0).stdout;
    assert!(text.contains("us-west-2") && text.contains("DescribeInstances"), "{text}");
}

#[test]
fn a_profile_is_bound_by_its_name() {
    let cloud = cloud();
    let nepho = Nepho::new();
    let files = nepho.home().join(".aws");
    std::fs::create_dir(&files).expect("a directory");
    let key_id = super::cloud::KEY_ID;
    let profile = format!("[ops]\naws_access_key_id = {key_id}\naws_secret_access_key = {KEY}\n");
    std::fs::write(files.join("credentials"), profile).expect("a file");
    std::fs::write(files.join("config"), "[profile ops]\nregion = eu-west-1\n").expect("a file");
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--profile", "ops", "--endpoint", &endpoint];
    let added = nepho.json(&add, 0);
    assert_eq!((&added["source"], &added["profile"]), (&json!("profile"), &json!("ops")));
    assert_eq!(asked(&cloud, "sts"), ["eu-west-1"], "the profile's own region");
    nepho.run(&["sync"]).exits(0);
    let held = |bytes: &[u8]| bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
    let files: Vec<_> = nepho.files().into_iter().filter(|(_, bytes)| held(bytes)).map(|(path, _)| path).collect();
    assert_eq!(files, [nepho.home().join(".aws/credentials")], "it stays where it was and is nowhere else");
}
