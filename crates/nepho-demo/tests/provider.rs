//! The demo cloud through its provider and its file.
#![expect(clippy::expect_used, reason = "helpers of tests may stop a test")]

use std::{fs, path::Path, sync::Arc, time::Duration};

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, Descriptor as _, Provider as _, ProviderError, Resource, State,
    provider::{Detail, ListedResource, SweepItem, Target},
};
use nepho_demo::{ConnectError, DESCRIPTOR, DemoOptions, DemoProvider, FILE_NAME, accounts, forget};
use nepho_testkit::FakeClock;

async fn demo(account: usize, dir: &Path, clock: &FakeClock) -> DemoProvider {
    let options = DemoOptions {
        clock: Arc::new(clock.clone()),
        access: Access::ReadWrite,
        ..DemoOptions::new(accounts()[account].realm(), dir.to_owned())
    };
    DemoProvider::connect(options).await.expect("a demo account")
}

async fn listed(demo: &DemoProvider) -> Vec<ListedResource> {
    let scopes = demo.scopes().await.expect("scopes");
    let items: Vec<SweepItem> = demo.list(&scopes).collect().await;
    items
        .into_iter()
        .flat_map(|item| match item {
            SweepItem::Page { resources, .. } => resources,
            _ => Vec::new(),
        })
        .collect()
}

async fn resources(demo: &DemoProvider) -> Vec<Resource> {
    listed(demo).await.into_iter().map(|listed| listed.resource).collect()
}

async fn running(demo: &DemoProvider, name: &str) -> Resource {
    let found = resources(demo).await.into_iter().find(|one| one.name == name && one.state == State::Running);
    found.unwrap_or_else(|| panic!("no running {name}"))
}

async fn state(demo: &DemoProvider, of: &Resource) -> State {
    let seen = demo.observe(&[target(&of.key)], Detail::State).await.remove(0).seen;
    seen.expect("still there").listed.resource.state
}

#[tokio::test]
async fn an_action_of_one_process_is_seen_by_another() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let (window, command_line) = (demo(0, dir.path(), &clock).await, demo(0, dir.path(), &clock).await);
    let redis = running(&window, "redis-01").await;
    let answer = command_line.submit(Action::Stop.into(), &[target(&redis.key)]).collect::<Vec<_>>().await.remove(0);
    let accepted = answer.outcome.expect("accepted");
    assert_eq!((accepted.state, accepted.raw_state.as_str()), (Some(State::Stopping), "stopping"));
    assert_eq!(state(&window, &redis).await, State::Stopping);
    clock.advance(Duration::from_secs(10));
    assert_eq!(state(&window, &redis).await, State::Stopped);
    assert_eq!(state(&demo(0, dir.path(), &clock).await, &redis).await, State::Stopped, "a new process");
    command_line.submit(Action::Start.into(), &[target(&redis.key)]).collect::<Vec<_>>().await;
    assert_eq!(state(&window, &redis).await, State::Pending);
    clock.advance(Duration::from_secs(15));
    assert_eq!(state(&window, &redis).await, State::Running);
}

#[tokio::test]
async fn concurrent_actions_of_many_processes_are_all_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let machines: Vec<Resource> = resources(&demo(0, dir.path(), &clock).await).await;
    let redis: Vec<Resource> = machines.into_iter().filter(|one| one.name.starts_with("redis-")).collect();
    assert!(redis.len() >= 8);
    std::thread::scope(|threads| {
        for one in &redis {
            threads.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
                let answers = runtime.block_on(async {
                    demo(0, dir.path(), &clock)
                        .await
                        .submit(Action::Stop.into(), &[target(&one.key)])
                        .collect::<Vec<_>>()
                        .await
                });
                assert!(answers[0].outcome.is_ok(), "{answers:?}");
            });
        }
    });
    clock.advance(Duration::from_secs(10));
    for one in &redis {
        assert_eq!(state(&demo(0, dir.path(), &clock).await, one).await, State::Stopped, "{}", one.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_never_released_is_a_conflict_and_nothing_happens() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let demo = demo(0, dir.path(), &clock).await;
    let redis = running(&demo, "redis-01").await;
    let held = fs::File::create(dir.path().join("demo.lock")).expect("created");
    held.lock().expect("locked");
    let answer = demo.submit(Action::Stop.into(), &[target(&redis.key)]).collect::<Vec<_>>().await.remove(0);
    assert!(matches!(answer.outcome, Err(ProviderError::Conflict { .. })), "{answer:?}");
    assert_eq!(state(&demo, &redis).await, State::Running);
    drop(held);
    let answer = demo.submit(Action::Stop.into(), &[target(&redis.key)]).collect::<Vec<_>>().await.remove(0);
    assert!(answer.outcome.is_ok(), "{answer:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn file_is_readable_by_its_owner_only_and_forget_removes_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let demo = demo(0, dir.path(), &clock).await;
    let redis = running(&demo, "redis-01").await;
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 0, "reading writes nothing");
    demo.submit(Action::Stop.into(), &[target(&redis.key)]).collect::<Vec<_>>().await;
    for entry in fs::read_dir(dir.path()).expect("readable") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
    forget(dir.path()).expect("removed");
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 0);
    assert_eq!(state(&demo, &redis).await, State::Running);
    forget(dir.path()).expect("nothing to remove is no error");
}

