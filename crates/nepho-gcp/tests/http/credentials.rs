//! Variables of the environment: none sets a host, credentials or a proxy.

use std::process::Command;

use nepho_core::{Access, Provider, Secret};
use nepho_gcp::{GcpCredentials, GcpIdentity, GcpOptions, GcpProvider};
use nepho_testkit::gcp::{GcpDouble, Setup};
use serde_json::json;
use std::sync::Arc;

use crate::cloud::{Cloud, connect};

const PLACES: &str = "NEPHO_TEST_ENDPOINT_AND_KEY";

/// Runs itself again with a trap in the variables that Google's libraries and HTTP clients read.
#[tokio::test]
async fn environment_redirects_no_request() {
    const NAME: &str = "credentials::environment_redirects_no_request";
    if let Ok(places) = std::env::var(PLACES) {
        let (endpoint, key) = places.split_once(' ').expect("two places");
        let endpoint = endpoint.parse().expect("a URL");
        let key = nepho_gcp::read_key_file(key.as_ref()).expect("a key");
        let identity = GcpIdentity::new(GcpCredentials::ServiceAccount(key), Some(&endpoint)).expect("an identity");
        let identity = Arc::new(identity);
        connect(&identity, &endpoint, Access::ReadOnly).verify().await.expect("an identity");
        identity.projects().await.expect("projects");
        return;
    }
    let trap = Cloud::start(|_, _| None).await;
    let double = GcpDouble::start(Setup::default()).expect("a double");
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let key = write("key.json", double.service_account("ops@lab.example"));
    let other = json!({
        "type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r",
        "token_uri": format!("{}token", trap.endpoint()), "quota_project_id": "trap-project",
    });
    let other = write("other.json", other.to_string());
    let address = format!("127.0.0.1:{}", trap.port);
    let url = format!("http://{address}");
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", NAME, "--nocapture"]);
    child.env(PLACES, format!("{} {}", double.endpoint(), key.display()));
    child.env("GOOGLE_APPLICATION_CREDENTIALS", &other).env("HOME", folder.path());
    child.env("GCE_METADATA_HOST", &address).env("GCE_METADATA_IP", &address);
    child.env("GOOGLE_CLOUD_QUOTA_PROJECT", "trap-project").env("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "evil.example");
    child.env("CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", &url);
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(proxy, &url);
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    #[expect(clippy::disallowed_methods, reason = "the child must not block this runtime, which serves it")]
    let status = tokio::task::spawn_blocking(move || child.status()).await.expect("a thread").expect("a child");
    assert!(status.success());
    assert!(double.count("projects.get") == 1 && double.count("projects.search") == 1, "{:?}", double.exchanges());
    assert!(double.exchanges().iter().all(|one| one.quota_project.is_none()), "{:?}", double.exchanges());
    assert!(trap.asked().is_empty(), "{:?}", trap.asked());
}

#[tokio::test]
async fn an_identity_is_for_one_endpoint_and_a_project_has_an_id() {
    let cloud = Cloud::start(|_, _| None).await;
    let identity = cloud.identity();
    let options = |project: &str, endpoint: Option<url::Url>| GcpOptions {
        endpoint,
        ..GcpOptions::new(Arc::clone(&identity), project.to_owned())
    };
    let other: url::Url = format!("http://127.0.0.1:{}", cloud.port.wrapping_add(1)).parse().expect("a URL");
    assert!(GcpProvider::connect(options("nepho-lab", Some(cloud.endpoint()))).await.is_ok());
    for refused in [
        options("nepho-lab", None),
        options("nepho-lab", Some(other)),
        options("../nepho-lab", Some(cloud.endpoint())),
        options("nepho-lab/zones/x", Some(cloud.endpoint())),
        options("", Some(cloud.endpoint())),
    ] {
        GcpProvider::connect(refused).await.expect_err("a refusal");
    }
    let metadata = "http://169.254.169.254/".parse().expect("a URL");
    let token = || GcpCredentials::AccessToken(Secret::new("ya29.x".to_owned()));
    assert!(GcpIdentity::new(token(), Some(&metadata)).is_err());
    assert!(cloud.asked().is_empty());
}
