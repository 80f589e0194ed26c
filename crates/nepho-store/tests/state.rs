//! Accounts and settings.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod support;

use nepho_core::{Access, Account, CredentialSource, Identity, ProviderKind, SignInId};
use nepho_store::{Store, StoreError};
use support::*;

#[test]
fn accounts_are_unchanged_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut accounts = vec![account("acc-1", "b"), account("acc-2", "a"), account("acc-3", "c"), account("acc-4", "d")];
    let sources = [
        CredentialSource::Variable("TOKEN".to_owned()),
        CredentialSource::ApplicationDefault,
        CredentialSource::SignIn(SignInId::new("s-1")),
    ];
    for (number, source) in sources.into_iter().enumerate() {
        let name = format!("proj-{number}");
        let project = Some(name.clone());
        accounts.push(Account {
            provider: ProviderKind::Gcp,
            project,
            source,
            ..account(&format!("gcp-{number}"), &name)
        });
    }
    accounts[1].source = CredentialSource::Environment;
    accounts[2].source = CredentialSource::Keyring;
    accounts[3].source = CredentialSource::BuiltIn;
    accounts[3].provider = ProviderKind::Demo;
    accounts[3].endpoint = None;
    accounts[3].regions = vec![];
    accounts[3].access = Access::ReadOnly;
    accounts[3].prod = false;
    accounts[3].realm = None;
    accounts[3].principal = None;
    let store = open(dir.path());
    for account in &accounts {
        wait(store.put_account(account)).expect("stored");
    }
    accounts[0].name = "e".to_owned();
    wait(store.put_account(&accounts[0])).expect("replaced");
    drop(store);
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(wait(open(dir.path()).accounts()).expect("accounts"), accounts);
}

#[test]
fn account_names_are_unique() {
    let store = Store::in_memory().expect("a store");
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
    match wait(store.put_account(&account("acc-2", "lab"))) {
        Err(StoreError::NameTaken { name }) => assert_eq!(name, "lab"),
        other => panic!("not refused: {other:?}"),
    }
    assert_eq!(wait(store.accounts()).expect("accounts").len(), 1);
}

#[test]
fn removed_account_loses_its_rows_and_keeps_its_journal() {
    let store = Store::in_memory().expect("a store");
    wait(store.put_account(&account("acc-1", "lab"))).expect("stored");
    wait(store.put_account(&account("acc-2", "other"))).expect("stored");
    wait(store.commit_scope(listing("eu-west-1", 0, 1, vec![row("eu-west-1", "i-1")]))).expect("committed");
    let mut other = listing("eu-west-1", 0, 1, vec![]);
    other.key.account = "acc-2".into();
    wait(store.commit_scope(other.clone())).expect("committed");
    wait(store.append(vec![entry("op-1", "i-1", sent())])).expect("appended");
    wait(store.remove_account(&"acc-1".into())).expect("removed");
    assert_eq!(wait(store.accounts()).expect("accounts").len(), 1);
    let scopes: Vec<_> = wait(store.scopes()).expect("scopes").into_iter().map(|record| record.key).collect();
    assert_eq!(scopes, [other.key]);
    assert_eq!(wait(store.rows()).expect("rows"), []);
    assert_eq!(wait(store.document(&key("eu-west-1", "i-1"))).expect("none"), None);
    assert_eq!(wait(store.journal(10, None)).expect("entries").len(), 1);
}

#[test]
fn setting_returns_the_last_stored_text() {
    let store = Store::in_memory().expect("a store");
    assert_eq!(wait(store.setting("theme")).expect("none"), None);
    wait(store.put_setting("theme", "dark")).expect("stored");
    wait(store.put_setting("theme", "")).expect("stored");
    assert_eq!(wait(store.setting("theme")).expect("a text").as_deref(), Some(""));
}

#[test]
fn first_pin_of_an_account_stays_and_returns_the_stored_account() {
    let store = Store::in_memory().expect("a store");
    let unpinned = Account { realm: None, principal: None, ..account("acc-1", "lab") };
    wait(store.put_account(&unpinned)).expect("stored");
    let identity = |realm: &str| Identity { realm: realm.into(), principal: format!("ops@{realm}"), denied: vec![] };
    let id = unpinned.id.clone();
    let pinned = wait(store.pin_account(&id, &identity("first"))).expect("pinned").expect("the account");
    let expected = Account { realm: Some("first".into()), principal: Some("ops@first".to_owned()), ..unpinned };
    assert_eq!(pinned, expected);
    let again = wait(store.pin_account(&id, &identity("second"))).expect("kept").expect("the account");
    assert_eq!(again, expected);
    assert_eq!(wait(store.accounts()).expect("accounts"), [expected]);
    assert_eq!(wait(store.pin_account(&"acc-2".into(), &identity("first"))).expect("nothing"), None);
}