#[tokio::test]
async fn a_broken_file_fails_every_scope_and_submit_and_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let demo = demo(0, dir.path(), &clock).await;
    let redis = running(&demo, "redis-01").await;
    for text in [
        "{",
        "[]",
        r#"{"version":9,"accounts":{}}"#,
        r#"{"version":1,"accounts":{"payments-prod":{"i":{"action":"dance","at_ms":1}}}}"#,
    ] {
        fs::write(dir.path().join(FILE_NAME), text).expect("written");
        let scopes = demo.scopes().await.expect("scopes need no file");
        let items: Vec<SweepItem> = demo.list(&scopes).collect().await;
        assert_eq!(items.len(), scopes.len());
        assert!(items.iter().all(|item| matches!(item, SweepItem::Failed { .. })), "{items:?}");
        let answer = demo.submit(Action::Stop.into(), &[target(&redis.key)]).collect::<Vec<_>>().await.remove(0);
        assert!(matches!(answer.outcome, Err(ProviderError::Other { .. })), "{answer:?}");
        assert_eq!(fs::read_to_string(dir.path().join(FILE_NAME)).expect("still there"), text);
    }
}

#[tokio::test]
async fn the_denied_region_says_so_and_the_others_are_listed() {
    let dir = tempfile::tempdir().expect("a directory");
    let demo = demo(1, dir.path(), &FakeClock::default()).await;
    let scopes = demo.scopes().await.expect("scopes");
    let items: Vec<SweepItem> = demo.list(&scopes).collect().await;
    let mut failed = items.iter().filter_map(|item| match item {
        SweepItem::Failed { scope, error } => Some((scope.location.as_str(), error)),
        _ => None,
    });
    let (location, error) = failed.next().expect("one");
    assert_eq!(location, "ap-southeast-1");
    assert!(matches!(error, ProviderError::PermissionDenied { operation, .. } if operation == "ec2:DescribeInstances"));
    assert!(failed.next().is_none());
    assert_eq!(items.iter().filter(|item| matches!(item, SweepItem::Complete { .. })).count(), scopes.len() - 1);
}

#[tokio::test]
async fn protection_and_local_roots_refuse_as_a_cloud_does() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let payments = demo(0, dir.path(), &clock).await;
    let ledger = running(&payments, "ledger-01").await;
    let answer = payments.submit(Action::Stop.into(), &[target(&ledger.key)]).collect::<Vec<_>>().await.remove(0);
    assert!(matches!(answer.outcome, Err(ProviderError::InvalidState { .. })), "{answer:?}");
    let seen = payments.observe(&[target(&ledger.key)], Detail::Plan(Action::Stop)).await.remove(0).seen.expect("seen");
    assert_eq!((seen.preflight.stop, seen.preflight.termination), (Some(true), Some(true)));
    let platform = demo(1, dir.path(), &clock).await;
    let cache = running(&platform, "artifact-cache-01").await;
    assert!(cache.facts.root_is_local);
    let answer = platform.submit(Action::Stop.into(), &[target(&cache.key)]).collect::<Vec<_>>().await.remove(0);
    assert!(matches!(answer.outcome, Err(ProviderError::Unsupported { .. })), "{answer:?}");
}

#[tokio::test]
async fn each_style_has_the_actions_and_the_words_of_its_cloud() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let lake = demo(3, dir.path(), &clock).await;
    let trino = running(&lake, "trino-01").await;
    for (action, on_its_way, there) in
        [(Action::Suspend, "SUSPENDING", "SUSPENDED"), (Action::Resume, "STAGING", "RUNNING")]
    {
        let answer = lake.submit(action.into(), &[target(&trino.key)]).collect::<Vec<_>>().await.remove(0);
        let accepted = answer.outcome.expect("accepted");
        assert_eq!((accepted.state, accepted.raw_state.as_str()), (Some(action.transition()), on_its_way));
        clock.advance(Duration::from_secs(12));
        let seen = lake.observe(&[target(&trino.key)], Detail::State).await.remove(0).seen.expect("there");
        let resource = &seen.listed.resource;
        assert_eq!((resource.state, resource.raw_state.as_str()), (action.goal().state(), there));
        let json = DESCRIPTOR.document_json(&seen.listed.document).expect("JSON");
        assert!(json.contains(&format!("\"status\": \"{there}\"")), "{json}");
    }
    let payments = demo(0, dir.path(), &clock).await;
    let redis = running(&payments, "redis-01").await;
    for action in [Action::Suspend, Action::Resume] {
        let planned = payments.observe(&[target(&redis.key)], Detail::Plan(action)).await.remove(0).seen.expect("seen");
        let told = (planned.preflight.offered, planned.preflight.permitted);
        assert_eq!(told, (Some(false), Some(true)), "a plan refuses what the cloud would, and blames no credentials");
        let answer = payments.submit(action.into(), &[target(&redis.key)]).collect::<Vec<_>>().await.remove(0);
        assert!(matches!(answer.outcome, Err(ProviderError::Unsupported { .. })), "{answer:?}");
    }
    assert_eq!(state(&payments, &redis).await, State::Running);
}

