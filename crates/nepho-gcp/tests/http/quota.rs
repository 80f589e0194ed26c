//! Quotas per minute: bounded waits, and no confusion with a denial.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use nepho_core::{Access, Provider, ProviderError, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::FakeClock;

use crate::cloud::{Answer, Cloud, connect, google_error, options};

/// A minute for tests.
const MINUTE: Duration = Duration::from_millis(600);

/// The rest of that minute.
const REST: Duration = Duration::from_millis(400);

fn used_up() -> Answer {
    google_error(403, "rateLimitExceeded", "Quota exceeded for quota metric 'Read requests' and limit '… per minute'.")
}

/// Options with a clock that stands still in the middle of a minute.
fn patient(cloud: &Cloud, identity: &Arc<GcpIdentity>) -> GcpOptions {
    let clock = FakeClock::default();
    clock.advance(MINUTE.saturating_sub(REST));
    let mut options = options(identity, &cloud.endpoint(), Access::ReadOnly);
    options.clock = Arc::new(clock);
    options.quota_window = MINUTE;
    // Shorter than the waits together, which do not count.
    options.timeouts.operation = Duration::from_millis(500);
    options
}

fn provider(cloud: &Cloud, identity: &Arc<GcpIdentity>) -> GcpProvider {
    futures::FutureExt::now_or_never(GcpProvider::connect(patient(cloud, identity)))
        .expect("nothing to wait for")
        .expect("a provider")
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_waited_for() {
    let cloud = Cloud::start(|_, before| (before == 0).then(used_up)).await;
    provider(&cloud, &cloud.identity()).scopes().await.expect("scopes, in the next minute");
    assert_eq!(cloud.count("/zones"), 2);
}

#[tokio::test]
async fn after_two_minutes_it_is_throttling_and_not_denial() {
    for reason in ["rateLimitExceeded", "userRateLimitExceeded"] {
        let cloud = Cloud::start(move |_, _| Some(google_error(403, reason, "Quota exceeded."))).await;
        let begun = Instant::now();
        match provider(&cloud, &cloud.identity()).scopes().await {
            Err(ProviderError::Throttled { retry_after: Some(wait) }) => assert!(wait <= REST, "{wait:?}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(cloud.count("/zones"), 3, "once, and once in each of two more minutes");
        assert!(begun.elapsed() >= 2 * REST, "it waited");
    }
}

/// While one request reports an exhausted quota, no request of its group is sent.
#[tokio::test]
async fn all_requests_of_the_group_wait_together() {
    let cloud = Cloud::start(|asked, before| (before == 0 && asked.path.ends_with("/zones")).then(used_up)).await;
    let identity = cloud.identity();
    let (first, other) = (provider(&cloud, &identity), provider(&cloud, &identity));
    let refused = first.scopes();
    tokio::pin!(refused);
    // The limiter closes the group in the step that reads the body of the refusal.
    while first.traffic().bytes_in == 0 {
        assert!(futures::poll!(&mut refused).is_pending());
        tokio::task::yield_now().await;
    }
    let others = futures::future::join_all((0..20).map(|_| other.scopes()));
    tokio::pin!(others);
    for _ in 0..500 {
        assert!(futures::poll!(&mut others).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!((cloud.count("/zones"), other.traffic().requests), (1, 0), "a request in a minute without quota");
    let (first, others) = futures::future::join(refused, others).await;
    assert!(first.is_ok() && others.iter().all(Result::is_ok), "{first:?} {others:?}");
    assert_eq!(cloud.count("/zones"), 22);
}

/// The charged project has one limiter: the projects of a file with a quota project share it.
#[tokio::test]
async fn projects_that_are_charged_to_one_wait_for_one() {
    for (quota_project, waits) in [(None, false), (Some("nepho-billing"), true)] {
        let cloud = Cloud::start(|asked, _| (asked.path.ends_with("/nepho-lab/zones")).then(used_up)).await;
        let mut file = serde_json::json!({
            "type": "authorized_user", "client_id": "c", "client_secret": "secret", "refresh_token": "refresh",
            "token_uri": format!("{}token", cloud.endpoint()),
        });
        if let Some(project) = quota_project {
            file["quota_project_id"] = project.into();
        }
        let identity = cloud.signed_in(GcpCredentials::ApplicationDefault(Secret::new(file.to_string())));
        // A minute that does not end during the test.
        let endless = |project: &str| {
            let (project, quota_window) = (project.to_owned(), Duration::from_hours(1));
            futures::FutureExt::now_or_never(GcpProvider::connect(GcpOptions {
                project,
                quota_window,
                ..patient(&cloud, &identity)
            }))
            .expect("nothing to wait for")
            .expect("a provider")
        };
        let (first, second) = (endless("nepho-lab"), endless("other-lab"));
        let refused = first.scopes();
        tokio::pin!(refused);
        while first.traffic().bytes_in == 0 {
            assert!(futures::poll!(&mut refused).is_pending());
            tokio::task::yield_now().await;
        }
        let other = second.scopes();
        tokio::pin!(other);
        if waits {
            for _ in 0..500 {
                assert!(futures::poll!(&mut other).is_pending());
                tokio::task::yield_now().await;
            }
            assert_eq!(second.traffic().requests, 0);
        } else {
            other.await.expect("scopes");
        }
    }
}

/// The Resource Manager has its own quota: an exhausted quota of Compute Engine does not close it.
#[tokio::test]
async fn projects_are_found_while_compute_has_no_quota() {
    let cloud = Cloud::start(|asked, _| asked.path.ends_with("/zones").then(used_up)).await;
    let file = serde_json::json!({
        "type": "authorized_user", "client_id": "c", "client_secret": "secret", "refresh_token": "refresh",
        "token_uri": format!("{}token", cloud.endpoint()), "quota_project_id": "nepho-billing",
    });
    let identity = cloud.signed_in(GcpCredentials::ApplicationDefault(Secret::new(file.to_string())));
    // A minute that ends for no test.
    let options = GcpOptions { quota_window: Duration::from_hours(1), ..patient(&cloud, &identity) };
    let provider = GcpProvider::connect(options).await.expect("a provider");
    let refused = provider.scopes();
    tokio::pin!(refused);
    while provider.traffic().bytes_in == 0 {
        assert!(futures::poll!(&mut refused).is_pending());
        tokio::task::yield_now().await;
    }
    let found = tokio::time::timeout(Duration::from_secs(30), identity.projects()).await;
    assert_eq!(found.expect("no wait").expect("projects").len(), 1);
}

#[tokio::test]
async fn a_denial_is_no_throttling() {
    let cloud =
        Cloud::start(|_, _| Some(google_error(403, "forbidden", "Required 'compute.zones.list' permission."))).await;
    let provider = connect(&cloud.identity(), &cloud.endpoint(), Access::ReadOnly);
    let verified = tokio::time::timeout(Duration::from_secs(30), provider.verify()).await.expect("no wait");
    let error = verified.expect_err("a denial");
    assert!(matches!(error, ProviderError::PermissionDenied { .. }), "{error}");
}
