//! Fresh reads: states, plans, full documents, and the identity.

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, FailureCode, Provider, ProviderError, Realm, Region, State,
    provider::{Detail, Preflight, Target},
    resource::Lifecycle,
};
use nepho_testkit::gcp::{Fault, FaultRule, GcpInstance, PROJECT, Setup, ZONES};
use serde_json::{Value, json};

use crate::lab::{Lab, ZONE, look, sweep, web};

const STOP: Detail = Detail::Plan(Action::Stop);

#[tokio::test]
async fn an_instance_is_read_by_its_number_in_its_zone_with_the_members_of_a_row() {
    let lab = Lab::new();
    let target = lab.put(web("web-1"));
    let provider = lab.provider(Access::ReadOnly);
    let listed = sweep(&provider, &[ZONE]).await[ZONE].rows[0].clone();
    let seen = look(&provider, &target, Detail::State).await.expect("seen");
    assert_eq!(seen.listed, listed, "the same row and the same bytes as in a listing");
    assert_eq!(seen.preflight, Preflight::default());
    let asked = lab.asked("instances.get");
    assert_eq!((asked.len(), lab.double.exchanges().len()), (1, 2), "its zone is known");
    assert!(asked[0].path.ends_with(&format!("/zones/{ZONE}/instances/{}", target.key.native)), "{asked:?}");
    assert!(asked[0].param("fields").is_some_and(|fields| !fields.contains("metadata")));
}

#[tokio::test]
async fn replies_are_requested_without_pretty_printing() {
    let lab = Lab::new();
    let target = lab.put(web("web-1"));
    let provider = lab.provider(Access::ReadOnly);
    provider.verify().await.expect("verified");
    provider.scopes().await.expect("scopes");
    sweep(&provider, &[ZONE]).await;
    look(&provider, &target, Detail::Document).await.expect("seen");
    let asked = lab.double.exchanges();
    assert!(asked.len() >= 4 && asked.iter().all(|one| one.param("prettyPrint") == Some("false")), "{asked:?}");
}

#[tokio::test]
async fn each_target_has_one_result_whatever_the_others_have() {
    let lab = Lab::with(Setup { zones: vec![ZONE.to_owned(), "us-east1-b".to_owned()], ..Setup::default() });
    let here = lab.put(web("web-1"));
    let denied = lab.put(GcpInstance::new(PROJECT, "us-east1-b", "web-2"));
    lab.double.break_zone("us-east1-b", Fault::Denied);
    let mut foreign = here.clone();
    foreign.key.realm = Realm::new("another-project");
    let mut named = here.clone();
    named.key.native = "web-1".into();
    let gone = lab.target(ZONE, "12345");
    let no_zone = lab.target("moon-1", "12345");
    let targets = [&here, &gone, &denied, &foreign, &named, &here, &no_zone].map(Clone::clone);
    let seen = lab.provider(Access::ReadOnly).observe(&targets, Detail::State).await;
    assert_eq!(seen.len(), 6, "one for each key");
    let of = |target: &Target| &seen.iter().find(|one| one.key == target.key).expect("an answer").seen;
    assert!(of(&here).is_ok());
    assert!(matches!(of(&gone), Err(ProviderError::NotFound { key }) if *key == gone.key));
    assert!(matches!(of(&no_zone), Err(ProviderError::NotFound { .. })));
    assert!(matches!(of(&named), Err(ProviderError::NotFound { .. })), "only numbers go into a path");
    assert_eq!(of(&denied).as_ref().map_err(ProviderError::code).expect_err("denied"), FailureCode::PermissionDenied);
    assert!(matches!(of(&foreign), Err(ProviderError::WrongAccount { expected, found })
        if *expected == foreign.key.realm && *found == lab.realm()));
    assert!(lab.double.exchanges().iter().all(|one| !one.path.contains("web-1")));
}

