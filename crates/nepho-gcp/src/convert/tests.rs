//! Instances and their resources; the members that are read, compared with Google's discovery
//! document.

use std::{collections::BTreeSet, process::Command};

use nepho_testkit::python::python_environment;
use serde_json::{Value, json};

use super::*;
use crate::api::instances::FIELDS;

fn convert(document: &Value) -> Resource {
    let text = document.to_string();
    let instance = serde_json::from_str::<Instance<'_>>(&text).expect("an instance");
    resource(instance, &Place::new(&Realm::new("lab"), "europe-west1-b"))
}

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().expect("an address")).collect()
}

/// Runs a Python script on Google's discovery document of Compute Engine, in the variable `d`; returns
/// its output.
fn discovery(script: &str) -> Value {
    let program = format!(
        "import json, pathlib, googleapiclient\n\
         p = pathlib.Path(googleapiclient.__file__).parent / 'discovery_cache/documents/compute.v1.json'\n\
         d = json.loads(p.read_text())\n{script}"
    );
    let output = Command::new(python_environment().expect("Python")).arg("-c").arg(program).output().expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn instance_has_every_member_that_the_table_and_the_drawer_show() {
    let it = convert(&json!({
        "id": "4417394582134528217", "name": "web-1", "status": "TERMINATED", "statusMessage": "preempted",
        "zone": "https://www.googleapis.com/compute/v1/projects/lab/zones/europe-west1-b",
        "machineType": "https://www.googleapis.com/compute/v1/projects/lab/zones/europe-west1-b/machineTypes/e2-medium",
        "creationTimestamp": "2025-11-03T01:15:42.123-08:00", "lastStartTimestamp": "2025-11-04T00:00:00Z",
        "labels": {"env": "prod", "empty": ""}, "hostname": "web-1.example.com",
        "sourceMachineImage": "projects/lab/global/machineImages/golden",
        "tags": {"items": ["http-server", "ssh"]},
        "serviceAccounts": [{"email": "web@lab.iam.gserviceaccount.com"}],
        "scheduling": {"provisioningModel": "STANDARD", "preemptible": false},
        "disks": [
            {"type": "SCRATCH", "deviceName": "local-ssd-0"},
            {"type": "PERSISTENT", "boot": true, "source": "projects/lab/zones/z/disks/web-1", "architecture": "X86_64",
             "licenses": ["projects/debian-cloud/global/licenses/debian-12-bookworm", "projects/x/licenses/y"]},
        ],
        "networkInterfaces": [
            {"network": "projects/lab/global/networks/default", "subnetwork": "projects/lab/regions/r/subnetworks/main",
             "networkIP": "10.0.0.2", "ipv6Address": "fd20::2",
             "accessConfigs": [{"natIP": "203.0.113.9", "publicPtrDomainName": "web.example.com."}],
             "ipv6AccessConfigs": [{"externalIpv6": "2600:1901::9"}]},
            {"network": "projects/lab/global/networks/back", "networkIP": "10.1.0.2", "accessConfigs": [{"type": "ONE_TO_ONE_NAT"}]},
            {"networkIP": "10.0.0.2"},
        ],
    }));
    assert_eq!(it.key.to_string(), "gcp:lab:europe-west1:instance:4417394582134528217");
    assert_eq!((it.name.as_str(), it.size.as_str()), ("web-1", "e2-medium"));
    assert_eq!(it.zone, Some(Zone::new("europe-west1-b")));
    assert_eq!((it.state, it.raw_state.as_str()), (State::Stopped, "TERMINATED"));
    assert_eq!(it.private_ips, ips(&["10.0.0.2", "10.1.0.2", "fd20::2"]));
    assert_eq!(it.public_ips, ips(&["203.0.113.9", "2600:1901::9"]));
    assert_eq!(it.dns_names, ["web-1.example.com", "web.example.com."]);
    assert_eq!(
        it.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>(),
        [("empty", ""), ("env", "prod")]
    );
    assert_eq!(it.created_at, "2025-11-03T09:15:42.123Z".parse().ok());
    assert_eq!(it.started_at, "2025-11-04T00:00:00Z".parse().ok());
    let text = |text: &str| Some(text.to_owned());
    let expected = InstanceFacts {
        image: text("golden"),
        architecture: text("X86_64"),
        platform: text("debian-12-bookworm"),
        network: text("default"),
        subnet: text("main"),
        security_groups: vec!["http-server".to_owned(), "ssh".to_owned()],
        identity: text("web@lab.iam.gserviceaccount.com"),
        disks: vec!["local-ssd-0".to_owned(), "web-1".to_owned()],
        state_reason: text("preempted"),
        ..InstanceFacts::default()
    };
    assert_eq!(it.facts, expected);
}

#[test]
fn what_is_absent_is_not_guessed() {
    let it = convert(&json!({"id": "1", "creationTimestamp": "yesterday"}));
    assert_eq!((it.facts, it.created_at, it.started_at), (InstanceFacts::default(), None, None));
    assert_eq!((it.name.as_str(), it.size.as_str(), it.state, it.raw_state.as_str()), ("", "", State::Unknown, ""));
    assert!(it.private_ips.is_empty() && it.public_ips.is_empty() && it.dns_names.is_empty() && it.tags.is_empty());
}

#[test]
fn what_may_be_reclaimed_is_spot() {
    let lifecycle = |scheduling: Value| convert(&json!({"id": "1", "scheduling": scheduling})).facts.lifecycle;
    assert_eq!(lifecycle(json!({"provisioningModel": "SPOT"})), Lifecycle::Spot);
    assert_eq!(lifecycle(json!({"provisioningModel": "STANDARD", "preemptible": true})), Lifecycle::Spot);
    assert_eq!(lifecycle(json!({"preemptible": true})), Lifecycle::Spot);
    assert_eq!(lifecycle(json!({"provisioningModel": "STANDARD"})), Lifecycle::OnDemand);
    for other in ["RESERVATION_BOUND", "FLEX_START", "TOMORROW"] {
        assert_eq!(lifecycle(json!({"provisioningModel": other})), Lifecycle::Other);
    }
}

#[test]
fn nodes_of_gke_are_managed_by_it() {
    let managed = |labels: Value| convert(&json!({"id": "1", "name": "gke-x", "labels": labels})).facts.managed_by;
    assert_eq!(managed(json!({"goog-gke-node": ""})).as_deref(), Some("GKE"));
    assert_eq!(managed(json!({"app": "gke"})), None, "a name proves nothing");
}

#[test]
fn every_status_of_the_discovery_document_is_mapped_and_no_other() {
    let words = discovery("print(json.dumps(d['schemas']['Instance']['properties']['status']['enum']))");
    let words: BTreeSet<&str> = words.as_array().expect("words").iter().filter_map(Value::as_str).collect();
    assert!(words.len() >= 12, "{words:?}");
    let unknown: Vec<_> = words.iter().filter(|word| state(word) == State::Unknown).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let meant = [
        (State::Pending, vec!["PENDING", "PROVISIONING", "STAGING"]),
        (State::Running, vec!["RUNNING"]),
        (State::Stopping, vec!["PENDING_STOP", "STOPPING"]),
        (State::Stopped, vec!["STOPPED", "TERMINATED"]),
        (State::Suspending, vec!["SUSPENDING"]),
        (State::Suspended, vec!["SUSPENDED"]),
        (State::Terminating, vec!["DEPROVISIONING"]),
        (State::Repairing, vec!["REPAIRING"]),
    ];
    for (meaning, expected) in &meant {
        let found: Vec<&str> = words.iter().copied().filter(|word| state(word) == *meaning).collect();
        assert_eq!(found, *expected, "{meaning}");
    }
    assert_eq!(meant.iter().map(|(_, words)| words.len()).sum::<usize>(), words.len());
    let it = convert(&json!({"id": "1", "status": "HIBERNATING"}));
    assert_eq!((it.state, it.raw_state.as_str()), (State::Unknown, "HIBERNATING"), "the raw state is kept");
}

/// The paths of a mask: `a,b(c,d/e)` → `a`, `b/c`, `b/d/e`.
fn paths(mask: &str, prefix: &str, into: &mut Vec<String>) {
    let (mut depth, mut start) = (0, 0);
    let ends: Vec<usize> = mask
        .char_indices()
        .filter(|(_, c)| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            *c == ',' && depth == 0
        })
        .map(|(at, _)| at)
        .chain([mask.len()])
        .collect();
    for end in ends {
        let one = &mask[start..end];
        match one.split_once('(') {
            Some((name, inner)) => {
                paths(inner.strip_suffix(')').expect("a bracket"), &format!("{prefix}{name}/"), into);
            }
            None => into.push(format!("{prefix}{one}")),
        }
        start = end + 1;
    }
}

