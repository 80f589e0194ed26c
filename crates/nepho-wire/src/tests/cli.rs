//! Replies to scripts, shape by shape: `nepho --json`.

use insta::assert_json_snapshot;
use nepho_core::{
    Action, SignInId,
    journal::{OperationId, Verification},
    report::{Check, CheckStatus},
};

use super::fixture;
use crate::{
    cli::{AccountJson, ActionJson, DoctorJson, IdentityJson, JournalRow, ListRow, ShowJson, SyncJson, VerifyJson},
    resource::Document,
};

#[test]
fn list() {
    assert_json_snapshot!([ListRow::from(&fixture::row())]);
}

/// The members that the contract names, under their names.
#[test]
fn list_has_every_promised_member() {
    let row = serde_json::to_value(ListRow::from(&fixture::row())).unwrap();
    for member in [
        "key",
        "provider",
        "account",
        "kind",
        "region",
        "zone",
        "id",
        "name",
        "state",
        "raw_state",
        "health",
        "size",
        "private_ips",
        "public_ips",
        "tags",
        "created_at",
        "as_of",
        "stale",
    ] {
        assert!(row.get(member).is_some(), "{member}");
    }
}

#[test]
fn show() {
    let document =
        |json: &str| Document { json: json.to_owned(), as_of: Some("2026-11-30T17:58:00Z".to_owned()), whole: true };
    let shown = |json: &str| ShowJson::new(&fixture::row(), Some(&document(json)));
    assert_json_snapshot!(shown(r#"{"instanceId": "i-0ab", "unknownMember": {"x": [1, 2]}}"#).unwrap());
    assert!(shown("<item/>").is_err());
}

#[test]
fn a_resource_without_a_document_says_nothing_of_it() {
    let shown = serde_json::to_value(ShowJson::new(&fixture::row(), None).unwrap()).unwrap();
    for member in ["document", "document_as_of", "document_whole"] {
        assert!(shown[member].is_null(), "{member}");
    }
}

#[test]
fn sync() {
    assert_json_snapshot!(SyncJson::from(&fixture::sync()));
}

#[test]
fn action() {
    let operation = OperationId::new("op-1");
    assert_json_snapshot!(ActionJson::new(&fixture::plan(), &[fixture::result()], Some(&operation)));
}

#[test]
fn a_plan_that_was_not_sent_has_no_operation_id() {
    let shown = serde_json::to_value(ActionJson::new(&fixture::plan(), &[], None)).unwrap();
    assert!(shown["operation_id"].is_null());
    assert_eq!(shown["results"], serde_json::json!([]));
}

#[test]
fn journal() {
    let rows: Vec<_> = fixture::entries().iter().map(JournalRow::from).collect();
    assert_json_snapshot!(rows);
}

#[test]
fn verify() {
    assert_json_snapshot!([
        VerifyJson::from(&Verification::Intact { entries: 7, head: "ab12".to_owned() }),
        VerifyJson::from(&Verification::Broken { seq: 3, reason: "the hash differs".to_owned() }),
    ]);
}

#[test]
fn accounts() {
    assert_json_snapshot!([AccountJson::from(&fixture::status())]);
}

/// A script can tell the sources of credentials apart; of each only the name is printed.
#[test]
fn each_source_of_credentials_has_its_word() {
    use nepho_core::CredentialSource as Source;
    let shown = |source| {
        let mut status = fixture::status();
        status.account.source = source;
        status.account.project = Some("proj-0".to_owned());
        serde_json::to_value(AccountJson::from(&status)).unwrap()
    };
    for (source, word, profile, variable) in [
        (Source::Environment, "environment", None, None),
        (Source::Profile("main".to_owned()), "profile", Some("main"), None),
        (Source::Variable("TOKEN".to_owned()), "variable", None, Some("TOKEN")),
        (Source::ApplicationDefault, "application_default", None, None),
        (Source::SignIn(SignInId::new("5a11")), "sign_in", None, None),
        (Source::Keyring, "keyring", None, None),
        (Source::BuiltIn, "built_in", None, None),
    ] {
        let shown = shown(source);
        assert_eq!(shown["source"], word);
        assert_eq!(shown["profile"].as_str(), profile, "{word}");
        assert_eq!(shown["variable"].as_str(), variable, "{word}");
        assert_eq!(shown["project"], "proj-0");
        assert!(!shown.to_string().contains("5a11"), "the sign-in's id is not printed");
    }
}

#[test]
fn identity() {
    let mut identity = fixture::identity();
    identity.denied = vec![Action::Terminate];
    assert_json_snapshot!(IdentityJson::new("prod", &identity, &fixture::status().scopes));
}

#[test]
fn doctor() {
    let found = [
        Check {
            subject: "keyring".to_owned(),
            verdict: CheckStatus::Broken,
            finding: "no secret service on the session bus".to_owned(),
            advice: "start gnome-keyring".to_owned(),
            hosts: Vec::new(),
        },
        Check {
            subject: "network of prod".to_owned(),
            verdict: CheckStatus::Ok,
            finding: "2 hosts may be contacted, and no others".to_owned(),
            advice: String::new(),
            hosts: fixture::hosts().hosts,
        },
    ];
    assert_json_snapshot!(DoctorJson::from(&found[..]));
}
