//! `tauri.conf.json` promises what SECURITY.md promises: a strict content policy, frozen
//! prototypes, no global API, no asset protocol, no remote page, one window.

use std::collections::BTreeMap;

use serde_json::{Value, json};

fn config() -> Value {
    serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap()
}

#[test]
fn the_content_policy_allows_our_own_files_and_nothing_else() {
    let config = config();
    let policy: BTreeMap<String, String> = serde_json::from_value(config["app"]["security"]["csp"].clone()).unwrap();
    let expected = [
        ("base-uri", "'none'"),
        ("connect-src", "ipc: http://ipc.localhost"),
        ("default-src", "'none'"),
        ("font-src", "'self'"),
        ("form-action", "'none'"),
        ("frame-ancestors", "'none'"),
        ("img-src", "'self' data:"),
        ("object-src", "'none'"),
        ("script-src", "'self'"),
        ("style-src", "'self'"),
    ];
    assert_eq!(policy, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn the_page_gets_no_more_than_it_needs() {
    let config = config();
    let app = &config["app"];
    assert_eq!(app["withGlobalTauri"], json!(false));
    let security = &app["security"];
    assert_eq!(security["freezePrototype"], json!(true));
    assert_eq!(security["capabilities"], json!(["main"]));
    for absent in ["devCsp", "dangerousDisableAssetCspModification", "assetProtocol", "pattern", "headers"] {
        assert!(security.get(absent).is_none(), "{absent}");
    }
    assert!(config.get("plugins").is_none(), "no plugin speaks to the page");
    for absent in ["devUrl", "beforeDevCommand", "beforeBuildCommand"] {
        assert!(config["build"].get(absent).is_none(), "{absent}");
    }
}

#[test]
fn there_is_one_window_and_it_is_ours() {
    let config = config();
    let windows = config["app"]["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1);
    let window = &windows[0];
    assert_eq!(window["label"], json!(crate::window::LABEL));
    assert_eq!(window["create"], json!(false), "window.rs opens it, with its rules for navigation");
    for (member, value) in [("width", 1280), ("height", 800), ("minWidth", 960), ("minHeight", 600)] {
        assert_eq!(window[member], json!(value), "{member}");
    }
    for absent in ["url", "devtools", "proxyUrl", "additionalBrowserArgs", "useHttpsScheme"] {
        assert!(window.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn the_identifier_and_the_icons_are_real() {
    let config = config();
    assert_eq!(config["identifier"], json!("dev.nephoscope.Nephoscope"));
    assert_eq!(config["version"], json!(env!("CARGO_PKG_VERSION")));
    for icon in config["bundle"]["icon"].as_array().unwrap() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(icon.as_str().unwrap());
        assert!(path.is_file(), "{}", path.display());
    }
}

/// Developer tools and capabilities that are added at run time are features of Tauri; this app has
/// neither, and its pages are embedded.
#[test]
fn tauri_has_no_feature_that_is_not_used() {
    let workspace = include_str!("../../../Cargo.toml");
    let line = workspace.lines().find(|line| line.starts_with("tauri = ")).unwrap();
    assert!(line.contains("default-features = false"), "{line}");
    let (_, features) = line.split_once("features = [").unwrap();
    let (features, _) = features.split_once(']').unwrap();
    assert_eq!(features, r#""wry", "common-controls-v6", "x11""#);
    let ours = include_str!("../../Cargo.toml");
    assert!(ours.contains(r#"default = ["custom-protocol"]"#));
}
