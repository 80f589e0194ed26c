//! Exit codes 0 to 5, each from a real cause.

use nepho_core::State;
use nepho_testkit::ec2::{Ec2Instance, Fault, FaultRule, id};

use super::{
    cloud::{KEY, add, cloud, mutations, operator, operator_of},
    harness::Nepho,
};

#[test]
fn without_a_terminal_and_without_yes_nothing_is_sent() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    for action in ["stop", "reboot"] {
        nepho.run(&[action, "web-1"]).exits(2).says("confirm with --yes; nothing was sent");
        let error = nepho.json(&[action, "web-1"], 2);
        assert_eq!(error["error"]["code"], "usage", "{error}");
    }
    nepho.run(&["start", "web-1", "web-2"]).exits(0); // both run: nothing to confirm, nothing to send
    assert_eq!(mutations(&cloud), 0);
    assert_eq!(nepho.json(&["journal"], 0).as_array().map(Vec::len), Some(0));
}

#[test]
fn a_wrong_command_line_is_usage() {
    let nepho = Nepho::new();
    for wrong in [
        &["list", "--wrong"][..],
        &["list", "foo:bar"],
        &["list", "state:flying"],
        &["sync", "--kind", "castle"],
        &["accounts", "set", "lab"],
        &["accounts", "add", "aws", "--name", "lab"],
        &["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", "http://example.com"],
        &["accounts", "add", "aws", "--name", "lab", "--access-key-id", "AKIA"],
        &["stop"],
        &[],
    ] {
        assert!(!nepho.run(wrong).exits(2).stderr.is_empty());
        let error = nepho.json(wrong, 2);
        assert!(error["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
    }
}

#[test]
fn yes_never_replaces_a_typed_confirmation() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    nepho.run(&["terminate", "web-1", "--yes"]).exits(2).says("--confirm \"web-1\"");
    nepho.run(&["terminate", "web-1", "web-2", "--yes"]).exits(2).says("--confirm \"terminate 2\"");
    nepho.run(&["terminate", "web-1", "--yes", "--confirm", "web-2"]).exits(4);
    assert_eq!(nepho.json(&["terminate", "web-1", "--confirm", "yes"], 4)["error"]["code"], "refused");
    nepho.run(&["accounts", "set", "lab", "--prod"]).exits(0);
    for action in ["stop", "reboot"] {
        nepho.run(&[action, "web-1", "--yes"]).exits(2).says("--confirm");
    }
    assert_eq!(mutations(&cloud), 0);
    nepho.run(&["stop", "web-1", "--confirm", "web-1", "--wait"]).exits(0);
    nepho.run(&["terminate", "web-1", "db-1", "--confirm", "lab 2", "--wait"]).exits(0);
    assert_eq!(cloud.state("us-east-1", &id(3)), Some(State::Terminated));
    assert_eq!(cloud.state("eu-west-1", &id(2)), Some(State::Running));
}

#[test]
fn a_confirmation_of_something_else_confirms_nothing() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    nepho.run(&["stop", "web-1", "--confirm", "web-2"]).exits(4).says("does not match");
    nepho.run(&["stop", "web-1", "--yes", "--confirm", "web-2"]).exits(4);
    nepho.run(&["stop", "web-1", "web-2", "--yes", "--confirm", "lab 3"]).exits(4);
    assert_eq!(mutations(&cloud), 0);
    nepho.run(&["stop", "web-1", "--confirm", &id(1)]).exits(0);
    assert_eq!(mutations(&cloud), 1);
}

#[test]
fn a_read_only_account_is_refused() {
    let cloud = cloud();
    let nepho = operator();
    assert_eq!(add(&nepho, &cloud, &[])["access"], "read_only", "unless --read-write");
    nepho.run(&["sync"]).exits(0);
    for action in ["start", "stop", "reboot", "terminate"] {
        let refused = nepho.json(&[action, "web-1", "--yes", "--confirm", "web-1"], 4);
        assert_eq!(refused["plan"][0]["verdict"], "refused", "{refused}");
        assert_eq!(refused["plan"][0]["reason"], "read_only");
        assert_eq!((&refused["results"], &refused["operation_id"]), (&serde_json::json!([]), &serde_json::Value::Null));
    }
    assert_eq!(nepho.json(&["stop", "web-1", "--plan"], 4)["plan"][0]["reason"], "read_only");
    assert_eq!(mutations(&cloud), 0);
}

