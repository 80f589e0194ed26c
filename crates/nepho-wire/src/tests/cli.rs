//! What leaves towards scripts, shape by shape: `nepho --json`.

use insta::assert_json_snapshot;
use nepho_core::{
    journal::{OperationId, Verification},
    report::{Diagnosis, Soundness},
};

use super::fixture;
use crate::cli::{AccountJson, ActionJson, DoctorJson, JournalRow, ListRow, ShowJson, SyncJson, VerifyJson};

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
    let document = r#"{"instanceId": "i-0ab", "unknownMember": {"x": [1, 2]}}"#;
    assert_json_snapshot!(ShowJson::new(&fixture::row(), &fixture::facts(), Some(document)).unwrap());
    assert!(ShowJson::new(&fixture::row(), &fixture::facts(), Some("<item/>")).is_err());
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
fn a_plan_that_was_not_sent_has_no_journal_id() {
    let shown = serde_json::to_value(ActionJson::new(&fixture::plan(), &[], None)).unwrap();
    assert!(shown["journal_id"].is_null());
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

#[test]
fn doctor() {
    let found = [Diagnosis {
        subject: "keyring".to_owned(),
        verdict: Soundness::Broken,
        finding: "no secret service on the session bus".to_owned(),
        advice: "start gnome-keyring".to_owned(),
    }];
    assert_json_snapshot!(DoctorJson::from(&found[..]));
}
