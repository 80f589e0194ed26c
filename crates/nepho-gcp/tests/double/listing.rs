//! Listings: the page of all zones, its fallbacks, pages, masks, and faults of one zone.

use std::collections::BTreeSet;

use nepho_core::{Access, FailureCode, Provider, ProviderError, Region, State};
use nepho_testkit::gcp::{Fault, FaultRule, GcpInstance, PROJECT, Setup, ZONES};
use serde_json::{Value, json};

use crate::{
    lab::{Lab, Swept, ZONE, scope, sweep, sweep_all, web},
    scripted::Scripted,
};

fn body(value: &Value) -> Fault {
    Fault::Body { bytes: value.to_string().into_bytes() }
}

fn failure(one: &Swept) -> (FailureCode, String) {
    let Err(error) = one.end() else { panic!("it completed: {one:?}") };
    (error.code(), error.to_string())
}

#[tokio::test]
async fn a_small_project_costs_one_request_however_many_zones() {
    let lab = Lab::new();
    let target = lab.put(web("web-1").label("env", "prod").status("TERMINATED"));
    lab.put(GcpInstance::new(PROJECT, "us-east1-d", "db-1"));
    let provider = lab.provider(Access::ReadOnly);
    let swept = sweep_all(&provider).await;
    assert!(swept.values().all(|one| one.ends == [Ok(())]), "{swept:?}");
    assert_eq!(swept.values().map(|one| one.rows.len()).sum::<usize>(), 2);
    let row = &swept[ZONE].rows[0].resource;
    assert_eq!((&row.key, row.zone.as_ref()), (&target.key, target.zone.as_ref()));
    assert_eq!((row.name.as_str(), row.state, row.raw_state.as_str()), ("web-1", State::Stopped, "TERMINATED"));
    assert_eq!(row.tags["env"], "prod");
    assert_eq!(swept["us-east1-d"].names(), ["db-1"]);
    let asked = lab.asked("instances.aggregatedList");
    assert_eq!((asked.len(), lab.double.exchanges().len()), (1, 1));
    assert_eq!(asked[0].param("maxResults"), Some("100"));
    assert_eq!(asked[0].param("returnPartialSuccess"), Some("true"));
}

#[tokio::test]
async fn a_large_project_is_listed_by_its_zones_and_nothing_twice() {
    let lab = Lab::new();
    lab.fill(130, &ZONES);
    let provider = lab.provider(Access::ReadOnly);
    let swept = sweep_all(&provider).await;
    assert!(swept.values().all(|one| one.ends == [Ok(())] && one.rows.len() == 10), "{swept:?}");
    let keys: BTreeSet<_> = swept.values().flat_map(|one| &one.rows).map(|row| &row.resource.key).collect();
    assert_eq!(keys.len(), 130);
    assert_eq!(lab.double.count("instances.aggregatedList"), 1);
    let asked = lab.asked("instances.list");
    assert_eq!(asked.len(), ZONES.len());
    assert!(asked.iter().all(|one| one.param("maxResults") == Some("500")));
}

#[tokio::test]
async fn first_request_of_a_sweep_follows_the_last_count() {
    let lab = Lab::new();
    let targets = lab.fill(501, &[ZONE]);
    let provider = lab.provider(Access::ReadOnly);
    let requests = async || {
        lab.double.forget_requests();
        let swept = sweep_all(&provider).await;
        assert!(swept.values().all(|one| one.ends == [Ok(())]), "{swept:?}");
        (lab.double.count("instances.aggregatedList"), lab.double.count("instances.list"), swept[ZONE].rows.len())
    };
    assert_eq!(requests().await, (1, 14, 501));
    assert_eq!(requests().await, (0, 14, 501), "known to be more than any page holds");
    sweep(&provider, &[ZONES[0]]).await;
    assert!(lab.double.remove(PROJECT, ZONE, &targets[0].key.native));
    assert_eq!(requests().await, (0, 13, 500), "a single zone says nothing of all");
    assert_eq!(requests().await, (1, 0, 500), "a page of Google's most is enough");
    for target in &targets[1..402] {
        assert!(lab.double.remove(PROJECT, ZONE, &target.key.native));
    }
    assert_eq!(requests().await, (1, 0, 99));
    assert_eq!(requests().await, (1, 0, 99));
}

