//! Paths and names of requests.

use super::*;
use crate::endpoint::HostPolicy;

#[test]
fn requests_have_googles_names() {
    let name = |method: Method, path: &str| {
        operation(&Call { method, ..Call::read(Api::Compute, ReadClass::Zone, path, &[]) })
    };
    let instance = "projects/p/zones/z/instances/1";
    for (method, path, expected) in [
        (Method::GET, "projects/p", "compute.projects.get"),
        (Method::GET, "projects/p/zones", "compute.zones.list"),
        (Method::GET, "projects/p/zones/z", "compute.zones.get"),
        (Method::GET, "projects/p/zones/z/instances", "compute.instances.list"),
        (Method::GET, "projects/p/aggregated/instances", "compute.instances.aggregatedList"),
        (Method::GET, "projects/p/regions/r/addresses", "compute.addresses.list"),
        (Method::GET, instance, "compute.instances.get"),
        (Method::DELETE, instance, "compute.instances.delete"),
        (Method::POST, "projects/p/zones/z/instances/1/stop", "compute.instances.stop"),
        (Method::POST, "projects/p/zones/z/instances/1/testIamPermissions", "compute.instances.testIamPermissions"),
        (Method::GET, "projects/p/zones/z/operations/o", "compute.zoneOperations.get"),
        (Method::GET, "", "compute.request.GET"),
    ] {
        assert_eq!(name(method, path), expected, "{path}");
    }
    let search = Call::read(Api::Projects, ReadClass::Projects, "projects:search", &[]);
    assert_eq!(operation(&search), "resourcemanager.projects.search");
    let body = Value::Null;
    let test = Call::query(Api::Projects, ReadClass::Projects, "projects/lab.example:proj-0:testIamPermissions", &body);
    assert_eq!(operation(&test), "resourcemanager.projects.testIamPermissions");
}

/// A segment cannot add or remove segments.
#[test]
fn a_segment_stays_one_segment() {
    for (part, expected) in [
        ("europe-west1-b", "projects/europe-west1-b/zones"),
        ("lab.example:proj-0", "projects/lab.example:proj-0/zones"),
        ("a/b", "projects/a%2Fb/zones"),
        ("a?b#c", "projects/a%3Fb%23c/zones"),
        ("a%2Fb", "projects/a%252Fb/zones"),
        ("a b\u{e9}", "projects/a%20b%C3%A9/zones"),
        ("..", "projects/-/zones"),
        (".", "projects/-/zones"),
        ("", "projects/-/zones"),
    ] {
        let path = segments(["projects", part, "zones"]);
        assert_eq!(path, expected);
        let url = HostPolicy::Cloud.url(Api::Compute, &path, &[]).expect("a URL");
        assert_eq!(url.path(), format!("/compute/v1/{expected}"), "it survives the URL");
    }
    for part in ["%2e%2e", ".%2E", "\t..", "..\n"] {
        let url = HostPolicy::Cloud.url(Api::Compute, &segments(["projects", part, "zones"]), &[]).expect("a URL");
        assert_eq!(url.path().split('/').count(), 6, "{part:?}: {url}");
    }
}
