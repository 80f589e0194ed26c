//! Hostile credential files: a file that names a host other than Google's, or a program, is refused
//! before any request.

use nepho_core::{Failure, FailureCode, Secret};
use nepho_gcp::{ConnectError, GcpCredentials, GcpIdentity};
use serde_json::{Value, json};

use crate::cloud::Cloud;

fn service_account() -> Value {
    json!({
        "type": "service_account", "client_email": "ops@nepho-lab.iam.gserviceaccount.com", "project_id": "nepho-lab",
        "private_key_id": "5b1c",
        "private_key": "-----BEGIN PRIVATE KEY-----\nCANARY-private-key\n-----END PRIVATE KEY-----\n",
        "token_uri": "https://oauth2.googleapis.com/token",
    })
}

fn user() -> Value {
    json!({
        "type": "authorized_user", "client_id": "client", "client_secret": "CANARY-client-secret",
        "refresh_token": "CANARY-refresh-token", "token_uri": "https://oauth2.googleapis.com/token",
    })
}

fn impersonated(source: &Value) -> Value {
    json!({
        "type": "impersonated_service_account", "source_credentials": source,
        "service_account_impersonation_url":
            "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ops@lab.example:generateAccessToken",
    })
}

fn external() -> Value {
    json!({
        "type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": "/run/token"},
    })
}

fn with(mut file: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    file.pointer_mut(parent).expect("a place")[name] = value.into();
    file
}

fn open(file: &Value, endpoint: Option<&url::Url>) -> Result<GcpIdentity, ConnectError> {
    GcpIdentity::new(GcpCredentials::ApplicationDefault(Secret::new(file.to_string())), endpoint)
}

#[tokio::test]
async fn a_file_that_names_a_foreign_host_is_refused_before_any_request() {
    let trap = Cloud::start(|_, _| None).await;
    let cloud = Cloud::start(|_, _| None).await;
    let evil = format!("http://127.0.0.1:{}/token", trap.port);
    let evil = evil.as_str();
    let url = "/service_account_impersonation_url";
    let iam = "/v1/projects/-/serviceAccounts/a@b.c:generateAccessToken";
    let files = [
        with(service_account(), "/token_uri", evil),
        with(service_account(), "/auth_uri", evil),
        with(service_account(), "/client_x509_cert_url", evil),
        with(service_account(), "/universe_domain", "evil.example"),
        with(service_account(), "/universe_domain", json!(["googleapis.com"])),
        with(user(), "/token_uri", evil),
        with(user(), "/token_uri", "https://oauth2.googleapis.com.evil.example/token"),
        with(user(), "/token_uri", "https://evilgoogleapis.com/token"),
        with(user(), "/token_uri", format!("https://oauth2.googleapis.com@127.0.0.1:{}/token", trap.port)),
        with(user(), "/token_uri", "https://x:y@oauth2.googleapis.com/token"),
        with(user(), "/token_uri", "https://oauth2.gооgleapis.com/token"),
        with(user(), "/token_uri", "http://oauth2.googleapis.com/token"),
        with(user(), "/token_uri", "https://oauth2.googleapis.com:8443/token"),
        with(user(), "/token_uri", json!([evil])),
        with(user(), "/token_uri", "nonsense"),
        with(user(), "/universe_domain", "evil.example"),
        with(impersonated(&user()), url, format!("http://127.0.0.1:{}{iam}", trap.port)),
        with(impersonated(&user()), url, format!("https://evil.example{iam}")),
        with(impersonated(&user()), "/source_credentials/token_uri", evil),
        with(impersonated(&user()), "/source_credentials/universe_domain", "evil.example"),
        with(impersonated(&external()), "/source_credentials/token_url", evil),
        with(external(), "/token_url", evil),
        with(external(), "/token_info_url", evil),
        with(external(), url, format!("https://evil.example{iam}")),
        with(external(), "/credential_source", json!({"url": evil})),
        with(external(), "/credential_source", json!({"url": "http://169.254.169.254/latest/meta-data"})),
        with(external(), "/universe_domain", "evil.example"),
    ];
    for file in &files {
        for endpoint in [None, Some(cloud.endpoint())] {
            match open(file, endpoint.as_ref()) {
                Err(error @ ConnectError::HostRefused { .. }) => {
                    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
                }
                Err(error) => panic!("{file}: {error}"),
                // The message shows the host.
                Ok(identity) => panic!("accepted, and then {:?}: {file}", identity.projects().await),
            }
        }
    }
    assert!(trap.asked().is_empty() && cloud.asked().is_empty());
    // The approved endpoint may serve the sign-in, but only if it is approved.
    let approved = with(user(), "/token_uri", format!("{}token", cloud.endpoint()));
    assert!(open(&approved, Some(&cloud.endpoint())).is_ok());
    assert!(open(&approved, Some(&trap.endpoint())).is_err());
    assert!(open(&approved, None).is_err());
    for file in [service_account(), user(), impersonated(&user()), impersonated(&external()), external()] {
        assert!(open(&file, None).is_ok(), "{file}");
    }
}

