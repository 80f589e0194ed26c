//! Tests of lists: pages, masks, scopes, and missing zones.

use serde_json::{Value, json};

use super::{
    super::{Fault, FaultRule, GcpDouble, GcpInstance, PROJECT, Setup, ZONES},
    ZONE,
    asking::{ask, get},
    instances,
};

fn fleet(count: usize) -> GcpDouble {
    let double = GcpDouble::start(Setup::default()).expect("the double");
    for number in 0..count {
        let zone = ZONES[number % 2 + 3];
        double.put(GcpInstance::new(PROJECT, zone, &format!("web-{number:03}")).label("team", "web"));
    }
    double
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().into_iter().flatten();
    items.map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

fn aggregated(query: &str) -> String {
    format!("/compute/v1/projects/{PROJECT}/aggregated/instances{query}")
}

#[test]
fn pages_follow_each_other_and_miss_nothing() {
    let double = fleet(20);
    let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = get(&double, &instances(&format!("?maxResults=3&pageToken={token}")));
        seen.extend(names(&page));
        pages += 1;
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (10, 4));
    assert!(seen.is_sorted(), "{seen:?}");
}

#[test]
fn a_page_token_is_good_for_its_query_only() {
    let double = fleet(20);
    let token = get(&double, &instances("?maxResults=3"))["nextPageToken"].as_str().expect("a token").to_owned();
    get(&double, &instances(&format!("?maxResults=5&fields=items/name&pageToken={token}")));
    for query in [format!("filter=name:web*&pageToken={token}"), "pageToken=abc".to_owned(), "pageToken=00".to_owned()]
    {
        assert_eq!(ask(&double, "GET", &instances(&format!("?{query}")), "").status, 400, "{query}");
    }
    let elsewhere = instances(&format!("?pageToken={token}")).replace(ZONE, ZONES[0]);
    assert_eq!(ask(&double, "GET", &elsewhere, "").status, 400);
    assert_eq!(ask(&double, "GET", &instances("?maxResults=501"), "").status, 400);
    assert_eq!(names(&get(&double, &instances("?maxResults=0"))).len(), 10);
}