#[test]
fn wrong_keys_are_not_signed_in_and_nothing_is_stored() {
    let cloud = cloud();
    let nepho = Nepho::new().with("AWS_ACCESS_KEY_ID", "AKIAQXAMPLEWRONG0000").with("AWS_SECRET_ACCESS_KEY", KEY);
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &endpoint];
    assert_eq!(nepho.json(&add, 5)["error"]["code"], "unauthenticated");
    assert_eq!(nepho.json(&["accounts", "list"], 0), serde_json::json!([]));
    // With `--no-verify` the account is stored, and then every sync reports the failure.
    let stored = nepho.json(&[&add[..], &["--no-verify"]].concat(), 0);
    assert!(stored["realm"].is_null(), "{stored}");
    nepho.run(&["sync"]).exits(5);
    nepho.run(&["accounts", "verify", "lab"]).exits(5);
}

#[test]
fn an_environment_without_keys_is_not_signed_in() {
    let cloud = cloud();
    let nepho = Nepho::new();
    let add = ["accounts", "add", "aws", "--name", "lab", "--env", "--endpoint", &cloud.endpoint()];
    nepho.run(&add).exits(5).says("AWS_ACCESS_KEY_ID");
    assert_eq!(cloud.served().requests, 0);
}

#[test]
fn target_outcomes_decide_the_exit_code() {
    let cloud = cloud();
    cloud.put(Ec2Instance::new("eu-west-1", &id(4)).named("kept").stop_protected());
    let nepho = operator_of(&cloud);
    let refused = nepho.json(&["stop", "kept", "--yes", "--wait"], 4);
    assert_eq!(refused["plan"][0]["reason"], "protected", "{refused}");
    let partial = nepho.json(&["stop", "kept", "web-1", "--yes", "--wait"], 3);
    let results = [&partial["results"][0]["status"], &partial["results"][1]["status"]];
    assert_eq!(results, ["refused", "done"], "{partial}");
    let error = Fault::Error { status: 400, code: "OperationNotPermitted".to_owned(), message: "no".to_owned() };
    cloud.break_action("StopInstances", error);
    let failed = nepho.json(&["stop", "web-2", "--yes", "--wait"], 1);
    assert_eq!(failed["results"][0]["status"], "refused");
    assert!(!failed["results"][0]["error"].is_null(), "{failed}");
    assert_eq!(cloud.state("eu-west-1", &id(2)), Some(State::Running));
}

#[test]
fn action_without_answer_is_unknown_and_never_resent() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    let lost = Fault::Executed(Box::new(Fault::Closed));
    cloud.add_rule(FaultRule { region: None, action: Some("StopInstances".to_owned()), times: Some(1), fault: lost });
    let unknown = nepho.json(&["stop", "web-1", "--yes"], 3);
    assert_eq!(unknown["results"][0]["status"], "unknown", "{unknown}");
    assert_eq!(cloud.count("StopInstances"), 1);
    cloud.adjust(|setup| setup.lag = std::time::Duration::ZERO);
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["state"], "stopped");
    assert_eq!(nepho.json(&["journal"], 0)[0]["event"], "done", "the observation says what became of it");
    assert_eq!(cloud.count("StopInstances"), 1);
}

#[test]
fn waiting_in_vain_is_no_success() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    cloud.adjust(|setup| setup.lag = std::time::Duration::from_hours(1));
    let waited = nepho.json(&["stop", "web-1", "--yes", "--wait", "--timeout", "1"], 3);
    assert_ne!(waited["results"][0]["observed_state"], "stopped", "{waited}");
    nepho.run(&["sync"]).exits(0);
    assert_eq!(nepho.json(&["list", "web-1"], 0)[0]["state"], "stopping", "never stopped before the cloud says so");
}

#[test]
fn missing_targets_and_accounts_are_not_found() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    for missing in [
        &["show", "nothing"][..],
        &["stop", "nothing", "--yes"],
        &["stop", "web-1", "nothing", "--yes"],
        &["sync", "--account", "missing"],
        &["accounts", "verify", "missing"],
        &["accounts", "remove", "missing"],
    ] {
        assert_eq!(nepho.json(missing, 1)["error"]["code"], "not_found");
    }
    assert_eq!(mutations(&cloud), 0);
}