#[tokio::test]
async fn few_zones_are_listed_separately() {
    let lab = Lab::new();
    lab.put(web("web-1"));
    let swept = sweep(&lab.provider(Access::ReadOnly), &ZONES[2..6]).await;
    assert_eq!(swept[ZONE].names(), ["web-1"]);
    assert_eq!((lab.double.count("instances.aggregatedList"), lab.double.count("instances.list")), (0, 4));
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let lab = Lab::new();
    lab.fill(501, &[ZONE]);
    let swept = sweep(&lab.provider(Access::ReadOnly), &[ZONE]).await;
    assert_eq!((swept[ZONE].rows.len(), &swept[ZONE].ends), (501, &vec![Ok(())]));
    assert_eq!(lab.double.count("instances.list"), 2);
}

#[tokio::test]
async fn an_empty_page_with_a_token_goes_on() {
    let item =
        |id: &str| json!({"id": id, "zone": format!("zones/{ZONE}"), "name": format!("i-{id}"), "status": "RUNNING"});
    let cloud = Scripted::start(&[
        json!({"kind": "compute#instanceList", "nextPageToken": "a+/=&b", "items": [item("1")]}),
        json!({"kind": "compute#instanceList", "nextPageToken": "c"}),
        json!({"kind": "compute#instanceList", "items": [item("1"), item("2")]}),
    ])
    .await;
    let swept = sweep(&cloud.provider(), &[ZONE]).await;
    assert_eq!((swept[ZONE].names(), &swept[ZONE].ends), (vec!["i-1", "i-2"], &vec![Ok(())]), "each once");
    let token = |asked: &String| asked.split('&').find_map(|pair| pair.strip_prefix("pageToken=").map(str::to_owned));
    let tokens: Vec<_> = cloud.asked().iter().map(token).collect();
    assert_eq!(tokens, [None, Some("a%2B%2F%3D%26b".to_owned()), Some("c".to_owned())]);
}

#[tokio::test]
async fn fault_of_a_zone_affects_no_other_zone() {
    let other_zone = json!({"id": "7", "zone": "zones/us-east1-b", "status": "RUNNING"});
    let list = |member: &str, value: Value| {
        let mut list = json!({"kind": "compute#instanceList"});
        list[member] = value;
        body(&list)
    };
    let error = |status: u16| Fault::Error { status, reason: "backendError".to_owned(), message: "oops".to_owned() };
    let faults = [
        ("denied", Fault::Denied, FailureCode::PermissionDenied),
        ("throttled", Fault::RateLimited, FailureCode::Throttled),
        ("exhausted", Fault::Exhausted, FailureCode::Throttled),
        ("broken", error(500), FailureCode::Unavailable),
        ("down", error(503), FailureCode::Unavailable),
        ("hung", Fault::Hung, FailureCode::TimedOut),
        ("closed", Fault::Closed, FailureCode::Unavailable),
        ("cut", Fault::Cut { at: 40 }, FailureCode::Unavailable),
        ("truncated", Fault::Truncated { at: 40 }, FailureCode::Malformed),
        ("portal", Fault::Html, FailureCode::Malformed),
        ("deep", Fault::Deep { levels: 100_000 }, FailureCode::Malformed),
        ("loop", Fault::RepeatsToken, FailureCode::Malformed),
        ("empty", body(&json!({})), FailureCode::Malformed),
        ("kind", body(&json!({"kind": "compute#zoneList", "items": []})), FailureCode::Malformed),
        ("stranger", list("items", json!([other_zone])), FailureCode::Malformed),
        (
            "partial",
            list("warning", json!({"code": "UNREACHABLE", "message": "some are missing"})),
            FailureCode::Unavailable,
        ),
    ];
    let zones: Vec<String> =
        faults.iter().map(|(name, ..)| format!("{name}-a")).chain(["good-a".to_owned(), "good-b".to_owned()]).collect();
    let names: Vec<&str> = zones.iter().map(String::as_str).collect();
    let lab = Lab::with(Setup { zones: zones.clone(), ..Setup::default() });
    lab.fill(10 * zones.len(), &names);
    for (name, fault, _) in &faults {
        lab.double.break_zone(&format!("{name}-a"), fault.clone());
    }
    let swept = sweep(&lab.provider(Access::ReadOnly), &names).await;
    for healthy in ["good-a", "good-b"] {
        assert_eq!((&swept[healthy].ends, swept[healthy].rows.len()), (&vec![Ok(())], 10), "{healthy}");
    }
    for (name, _, code) in &faults {
        let (found, words) = failure(&swept[&format!("{name}-a")]);
        assert_eq!(found, *code, "{name}: {words}");
        assert!(!words.contains(&lab.double.token()), "{words}");
    }
    assert!(failure(&swept["partial-a"]).1.contains("some are missing"));
    assert!(swept["stranger-a"].rows.is_empty(), "what is of another zone is not shown");
    let pages = lab.asked("instances.list").iter().filter(|one| one.path.contains("/loop-a/")).count();
    assert_eq!(pages, 2, "a token that comes again ends it");
}

