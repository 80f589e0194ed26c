//! Credential sources: one per account, without programs, with only the account's endpoint.

use std::process::Command;

use nepho_aws::{AwsCredentials, AwsFiles, AwsOptions, AwsProvider, ConnectError, environment_credentials, profiles};
use nepho_core::{Failure, FailureCode, Provider};
use tempfile::TempDir;

use crate::cloud::{Answer, Cloud, ec2_reply};

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n";

fn files(config: &str, credentials: &str) -> (TempDir, AwsFiles) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("a file");
        Some(path)
    };
    let files = AwsFiles { config: path("config", config), credentials: path("credentials", credentials) };
    (dir, files)
}

fn options(cloud: &Cloud, files: &AwsFiles, profile: &str) -> AwsOptions {
    AwsOptions {
        credentials: AwsCredentials::Profile(profile.to_owned()),
        files: files.clone(),
        ..cloud.options(&["eu-west-1"])
    }
}

async fn refusal(config: &str, profile: &str) -> ConnectError {
    let cloud = Cloud::start(|_| None).await;
    let (_dir, files) = files(config, "");
    AwsProvider::connect(options(&cloud, &files, profile)).await.expect_err("a refusal")
}

/// The session token from STS must sign the later requests.
fn sts(asked: &crate::cloud::Asked) -> Option<Answer> {
    (asked.action == "AssumeRole").then(|| {
        ec2_reply(
            "<AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
             <SessionToken>of-the-role</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>\
             <AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>\
             </AssumedRoleUser></AssumeRoleResult>",
            "AssumeRole",
        )
    })
}

/// A profile that assumes a role, with every setting of the files that redirects requests.
fn trapped(trap: u16) -> String {
    format!(
        "[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nexternal_id = x1\n\
         duration_seconds = 900\nrole_session_name = me\nendpoint_url = http://127.0.0.1:{trap}\nservices = bad\n\
         [profile base]\nendpoint_url = http://127.0.0.1:{trap}\nservices = bad\n{KEYS}\
         [services bad]\nsts =\n  endpoint_url = http://127.0.0.1:{trap}\nec2 =\n  endpoint_url = http://127.0.0.1:{trap}\n"
    )
}

#[tokio::test]
async fn a_role_is_assumed_at_the_accounts_own_endpoint() {
    let trap = Cloud::start(|_| None).await;
    let cloud = Cloud::start(sts).await;
    let (_dir, files) = files(&trapped(trap.port), "");
    let provider = AwsProvider::connect(options(&cloud, &files, "ops")).await.expect("a provider");
    assert!(cloud.asked().is_empty(), "connecting asks nothing");
    provider.verify().await.expect("an identity");
    let asked = cloud.asked();
    assert_eq!(asked.iter().map(|one| one.action.as_str()).collect::<Vec<_>>(), ["AssumeRole", "GetCallerIdentity"]);
    assert_eq!(asked[0].parameter("ExternalId"), "x1");
    assert_eq!(asked[0].parameter("DurationSeconds"), "900");
    assert_eq!(asked[0].parameter("RoleSessionName"), "me");
    assert_eq!(asked[1].headers["x-amz-security-token"], "of-the-role");
    assert!(trap.asked().is_empty());
}

/// The SDK's SSO client reads its endpoint from the environment, and no setting prevents that. So its
/// requests are blocked rather than sent there with the session's token.
async fn sso_is_held_back() {
    let home = std::env::var("HOME").expect("a home");
    let cache = std::path::Path::new(&home).join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).expect("a directory");
    // The AWS CLI names the file by the SHA-1 of the session's name.
    let token = r#"{"accessToken": "of-the-session", "expiresAt": "2999-01-01T00:00:00Z"}"#;
    std::fs::write(cache.join("a0f1490a20d0211c997b44bc357e1972deab8ae3.json"), token).expect("a file");
    let config = "[profile p]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n\
                  [sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://d-1.awsapps.com/start\n";
    let (_dir, files) = files(config, "");
    let options = AwsOptions { files, ..AwsOptions::new(AwsCredentials::Profile("p".to_owned())) };
    let provider = AwsProvider::connect(options).await.expect("a provider");
    let error = provider.verify().await.expect_err("blocked");
    assert!(error.to_string().contains("request blocked"), "{error}");
    assert!(!error.to_string().contains("of-the-session"), "{error}");
}