#[test]
fn the_mask_asks_for_members_that_there_are() {
    let mut wanted = Vec::new();
    paths(FIELDS, "", &mut wanted);
    assert!(wanted.contains(&"networkInterfaces/accessConfigs/natIP".to_owned()), "{wanted:?}");
    let script = format!(
        "S = d['schemas']\n\
         def there(name, path):\n\
         \x20   one = S[name]['properties'].get(path[0])\n\
         \x20   if one is None: return False\n\
         \x20   one = one.get('items', one)\n\
         \x20   return len(path) == 1 or there(one['$ref'], path[1:])\n\
         print(json.dumps([w for w in {wanted} if not there('Instance', w.split('/'))]))",
        wanted = json!(wanted)
    );
    assert_eq!(discovery(&script), json!([]));
}

#[test]
fn a_realm_is_one_part_of_a_key_and_leads_back_to_its_project() {
    for (id, mark, text) in [
        ("lab-1", None, "lab-1"),
        ("example.com:app", None, "example.com/app"),
        ("lab-1", Some("127.0.0.1:8080"), "lab-1@127.0.0.1-8080"),
        ("example.com:app", Some("[::1]:80"), "example.com/app@[--1]-80"),
    ] {
        let realm = realm(id, mark);
        assert_eq!(realm.as_str(), text);
        assert_eq!(project(&realm), id);
        let key = key("1", &Place::new(&realm, "us-east1-b"));
        assert_eq!(key.to_string().parse().as_ref(), Ok(&key));
    }
}

#[test]
fn a_zone_tells_its_region() {
    for (zone, expected) in [
        ("europe-west1-b", "europe-west1"),
        ("us-central1-ai1a", "us-central1"),
        ("northamerica-northeast2-c", "northamerica-northeast2"),
    ] {
        assert_eq!(region(zone), Region::new(expected));
    }
}