#[tokio::test]
async fn renamed_or_repeated_instance_is_listed_once() {
    let lab = Lab::new();
    lab.fill(8, &ZONES[3..5]);
    lab.double.break_zone(ZONES[3], Fault::Doubled);
    lab.double.break_zone(ZONES[4], Fault::WrongType);
    let swept = sweep(&lab.provider(Access::ReadOnly), &ZONES[3..5]).await;
    assert!(swept.values().all(|one| one.ends == [Ok(())] && one.rows.len() == 4), "{swept:?}");
}

#[tokio::test]
async fn a_listing_that_breaks_off_never_completes() {
    let lab = Lab::new();
    lab.fill(510, &[ZONE]);
    lab.double.break_zone(ZONE, Fault::BreaksAfter { pages: 1 });
    let swept = sweep(&lab.provider(Access::ReadOnly), &[ZONE]).await;
    assert_eq!(swept[ZONE].rows.len(), 500, "what came is shown");
    assert_eq!(failure(&swept[ZONE]).0, FailureCode::Unavailable);
}

#[tokio::test]
async fn unreachable_zone_of_an_aggregated_page_fails_alone() {
    let lab = Lab::new();
    lab.fill(20, &ZONES);
    lab.double.break_zone(ZONE, Fault::Unreachable);
    let swept = sweep_all(&lab.provider(Access::ReadOnly)).await;
    assert_eq!(failure(&swept[ZONE]).0, FailureCode::Unavailable);
    assert!(swept.iter().all(|(zone, one)| zone == ZONE || one.ends == [Ok(())]), "{swept:?}");
    assert_eq!(lab.double.exchanges().len(), 1);
}

/// An aggregated page with these zones, each with one instance.
fn all(zones: &[&str]) -> Value {
    let item = |(n, zone): (usize, &&str)| {
        let instance =
            json!({"id": (n + 1).to_string(), "zone": format!("zones/{zone}"), "name": "web", "status": "RUNNING"});
        (format!("zones/{zone}"), json!({"instances": [instance]}))
    };
    let items: serde_json::Map<String, Value> = zones.iter().enumerate().map(item).collect();
    json!({"kind": "compute#instanceAggregatedList", "items": items})
}