/// Runs itself again with a trap in the variables that the SDK reads.
#[tokio::test]
async fn an_endpoint_in_the_environment_gets_nothing() {
    const PORTS: &str = "NEPHO_TEST_TRAP_AND_CLOUD";
    if let Ok(ports) = std::env::var(PORTS) {
        let (trap, cloud) = ports.split_once(' ').expect("two ports");
        let (_dir, files) = files(&trapped(trap.parse().expect("a port")), "");
        let keys = environment_credentials(|name| std::env::var(name).ok()).expect("keys");
        for credentials in [AwsCredentials::Profile("ops".to_owned()), keys] {
            let endpoint = Some(format!("http://127.0.0.1:{cloud}").parse().expect("a URL"));
            let options = AwsOptions { endpoint, files: files.clone(), ..AwsOptions::new(credentials) };
            let provider = AwsProvider::connect(options).await.expect("a provider");
            provider.verify().await.expect("an identity");
            provider.scopes().await.expect("regions");
        }
        sso_is_held_back().await;
        return;
    }
    let trap = Cloud::start(sts).await;
    let cloud = Cloud::start(|asked| {
        let regions = "<regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo>";
        (asked.action == "DescribeRegions").then(|| ec2_reply(regions, "DescribeRegions")).or_else(|| sts(asked))
    })
    .await;
    let url = format!("http://127.0.0.1:{}", trap.port);
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "credentials::an_endpoint_in_the_environment_gets_nothing", "--nocapture"]);
    let home = tempfile::tempdir().expect("a directory");
    child.env("HOME", home.path());
    child.env(PORTS, format!("{} {}", trap.port, cloud.port));
    child.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI");
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_SSO"] {
        child.env(variable, &url);
    }
    #[expect(clippy::disallowed_methods, reason = "the child must not block this runtime, which serves it")]
    let status = tokio::task::spawn_blocking(move || child.status()).await.expect("a thread").expect("a child");
    assert!(status.success());
    assert_eq!(cloud.asked().len(), 5, "a role, two identities, two lists of regions: {:?}", cloud.asked());
    assert!(trap.asked().is_empty(), "{:?}", trap.asked());
}

#[tokio::test]
async fn no_program_is_run() {
    let dir = tempfile::tempdir().expect("a directory");
    let touched = dir.path().join("touched");
    let config = format!("[profile p]\ncredential_process = touch {}\n", touched.display());
    let error = refusal(&config, "p").await;
    assert!(matches!(&error, ConnectError::ProfileUnsupported { setting: "credential_process", .. }), "{error}");
    assert!(!error.to_string().contains("touch "), "{error}");
    assert_eq!(Failure::from(&error).code, FailureCode::Unsupported);
    assert!(!touched.exists());
}

