//! Credential files: their places, and the checks before reading one.

use std::path::{Path, PathBuf};

use nepho_core::{Failure, FailureCode, Secret};
use nepho_gcp::{ConnectError, application_default_file, is_project_id, read_key_file, slim_service_account};
use serde_json::{Value, json};

fn find(variables: &[(&str, &Path)]) -> Option<PathBuf> {
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    application_default_file(|name| variables.iter().find(|(one, _)| *one == name).map(|(_, path)| text(path)))
}

#[test]
fn the_default_file_is_where_gcloud_puts_it_and_a_named_one_is_not_replaced() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    assert_eq!(find(&[("HOME", home)]), None);
    let gcloud = home.join(".config/gcloud");
    std::fs::create_dir_all(&gcloud).expect("a folder");
    let file = gcloud.join("application_default_credentials.json");
    std::fs::write(&file, "{}").expect("a file");
    assert_eq!(find(&[("HOME", home)]), Some(file.clone()));
    let named = home.join("named.json");
    assert_eq!(
        find(&[("HOME", home), ("GOOGLE_APPLICATION_CREDENTIALS", &named)]),
        None,
        "another one is no substitute"
    );
    std::fs::write(&named, "{}").expect("a file");
    assert_eq!(find(&[("HOME", home), ("GOOGLE_APPLICATION_CREDENTIALS", &named)]), Some(named));
    let empty = Path::new("");
    assert_eq!(find(&[("HOME", home), ("GOOGLE_APPLICATION_CREDENTIALS", empty)]), Some(file.clone()));
    assert_eq!(find(&[("HOME", Path::new("/nowhere")), ("CLOUDSDK_CONFIG", &gcloud)]), Some(file));
    assert_eq!(find(&[]), None);
}

#[test]
fn only_a_small_regular_file_of_json_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let good = format!("{{\"type\": \"x\", \"pad\": \"{}\"}}", "p".repeat(60_000));
    assert_eq!(read_key_file(&write("good", good.as_bytes())).expect("a file").expose(), good);
    let code = |path: &Path| {
        let error = read_key_file(path).expect_err("a refusal");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
        Failure::from(error).code
    };
    assert_eq!(code(&folder.path().join("absent")), FailureCode::CredentialsMissing);
    assert_eq!(code(folder.path()), FailureCode::Malformed);
    let large = format!("{{\"pad\": \"{}\"}}", "p".repeat(65 << 10));
    assert_eq!(code(&write("large", large.as_bytes())), FailureCode::Malformed);
    assert_eq!(code(&write("binary", b"{\"a\": \"\xff\xfeCANARY\"}")), FailureCode::Malformed);
    assert_eq!(code(&write("pem", b"CANARY-----BEGIN PRIVATE KEY-----")), FailureCode::Malformed);
    assert_eq!(code(&write("list", b"[\"CANARY\"]")), FailureCode::Malformed);
    assert_eq!(code(&write("cut", b"{\"private_key\": \"CANARY")), FailureCode::Malformed);
}

/// Opening a pipe would block.
#[cfg(unix)]
#[test]
fn a_pipe_and_a_device_are_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    for path in [pipe.as_path(), Path::new("/dev/zero")] {
        assert!(matches!(read_key_file(path), Err(ConnectError::CredentialsUnreadable { .. })), "{path:?}");
    }
}

fn key(change: impl Fn(&mut Value)) -> Secret {
    let mut file = json!({
        "type": "service_account", "client_email": "ops@nepho-lab.iam.gserviceaccount.com", "project_id": "nepho-lab",
        "private_key_id": "5b1c", "client_id": "1",
        "private_key": "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n",
        "token_uri": "https://oauth2.googleapis.com/token", "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "universe_domain": "googleapis.com", "note": "n".repeat(4000),
    });
    change(&mut file);
    Secret::new(file.to_string())
}

#[test]
fn keyring_gets_only_the_members_that_sign() {
    let slim = slim_service_account(&key(|_| {})).expect("a key");
    let kept: Value = serde_json::from_str(slim.expose()).expect("JSON");
    let mut members: Vec<&String> = kept.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["client_email", "private_key", "private_key_id", "project_id", "type"]);
    // The result is a fixed point: a key from the keyring passes the same function.
    assert_eq!(slim_service_account(&slim).expect("a key").expose(), slim.expose());
    // Not every file names a project.
    assert!(slim_service_account(&key(|file| file["project_id"] = Value::Null)).is_ok());
}

#[test]
fn file_without_a_service_account_key_is_refused() {
    type Change = fn(&mut Value);
    let changes: [(Change, FailureCode); 6] = [
        (|file| file["type"] = json!("authorized_user"), FailureCode::CredentialsMissing),
        (|file| file["type"] = json!("external_account_authorized_user"), FailureCode::Unsupported),
        (|file| file["private_key"] = json!("CANARY"), FailureCode::CredentialsMissing),
        (|file| file["client_email"] = json!(" "), FailureCode::CredentialsMissing),
        (|file| file["token_uri"] = json!("https://evil.example/token"), FailureCode::Other),
        (|file| file["universe_domain"] = json!("evil.example"), FailureCode::Other),
    ];
    for (n, (change, code)) in changes.into_iter().enumerate() {
        let error = slim_service_account(&key(change)).expect_err("a refusal");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
        assert_eq!(Failure::from(&error).code, code, "case {n}: {error}");
    }
}

#[test]
fn project_ids_are_told_from_other_texts() {
    for id in ["proj-0", "nepho-lab", "a12345", "example.com:proj-0", "lab.example.com:my-project-9"] {
        assert!(is_project_id(id), "{id}");
    }
    let long = "a".repeat(31);
    for id in [
        "",
        "short",
        &long,
        "Proj-0",
        "0project",
        "-project",
        "project-",
        "pro_ject",
        "pro ject",
        "pro/ject",
        "projekt…",
        "../../etc",
        "com:proj-0",
        ":proj-0",
        "example.com:",
        "example.com:short",
        "exa mple.com:proj-0",
        "a..b:proj-0",
        "123456789012",
    ] {
        assert!(!is_project_id(id), "{id}");
    }
}