#[test]
fn a_mask_leaves_out_what_it_does_not_name() {
    let double = fleet(2);
    let list = get(&double, &instances("?fields=items(name,labels/team,networkInterfaces/accessConfigs/natIP)"));
    assert_eq!(list.as_object().map(serde_json::Map::len), Some(1));
    let item = &list["items"][0];
    assert_eq!(item["labels"], json!({"team": "web"}));
    assert_eq!(item["networkInterfaces"][0]["accessConfigs"][0].as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(item.as_object().map(serde_json::Map::len), Some(3));
    let list = get(&double, &aggregated("?fields=items/*/instances/id,items/*/warning/code"));
    let empty = &list["items"][format!("zones/{}", ZONES[0])];
    assert_eq!(empty, &json!({"warning": {"code": "NO_RESULTS_ON_PAGE"}}));
}

#[test]
fn an_aggregated_list_has_every_zone_on_every_page() {
    let double = fleet(20);
    let (mut token, mut seen) = (String::new(), 0);
    loop {
        let page = get(&double, &aggregated(&format!("?maxResults=7&pageToken={token}")));
        let scopes = page["items"].as_object().expect("scopes");
        assert_eq!(scopes.len(), ZONES.len());
        for scope in scopes.values() {
            match scope["instances"].as_array() {
                Some(here) => seen += here.len(),
                None => assert_eq!(scope["warning"]["code"], "NO_RESULTS_ON_PAGE"),
            }
        }
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn an_unreachable_zone_is_told_in_a_partial_success_only() {
    let double = fleet(4);
    double.break_zone(ZONE, Fault::Unreachable);
    assert_eq!(ask(&double, "GET", &instances(""), "").status, 503);
    assert_eq!(ask(&double, "GET", &aggregated(""), "").status, 503);
    let list = get(&double, &aggregated("?returnPartialSuccess=true"));
    assert_eq!(list["unreachables"], json!([format!("projects/{PROJECT}/zones/{ZONE}")]));
    assert_eq!(list["items"][format!("zones/{ZONE}")]["warning"]["code"], "UNREACHABLE");
    assert_eq!(list["items"][format!("zones/{}", ZONES[4])]["instances"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_filter_is_applied_before_pages_are_cut() {
    let double = fleet(20);
    double.set_status(PROJECT, ZONE, "web-010", "TERMINATED");
    let list = get(&double, &instances("?filter=status%20%3D%20TERMINATED&maxResults=1"));
    assert_eq!((names(&list), list.get("nextPageToken")), (vec!["web-010".to_owned()], None));
    assert_eq!(ask(&double, "GET", &instances("?filter=status%20~"), "").status, 400);
}

#[test]
fn a_listing_can_go_wrong_on_its_way() {
    let double = fleet(20);
    double.add_rule(FaultRule::always(Fault::BreaksAfter { pages: 1 }).zone(ZONE).times(2));
    let first = get(&double, &instances("?maxResults=3"));
    let token = first["nextPageToken"].as_str().expect("a token");
    assert_eq!(ask(&double, "GET", &instances(&format!("?pageToken={token}")), "").status, 500);
    double.heal();
    double.break_zone(ZONE, Fault::RepeatsToken);
    let first = get(&double, &instances("?maxResults=3"));
    let token = first["nextPageToken"].as_str().expect("a token");
    let again = get(&double, &instances(&format!("?maxResults=3&pageToken={token}")));
    assert_eq!(again["nextPageToken"], token);
    assert_eq!(get(&double, &instances(""))["nextPageToken"], token, "also of a listing of one page");
    double.heal();
    double.break_zone(ZONE, Fault::Doubled);
    assert_eq!(names(&get(&double, &instances(""))).len(), 20);
}

#[test]
fn members_of_groups_are_known() {
    let double = fleet(0);
    double.put(GcpInstance::new(PROJECT, ZONE, "fleet-x1z2").managed_by("fleet"));
    double.put(GcpInstance::new(PROJECT, ZONE, "alone"));
    let groups = format!("/compute/v1/projects/{PROJECT}/zones/{ZONE}/instanceGroupManagers");
    assert_eq!(names(&get(&double, &groups)), ["fleet"]);
    assert_eq!(get(&double, &format!("{groups}/fleet"))["targetSize"], 1);
    let members = ask(&double, "POST", &format!("{groups}/fleet/listManagedInstances"), "").json();
    assert_eq!(members["managedInstances"][0]["name"], "fleet-x1z2");
    let all = get(&double, &format!("/compute/v1/projects/{PROJECT}/aggregated/instanceGroupManagers"));
    assert_eq!(all["items"][format!("zones/{ZONE}")]["instanceGroupManagers"][0]["name"], "fleet");
}

#[test]
fn fixed_resources_are_listed() {
    let double = fleet(0);
    double.reserve(PROJECT, "europe-west1", "front", "203.0.113.7");
    let at = |rest: &str| format!("/compute/v1/projects/{PROJECT}{rest}");
    assert_eq!(get(&double, &at(""))["name"], PROJECT);
    assert_eq!(names(&get(&double, &at("/zones"))), ZONES);
    assert_eq!(get(&double, &at("/zones/europe-west1-b"))["status"], "UP");
    assert_eq!(names(&get(&double, &at("/regions"))).len(), 4);
    assert_eq!(get(&double, &at("/regions/us-east1"))["zones"].as_array().map(Vec::len), Some(3));
    assert_eq!(get(&double, &at("/zones/us-east1-b/machineTypes/e2-medium"))["guestCpus"], 2);
    assert!(names(&get(&double, &at("/zones/us-east1-b/machineTypes"))).contains(&"e2-micro".to_owned()));
    let addresses = get(&double, &at("/aggregated/addresses"));
    assert_eq!(addresses["items"]["regions/europe-west1"]["addresses"][0]["address"], "203.0.113.7");
    assert_eq!(names(&get(&double, &at("/regions/europe-west1/addresses"))), ["front"]);
    assert_eq!(ask(&double, "GET", &at("/zones/mars-north1-a"), "").status, 404);
    assert_eq!(ask(&double, "GET", &at("/zones/mars-north1-a/instances"), "").status, 404);
    assert_eq!(ask(&double, "GET", "/compute/v1/projects/nobodys/zones", "").status, 404);
}
