//! Pages as Google writes them, and what only looks like one.

use serde_json::json;

use super::*;

const OPERATION: &str = "compute.instances.list";

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn read_page(text: &str) -> Result<Page, GcpError> {
    page(OPERATION, &bytes(text), &Place::new(&Realm::new("lab"), "europe-west1-b"))
}

fn read_all(text: &str) -> Result<AllPage, GcpError> {
    all_page(OPERATION, &bytes(text), &Realm::new("lab"))
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
fn what_is_not_a_list_of_instances_is_malformed() {
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
        assert!(matches!(read_page(text), Err(GcpError::Malformed { .. })), "{text}");
    }
    assert!(read_page(&of(ONE)).is_ok());
}

#[test]
fn a_warning_is_a_fault_unless_it_says_that_there_is_nothing() {
    let warned = |code: &str| {
        let text = json!({"kind": "compute#instanceList", "warning": {"code": code, "message": "words"}}).to_string();
        read_page(&text).expect("a page").warning
    };
    assert_eq!(warned("NO_RESULTS_ON_PAGE"), None);
    let error = ProviderError::from(warned("UNREACHABLE").expect("a warning"));
    assert_eq!(error, ProviderError::Unavailable { message: "UNREACHABLE: words".to_owned() });
}

#[test]
fn each_zone_of_a_page_of_all_speaks_for_itself() {
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
    let said: BTreeMap<&str, Result<usize, String>> = page
        .zones
        .iter()
        .map(|(zone, said)| (zone.as_str(), said.as_ref().map(Vec::len).map_err(ToString::to_string)))
        .collect();
    assert_eq!(said["europe-west1-b"], Ok(1));
    assert!(said["europe-west1-c"].as_ref().is_err_and(|error| error.contains("another zone")));
    assert_eq!(said["empty-a"], Ok(0));
    assert_eq!(said["down-a"], Err("unreachable: UNREACHABLE: down".to_owned()));
    assert!(said["gone-a"].is_err() && said["gone-b"].is_err());
    assert_eq!(said.len(), 6, "{said:?}");
    assert_eq!(page.warning, None);
}

#[test]
fn a_warning_that_names_no_zone_is_the_whole_pages() {
    let text = r#"{"kind":"compute#instanceAggregatedList","items":{},"warning":{"code":"UNREACHABLE","message":"m"}}"#;
    assert!(read_all(text).expect("a page").warning.is_some());
    assert!(read_all(r#"{"kind":"compute#instanceList","items":{}}"#).is_err());
}

#[test]
fn googles_words_are_every_unreachable_zones() {
    let page = |unreachable: &[&str]| {
        let warning = json!({"code": "UNREACHABLE", "message": "Regions are down."});
        let page = json!({"kind": "compute#instanceAggregatedList", "unreachables": unreachable, "warning": warning});
        read_all(&page.to_string()).expect("a page")
    };
    let told = page(&["zones/gone-a", "zones/gone-b", "zones/gone-c"]);
    let said: Vec<_> =
        told.zones.values().map(|said| said.as_ref().map(Vec::len).map_err(ToString::to_string)).collect();
    assert_eq!(said, vec![Err("unreachable: UNREACHABLE: Regions are down.".to_owned()); 3]);
    assert_eq!(told.warning, None, "it is about the zones that are named");
    assert!(page(&["regions/gone"]).warning.is_some(), "no zone is named");
}

#[test]
fn metadata_are_cut_out_and_the_rest_stays_byte_for_byte() {
    let cut = |text: &str| {
        without_metadata(OPERATION, &bytes(text)).map(|kept| String::from_utf8(kept.to_vec()).expect("text"))
    };
    let text = r#"{"id":"1","metadata":{"items":[{"key":"k","value":"hunter2"}]},"labels":{"b":"1","a":"2"},"n":1.50}"#;
    assert_eq!(cut(text).expect("an object"), r#"{"id":"1","labels":{"b":"1","a":"2"},"n":1.50}"#);
    assert_eq!(cut(r#"{"metadata":{}}"#).expect("an object"), "{}");
    assert!(cut("[]").is_err());
}