/// A token of Google's real sign-in must not be sent without TLS.
#[tokio::test]
async fn http_endpoint_requires_a_token_uri() {
    let cloud = Cloud::start(|_, _| None).await;
    let mut file = user();
    file.as_object_mut().expect("an object").remove("token_uri");
    let error = open(&file, Some(&cloud.endpoint())).expect_err("a refusal");
    assert!(error.to_string().contains("token_uri"), "{error}");
    assert!(open(&impersonated(&file), Some(&cloud.endpoint())).is_err());
    assert!(open(&file, None).is_ok());
}

#[tokio::test]
async fn no_program_of_a_file_is_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let touched = folder.path().join("touched");
    let program = json!({"executable": {"command": format!("touch {}", touched.display()), "timeout_millis": 5000}});
    let mut both = program.clone();
    both["file"] = json!("/run/token");
    for file in [
        with(external(), "/credential_source", program.clone()),
        with(external(), "/credential_source", both),
        impersonated(&with(external(), "/credential_source", program)),
    ] {
        let error = match open(&file, None) {
            Err(error) => error,
            Ok(identity) => panic!("accepted, and then {:?}", identity.projects().await),
        };
        let failure = Failure::from(&error);
        assert_eq!(failure.code, FailureCode::Unsupported, "{error}");
        assert!(failure.message.contains("executable") && !failure.message.contains("touch "), "{error}");
    }
    assert!(!touched.exists());
}

#[test]
fn unsupported_or_incomplete_file_is_an_error_without_secrets() {
    let aws = json!({
        "environment_id": "aws1", "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
        "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
    });
    let only = |kind: &str| json!({"type": kind, "private_key": "CANARY"});
    let cases = [
        (only("gdch_service_account"), FailureCode::Unsupported, "gdch_service_account"),
        (only("external_account_authorized_user"), FailureCode::Unsupported, "external_account_authorized_user"),
        (only("compute_engine"), FailureCode::Unsupported, "compute_engine"),
        (json!({"private_key": "CANARY"}), FailureCode::CredentialsMissing, "type"),
        (json!({"installed": {"client_secret": "CANARY"}}), FailureCode::CredentialsMissing, "type"),
        (json!(["CANARY"]), FailureCode::Malformed, "object"),
        (with(user(), "/refresh_token", ""), FailureCode::CredentialsMissing, "refresh_token"),
        (with(user(), "/client_secret", 5), FailureCode::CredentialsMissing, "client_secret"),
        (with(user(), "/quota_project_id", "not a project"), FailureCode::CredentialsMissing, "quota_project_id"),
        (with(service_account(), "/private_key", "CANARY"), FailureCode::CredentialsMissing, "private_key"),
        (impersonated(&impersonated(&user())), FailureCode::Unsupported, "impersonation"),
        (impersonated(&only("gdch_service_account")), FailureCode::Unsupported, "gdch"),
        (impersonated(&Value::Null), FailureCode::CredentialsMissing, "source_credentials"),
        (
            with(
                impersonated(&user()),
                "/service_account_impersonation_url",
                "https://iamcredentials.googleapis.com/v1",
            ),
            FailureCode::CredentialsMissing,
            "service_account_impersonation_url",
        ),
        (with(external(), "/credential_source", aws), FailureCode::Other, "credential_source"),
        (
            with(external(), "/credential_source", json!({"environment_id": "aws1"})),
            FailureCode::Unsupported,
            "environment_id",
        ),
        (with(external(), "/credential_source", json!({})), FailureCode::CredentialsMissing, "credential_source"),
        (with(external(), "/audience", Value::Null), FailureCode::CredentialsMissing, "audience"),
    ];
    for (file, code, words) in cases {
        let error = open(&file, None).expect_err("a refusal");
        let failure = Failure::from(&error);
        assert_eq!(failure.code, code, "{file}: {error}");
        assert!(failure.message.contains(words), "{file}: {error}");
        assert!(!format!("{error:?} {error}").contains("CANARY"), "{error}");
    }
    let text = Secret::new("{\"private_key\": \"CANARY".to_owned());
    let error = GcpIdentity::new(GcpCredentials::ServiceAccount(text), None).expect_err("a refusal");
    assert!(!format!("{error:?} {error}").contains("CANARY"), "{error}");
    let other = GcpCredentials::ServiceAccount(Secret::new(user().to_string()));
    assert!(GcpIdentity::new(other, None).is_err(), "a user's file is no service account's");
    for token in ["", " ", "two\nlines-CANARY", "ümlaut-CANARY"] {
        let token = GcpCredentials::AccessToken(Secret::new(token.to_owned()));
        let error = GcpIdentity::new(token, None).expect_err("a refusal");
        assert!(!format!("{error:?} {error}").contains("CANARY"), "{error}");
    }
}

#[test]
fn identity_names_its_principal() {
    let whose = |file: &Value| open(file, None).expect("an identity").principal().to_owned();
    assert_eq!(whose(&service_account()), "ops@nepho-lab.iam.gserviceaccount.com");
    assert_eq!(whose(&impersonated(&user())), "ops@lab.example");
    assert_eq!(whose(&with(user(), "/account", "me@lab.example")), "me@lab.example");
    assert!(whose(&user()).contains("user"));
    assert!(whose(&external()).contains("workloadIdentityPools/p"));
}
