//! Google Cloud: every credential source.

use nepho_core::request::Credentials;
use nepho_testkit::gcp::Principal;
use serde_json::{Value, json};

use crate::{
    lab::{Lab, gcp, tell, text},
    sign_in::SUBJECT,
};

const APIS: [&str; 2] = ["https://compute.googleapis.com", "https://cloudresourcemanager.googleapis.com"];
const OAUTH: &str = "https://oauth2.googleapis.com";
const IMPERSONATION: &str = "https://iamcredentials.googleapis.com";
const ROBOT: &str = "robot@lab.example";

#[test]
fn gcp_keys_and_tokens_contact_the_apis_as_listed() {
    tell("gcp::gcp_keys_and_tokens_contact_the_apis_as_listed", |home| async {
        let lab = Lab::google(home).await;
        let token = lab.gcp().token();
        lab.compare(gcp("variable", Credentials::Variable("TOKEN".to_owned())), &[("TOKEN", &token)], &APIS).await;
        let file = lab.write("key.json", &lab.gcp().service_account("ops@lab.example"));
        lab.compare(gcp("key file", Credentials::KeyFile(file)), &[], &APIS).await;
    });
}

// Invariant 17
#[test]
fn gcp_application_default_contacts_its_sign_in_as_listed() {
    tell("gcp::gcp_application_default_contacts_its_sign_in_as_listed", |home| async {
        let lab = Lab::google(home).await;
        lab.gcp().impersonable(Principal::new(ROBOT));
        lab.gcp().accept_subject(SUBJECT, Principal::new("federated@lab.example"));
        let user: Value = serde_json::from_str(&lab.gcp().authorized_user(Principal::new("me@lab.example"))).unwrap();
        let key: Value = serde_json::from_str(&lab.gcp().service_account("ops@lab.example")).unwrap();
        let url = format!("{IMPERSONATION}/v1/projects/-/serviceAccounts/{ROBOT}:generateAccessToken");
        let impersonated = |source: &Value| {
            json!({
                "type": "impersonated_service_account", "source_credentials": source,
                "service_account_impersonation_url": url,
            })
        };
        let subject = lab.write("subject", SUBJECT);
        let federated = |source: Value, url: Option<&str>| {
            json!({
                "type": "external_account", "audience": "//iam.googleapis.com/x",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": "https://sts.googleapis.com/v1/token", "credential_source": source,
                "service_account_impersonation_url": url,
            })
        };
        let (exchange, source) = ("https://sts.googleapis.com", "https://tokens.googleapis.com");
        let cases = [
            ("user", user.clone(), vec![OAUTH]),
            ("service account", key.clone(), vec![]),
            ("impersonation by a user", impersonated(&user), vec![OAUTH, IMPERSONATION]),
            ("impersonation by a key", impersonated(&key), vec![IMPERSONATION]),
            ("federation by a file", federated(json!({"file": text(&subject)}), None), vec![exchange]),
            (
                "federation by a URL",
                federated(json!({"url": format!("{source}/mine")}), Some(&url)),
                vec![source, exchange, IMPERSONATION],
            ),
        ];
        for (name, file, sign_in) in cases {
            let file = text(&lab.write("adc.json", &file.to_string()));
            let expected = [&APIS[..], &sign_in].concat();
            let variables = [("GOOGLE_APPLICATION_CREDENTIALS", file.as_str())];
            lab.compare(gcp(name, Credentials::ApplicationDefault), &variables, &expected).await;
        }
    });
}

#[test]
fn gcp_endpoint_stands_for_the_apis() {
    tell("gcp::gcp_endpoint_stands_for_the_apis", |home| async {
        let lab = Lab::google(home).await;
        let mut account = gcp("lab", Credentials::Variable("TOKEN".to_owned()));
        account.endpoint = Some("https://gcp.lab.example".to_owned());
        lab.compare(account, &[("TOKEN", &lab.gcp().token())], &["https://gcp.lab.example"]).await;
    });
}