#[tokio::test]
async fn an_instance_of_an_unknown_zone_is_found_by_its_number() {
    let lab = Lab::new();
    let mut target = lab.put(GcpInstance::new(PROJECT, "us-east1-d", "web-1"));
    lab.fill(5, &ZONES);
    target.zone = None;
    let provider = lab.provider(Access::ReadOnly);
    let seen = look(&provider, &target, Detail::State).await.expect("seen");
    assert_eq!(seen.listed.resource.key, target.key);
    assert_eq!((lab.double.count("instances.aggregatedList"), lab.double.count("instances.get")), (1, 1));
    target.key.native = "99".into();
    let unknown = look(&provider, &target, Detail::State).await;
    assert!(matches!(unknown, Err(ProviderError::NotFound { .. })), "{unknown:?}");
    // A server that ignores the filter names other instances.
    let scope = format!("zones/{ZONE}");
    let others = json!({"kind": "compute#instanceAggregatedList", "items": {scope: {"instances": [{"id": "98"}]}}});
    lab.double.break_method("instances.aggregatedList", Fault::Body { bytes: others.to_string().into_bytes() });
    let unknown = look(&provider, &target, Detail::State).await;
    assert!(matches!(unknown, Err(ProviderError::NotFound { .. })), "{unknown:?}");
    assert_eq!(lab.double.count("instances.get"), 1);
}

#[tokio::test]
async fn reply_about_another_instance_is_malformed() {
    let lab = Lab::new();
    let (one, other) = (lab.put(web("web-1")), lab.put(web("web-2")));
    let body = lab.double.instance(PROJECT, ZONE, "web-2").expect("there").to_string();
    lab.double.break_method("instances.get", Fault::Body { bytes: body.into_bytes() });
    let provider = lab.provider(Access::ReadOnly);
    let seen = look(&provider, &one, Detail::State).await;
    assert!(matches!(seen, Err(ProviderError::Malformed { .. })), "{seen:?}");
    assert!(look(&provider, &other, Detail::State).await.is_ok());
}

#[tokio::test]
async fn many_instances_of_a_zone_are_read_by_one_list() {
    let lab = Lab::new();
    let mut targets = lab.fill(60, &[ZONE]);
    targets.push(lab.target(ZONE, "12345"));
    targets.extend(lab.fill(2, &["us-east1-b"]));
    let provider = lab.provider(Access::ReadOnly);
    let seen = provider.observe(&targets, Detail::State).await;
    assert_eq!(seen.iter().filter(|one| one.seen.is_ok()).count(), 62);
    let gone = seen.iter().find(|one| &*one.key.native == "12345").expect("an answer");
    assert!(matches!(gone.seen, Err(ProviderError::NotFound { .. })));
    assert_eq!((lab.double.count("instances.list"), lab.double.count("instances.get")), (1, 2));
    // A listing that breaks proves no absence.
    lab.double.break_zone(ZONE, Fault::Denied);
    let seen = provider.observe(&targets, Detail::State).await;
    let gone = seen.iter().find(|one| &*one.key.native == "12345").expect("an answer");
    assert!(matches!(gone.seen, Err(ProviderError::PermissionDenied { .. })), "{gone:?}");
}

#[tokio::test]
async fn plan_reads_protection_and_local_disks() {
    let lab = Lab::new();
    let plain = lab.put(web("plain"));
    let guarded = lab.put(web("guarded").protected().local_ssd().spot());
    let provider = lab.provider(Access::ReadWrite);
    let of = async |target: &Target| look(&provider, target, STOP).await.expect("seen");
    let told = |termination, local_disks| Preflight {
        stop: Some(false),
        termination: Some(termination),
        local_disks: Some(local_disks),
        permitted: Some(true),
        ..Preflight::default()
    };
    assert_eq!(of(&plain).await.preflight, told(false, false));
    let seen = of(&guarded).await;
    assert_eq!(seen.preflight, told(true, true));
    assert_eq!(seen.listed.resource.facts.lifecycle, Lifecycle::Spot);
    let following = look(&provider, &guarded, Detail::State).await.expect("seen");
    assert_eq!(following.preflight, Preflight::default());
    assert_eq!(following.listed.resource.facts.lifecycle, Lifecycle::Spot);
}

