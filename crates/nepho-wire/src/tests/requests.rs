//! Requests: bounded, closed, and never a panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    COMMANDS,
    accounts::{AddAccountRequest, Credentials},
    commands::reads,
    limits::{MAX_KEY, MAX_LIST, MAX_NAME, MAX_PROJECTS, MAX_QUERY, MAX_SECRET, MAX_TEXT},
};

const KEY: &str = "aws:123456789012:eu-west-1:instance:i-0ab";

/// One good request of each command.
pub(super) fn good(name: &str) -> Value {
    let sort = json!({"column": "name", "descending": false});
    match name {
        "query_inventory" => json!({"query": "web", "sort": sort, "offset": 0, "limit": 200}),
        "update_selection" => {
            json!({"query": "", "change": {"type": "range", "query": "", "sort": sort, "from": KEY, "to": KEY}})
        }
        "get_resource" | "get_document" | "fetch_document" | "open_console" => json!({"key": KEY}),
        "copy_command" => json!({"action": "stop", "keys": [KEY], "discard_local_disks": true}),
        "plan_action" => json!({
            "action": "stop", "target": {"type": "keys", "keys": [KEY]}, "discard_local_disks": false
        }),
        "commit_plan" => json!({"nonce": "abc", "confirmation": null}),
        "list_operations" => json!({"limit": 20}),
        "list_journal" => json!({"limit": 20, "before": null}),
        "add_account" => json!({
            "provider": "aws", "project": null, "name": "lab", "endpoint": null, "regions": ["eu-west-1"], "access": "read_only",
            "prod": false, "credentials": {
                "type": "keys", "access_key_id": "AKIAEXAMPLE", "secret_access_key": "wJalr", "session_token": null
            }
        }),
        "find_projects" => json!({
            "provider": "gcp", "credentials": {"type": "key_file", "path": "~/key.json"}, "endpoint": null
        }),
        "add_projects" => json!({
            "provider": "gcp", "credentials": {"type": "variable", "variable": "TOKEN"}, "endpoint": null,
            "projects": ["proj-0"], "regions": [], "access": "read_only", "prod": false
        }),
        "update_account" => json!({
            "account": "a", "name": null, "access": "read_write", "prod": true, "regions": [], "credentials": null
        }),
        "verify_account" | "remove_account" => json!({"account": "a"}),
        "sync_now" => json!({"accounts": []}),
        "check_keyring" => json!({"prompt": true}),
        "update_settings" => json!({"theme": "dark"}),
        _ => json!({}),
    }
}

/// Returns every place in a value, as a path of steps.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                found.extend(places(member).into_iter().map(|rest| format!("/{name}{rest}")));
            }
        }
        Value::Array(members) => {
            for (at, member) in members.iter().enumerate() {
                found.extend(places(member).into_iter().map(|rest| format!("/{at}{rest}")));
            }
        }
        _ => {}
    }
    found
}

fn refused(name: &str, place: &str, with: Value) -> String {
    let mut request = good(name);
    *request.pointer_mut(place).unwrap_or_else(|| panic!("{name} has {place}")) = with;
    reads(name, &request).unwrap().expect_err(&format!("{name} {place}")).to_string()
}

