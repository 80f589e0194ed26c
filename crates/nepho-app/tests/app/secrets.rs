//! A planted key is in no file, whatever was done with it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use nepho_core::request::Targets;
use nepho_core::{AccountId, Action, Secret, request::AccountChange, request::Credentials};
use nepho_keyring::{Item, Prompt};
use nepho_store::Store;
use nepho_testkit::ec2::Fault;

use crate::harness::{Harness, KEY, KEY_ID, cloud, keys, lab};

const TOKEN: &str = "tOkEn+canary/QoJb3JpZ2luX2VjE";

/// Every file under `dir`.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The ways in which a text could have been written.
fn disguises(text: &str) -> Vec<Vec<u8>> {
    let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    vec![
        text.as_bytes().to_vec(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        text.replace('/', "\\/").into_bytes(),
        text.replace('+', "%2B").replace('/', "%2F").into_bytes(),
        text.bytes().rev().collect(),
    ]
}

pub fn holding(dir: &Path, text: &str) -> Vec<PathBuf> {
    let found = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        disguises(text).iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
    };
    files(dir).into_iter().filter(found).collect()
}

/// What a crash leaves between writing the keyring and committing the row.
#[tokio::test]
async fn a_secret_without_its_account_is_swept_at_the_next_start_and_no_other() {
    let harness = Harness::new();
    let item = |id: &str| Item { account: AccountId::new(id), field: "access-key".to_owned() };
    let (lost, foreign) = (item("0192-lost"), item("0192-of-another-data-directory"));
    for item in [&lost, &foreign] {
        harness.keyring.write(item, Secret::new(KEY.to_owned()), Prompt::Allowed).await.unwrap();
    }
    drop(harness.open().await);
    let (store, _) = Store::open(&harness.path().join("data")).unwrap();
    store.put_setting("keyring.intents", "0192-lost").await.unwrap();
    drop(store);
    harness.open().await.shutdown().await;
    assert_eq!(harness.keyring.list().await.unwrap(), [foreign]);
}

#[tokio::test]
async fn a_key_is_in_no_file_after_a_full_cycle() {
    let (harness, cloud) = (Harness::new(), cloud());
    let app = harness.open().await;
    let credentials = Credentials::Keys {
        access_key_id: Secret::new(KEY_ID.to_owned()),
        secret_access_key: Secret::new(KEY.to_owned()),
        session_token: Some(Secret::new(TOKEN.to_owned())),
    };
    let account = app.add_account(nepho_core::request::NewAccount { credentials, ..lab(&cloud) }).await.unwrap();
    app.sync(&[], &[]).await;
    let plan = app.plan(Action::Stop, Targets::Keys(vec![app.find("web-1")[0].key().clone()])).await.unwrap();
    let operation = app.commit(&plan.nonce, None, true).await.unwrap();
    app.wait(&operation, Duration::from_secs(30)).await;
    cloud.break_action("DescribeInstances", Fault::Denied);
    let mut said = vec![format!("{:?}", app.sync(&[], &[]).await)];
    cloud.heal();
    cloud.adjust(|setup| setup.key_id = Some("AKIAREVOKEDREVOKED00".to_owned()));
    let next = harness.open().await;
    said.push(format!("{:?}", next.sync(&[], &[]).await));
    said.push(format!("{:?}", next.verify_account(&account.id).await));
    let change = AccountChange { credentials: Some(keys(KEY_ID)), ..AccountChange::default() };
    said.push(format!("{:?} {:?}", change.clone(), next.update_account(&account.id, change).await));
    said.push(format!("{:?}", next.diagnose().await));
    said.push(format!("{:?} {:?} {:?}", next.accounts(), next.journal(100, None).await, next));
    app.shutdown().await;
    next.shutdown().await;

    let dir = harness.path().join("data");
    for secret in [KEY_ID, KEY, TOKEN] {
        assert_eq!(holding(&dir, secret), [] as [PathBuf; 0], "a secret is on disk");
        assert!(said.iter().all(|text| !text.contains(secret)), "a secret was said");
    }
    let stored = harness.keyring.list().await.unwrap();
    assert_eq!(stored.len(), 1, "it is in the keyring");

    // The search would find it.
    let control = dir.join("control");
    fs::write(&control, format!("x{KEY}y")).unwrap();
    assert_eq!(holding(&dir, KEY), [control]);
    assert!(!holding(&dir, "web-1").is_empty() || !holding(&dir, "lab").is_empty(), "the databases are searched");
}