#[tokio::test]
async fn plan_reads_the_permission_of_its_action() {
    let lab = Lab::new();
    let here = lab.put(web("web-1"));
    let there = lab.put(GcpInstance::new(PROJECT, "us-east1-b", "web-2"));
    lab.double.deny("compute.instances.stop", Some(PROJECT), Some(ZONE));
    let provider = lab.provider(Access::ReadWrite);
    let permitted = async |target: &Target, action| {
        look(&provider, target, Detail::Plan(action)).await.expect("seen").preflight.permitted
    };
    assert_eq!(permitted(&here, Action::Stop).await, Some(false));
    assert_eq!(permitted(&there, Action::Stop).await, Some(true));
    let others = [Action::Start, Action::Reboot, Action::Suspend, Action::Resume, Action::Terminate];
    for (action, verb) in others.into_iter().zip(["start", "reset", "suspend", "resume", "delete"]) {
        assert_eq!(permitted(&here, action).await, Some(true), "{action}");
        lab.double.deny(&format!("compute.instances.{verb}"), Some(PROJECT), Some(ZONE));
        assert_eq!(permitted(&here, action).await, Some(false), "{action}");
    }
    let error = Fault::Error { status: 400, reason: "invalid".to_owned(), message: "no".to_owned() };
    lab.double.add_rule(FaultRule::always(error).method("instances.testIamPermissions"));
    assert_eq!(permitted(&there, Action::Stop).await, None, "not checked");
}

#[tokio::test]
async fn large_plan_reads_no_permissions() {
    let lab = Lab::new();
    let mut targets = lab.fill(20, &[ZONE]);
    targets.push(lab.put(web("member").managed_by("fleet").protected()));
    let seen = lab.provider(Access::ReadWrite).observe(&targets, STOP).await;
    assert!(seen.iter().all(|one| one.seen.as_ref().is_ok_and(|seen| seen.preflight.permitted.is_none())));
    let member = seen.iter().find(|one| one.key == targets[20].key).expect("an answer").seen.as_ref().expect("seen");
    assert_eq!(member.preflight.termination, Some(true));
    assert_eq!(member.listed.resource.facts.group.as_deref(), Some("fleet"));
    assert_eq!(lab.double.count("instances.testIamPermissions"), 0);
    assert_eq!(lab.double.count("addresses.list"), 1, "once for the region");
}

#[tokio::test]
async fn plan_finds_the_address_that_a_stop_releases() {
    let lab = Lab::new();
    let reserved = lab.put(web("reserved").public_ip("203.0.113.1"));
    let ephemeral = lab.put(web("ephemeral").public_ip("203.0.113.2"));
    let private = lab.put(web("private").private());
    lab.double.reserve(PROJECT, "europe-west1", "front", "203.0.113.1");
    lab.double.reserve(PROJECT, "us-east1", "elsewhere", "203.0.113.2");
    let provider = lab.provider(Access::ReadWrite);
    let lost = async |target: &Target| {
        look(&provider, target, STOP).await.expect("seen").listed.resource.facts.ephemeral_public_ip
    };
    assert_eq!(lost(&reserved).await, None);
    assert_eq!(lost(&ephemeral).await, "203.0.113.2".parse().ok());
    assert_eq!(lost(&private).await, None);
    assert_eq!(lab.double.count("addresses.list"), 2, "nothing is asked about what has no address");
    // A stop does not release a reserved address.
    lab.double.reserve(PROJECT, "europe-west1", "kept", "203.0.113.2");
    assert_eq!(lost(&ephemeral).await, None);
}