#[test]
fn a_good_request_of_each_command_is_read() {
    for name in COMMANDS {
        reads(name, &good(name)).unwrap().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn an_unknown_field_is_refused_at_every_depth() {
    for name in COMMANDS {
        for place in places(&good(name)) {
            let mut request = good(name);
            if let Some(Value::Object(members)) = request.pointer_mut(&place) {
                members.insert("surprise".to_owned(), json!(1));
                assert!(reads(name, &request).unwrap().is_err(), "{name}{place}");
            }
        }
    }
    for change in [json!({"type": "clear", "x": 1}), json!({"type": "toggle", "key": KEY, "x": 1})] {
        refused("update_selection", "/change", change);
    }
    for credentials in ["environment", "application_default"] {
        refused("add_account", "/credentials", json!({"type": credentials, "x": 1}));
    }
}

// Invariant 6
#[test]
fn what_is_too_long_is_refused_and_what_just_fits_is_not() {
    let long = |length: usize| Value::from("x".repeat(length));
    let key_of = |length: usize| Value::from(format!("{KEY}{}", "x".repeat(length - KEY.len())));
    for (name, place, fits, not) in [
        ("query_inventory", "/query", long(MAX_QUERY), long(MAX_QUERY + 1)),
        ("query_inventory", "/limit", json!(200), json!(201)),
        ("list_journal", "/limit", json!(200), json!(201)),
        ("list_operations", "/limit", json!(200), json!(201)),
        ("update_selection", "/query", long(MAX_QUERY), long(MAX_QUERY + 1)),
        ("update_selection", "/change/query", long(MAX_QUERY), long(MAX_QUERY + 1)),
        ("update_selection", "/change/from", key_of(MAX_KEY), key_of(MAX_KEY + 1)),
        ("get_resource", "/key", key_of(MAX_KEY), key_of(MAX_KEY + 1)),
        ("copy_command", "/keys", json!(vec![KEY; MAX_LIST]), json!(vec![KEY; MAX_LIST + 1])),
        ("plan_action", "/target/keys", json!(vec![KEY; MAX_LIST]), json!(vec![KEY; MAX_LIST + 1])),
        (
            "plan_action",
            "/target",
            json!({"type": "operation", "operation_id": "x".repeat(MAX_NAME)}),
            json!({"type": "operation", "operation_id": "x".repeat(MAX_NAME + 1)}),
        ),
        ("commit_plan", "/nonce", long(MAX_NAME), long(MAX_NAME + 1)),
        ("commit_plan", "/confirmation", long(MAX_TEXT), long(MAX_TEXT + 1)),
        ("add_account", "/name", long(MAX_NAME), long(MAX_NAME + 1)),
        ("add_account", "/endpoint", long(MAX_TEXT), long(MAX_TEXT + 1)),
        ("add_account", "/regions", json!(vec!["r"; MAX_LIST]), json!(vec!["r"; MAX_LIST + 1])),
        ("add_account", "/credentials/secret_access_key", long(MAX_SECRET), long(MAX_SECRET + 1)),
        ("add_account", "/project", long(MAX_NAME), long(MAX_NAME + 1)),
        ("find_projects", "/credentials/path", long(MAX_TEXT), long(MAX_TEXT + 1)),
        ("add_projects", "/credentials/variable", long(MAX_NAME), long(MAX_NAME + 1)),
        ("add_projects", "/projects", json!(vec!["p"; MAX_PROJECTS]), json!(vec!["p"; MAX_PROJECTS + 1])),
        ("sync_now", "/accounts", json!(vec!["a"; MAX_LIST]), json!(vec!["a"; MAX_LIST + 1])),
    ] {
        let mut request = good(name);
        *request.pointer_mut(place).unwrap() = fits;
        reads(name, &request).unwrap().unwrap_or_else(|error| panic!("{name}{place}: {error}"));
        refused(name, place, not);
    }
}

// Invariant 7
#[test]
fn a_secret_is_in_no_error_and_in_no_debug_text() {
    let canary = "canary-7f31";
    let long = format!("{canary}{}", "x".repeat(MAX_SECRET));
    for field in ["access_key_id", "secret_access_key", "session_token"] {
        let error = refused("add_account", &format!("/credentials/{field}"), Value::from(long.as_str()));
        assert!(!error.contains(canary), "{error}");
        let mut request = good("add_account");
        request["credentials"][field] = Value::from(canary);
        let request: AddAccountRequest = serde_json::from_value(request).unwrap();
        assert!(!format!("{request:?}").contains(canary));
        let Credentials::Keys { access_key_id, secret_access_key, session_token } = request.credentials else {
            panic!("keys");
        };
        let texts = [Some(access_key_id), Some(secret_access_key), session_token];
        assert!(texts.into_iter().flatten().any(|text| text.into_secret().expose() == canary));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("keys")),
        Just(Value::from(KEY)),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map("type|key|keys|query|sort|from|[a-z]{0,4}", inner, 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Any input is a request or an error.
    #[test]
    fn no_request_makes_a_deserialiser_panic(at in 0..COMMANDS.len(), place in any::<prop::sample::Index>(), with in any_json()) {
        let name = COMMANDS[at];
        let _ = reads(name, &with).unwrap();
        let mut request = good(name);
        let all = places(&request);
        *request.pointer_mut(&all[place.index(all.len())]).unwrap() = with;
        let _ = reads(name, &request).unwrap();
    }
}
