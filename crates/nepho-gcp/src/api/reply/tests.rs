//! Replies in Google's form, and replies that resemble it.

use serde_json::json;

use super::*;

const OPERATION: &str = "compute.instances.list";

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn read_page(text: &str) -> Result<ZonePage, GcpError> {
    page(OPERATION, &bytes(text), &Place::new(&Realm::new("lab"), "europe-west1-b"))
}

fn read_all(text: &str) -> Result<AggregatedPage, GcpError> {
    aggregated_page(OPERATION, &bytes(text), &Realm::new("lab"))
}

const ONE: &str = r#"{"id":"1","name":"web","zone":"https://x/zones/europe-west1-b"}"#;

#[test]
fn the_document_is_the_items_exact_bytes() {
    let odd = r#"{ "id" : "12",  "zone":"zones/europe-west1-b", "labels":{"z":"1","a":"2"}, "future": [1.50, null] }"#;
    let page =
        read_page(&format!("{{\"items\":[{ONE} ,\n {odd}],\"kind\":\"compute#instanceList\"}}")).expect("a page");
    let documents: Vec<&[u8]> = page.rows.iter().map(|row| &*row.document.bytes).collect();
    assert_eq!(documents, [ONE.as_bytes(), odd.as_bytes()]);
    assert_eq!(page.rows[1].resource.key.to_string(), "gcp:lab:europe-west1:instance:12");
    assert_eq!((page.next, page.warning), (None, None));
}

#[test]
fn a_page_without_items_is_empty_and_its_token_counts() {
    let page = read_page(r#"{"kind":"compute#instanceList","nextPageToken":"t"}"#).expect("a page");
    assert_eq!((page.rows.len(), page.next.as_deref()), (0, Some("t")));
    let page = read_page(r#"{"kind":"compute#instanceList","nextPageToken":""}"#).expect("a page");
    assert_eq!(page.next, None);
}

#[test]
fn reply_that_is_no_list_of_instances_is_malformed() {
    let of = |inner: &str| format!("{{\"kind\":\"compute#instanceList\",\"items\":[{inner}]}}");
    for text in [
        "{}",
        "[]",
        "null",
        "",
        r#"{"items":[]}"#,
        r#"{"kind":"compute#zoneList"}"#,
        r#"{"kind":"compute#instanceAggregatedList"}"#,
        r#"{"kind":"compute#instanceList","items":{}}"#,
        r#"{"kind":"compute#instanceList","items":[{"id":"1""#,
        &of(r#"{"name":"no id","zone":"zones/europe-west1-b"}"#),
        &of(r#"{"id":"web","zone":"zones/europe-west1-b"}"#),
        &of(r#"{"id":"1/../2","zone":"zones/europe-west1-b"}"#),
        &of(r#"{"id":1,"zone":"zones/europe-west1-b"}"#),
        &of(r#"{"id":"1","zone":"zones/europe-west1-c"}"#),
        &of(r#"{"id":"1"}"#),
    ] {
        assert!(matches!(read_page(text), Err(GcpError::Failed(ProviderError::Malformed { .. }))), "{text}");
    }
    assert!(read_page(&of(ONE)).is_ok());
}

#[test]
fn warning_is_a_fault_unless_it_says_no_results() {
    let warned = |code: &str| {
        let text = json!({"kind": "compute#instanceList", "warning": {"code": code, "message": "words"}}).to_string();
        read_page(&text).expect("a page").warning
    };
    assert_eq!(warned("NO_RESULTS_ON_PAGE"), None);
    let error = ProviderError::from(warned("UNREACHABLE").expect("a warning"));
    assert_eq!(error, ProviderError::Unavailable { message: "UNREACHABLE: words".to_owned() });
}

#[test]
fn each_zone_of_an_aggregated_page_has_its_own_result() {
    let page = read_all(
        &json!({
            "kind": "compute#instanceAggregatedList",
            "items": {
                "zones/europe-west1-b": {"instances": [{"id": "1", "zone": "zones/europe-west1-b"}]},
                "zones/europe-west1-c": {"instances": [{"id": "2", "zone": "zones/europe-west1-b"}]},
                "zones/empty-a": {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}},
                "zones/down-a": {"warning": {"code": "UNREACHABLE", "message": "down"}},
                "regions/europe-west1": {"instances": []},
            },
            "unreachables": ["projects/lab/zones/gone-a", "https://x/zones/down-a", "regions/europe-west1", "zones/gone-b"],
        })
        .to_string(),
    )
    .expect("a page");
    let zones: BTreeMap<&str, Result<usize, String>> = page
        .zones
        .iter()
        .map(|(zone, rows)| (zone.as_str(), rows.as_ref().map(Vec::len).map_err(ToString::to_string)))
        .collect();
    assert_eq!(zones["europe-west1-b"], Ok(1));
    assert!(zones["europe-west1-c"].as_ref().is_err_and(|error| error.contains("another zone")));
    assert_eq!(zones["empty-a"], Ok(0));
    assert_eq!(zones["down-a"], Err("unreachable: UNREACHABLE: down".to_owned()));
    assert!(zones["gone-a"].is_err() && zones["gone-b"].is_err());
    assert_eq!(zones.len(), 6, "{zones:?}");
    assert_eq!(page.warning, None);
}

#[test]
fn warning_without_a_zone_concerns_the_whole_page() {
    let text = r#"{"kind":"compute#instanceAggregatedList","items":{},"warning":{"code":"UNREACHABLE","message":"m"}}"#;
    assert!(read_all(text).expect("a page").warning.is_some());
    assert!(read_all(r#"{"kind":"compute#instanceList","items":{}}"#).is_err());
}

#[test]
fn every_unreachable_zone_has_googles_message() {
    let page = |unreachable: &[&str]| {
        let warning = json!({"code": "UNREACHABLE", "message": "Regions are down."});
        let page = json!({"kind": "compute#instanceAggregatedList", "unreachables": unreachable, "warning": warning});
        read_all(&page.to_string()).expect("a page")
    };
    let named = page(&["zones/gone-a", "zones/gone-b", "zones/gone-c"]);
    let results: Vec<_> =
        named.zones.values().map(|rows| rows.as_ref().map(Vec::len).map_err(ToString::to_string)).collect();
    assert_eq!(results, vec![Err("unreachable: UNREACHABLE: Regions are down.".to_owned()); 3]);
    assert_eq!(named.warning, None, "it is about the named zones");
    assert!(page(&["regions/gone"]).warning.is_some(), "no zone is named");
}

#[test]
fn metadata_are_removed_and_the_rest_stays_byte_for_byte() {
    let cut = |text: &str| {
        without_metadata(OPERATION, &bytes(text)).map(|kept| String::from_utf8(kept.to_vec()).expect("text"))
    };
    let text = r#"{"id":"1","metadata":{"items":[{"key":"k","value":"hunter2"}]},"labels":{"b":"1","a":"2"},"n":1.50}"#;
    assert_eq!(cut(text).expect("an object"), r#"{"id":"1","labels":{"b":"1","a":"2"},"n":1.50}"#);
    assert_eq!(cut(r#"{"metadata":{}}"#).expect("an object"), "{}");
    assert!(cut("[]").is_err());
}