#[tokio::test]
async fn address_is_never_guessed_to_be_ephemeral() {
    let warned = json!({"kind": "compute#addressList", "warning": {"code": "UNREACHABLE", "message": "m"}});
    for fault in [Fault::Denied, Fault::Html, Fault::Body { bytes: warned.to_string().into_bytes() }] {
        let lab = Lab::new();
        let target = lab.put(web("web-1"));
        lab.double.break_method("addresses.list", fault);
        let seen = look(&lab.provider(Access::ReadWrite), &target, STOP).await.expect("a plan all the same");
        assert_eq!(seen.listed.resource.facts.ephemeral_public_ip, None);
        assert_eq!(seen.preflight.permitted, Some(true));
        assert!(seen.preflight.public_ip_unknown, "and that is told");
        let private = lab.put(web("private").private());
        let seen = look(&lab.provider(Access::ReadWrite), &private, STOP).await.expect("a plan");
        assert!(!seen.preflight.public_ip_unknown, "there is none to lose");
    }
}

#[tokio::test]
async fn plan_finds_the_group_and_keeps_no_metadata() {
    let lab = Lab::new();
    let target = lab.put(web("fleet-x1z2").managed_by("fleet"));
    let provider = lab.provider(Access::ReadWrite);
    let row = async || sweep(&provider, &[ZONE]).await[ZONE].rows[0].clone();
    let before = row().await;
    assert_eq!(before.resource.facts.group, None, "a listing does not say");
    let planned = look(&provider, &target, STOP).await.expect("seen").listed;
    assert_eq!(planned.resource.facts.group.as_deref(), Some("fleet"));
    assert_eq!(planned.document, before.document, "the same bytes: the metadata are cut out");
    // The next listing keeps the facts of the plan, so the row does not change back.
    assert_eq!(row().await, planned);
    assert_eq!(look(&provider, &target, Detail::State).await.expect("seen").listed, planned);
}

#[tokio::test]
async fn full_document_is_read_on_request() {
    let lab = Lab::new();
    let script = json!({"key": "startup-script", "value": "echo hunter2-canary"});
    let metadata = json!({"kind": "compute#metadata", "fingerprint": "wCvGvzHkSGA=", "items": [script]});
    let target = lab.put(web("fleet-x1z2").set("metadata", metadata).managed_by("fleet"));
    let provider = lab.provider(Access::ReadOnly);
    let seen = look(&provider, &target, Detail::Document).await.expect("seen");
    let mut document: Value = serde_json::from_slice(&seen.listed.document.bytes).expect("JSON");
    let mut there = lab.double.instance(PROJECT, ZONE, "fleet-x1z2").expect("there");
    // The document has the metadata's keys, not their values.
    let told = document["metadata"].take();
    assert!(there["metadata"].take().to_string().contains("hunter2-canary"), "the control");
    assert_eq!(document, there);
    assert_eq!(told["items"][0]["key"], "startup-script");
    let value = told["items"][0]["value"].as_str().expect("a text");
    assert!(value.contains("withheld") && value.contains("19 bytes"), "{value}");
    assert!(!told.to_string().contains("hunter2-canary"), "{told}");
    assert_eq!(seen.listed.resource.facts.group.as_deref(), Some("fleet"));
    assert_eq!(seen.preflight, Preflight::default());
    assert_eq!(lab.asked("instances.get")[0].param("fields"), None);
}

#[tokio::test]
async fn stale_read_is_passed_on_unchanged() {
    let lab = Lab::with(Setup { stale_reads: 1, ..Setup::default() });
    let target = lab.put(web("web-1"));
    let provider = lab.provider(Access::ReadWrite);
    let submitted = provider.submit(Action::Stop.into(), std::slice::from_ref(&target)).collect::<Vec<_>>().await;
    assert!(submitted[0].outcome.is_ok());
    let mut states = Vec::new();
    for _ in 0..6 {
        states.push(look(&provider, &target, Detail::State).await.expect("seen").listed.resource.state);
    }
    assert_eq!((states[0], states[5]), (State::Running, State::Stopped), "{states:?}");
    assert!(states.contains(&State::Stopping), "{states:?}");
}