#[tokio::test]
async fn warned_or_unnamed_zone_of_an_aggregated_page_is_not_complete() {
    let lab = Lab::new();
    let mut page = all(&ZONES[1..]);
    let scope = |zone: &str| format!("zones/{zone}");
    page["items"][scope(ZONES[1])] = json!({"warning": {"code": "UNREACHABLE", "message": "no answer"}});
    page["items"][scope(ZONES[2])] = json!({"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}});
    page["items"][scope(ZONES[3])] = json!({"instances": [{"id": "7", "zone": scope(ZONES[4])}]});
    page["unreachables"] = json!([format!("https://www.googleapis.com/compute/v1/projects/p/zones/{}", ZONES[5])]);
    lab.double.add_rule(FaultRule::always(body(&page)).method("instances.aggregatedList").times(1));
    lab.put(GcpInstance::new(PROJECT, ZONES[0], "unnamed"));
    let swept = sweep_all(&lab.provider(Access::ReadOnly)).await;
    assert_eq!(failure(&swept[ZONES[1]]), (FailureCode::Unavailable, "unreachable: UNREACHABLE: no answer".to_owned()));
    assert_eq!((&swept[ZONES[2]].ends, swept[ZONES[2]].rows.len()), (&vec![Ok(())], 0));
    assert_eq!(failure(&swept[ZONES[3]]).0, FailureCode::Malformed);
    assert_eq!(failure(&swept[ZONES[5]]).0, FailureCode::Unavailable);
    assert_eq!((&swept[ZONES[6]].ends, swept[ZONES[6]].rows.len()), (&vec![Ok(())], 1));
    // The page did not name the first zone, so that zone is listed separately.
    assert_eq!((swept[ZONES[0]].names(), lab.double.count("instances.list")), (vec!["unnamed"], 1));
}

#[tokio::test]
async fn failed_or_incomplete_aggregated_page_is_discarded() {
    let mut warned = all(&ZONES);
    warned["items"][format!("zones/{ZONE}")] = json!({"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "none"}});
    warned["warning"] = json!({"code": "PARTIAL_SUCCESS", "message": "some are missing"});
    let error = Fault::Error { status: 500, reason: "backendError".to_owned(), message: "oops".to_owned() };
    for fault in [
        error,
        Fault::Html,
        Fault::RateLimited,
        Fault::Closed,
        body(&warned),
        body(&json!({"kind": "compute#instanceList"})),
    ] {
        let lab = Lab::new();
        lab.put(web("web-1"));
        lab.double.break_method("instances.aggregatedList", fault.clone());
        let swept = sweep_all(&lab.provider(Access::ReadOnly)).await;
        assert!(swept.values().all(|one| one.ends == [Ok(())]), "{fault:?}: {swept:?}");
        assert_eq!(swept[ZONE].names(), ["web-1"]);
        assert_eq!(lab.double.count("instances.list"), ZONES.len());
    }
}

#[tokio::test]
async fn project_wide_error_costs_one_request() {
    for (fault, code) in [
        (Fault::Denied, FailureCode::PermissionDenied),
        (Fault::ApiDisabled, FailureCode::NotEnabled),
        (Fault::Unauthenticated, FailureCode::Unauthenticated),
        (
            Fault::Error { status: 404, reason: "notFound".to_owned(), message: "no project".to_owned() },
            FailureCode::Other,
        ),
    ] {
        let lab = Lab::new();
        lab.double.break_project(PROJECT, fault);
        let swept = sweep_all(&lab.provider(Access::ReadOnly)).await;
        assert!(swept.values().all(|one| failure(one).0 == code), "{swept:?}");
        assert_eq!(lab.double.count("instances.list"), 0, "no storm");
        assert_eq!(lab.double.exchanges().len(), 1);
    }
}

#[tokio::test]
async fn zones_are_the_scopes_of_the_chosen_regions() {
    let lab = Lab::new();
    let all = lab.provider(Access::ReadOnly).scopes().await.expect("scopes");
    assert_eq!(all, ZONES.map(scope));
    let asked = lab.asked("zones.list");
    assert_eq!(
        (asked.len(), asked[0].param("fields")),
        (1, Some("kind,nextPageToken,warning(code,message),items/name"))
    );
    let mut options = lab.options(Access::ReadOnly);
    options.regions = vec![Region::from("europe-west1"), Region::from("us-east1")];
    let some = nepho_gcp::GcpProvider::connect(options).await.expect("a provider").scopes().await.expect("scopes");
    assert_eq!(some.iter().map(|one| one.location.as_str()).collect::<Vec<_>>(), [&ZONES[3..6], &ZONES[10..]].concat());
    let partial =
        json!({"kind": "compute#zoneList", "items": [{"name": ZONE}], "warning": {"code": "X", "message": "m"}});
    lab.double.add_rule(FaultRule::always(body(&partial)).method("zones.list").times(1));
    let partial = lab.provider(Access::ReadOnly).scopes().await.expect_err("a zone may be missing");
    assert_eq!(partial.code(), FailureCode::Unavailable);
    let mut options = lab.options(Access::ReadOnly);
    options.regions = vec![Region::from("eu-west-1")];
    let none = nepho_gcp::GcpProvider::connect(options).await.expect("a provider").scopes().await;
    assert!(matches!(&none, Err(error) if error.to_string().contains("eu-west-1")), "{none:?}");
}

#[tokio::test]
async fn denied_zones_are_named_by_the_pages_of_instances() {
    let lab = Lab::new();
    lab.double.deny("compute.zones.list", None, None);
    lab.fill(520, &[ZONE, "us-east1-b"]);
    let provider = lab.provider(Access::ReadOnly);
    assert_eq!(provider.scopes().await.expect("scopes"), ZONES.map(scope));
    let swept = sweep_all(&provider).await;
    assert!(swept.values().all(|one| one.ends == [Ok(())]), "{swept:?}");
    assert_eq!((swept[ZONE].rows.len(), swept["us-east1-b"].rows.len()), (260, 260));
    assert_eq!((lab.double.count("instances.list"), lab.double.count("instances.aggregatedList")), (0, 3));
    // A chain that breaks completes no zone, although its pages are passed on.
    lab.double.add_rule(FaultRule::always(Fault::BreaksAfter { pages: 1 }).method("instances.aggregatedList"));
    let swept = sweep_all(&provider).await;
    assert!(swept.values().all(|one| failure(one).0 == FailureCode::Unavailable), "{swept:?}");
    assert!(!swept[ZONE].rows.is_empty());
    lab.double.heal();
    lab.double.deny("compute.zones.list", None, None);
    lab.double.break_method("instances.aggregatedList", Fault::RepeatsToken);
    let swept = sweep_all(&provider).await;
    assert!(swept.values().all(|one| failure(one).0 == FailureCode::Malformed), "{swept:?}");
}

#[tokio::test]
async fn project_without_any_permission_is_a_denial() {
    let lab = Lab::new();
    lab.double.deny("compute.zones.list", None, None);
    lab.double.deny("compute.instances.list", None, None);
    let error = lab.provider(Access::ReadOnly).scopes().await.expect_err("nothing");
    assert!(
        matches!(&error, ProviderError::PermissionDenied { operation, .. } if operation.contains("zones")),
        "{error}"
    );
    let lab = Lab::new();
    lab.double.enable_api(PROJECT, false);
    let error = lab.provider(Access::ReadOnly).scopes().await.expect_err("not enabled");
    assert_eq!(error.code(), FailureCode::NotEnabled);
    assert_eq!(lab.double.exchanges().len(), 1);
}

#[tokio::test]
async fn row_has_no_metadata_and_a_fraction_of_the_document() {
    let lab = Lab::new();
    let target = lab.put(web("web-1").managed_by("fleet"));
    for zones in [&ZONES[..], &ZONES[3..4]] {
        let swept = sweep(&lab.provider(Access::ReadOnly), zones).await;
        let row = &swept[ZONE].rows[0];
        let document: Value = serde_json::from_slice(&row.document.bytes).expect("JSON");
        assert_eq!(document["id"], *target.key.native);
        assert!(document.get("metadata").is_none() && document.get("labelFingerprint").is_none());
        let whole = lab.double.instance(PROJECT, ZONE, "web-1").expect("there").to_string();
        assert!(row.document.bytes.len() * 2 < whole.len(), "{} of {}", row.document.bytes.len(), whole.len());
    }
    for exchange in lab.double.exchanges() {
        assert!(exchange.param("fields").is_some_and(|fields| !fields.contains("metadata")), "{exchange:?}");
    }
}

#[tokio::test]
async fn pages_are_requested_compressed_and_counted_as_received() {
    let lab = Lab::new();
    lab.fill(100, &[ZONE]);
    let provider = lab.provider(Access::ReadOnly);
    let swept = sweep(&provider, &[ZONE]).await;
    let shown: usize = swept[ZONE].rows.iter().map(|row| row.document.bytes.len()).sum();
    let traffic = provider.traffic();
    assert_eq!((traffic.requests, traffic.bytes_in), (1, lab.double.served().bytes));
    assert!(traffic.bytes_in * 5 < shown as u64, "{} of {shown}", traffic.bytes_in);
}

#[tokio::test]
async fn token_in_an_error_reply_is_removed() {
    let lab = Lab::new();
    let token = lab.double.token();
    let message = format!("{}not wanted: Authorization: Bearer {token}", "-".repeat(290));
    lab.double.break_zone(ZONE, Fault::Error { status: 403, reason: "forbidden".to_owned(), message });
    let swept = sweep(&lab.provider(Access::ReadOnly), &[ZONE]).await;
    let (_, words) = failure(&swept[ZONE]);
    // Not even a part of the token remains where a long text is clipped.
    assert!(words.contains("---") && !words.contains(&token[..6]), "{words}");
}
