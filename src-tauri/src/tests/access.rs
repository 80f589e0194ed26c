//! The command table, the handler list and the capability list are the same, and Tauri enforces
//! them: checked with the resolved access list that is compiled into the app.

use std::collections::BTreeSet;

use nepho_wire::COMMANDS;
use serde_json::Value;
use tauri::{Context, Url, Wry, ipc::Origin};

/// Permissions of a page apart from our commands: to listen for the one event, and to stop listening.
const LISTENING: [&str; 2] = ["core:event:allow-listen", "core:event:allow-unlisten"];

fn context() -> Context<Wry> {
    tauri::generate_context!()
}

fn capability() -> Value {
    serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap()
}

fn table() -> BTreeSet<String> {
    COMMANDS.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_handler_list_is_the_table() {
    let host = include_str!("../host.rs");
    let (_, list) = host.split_once("generate_handler![").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let handled: Vec<&str> =
        list.split(',').filter_map(|path| path.trim().rsplit("::").next()).filter(|name| !name.is_empty()).collect();
    assert_eq!(handled, COMMANDS);
}

#[test]
fn the_capability_is_the_table_and_listening_and_nothing_else() {
    let capability = capability();
    let permissions: Vec<String> =
        capability["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let mut expected: Vec<String> = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    expected.extend(LISTENING.map(str::to_owned));
    assert_eq!(permissions, expected);
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    for absent in ["remote", "webviews", "platforms"] {
        assert!(capability.get(absent).is_none(), "{absent}");
    }
    let others = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities")).unwrap().count();
    assert_eq!(others, 1, "one capability file");
}

#[test]
fn our_page_may_call_every_command_of_the_table() {
    let mut context = context();
    let authority = context.runtime_authority_mut();
    for command in table() {
        assert!(authority.resolve_access(&command, "main", "main", &Origin::Local).is_some(), "{command}");
    }
    for command in ["plugin:event|listen", "plugin:event|unlisten"] {
        assert!(authority.resolve_access(command, "main", "main", &Origin::Local).is_some(), "{command}");
    }
}

#[test]
fn nothing_that_is_not_listed_may_be_called() {
    let mut context = context();
    let authority = context.runtime_authority_mut();
    for command in [
        "read_secret",
        "plugin:event|emit",
        "plugin:event|emit_to",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:image|from_path",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:menu|new",
        "plugin:resources|close",
        "plugin:shell|open",
        "plugin:fs|read_file",
    ] {
        assert!(authority.resolve_access(command, "main", "main", &Origin::Local).is_none(), "{command}");
    }
}

#[test]
fn another_origin_or_another_window_may_call_nothing() {
    let mut context = context();
    let authority = context.runtime_authority_mut();
    let origins = ["https://evil.example", "http://app.evil.com", "http://localhost:1420", "http://tauri.localhost"];
    for command in table() {
        for url in origins {
            let origin = Origin::Remote { url: Url::parse(url).unwrap() };
            assert!(authority.resolve_access(&command, "main", "main", &origin).is_none(), "{command} from {url}");
        }
        assert!(authority.resolve_access(&command, "other", "other", &Origin::Local).is_none(), "{command}");
    }
}
