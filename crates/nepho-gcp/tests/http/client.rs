//! Requests and replies: bounded repeats, bounded size, and only replies in Google's form.

use std::time::Duration;

use nepho_core::{Access, FailureCode, Provider, ProviderError};
use nepho_gcp::{GcpProvider, Project};
use serde_json::json;

use crate::cloud::{Answer, Cloud, connect, google_error, gzip, json_reply, options, projects};

const SEARCH: &str = "/v3/projects:search";

/// The error of `projects` if every reply is this one, and the number of requests.
async fn asked_for_projects(answer: Answer) -> (ProviderError, usize) {
    let cloud = Cloud::start(move |_, _| Some(answer.clone())).await;
    let error = cloud.identity().projects().await.expect_err("a failure");
    (error, cloud.count(SEARCH))
}

#[tokio::test]
async fn transient_errors_have_three_attempts_and_others_one() {
    let page = projects(&["nepho-lab"], None).to_string();
    // Valid JSON of 65 MB.
    let bomb = [b"{\"projects\": []".to_vec(), vec![b' '; 65 << 20], b"}".to_vec()].concat();
    let cases = [
        (google_error(500, "backendError", "Oops."), FailureCode::Unavailable, 3),
        (Answer::text(503, "<html>"), FailureCode::Unavailable, 3),
        (Answer::CutOff(page.clone().into_bytes()), FailureCode::Unavailable, 3),
        (google_error(429, "rateLimitExceeded", "Too many."), FailureCode::Throttled, 3),
        (Answer::text(429, ""), FailureCode::Throttled, 3),
        (google_error(400, "invalid", "No."), FailureCode::Other, 1),
        (google_error(401, "authError", "No."), FailureCode::Unauthenticated, 1),
        (google_error(403, "forbidden", "No."), FailureCode::PermissionDenied, 1),
        (google_error(403, "accessNotConfigured", "Off."), FailureCode::NotEnabled, 1),
        (google_error(404, "notFound", "No."), FailureCode::Other, 1),
        (google_error(503, "ZONE_RESOURCE_POOL_EXHAUSTED", "No."), FailureCode::CapacityUnavailable, 1),
        (Answer::text(404, "<html>"), FailureCode::Malformed, 1),
        (Answer::text(200, "<html>Welcome to our WiFi"), FailureCode::Malformed, 1),
        (Answer::text(200, ""), FailureCode::Malformed, 1),
        (Answer::text(204, ""), FailureCode::Malformed, 1),
        (Answer::text(200, "[]"), FailureCode::Malformed, 1),
        (Answer::text(200, &page[..page.len() / 2]), FailureCode::Malformed, 1),
        (Answer::text(200, &format!("{{\"projects\": {}", "[".repeat(100_000))), FailureCode::Malformed, 1),
        (Answer::text(200, "{\"projects\": \"CANARY\"}"), FailureCode::Malformed, 1),
        (
            Answer::Body(200, Vec::new(), b"{\"projects\": [{\"projectId\": \"\xff\"}]}".to_vec()),
            FailureCode::Malformed,
            1,
        ),
        (Answer::text(200, &page).header("content-encoding", "gzip"), FailureCode::Malformed, 1),
        (Answer::gzip(gzip(page.as_bytes())[..40].to_vec()), FailureCode::Malformed, 1),
        (Answer::gzip(gzip(&bomb)), FailureCode::Malformed, 1),
    ];
    for (answer, code, times) in cases {
        let told = format!("{answer:?}").chars().take(120).collect::<String>();
        let (error, asked) = asked_for_projects(answer).await;
        assert_eq!((error.code(), asked), (code, times), "{told}: {error}");
        assert!(!error.to_string().contains("CANARY"), "{error}");
    }
}

/// The parser's message about a page of HTML would only name a line and a column.
#[tokio::test]
async fn page_of_a_captive_portal_is_named_as_such() {
    for body in ["<html>Welcome to our WiFi", "", "Welcome", "[{}]"] {
        let (error, _) = asked_for_projects(Answer::text(200, body)).await;
        assert!(error.to_string().contains("is not a JSON object"), "{body:?}: {error}");
    }
}

#[tokio::test]
async fn a_failure_that_passes_is_not_seen() {
    for bad in [Answer::text(503, ""), Answer::CutOff(b"{\"projects\": []}".to_vec()), Answer::text(429, "")] {
        let cloud = Cloud::start(move |_, before| (before < 2).then(|| bad.clone())).await;
        assert_eq!(cloud.identity().projects().await.expect("projects").len(), 1);
        assert_eq!(cloud.count(SEARCH), 3);
    }
}

#[tokio::test]
async fn retry_after_beyond_the_deadline_is_not_waited_for() {
    let answered = asked_for_projects(Answer::text(429, "").header("retry-after", "1000"));
    let (error, asked) = tokio::time::timeout(Duration::from_mins(1), answered).await.expect("no wait");
    assert_eq!(error, ProviderError::Throttled { retry_after: Some(Duration::from_secs(1000)) });
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let trap = Cloud::start(|_, _| None).await;
    let target = format!("{}v3/projects:search", trap.endpoint());
    for status in [301, 302, 307, 308] {
        let answer = Answer::text(status, "").header("location", &target);
        assert_eq!(asked_for_projects(answer).await.0.code(), FailureCode::Malformed);
    }
    assert!(trap.asked().is_empty());
}