#[tokio::test]
async fn incomplete_profile_is_an_error_without_secrets() {
    let role = "role_arn = arn:aws:iam::1:role/r\n";
    let cases = [
        (format!("[profile other]\n{KEYS}"), FailureCode::CredentialsMissing, "no profile"),
        ("[profile p]\nregion = eu-west-1\n".to_owned(), FailureCode::CredentialsMissing, "no keys"),
        (
            "[profile p]\naws_access_key_id = AKIA\n".to_owned(),
            FailureCode::CredentialsMissing,
            "aws_secret_access_key",
        ),
        (
            format!("[profile p]\n{role}source_profile = q\n[profile q]\n{role}source_profile = p\n"),
            FailureCode::CredentialsMissing,
            "own source_profile",
        ),
        (format!("[profile p]\n{role}source_profile = q\n"), FailureCode::CredentialsMissing, "no profile \"q\""),
        (
            format!("[profile p]\n{role}{KEYS}source_profile = p\nmfa_serial = arn:aws:iam::1:mfa/me\n"),
            FailureCode::Unsupported,
            "mfa_serial",
        ),
        (
            format!("[profile p]\n{role}credential_source = Ec2InstanceMetadata\n"),
            FailureCode::Unsupported,
            "credential_source",
        ),
        (format!("[profile p]\n{role}web_identity_token_file = /tmp/t\n"), FailureCode::Unsupported, "web_identity"),
        (
            "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n".to_owned(),
            FailureCode::CredentialsMissing,
            "sso-session",
        ),
        ("[profile p\naws_secret_access_key = wJalrXUtnFEMI\n".to_owned(), FailureCode::Malformed, "syntax"),
    ];
    for (config, code, words) in cases {
        let error = refusal(&config, "p").await;
        let failure = Failure::from(&error);
        assert_eq!(failure.code, code, "{config}: {error}");
        assert!(failure.message.contains(words), "{config}: {error}");
        assert!(!format!("{error:?} {error}").contains("wJalrXUtnFEMI"), "{error}");
    }
}

#[tokio::test]
async fn profiles_are_named_and_nothing_else() {
    let (dir, mut files) = files(&format!("[default]\n[profile b]\n{KEYS}"), &format!("[a]\n{KEYS}"));
    assert_eq!(profiles(&files).await.expect("names"), ["a", "b", "default"]);
    files.config = Some(dir.path().join("absent"));
    assert_eq!(profiles(&files).await.expect("names"), ["a"]);
    files.credentials = Some(dir.path().to_owned());
    assert!(profiles(&files).await.is_err());
    assert!(profiles(&AwsFiles::default()).await.expect("names").is_empty());
}

#[tokio::test]
async fn a_profile_and_its_role_source_may_be_the_same() {
    let cloud = Cloud::start(sts).await;
    let (_dir, files) =
        files(&format!("[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = p\n{KEYS}"), "");
    let provider = AwsProvider::connect(options(&cloud, &files, "p")).await.expect("a provider");
    provider.verify().await.expect("an identity");
    assert_eq!(cloud.count("AssumeRole"), 1);
}

#[test]
fn the_environment_is_captured_whole_or_not_at_all() {
    let lookup = |present: &'static [(&str, &str)]| {
        move |name: &str| present.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    assert!(environment_credentials(lookup(&[("AWS_ACCESS_KEY_ID", "AKIA")])).is_none());
    assert!(
        environment_credentials(lookup(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", " ")])).is_none()
    );
    let found = environment_credentials(lookup(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "wJalr")]));
    assert!(matches!(&found, Some(AwsCredentials::Environment { session_token: None, .. })));
    assert!(!format!("{found:?}").contains("wJalr"));
}

#[tokio::test]
async fn debug_text_of_a_provider_has_no_secrets() {
    let cloud = Cloud::start(|_| None).await;
    let mut options = cloud.options(&["eu-west-1"]);
    let shown = format!("{options:?}");
    let provider = cloud.connect(&["eu-west-1"]).await;
    provider.verify().await.expect("an identity");
    for secret in ["wJalrXUtnFEMI", "SESSIONTOKEN"] {
        assert!(!format!("{shown} {provider:?}").contains(secret));
    }
    options.credentials = AwsCredentials::Keys {
        access_key_id: nepho_core::Secret::new("AKIA".to_owned()),
        secret_access_key: nepho_core::Secret::new("two\nlines-of-secret".to_owned()),
        session_token: None,
    };
    let error = AwsProvider::connect(options).await.expect_err("a refusal");
    assert!(!format!("{error:?} {error}").contains("lines-of-secret"));
}
