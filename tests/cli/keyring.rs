//! Keys in the OS keyring: a real gnome-keyring on a private bus, locked, and absent.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    cloud::{KEY, KEY_ID, cloud_of, names},
    gcp,
    harness::Nepho,
};
use crate::e2e::{
    desktop::{Desktop, Keyring, Size},
    process::built,
};

/// Runs `nepho --json` on the desktop; returns its exit code, its document and its stderr.
fn run(desktop: &Desktop, arguments: &[&str], input: &str) -> (Option<i32>, Value, String) {
    let mut command: Command = desktop.command(built("nepho"));
    command.args(arguments).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("nepho starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code(), document, errors)
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test]
async fn key_from_stdin_is_in_the_keyring_and_no_file() {
    let cloud = std::thread::spawn(|| cloud_of(nepho_testkit::ec2::Setup::default())).join().expect("a double");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--access-key-id", KEY_ID, "--secret-stdin"];
    let add = [&add[..], &["--endpoint", &endpoint, "--read-write"]].concat();
    // First a wrong key: it fails, and neither an account nor a secret stays.
    let wrong = add.iter().map(|word| if *word == KEY_ID { "AKIAQXAMPLEWRONG0000" } else { word });
    let (code, error, _) = run(&desktop, &wrong.collect::<Vec<_>>(), "wrong-secret\n");
    assert_eq!((code, &error["error"]["code"]), (Some(5), &"unauthenticated".into()), "{error}");
    assert!(!desktop.secrets().contains("wrong-secret"));
    assert_eq!(run(&desktop, &["accounts", "list"], "").1, serde_json::json!([]));

    let (code, added, errors) = run(&desktop, &add, &format!("{KEY}\n"));
    assert_eq!((code, &added["source"]), (Some(0), &"keyring".into()), "{added} {errors}");
    let secrets = desktop.secrets();
    assert!(secrets.contains(KEY) && secrets.contains(KEY_ID), "the keyring has it");
    let (code, report, _) = run(&desktop, &["sync"], "");
    assert_eq!((code, &report["resources"]), (Some(0), &3.into()), "{report}");
    assert_eq!(run(&desktop, &["stop", "web-1", "--yes", "--wait"], "").0, Some(0));
    let files = desktop.files();
    assert!(
        files.iter().any(|(path, bytes)| path.ends_with("state.db") && holds(bytes, "lab")),
        "the control is found"
    );
    for (path, bytes) in files {
        assert!(!holds(&bytes, KEY), "{} holds the key", path.display());
    }

    // Locked, and the cloud is gone: the cache answers, without a prompt for a password.
    desktop.lock_keyring();
    drop(cloud);
    let begun = Instant::now();
    let (code, list, errors) = run(&desktop, &["list"], "");
    assert_eq!((code, names(&list).len(), errors.as_str()), (Some(0), 3, ""), "{list}");
    let (code, report, _) = run(&desktop, &["sync"], "");
    assert_eq!((code, &report["scopes"][0]["error"]["code"]), (Some(5), &"keyring_locked".into()), "{report}");
    let (code, refused, _) = run(&desktop, &["start", "web-1"], "");
    assert_eq!(code, Some(5), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(30), "nothing waits for a password");
    assert_eq!(names(&run(&desktop, &["list"], "").1).len(), 3, "the rows stay");
}

#[tokio::test]
async fn removing_an_account_removes_its_secret() {
    let cloud = std::thread::spawn(|| cloud_of(nepho_testkit::ec2::Setup::default())).join().expect("a double");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--access-key-id", KEY_ID, "--secret-stdin", "--endpoint"];
    assert_eq!(run(&desktop, &[&add[..], &[&endpoint]].concat(), &format!("{KEY}\n")).0, Some(0));
    assert!(desktop.secrets().contains(KEY));
    assert_eq!(run(&desktop, &["accounts", "remove", "lab"], "").0, Some(0));
    assert!(!desktop.secrets().contains(KEY));
}

/// One line of the private key in the text of a key file.
fn line_of_key(file: &str) -> &str {
    let (_, body) = file.split_once("PRIVATE KEY-----\\n").expect("a key");
    body.split("\\n").nth(4).expect("a line")
}

#[tokio::test]
async fn service_account_key_is_in_the_keyring_once() {
    let cloud = std::thread::spawn(gcp::gcp).join().expect("a double");
    let desktop = Desktop::new(Keyring::Open, Size::default()).await;
    let endpoint = cloud.endpoint();
    let text = cloud.service_account("ops@proj-0.iam.gserviceaccount.com");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.json");
    std::fs::write(&file, &text).expect("written");
    let path = file.display().to_string();
    let add = ["accounts", "add", "gcp", "--project", "proj-0,proj-1", "--service-account-file", &path];
    let (code, added, said) = run(&desktop, &[&add[..], &["--endpoint", &endpoint]].concat(), "");
    assert_eq!((code, added["added"].as_array().map(Vec::len)), (Some(0), Some(2)), "{added} {said}");
    assert!(said.contains("can be deleted") && said.contains(&path), "{said}");
    std::fs::remove_file(&file).expect("removed");
    let (code, report, _) = run(&desktop, &["sync"], "");
    assert_eq!((code, &report["resources"]), (Some(0), &4.into()), "{report}");
    let line = line_of_key(&text);
    assert_eq!(desktop.secrets().matches(line).count(), 1, "stored once");
    for (path, bytes) in desktop.files() {
        assert!(!holds(&bytes, line), "{} holds the key", path.display());
    }
    assert_eq!(run(&desktop, &["accounts", "remove", "proj-0"], "").0, Some(0));
    assert!(desktop.secrets().contains(line), "the other project needs it");
    assert_eq!(run(&desktop, &["sync"], "").0, Some(0));
    assert_eq!(run(&desktop, &["accounts", "remove", "proj-1"], "").0, Some(0));
    assert!(!desktop.secrets().contains(line));
}

#[test]
fn without_a_keyring_a_key_file_adds_nothing() {
    let cloud = gcp::gcp();
    let endpoint = cloud.endpoint();
    let text = cloud.service_account("ops@proj-0.iam.gserviceaccount.com");
    let nepho = Nepho::new().with("DBUS_SESSION_BUS_ADDRESS", "");
    let file = nepho.home().join("key.json");
    std::fs::write(&file, &text).expect("written");
    let path = file.display().to_string();
    for projects in ["proj-0", "proj-0,proj-1"] {
        let add = ["accounts", "add", "gcp", "--project", projects, "--service-account-file", &path];
        nepho.run(&[&add[..], &["--endpoint", &endpoint]].concat()).exits(5);
        assert_eq!(nepho.json(&["accounts", "list"], 0), serde_json::json!([]));
    }
    let held = nepho.files().into_iter().filter(|(_, bytes)| holds(bytes, line_of_key(&text)));
    assert_eq!(held.map(|(path, _)| path).collect::<Vec<_>>(), [file], "it is where it was and nowhere else");
}

#[test]
fn without_a_keyring_a_key_is_not_stored_anywhere() {
    let cloud = cloud_of(nepho_testkit::ec2::Setup::default());
    let endpoint = cloud.endpoint();
    let add = ["accounts", "add", "aws", "--name", "lab", "--access-key-id", KEY_ID, "--secret-stdin"];
    let add = [&add[..], &["--endpoint", &endpoint]].concat();
    for bus in ["unix:path=/nonexistent/bus", ""] {
        let nepho = Nepho::new().with("DBUS_SESSION_BUS_ADDRESS", bus);
        nepho.run_with(&add, KEY).exits(5).says("the OS keyring is not available");
        let error = nepho.run_with(&[&add[..], &["--json"]].concat(), KEY).exits(5).json();
        assert_eq!(error["error"]["code"], "keyring_unavailable", "{error}");
        assert_eq!(nepho.json(&["accounts", "list"], 0), serde_json::json!([]));
        let kept: Vec<_> = nepho.files().into_iter().filter(|(_, bytes)| holds(bytes, KEY)).collect();
        assert!(kept.is_empty(), "never a fallback to a file: {kept:?}");
        nepho.run(&["demo"]).exits(0);
        assert!(!nepho.json(&["list"], 0).as_array().expect("rows").is_empty(), "what needs no keyring works");
    }
    Nepho::new().run_with(&add, "").exits(2).says("no secret access key on stdin");
}