#[tokio::test]
async fn reply_is_requested_compressed_and_counted_as_received() {
    let body = gzip(json!({"kind": "compute#project", "name": "nepho-lab"}).to_string().as_bytes());
    let length = body.len() as u64;
    let cloud = Cloud::start(move |asked, _| {
        let answer = || Answer::gzip(body.clone());
        asked.path.ends_with("/projects/nepho-lab").then(answer)
    })
    .await;
    let provider = connect(&cloud.identity(), &cloud.endpoint(), Access::ReadOnly);
    provider.verify().await.expect("an identity");
    let asked = cloud.asked();
    assert_eq!(asked[0].header("accept-encoding"), "gzip");
    assert!(asked[0].header("user-agent").starts_with("Nephoscope/"), "{:?}", asked[0]);
    assert!(asked[0].header("user-agent").contains("gzip"), "{:?}", asked[0]);
    let traffic = provider.traffic();
    assert_eq!((traffic.requests, traffic.bytes_in), (asked.len() as u64, length));
}

/// Neither silence nor a reply without end lasts longer than the operation's time limit.
#[tokio::test]
async fn silent_server_is_a_timeout() {
    for bad in [Answer::Hang, Answer::Drip] {
        let cloud = Cloud::start(move |_, _| Some(bad.clone())).await;
        let mut options = options(&cloud.identity(), &cloud.endpoint(), Access::ReadOnly);
        options.timeouts.read = Duration::from_millis(150);
        options.timeouts.attempt = Duration::from_millis(300);
        options.timeouts.operation = Duration::from_millis(800);
        let provider = GcpProvider::connect(options).await.expect("a provider");
        let answered = tokio::time::timeout(Duration::from_secs(20), provider.scopes()).await.expect("an end");
        assert!(matches!(answered, Err(ProviderError::TimedOut { .. })), "{answered:?}");
        assert!((1..=3).contains(&cloud.count("/zones")), "{}", cloud.count("/zones"));
    }
}

#[tokio::test]
async fn every_page_of_the_active_projects_is_read_and_none_twice() {
    let cloud = Cloud::start(|asked, _| {
        let mut page = match asked.query.get("pageToken").map(String::as_str) {
            None => projects(&["zeta-project", "beta-project"], Some("2")),
            Some("2") => projects(&["alpha-project", "beta-project"], None),
            Some(other) => panic!("{other}"),
        };
        page["projects"].as_array_mut().expect("projects").push(json!({
            "projectId": "gone-project", "displayName": "Gone", "state": "DELETE_REQUESTED"
        }));
        page["projects"][0].as_object_mut().expect("a project").remove("displayName");
        Some(json_reply(&page))
    })
    .await;
    let found = cloud.identity().projects().await.expect("projects");
    let project = |id: &str, name: &str| Project { id: id.to_owned(), name: name.to_owned() };
    let expected = [
        project("alpha-project", "alpha-project"),
        project("beta-project", "BETA-PROJECT"),
        project("zeta-project", "zeta-project"),
    ];
    assert_eq!(found, expected);
    assert_eq!(cloud.count(SEARCH), 2);
}

/// The command names the project that Google names, else none.
#[tokio::test]
async fn advice_for_a_failed_search_names_only_a_known_project() {
    let says = async |reason: &'static str, details: serde_json::Value| {
        let error = json!({"code": 403, "message": "Off.", "errors": [{"reason": reason}], "details": details});
        let body = json!({"error": error}).to_string();
        asked_for_projects(Answer::text(403, &body)).await.0.to_string()
    };
    let enable = "run `gcloud services enable cloudresourcemanager.googleapis.com";
    let text = says("accessNotConfigured", json!([])).await;
    assert!(text.contains(&format!("{enable}`.")), "{text}");
    let off = json!([{"reason": "SERVICE_DISABLED", "metadata": {
        "service": "cloudresourcemanager.googleapis.com", "consumer": "projects/764086051850"
    }}]);
    let text = says("forbidden", off).await;
    assert!(text.contains(&format!("{enable} --project 764086051850`.")), "{text}");
    let text = says("billingDisabled", json!([])).await;
    assert!(text.contains("link the project to a billing account"), "{text}");
}

#[tokio::test]
async fn pages_that_lead_back_come_to_an_end() {
    let cloud = Cloud::start(|_, before| {
        let next = ["a", "b"][before % 2];
        Some(json_reply(&projects(&["nepho-lab"], Some(next))))
    })
    .await;
    let error = cloud.identity().projects().await.expect_err("a failure");
    assert_eq!(error.code(), FailureCode::Malformed);
    assert!(cloud.count(SEARCH) <= 3, "{}", cloud.count(SEARCH));
}

#[tokio::test]
async fn disabled_api_has_advice() {
    let double = nepho_testkit::gcp::GcpDouble::start(nepho_testkit::gcp::Setup::default()).expect("a double");
    let endpoint: url::Url = double.endpoint().parse().expect("a URL");
    let token = nepho_gcp::GcpCredentials::AccessToken(nepho_core::Secret::new(double.token()));
    let identity = std::sync::Arc::new(nepho_gcp::GcpIdentity::new(token, Some(&endpoint)).expect("an identity"));
    double.enable_api("nepho-lab", false);
    match connect(&identity, &endpoint, Access::ReadOnly).scopes().await {
        Err(ProviderError::NotEnabled { api, message }) => {
            assert_eq!(api, "compute.googleapis.com");
            assert!(message.contains("gcloud services enable compute.googleapis.com --project nepho-lab"), "{message}");
            assert!(message.contains("has not been used"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    double.break_method("projects.search", nepho_testkit::gcp::Fault::ApiDisabled);
    let error = identity.projects().await.expect_err("off");
    let told = matches!(&error, ProviderError::NotEnabled { api, message } if api == "cloudresourcemanager.googleapis.com" && message.contains(api.as_str()));
    assert!(told, "{error}");
}