#[tokio::test]
async fn an_unknown_status_is_kept_as_it_is() {
    let lab = Lab::new();
    let target = lab.put(web("web-1"));
    lab.double.raw_status(PROJECT, ZONE, "web-1", "HIBERNATING");
    let seen = look(&lab.provider(Access::ReadOnly), &target, Detail::State).await.expect("seen").listed.resource;
    assert_eq!((seen.state, seen.raw_state.as_str()), (State::Unknown, "HIBERNATING"));
}

#[tokio::test]
async fn reply_of_another_project_is_the_wrong_account() {
    let lab = Lab::new();
    let identity = lab.provider(Access::ReadOnly).verify().await.expect("an identity");
    assert_eq!(identity.realm, lab.realm());
    assert!(!identity.principal.is_empty());
    assert_eq!(identity.denied, []);
    assert_eq!(lab.double.exchanges().len(), 1, "nothing is asked about actions that are not sent anyway");
    let other = json!({"kind": "compute#project", "name": "another"}).to_string();
    lab.double.break_method("projects.get", Fault::Body { bytes: other.into_bytes() });
    let error = lab.provider(Access::ReadOnly).verify().await.expect_err("another project");
    let expected = Realm::new(format!("another@127.0.0.1-{}", lab.double.port()));
    assert!(matches!(&error, ProviderError::WrongAccount { found, .. } if *found == expected), "{error}");
}

#[tokio::test]
async fn credentials_that_may_only_list_are_verified() {
    let lab = Lab::new();
    lab.double.deny("compute.projects.get", None, None);
    assert_eq!(lab.provider(Access::ReadOnly).verify().await.expect("zones").realm, lab.realm());
    lab.double.deny("compute.zones.list", None, None);
    assert_eq!(lab.provider(Access::ReadOnly).verify().await.expect("instances").realm, lab.realm());
    lab.double.deny("compute.instances.list", None, None);
    let error = lab.provider(Access::ReadOnly).verify().await.expect_err("nothing");
    assert!(matches!(&error, ProviderError::PermissionDenied { operation, .. } if operation.contains("projects")));
    let lab = Lab::new();
    lab.double.enable_api(PROJECT, false);
    let error = lab.provider(Access::ReadOnly).verify().await.expect_err("not enabled");
    assert_eq!((error.code(), lab.double.exchanges().len()), (FailureCode::NotEnabled, 1));
}

#[tokio::test]
async fn denied_actions_are_read_for_a_writable_account() {
    let lab = Lab::new();
    for verb in ["delete", "suspend"] {
        lab.double.deny(&format!("compute.instances.{verb}"), None, None);
    }
    let verify = async || lab.provider(Access::ReadWrite).verify().await.expect("an identity").denied;
    assert_eq!(verify().await, [Action::Suspend, Action::Terminate]);
    lab.double.break_method("projects.testIamPermissions", Fault::Denied);
    assert_eq!(verify().await, [], "not asked is not denied");
    // `verify` waits for the denied actions for less time than one request may take.
    lab.double.heal();
    lab.double.break_method("projects.testIamPermissions", Fault::Hung);
    assert_eq!(verify().await, []);
    assert_eq!(lab.double.count("projects.testIamPermissions"), 3, "it was not asked again");
}

#[tokio::test]
async fn target_of_another_region_is_malformed() {
    let lab = Lab::new();
    let mut target = lab.put(web("web-1"));
    target.key.region = Region::from("us-east1");
    let seen = look(&lab.provider(Access::ReadOnly), &target, Detail::State).await;
    assert!(matches!(seen, Err(ProviderError::Malformed { .. })), "{seen:?}");
}
