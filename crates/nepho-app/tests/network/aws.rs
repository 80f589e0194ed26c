//! AWS: every credential source, in two partitions.

use nepho_core::{Secret, request::Credentials};

use crate::lab::{Lab, aws, tell};

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n";
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
/// Of the AWS CLI's cache: the SHA-1 of the session's name `s`, and of the start URL below.
const SESSION: &str = ".aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
const START: &str = ".aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json";

fn keys() -> Credentials {
    Credentials::Keys {
        access_key_id: Secret::new("AKIAIOSFODNN7EXAMPLE".to_owned()),
        secret_access_key: Secret::new("wJalrXUtnFEMI".to_owned()),
        session_token: None,
    }
}

fn profile(name: &str) -> Credentials {
    Credentials::Profile(name.to_owned())
}

/// The hosts of an account with every enabled region.
const ALL: [&str; 3] = [
    "https://sts.us-east-1.amazonaws.com",
    "https://ec2.us-east-1.amazonaws.com",
    "https://ec2.eu-west-1.amazonaws.com",
];

// Invariant 17
#[test]
fn aws_keys_contact_sts_and_ec2_as_listed() {
    tell("aws::aws_keys_contact_sts_and_ec2_as_listed", |home| async {
        let lab = Lab::aws(home, &REGIONS).await;
        lab.compare(aws("keyring", keys(), &[]), &[], &ALL).await;
        let variables = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")];
        lab.compare(aws("environment", Credentials::Environment, &[]), &variables, &ALL).await;
        let one = ["https://sts.eu-west-1.amazonaws.com", "https://ec2.eu-west-1.amazonaws.com"];
        lab.compare(aws("one region", keys(), &["eu-west-1"]), &[], &one).await;
    });
}

#[test]
fn aws_profiles_contact_sts_and_ec2_as_listed() {
    tell("aws::aws_profiles_contact_sts_and_ec2_as_listed", |home| async {
        let lab = Lab::aws(home, &REGIONS).await;
        let role = "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n";
        lab.write(".aws/config", &format!("[profile base]\n{KEYS}[profile role]\nregion = eu-west-1\n{role}"));
        lab.compare(aws("keys", profile("base"), &[]), &[], &ALL).await;
        let role = [
            "https://sts.eu-west-1.amazonaws.com",
            "https://ec2.eu-west-1.amazonaws.com",
            "https://ec2.us-east-1.amazonaws.com",
        ];
        lab.compare(aws("role", profile("role"), &[]), &[], &role).await;
    });
}

fn token(expires: &str) -> String {
    format!(
        "{{\"accessToken\": \"old\", \"expiresAt\": \"{expires}\", \"refreshToken\": \"r\", \"clientId\": \"c\", \
         \"clientSecret\": \"s\", \"registrationExpiresAt\": \"2999-01-01T00:00:00Z\"}}"
    )
}

#[test]
fn aws_sso_contacts_portal_and_renewal_as_listed() {
    tell("aws::aws_sso_contacts_portal_and_renewal_as_listed", |home| async {
        let lab = Lab::aws(home, &REGIONS).await;
        let role = "sso_account_id = 123456789012\nsso_role_name = r\n";
        let url = "sso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-central-1\n";
        lab.write(
            ".aws/config",
            &format!("[profile session]\nsso_session = s\n{role}[sso-session s]\n{url}[profile start]\n{role}{url}"),
        );
        lab.write(SESSION, &token("2020-01-01T00:00:00Z"));
        let portal = "https://portal.sso.eu-central-1.amazonaws.com";
        let session = [&ALL[..], &[portal, "https://oidc.eu-central-1.amazonaws.com"]].concat();
        lab.compare(aws("session", profile("session"), &[]), &[], &session).await;
        // Without an `sso-session` section the token is used as it is.
        lab.write(START, &token("2999-01-01T00:00:00Z"));
        lab.compare(aws("start URL", profile("start"), &[]), &[], &[&ALL[..], &[portal]].concat()).await;
    });
}

#[test]
fn aws_cn_contacts_hosts_of_its_own_partition() {
    tell("aws::aws_cn_contacts_hosts_of_its_own_partition", |home| async {
        let lab = Lab::aws(home, &["cn-north-1", "cn-northwest-1"]).await;
        let china = [
            "https://sts.cn-north-1.amazonaws.com.cn",
            "https://ec2.cn-north-1.amazonaws.com.cn",
            "https://ec2.cn-northwest-1.amazonaws.com.cn",
        ];
        lab.compare(aws("keys", keys(), &["cn-north-1", "cn-northwest-1"]), &[], &china).await;
        let role = "sso_account_id = 123456789012\nsso_role_name = r\nregion = cn-north-1\n";
        let url = "sso_start_url = https://start.home.awsapps.cn/d\nsso_region = cn-north-1\n";
        lab.write(".aws/config", &format!("[profile p]\nsso_session = s\n{role}[sso-session s]\n{url}"));
        lab.write(SESSION, &token("2020-01-01T00:00:00Z"));
        let sso = ["https://portal.sso.cn-north-1.amazonaws.com.cn", "https://oidc.cn-north-1.amazonaws.com.cn"];
        lab.compare(aws("sso", profile("p"), &[]), &[], &[&china[..], &sso].concat()).await;
    });
}

#[test]
fn aws_endpoint_is_the_only_host_that_is_contacted() {
    tell("aws::aws_endpoint_is_the_only_host_that_is_contacted", |home| async {
        let lab = Lab::aws(home, &REGIONS).await;
        let mut account = aws("lab", keys(), &[]);
        account.endpoint = Some("https://ec2.lab.example:8443".to_owned());
        lab.compare(account, &[], &["https://ec2.lab.example:8443"]).await;
    });
}