#[tokio::test]
async fn machines_in_the_style_of_gcp_say_what_compute_engine_says() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    for account in [2, 3] {
        for resource in resources(&demo(account, dir.path(), &clock).await).await {
            let zone = resource.zone.as_ref().expect("a zone").as_str();
            let (region, letter) = zone.rsplit_once('-').expect("a region and a letter");
            assert_eq!((region, letter.len()), (resource.key.region.as_str(), 1), "{zone}");
            let labels: Vec<&str> = resource.tags.keys().map(String::as_str).collect();
            assert_eq!(labels, ["env", "service", "team"], "no tag that only EC2 has");
            assert!(resource.created_at.is_some() && !resource.facts.root_is_local);
            assert_eq!(resource.facts.architecture.as_deref(), Some("x86_64"), "{}", resource.size);
        }
    }
    // Protection prevents the deletion of a machine, not a stop.
    let search = demo(2, dir.path(), &clock).await;
    let master = running(&search, "es-master-01").await;
    let seen = search.observe(&[target(&master.key)], Detail::Plan(Action::Stop)).await.remove(0).seen.expect("seen");
    assert_eq!((seen.preflight.stop, seen.preflight.termination), (Some(false), Some(true)));
    let answer = search.submit(Action::Terminate.into(), &[target(&master.key)]).collect::<Vec<_>>().await.remove(0);
    assert!(matches!(answer.outcome, Err(ProviderError::InvalidState { .. })), "{answer:?}");
    let answer = search.submit(Action::Stop.into(), &[target(&master.key)]).collect::<Vec<_>>().await.remove(0);
    let accepted = answer.outcome.expect("accepted");
    assert_eq!((accepted.state, accepted.raw_state.as_str()), (Some(State::Stopping), "STOPPING"));
    clock.advance(Duration::from_secs(12));
    let seen = search.observe(&[target(&master.key)], Detail::State).await.remove(0).seen.expect("there");
    assert_eq!(seen.listed.resource.raw_state, "TERMINATED");
    assert_eq!(seen.listed.resource.state, State::Stopped, "and never shown as deleted");
}

#[tokio::test]
async fn a_public_address_is_lost_by_a_stop_as_its_fact_says() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    let demo = demo(1, dir.path(), &clock).await;
    let web = running(&demo, "staging-web-01").await;
    let lost = web.facts.ephemeral_public_ip.expect("an address that a stop releases");
    assert_eq!(web.public_ips, [lost]);
    demo.submit(Action::Stop.into(), &[target(&web.key)]).collect::<Vec<_>>().await;
    clock.advance(Duration::from_secs(10));
    let after = resources(&demo).await.into_iter().find(|one| one.key == web.key).expect("there");
    assert_eq!((after.public_ips.len(), after.facts.ephemeral_public_ip), (0, None));
    assert_eq!(after.private_ips, web.private_ips);
}

#[tokio::test]
async fn documents_agree_with_their_rows_and_repeat_byte_for_byte() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = FakeClock::default();
    for account in 0..accounts().len() {
        let demo = demo(account, dir.path(), &clock).await;
        let (first, again) = (listed(&demo).await, listed(&demo).await);
        assert_eq!(first, again);
        for listed in first {
            let json = DESCRIPTOR.document_json(&listed.document).expect("JSON");
            let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            let (id, state) = if value["kind"] == "compute#instance" {
                (value["id"].as_str(), value["status"].as_str())
            } else {
                (value["InstanceId"].as_str(), value["State"]["Name"].as_str())
            };
            assert_eq!(id, Some(&*listed.resource.key.native));
            assert_eq!(state, Some(listed.resource.raw_state.as_str()));
        }
    }
}

#[tokio::test]
async fn an_unknown_account_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let made = DemoProvider::connect(DemoOptions::new("moon-base".into(), dir.path().to_owned())).await;
    assert!(matches!(made, Err(ConnectError::UnknownAccount { .. })));
}

/// The demo needs no zone.
fn target(key: &nepho_core::ResourceKey) -> Target {
    Target { key: key.clone(), zone: None }
}
