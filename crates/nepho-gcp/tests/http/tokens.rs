//! Tokens: fetched once, with the smallest scope, renewed when refused, and in no message.

use std::{sync::Arc, time::Duration};

use nepho_core::{Access, Provider, ProviderError, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::gcp::{GcpDouble, Principal, Setup};
use serde_json::{Value, json};
use url::Url;

use crate::cloud::{Answer, Asked, Cloud, connect, google_error, json_reply, options};

fn double() -> (GcpDouble, Url) {
    let double = GcpDouble::start(Setup::default()).expect("a double");
    let endpoint = double.endpoint().parse().expect("a URL");
    (double, endpoint)
}

fn default(text: impl Into<String>) -> GcpCredentials {
    GcpCredentials::ApplicationDefault(Secret::new(text.into()))
}

fn identity(credentials: GcpCredentials, endpoint: &Url) -> Arc<GcpIdentity> {
    Arc::new(GcpIdentity::new(credentials, Some(endpoint)).expect("an identity"))
}

/// A user who signs in at the double.
fn user(double: &GcpDouble, principal: Principal) -> Value {
    let mut file: Value = serde_json::from_str(&double.authorized_user(principal)).expect("JSON");
    file["token_uri"] = json!(format!("{}/token", double.endpoint()));
    file
}

fn impersonated(source: &Value, double: &GcpDouble) -> Value {
    let path = "/v1/projects/-/serviceAccounts/robot@lab.example:generateAccessToken";
    json!({
        "type": "impersonated_service_account", "source_credentials": source,
        "service_account_impersonation_url": format!("{}{path}", double.endpoint()),
    })
}

#[tokio::test]
async fn concurrent_requests_fetch_one_token() {
    let double = GcpDouble::start(Setup { latency: Duration::from_millis(20), ..Setup::default() }).expect("a double");
    let endpoint = double.endpoint().parse().expect("a URL");
    let identity = identity(default(user(&double, Principal::new("me@lab.example")).to_string()), &endpoint);
    let providers: Vec<GcpProvider> = (0..50).map(|_| connect(&identity, &endpoint, Access::ReadOnly)).collect();
    let verified = futures::future::join_all(providers.iter().map(Provider::verify)).await;
    assert!(verified.iter().all(Result::is_ok), "{verified:?}");
    assert_eq!(double.count("oauth2.token"), 1);
    assert_eq!(double.count("projects.get"), 50);
    identity.projects().await.expect("projects");
    assert_eq!(double.count("oauth2.token"), 1, "a user's token is for everything");
}

/// The claims of the token that signed a request.
fn claims(asked: &Asked) -> Value {
    let token = asked.header("authorization").strip_prefix("Bearer ").expect("a token").to_owned();
    let part = token.split('.').nth(1).expect("claims");
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let bits = part.bytes().fold(Vec::new(), |mut bits: Vec<bool>, byte| {
        bits.extend((0..6).rev().map(|bit| digit(byte) >> bit & 1 == 1));
        bits
    });
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn a_service_accounts_token_is_for_what_the_account_may_do_and_no_more() {
    let (double, _) = double();
    let cloud = Cloud::start(|_, _| None).await;
    let file = Secret::new(double.service_account("ops@lab.example"));
    let identity = cloud.signed_in(GcpCredentials::ServiceAccount(file));
    for (access, scope) in [(Access::ReadOnly, "compute.readonly"), (Access::ReadWrite, "compute")] {
        let before = cloud.asked().len();
        connect(&identity, &cloud.endpoint(), access).scopes().await.expect("scopes");
        let claims = claims(&cloud.asked()[before]);
        assert_eq!(claims["scope"], format!("https://www.googleapis.com/auth/{scope}"));
        assert_eq!(claims["iss"], "ops@lab.example");
    }
    identity.projects().await.expect("projects");
    let last = cloud.asked().pop().expect("a request");
    assert_eq!(claims(&last)["scope"], "https://www.googleapis.com/auth/cloud-platform.read-only");
    assert_eq!(cloud.count("/token"), 0, "a service account signs its own tokens");
}

#[tokio::test]
async fn every_supported_source_signs_in() {
    let (double, endpoint) = double();
    let slim = nepho_gcp::slim_service_account(&Secret::new(double.service_account("ops@lab.example"))).expect("a key");
    assert!(slim.expose().len() < 2560, "{} bytes fit no keyring", slim.expose().len());
    let folder = tempfile::tempdir().expect("a folder");
    let subject = folder.path().join("subject");
    std::fs::write(&subject, "CANARY-subject").expect("a file");
    double.accept_subject("CANARY-subject", Principal::new("federated@lab.example"));
    double.impersonable(Principal::new("robot@lab.example"));
    let me = user(&double, Principal::new("me@lab.example"));
    let external = json!({
        "type": "external_account", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "token_url": format!("{}/v1/token", double.endpoint()), "credential_source": {"file": subject},
    });
    let sources = [
        (GcpCredentials::AccessToken(Secret::new(format!("{}\n", double.token()))), ""),
        (GcpCredentials::ServiceAccount(slim), "ops@lab.example"),
        (default(double.service_account("ops@lab.example")), "ops@lab.example"),
        (default(me.to_string()), "me@lab.example"),
        (default(impersonated(&me, &double).to_string()), "robot@lab.example"),
        (default(external.to_string()), "federated@lab.example"),
        (default(impersonated(&external, &double).to_string()), "robot@lab.example"),
    ];
    for (credentials, principal) in sources {
        double.forget_requests();
        let identity = identity(credentials, &endpoint);
        connect(&identity, &endpoint, Access::ReadOnly).verify().await.expect(principal);
        assert!(!identity.projects().await.expect(principal).is_empty());
        for exchange in double.exchanges().iter().filter(|one| one.method.starts_with("projects.")) {
            assert!(principal.is_empty() || exchange.principal == principal, "{exchange:?}");
        }
    }
    std::fs::remove_file(&subject).expect("a file");
    let gone = connect(&identity(default(external.to_string()), &endpoint), &endpoint, Access::ReadOnly);
    assert!(matches!(gone.verify().await, Err(ProviderError::Unauthenticated { .. })));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let (double, endpoint) = double();
    let me = identity(default(user(&double, Principal::new("me@lab.example")).to_string()), &endpoint);
    let provider = connect(&me, &endpoint, Access::ReadOnly);
    provider.verify().await.expect("an identity");
    double.expire_made();
    provider.verify().await.expect("an identity, by another token");
    assert_eq!(double.count("oauth2.token"), 2);
    double.expire_made();
    double.revoke_refresh("me@lab.example");
    let error = provider.verify().await.expect_err("a refusal");
    assert!(
        matches!(&error, ProviderError::Unauthenticated { message } if message.contains("invalid_grant")),
        "{error}"
    );

    let file = Secret::new(double.service_account("ops@lab.example"));
    let provider = connect(&identity(GcpCredentials::ServiceAccount(file), &endpoint), &endpoint, Access::ReadOnly);
    provider.scopes().await.expect("scopes");
    double.revoke("ops@lab.example");
    double.forget_requests();
    let error = provider.scopes().await.expect_err("a refusal");
    assert!(
        matches!(&error, ProviderError::Unauthenticated { message } if message.contains("ops@lab.example")),
        "{error}"
    );
    assert_eq!(double.served().requests, 2, "once, and once more with another token");

    double.expire(&double.token());
    double.forget_requests();
    let token = GcpCredentials::AccessToken(Secret::new(double.token()));
    let error =
        connect(&identity(token, &endpoint), &endpoint, Access::ReadOnly).scopes().await.expect_err("a refusal");
    assert!(
        matches!(&error, ProviderError::Unauthenticated { message } if message.contains("about an hour")),
        "{error}"
    );
    assert_eq!(double.served().requests, 1, "there is no other token");
}

#[tokio::test]
async fn requests_are_charged_to_the_quota_project_of_the_file() {
    let (double, endpoint) = double();
    let mut file = user(&double, Principal::new("me@lab.example"));
    connect(&identity(default(file.to_string()), &endpoint), &endpoint, Access::ReadOnly)
        .verify()
        .await
        .expect("an identity");
    assert!(double.exchanges().iter().all(|one| one.quota_project.is_none()));
    double.forget_requests();
    file["quota_project_id"] = json!("nepho-billing");
    connect(&identity(default(file.to_string()), &endpoint), &endpoint, Access::ReadOnly)
        .verify()
        .await
        .expect("an identity");
    let charged: Vec<Option<String>> = double
        .exchanges()
        .into_iter()
        .filter(|one| one.method == "projects.get")
        .map(|one| one.quota_project)
        .collect();
    assert_eq!(charged, [Some("nepho-billing".to_owned())]);
}

/// The sign-in's reply, the number of its requests, and the error.
#[tokio::test]
async fn failed_sign_in_is_a_bounded_error_without_secrets() {
    type Case = (&'static str, fn() -> Answer, usize, fn(&ProviderError) -> bool);
    let cases: [Case; 7] = [
        (
            "echoed",
            || {
                let words = "bad CANARY-refresh-token of CANARY-client-secret";
                let body = json!({"error": "invalid_grant", "error_description": words, "rest": "CANARY-rest"});
                Answer::text(400, &body.to_string())
            },
            1,
            |error| matches!(error, ProviderError::Unauthenticated { message } if message.contains("invalid_grant") && message.contains("gcloud")),
        ),
        (
            "not JSON",
            || Answer::text(401, "CANARY-rest"),
            1,
            |error| matches!(error, ProviderError::Unauthenticated { .. }),
        ),
        (
            "html",
            || Answer::text(200, "<html>CANARY-rest"),
            1,
            |error| matches!(error, ProviderError::Malformed { .. }),
        ),
        (
            "no token",
            || json_reply(&json!({"access_token": "CANARY\nrest", "expires_in": 3600, "token_type": "Bearer"})),
            1,
            |error| matches!(error, ProviderError::Malformed { .. }),
        ),
        (
            "503",
            || Answer::text(503, "CANARY-rest"),
            2,
            |error| matches!(error, ProviderError::Unavailable { message } if message.contains("503")),
        ),
        ("429", || Answer::text(429, "CANARY-rest"), 2, |error| matches!(error, ProviderError::Unavailable { .. })),
        ("hung", || Answer::Hang, 1, |error| matches!(error, ProviderError::TimedOut { .. })),
    ];
    for (case, answer, asked, expected) in cases {
        let cloud = Cloud::start(move |asked, _| (asked.path == "/token").then(answer)).await;
        let mut options = options(&cloud.signed_in(cloud.user()), &cloud.endpoint(), Access::ReadOnly);
        if case == "hung" {
            options.timeouts.operation = Duration::from_millis(300);
        }
        let provider = GcpProvider::connect(options).await.expect("a provider");
        let error = provider.scopes().await.expect_err(case);
        assert!(expected(&error), "{case}: {error}");
        assert!(!format!("{error} {error:?} {provider:?}").contains("CANARY"), "{case}: {error:?}");
        assert_eq!((cloud.count("/token"), cloud.asked().len()), (asked, asked), "{case}: nothing but the sign-in");
    }
}

/// The library's object keeps a failure, or a hung request, for its lifetime.
#[tokio::test]
async fn a_sign_in_that_failed_or_hung_is_begun_anew() {
    for bad in [Answer::text(400, "{\"error\": \"invalid_grant\"}"), Answer::Hang] {
        let cloud =
            Cloud::start(move |asked, before| (asked.path == "/token" && before == 0).then(|| bad.clone())).await;
        let mut options = options(&cloud.signed_in(cloud.user()), &cloud.endpoint(), Access::ReadOnly);
        options.timeouts.operation = Duration::from_millis(300);
        let provider = GcpProvider::connect(options).await.expect("a provider");
        provider.scopes().await.expect_err("the first sign-in is bad");
        provider.scopes().await.expect("the second one is good");
        assert_eq!(cloud.count("/token"), 2);
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_not_quoted() {
    let cloud = Cloud::start(|_, _| None).await;
    let body = "CANARYprivatekeyCANARYprivatekey";
    let keys = [
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN {body}\n-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN PRIVATE KEY-----\n!{body}!\n-----END PRIVATE KEY-----\n"),
        format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----{body}-----END PRIVATE KEY-----\n"
        ),
    ];
    for key in keys {
        let file = json!({"type": "service_account", "client_email": "ops@lab.example", "private_key": key});
        let identity = cloud.signed_in(GcpCredentials::ServiceAccount(Secret::new(file.to_string())));
        let provider = connect(&identity, &cloud.endpoint(), Access::ReadOnly);
        let error = provider.scopes().await.expect_err("a refusal");
        assert!(
            matches!(&error, ProviderError::Unauthenticated { message } if message.contains("private key")),
            "{error}"
        );
        let shown = format!("{error} {error:?}");
        let bytes = format!("{:?}", "CANARY".as_bytes());
        assert!(!shown.contains("CANARY") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
    }
    assert!(cloud.asked().is_empty());
}

#[tokio::test]
async fn refusal_that_quotes_the_private_key_is_shown_without_it() {
    let double = GcpDouble::start(Setup::default()).expect("a double");
    let file = double.service_account("ops@lab.example");
    let key: Value = serde_json::from_str(&file).expect("JSON");
    let lines: Vec<String> = key["private_key"].as_str().expect("a key").lines().map(ToOwned::to_owned).collect();
    let secret = lines[1].clone();
    let words = format!("no such key: {secret}");
    let cloud = Cloud::start(move |_, _| Some(google_error(401, "authError", &words))).await;
    let identity = cloud.signed_in(GcpCredentials::ServiceAccount(Secret::new(file)));
    let error = connect(&identity, &cloud.endpoint(), Access::ReadOnly).scopes().await.expect_err("a refusal");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("no such key: …") && !shown.contains(&secret), "{shown}");
}

#[tokio::test]
async fn debug_text_of_an_identity_has_no_secrets() {
    let cloud = Cloud::start(|_, _| None).await;
    let token = GcpCredentials::AccessToken(Secret::new("CANARY-access-token".to_owned()));
    for credentials in [token, cloud.user()] {
        let shown = format!("{credentials:?}");
        let identity = cloud.signed_in(credentials);
        let options = options(&identity, &cloud.endpoint(), Access::ReadWrite);
        let shown = format!("{shown} {identity:?} {options:?}");
        let provider = GcpProvider::connect(options).await.expect("a provider");
        provider.verify().await.expect("an identity");
        let shown = format!("{shown} {provider:?} {identity:?}");
        assert!(!shown.contains("CANARY") && !shown.contains("ya29"), "{shown}");
    }
}

/// Only a user's refresh token is bound to its scopes.
#[tokio::test]
async fn a_users_sign_in_asks_for_no_scopes() {
    let cloud = Cloud::start(|_, _| None).await;
    connect(&cloud.signed_in(cloud.user()), &cloud.endpoint(), Access::ReadOnly).scopes().await.expect("scopes");
    let asked = cloud.asked();
    let body: Value = serde_json::from_slice(&asked[0].body).expect("JSON");
    assert_eq!((body["grant_type"].as_str(), body.get("scope")), (Some("refresh_token"), None));
}

/// The library would block on a pipe, on a thread that other tasks need.
#[cfg(unix)]
#[tokio::test]
async fn pipe_as_token_file_is_refused_at_once() {
    let cloud = Cloud::start(|_, _| None).await;
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    for file in [pipe.as_path(), folder.path(), std::path::Path::new("/dev/zero")] {
        let external = json!({
            "type": "external_account", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
            "token_url": format!("{}v1/token", cloud.endpoint()), "credential_source": {"file": file},
        });
        let identity = cloud.signed_in(default(external.to_string()));
        let error = connect(&identity, &cloud.endpoint(), Access::ReadOnly).scopes().await.expect_err("a refusal");
        assert!(
            matches!(&error, ProviderError::Unauthenticated { message } if message.contains("is not a regular file")),
            "{error}"
        );
    }
    assert!(cloud.asked().is_empty());
}

/// One sign-in that hangs, with more requests than all projects together may have in flight.
#[tokio::test]
async fn hung_sign_in_delays_no_other_identity() {
    let cloud = Cloud::start(|asked, _| (asked.path == "/token").then_some(Answer::Hang)).await;
    let hung = cloud.signed_in(cloud.user());
    let providers: Vec<GcpProvider> = (0..20)
        .map(|n| {
            let mut options = options(&hung, &cloud.endpoint(), Access::ReadOnly);
            options.timeouts.operation = Duration::from_mins(1);
            futures::FutureExt::now_or_never(GcpProvider::connect(GcpOptions {
                project: format!("project-{n}"),
                ..options
            }))
            .expect("nothing to wait for")
            .expect("a provider")
        })
        .collect();
    let mut waiting: Vec<_> =
        providers.iter().flat_map(|provider| (0..8).map(|_| Box::pin(provider.scopes()))).collect();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
        // Without it, tokio would delay the later ones in favour of other tasks.
        tokio::task::yield_now().await;
    }
    let other = connect(&cloud.identity(), &cloud.endpoint(), Access::ReadOnly);
    tokio::time::timeout(Duration::from_secs(10), other.scopes()).await.expect("no wait").expect("scopes");
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
    }
}
