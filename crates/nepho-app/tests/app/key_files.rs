//! Key files of service accounts: what is refused before anything is sent or stored, and that a
//! key is in the keyring and in no file of ours.

use std::{fs, net::TcpListener, path::PathBuf, time::Duration};

use nepho_core::request::Targets;
use nepho_core::{
    AccountId, CredentialSource, Secret,
    provider::{ActionRequest, StopOptions},
    request::Credentials,
};
use nepho_keyring::{Item, Prompt};
use nepho_store::Store;
use nepho_testkit::gcp::Fault;

use crate::{
    google::{cloud, harness, project},
    harness::Harness,
    secrets::holding,
};

/// A line of the private key's text.
fn line_of_key(file: &PathBuf) -> String {
    let text = fs::read_to_string(file).unwrap();
    let (_, body) = text.split_once("PRIVATE KEY-----\\n").unwrap();
    body.split("\\n").nth(4).unwrap().to_owned()
}

#[tokio::test]
async fn a_hostile_key_file_is_refused_before_any_request_and_nothing_is_stored() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let evil = format!("http://{}/token", trap.local_addr().unwrap());
    let good = fs::read_to_string(&file).unwrap();
    let line = line_of_key(&file);
    let google = "https://oauth2.googleapis.com/token";
    let files = [
        good.replace(google, &evil),
        good.replace(google, "https://oauth2.googleapis.com.evil.example/token"),
        good.replace("\"googleapis.com\"", "\"evil.example\""),
        good.replace("https://accounts.google.com/o/oauth2/auth", &evil),
        good.replace("\"service_account\"", "\"authorized_user\""),
        good.replace("\"private_key\"", "\"no_key\""),
        good[..good.len() / 2].to_owned(),
        format!("{good}{}", " ".repeat(64 << 10)),
        String::new(),
    ];
    for text in files {
        assert_ne!(text, good);
        fs::write(&file, &text).unwrap();
        let error = app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(file.clone()))).await.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(error.failure_code().is_some() && !said.contains(&line), "{said}");
    }
    let absent = harness.path().join("absent.json");
    for path in [absent, harness.path().to_owned()] {
        let refused = app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(path))).await;
        assert!(refused.unwrap_err().failure_code().is_some());
    }
    assert!(trap.accept().is_err(), "nobody called");
    assert!(cloud.exchanges().is_empty(), "{:?}", cloud.exchanges());
    assert!(app.accounts().is_empty() && harness.open().await.accounts().is_empty());
    assert!(harness.keyring.list().await.unwrap().is_empty());
    // It is the change that was refused.
    fs::write(&file, &good).unwrap();
    app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(file))).await.unwrap();
}

/// Opening a pipe would wait for whoever writes into it.
#[cfg(unix)]
#[tokio::test]
async fn a_pipe_in_the_place_of_a_key_file_is_refused_at_once() {
    let cloud = cloud();
    let harness = Harness::new();
    let pipe = harness.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let app = harness.open().await;
    let adding = app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(pipe)));
    let refused = tokio::time::timeout(Duration::from_secs(30), adding).await.expect("an answer");
    assert!(refused.unwrap_err().failure_code().is_some());
}

/// What a crash leaves between writing the keyring and committing the rows.
#[tokio::test]
async fn a_sign_in_without_an_account_is_swept_at_the_next_start_and_no_other() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let app = harness.open().await;
    let account = app.add_account(project(&cloud, "proj-0", Credentials::KeyFile(file))).await.unwrap();
    let CredentialSource::SignIn(used) = account.source else { panic!("{:?}", account.source) };
    app.shutdown().await;
    drop(app);
    let item = |id: &str| Item { account: AccountId::new(id), field: "service-account".to_owned() };
    let (lost, foreign) = (item("0192-lost"), item("0192-of-another-data-directory"));
    for item in [&lost, &foreign] {
        harness.keyring.write(item, Secret::new("key".to_owned()), Prompt::Allowed).await.unwrap();
    }
    let (store, _) = Store::open(&harness.path().join("data")).unwrap();
    store.put_setting("keyring.intents", &format!("sign-in/0192-lost sign-in/{used}")).await.unwrap();
    drop(store);
    harness.open().await.shutdown().await;
    let mut left: Vec<String> = harness.keyring.list().await.unwrap().iter().map(Item::user).collect();
    left.sort();
    let mut expected = [foreign.user(), item(used.as_str()).user()];
    expected.sort();
    assert_eq!(left, expected);
    let (store, _) = Store::open(&harness.path().join("data")).unwrap();
    assert_eq!(store.setting("keyring.intents").await.unwrap().unwrap_or_default(), "", "nothing is left to do");
}

#[tokio::test]
async fn a_service_account_s_key_is_in_no_file_after_a_full_cycle() {
    let cloud = cloud();
    let (harness, file) = harness(&cloud);
    let line = line_of_key(&file);
    let app = harness.open().await;
    let credentials = Credentials::KeyFile(file);
    let mut said = vec![format!("{credentials:?}")];
    let account = app.add_account(project(&cloud, "proj-0", credentials)).await.unwrap();
    app.sync(&[], &[]).await;
    let request = ActionRequest::Stop(StopOptions { discard_local_disks: true, ..StopOptions::default() });
    let plan = app.plan(request, Targets::Keys(vec![app.find("web-proj-0")[0].key().clone()])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    said.push(format!("{plan:?} {:?}", app.wait(&operation, Duration::from_secs(30)).await));
    cloud.revoke(account.principal.as_deref().unwrap());
    said.push(format!("{:?} {:?}", app.sync(&[], &[]).await, app.verify_account(&account.id).await));
    cloud.break_project("proj-0", Fault::Html);
    let next = harness.open().await;
    said.push(format!("{:?} {:?}", next.sync(&[], &[]).await, next.diagnose().await));
    said.push(format!("{:?} {:?} {next:?}", next.accounts(), next.journal(100, None).await));
    app.shutdown().await;
    next.shutdown().await;
    let dir = harness.path().join("data");
    for secret in [line.as_str(), "PRIVATE KEY"] {
        assert_eq!(holding(&dir, secret), [] as [PathBuf; 0], "a key is on disk");
        assert!(said.iter().all(|text| !text.contains(secret)), "a key was said");
    }
    let items = harness.keyring.list().await.unwrap();
    let kept = harness.keyring.read(&items[0], Prompt::Allowed).await.unwrap();
    assert!(items.len() == 1 && kept.expose().contains(&line), "it is in the keyring");
    for member in ["client_id", "token_uri", "auth_provider_x509_cert_url"] {
        assert!(!kept.expose().contains(member), "{member} is not needed to sign in");
    }
    assert!(kept.expose().len() < 2_560, "{} bytes: more than every keyring takes", kept.expose().len());
}
