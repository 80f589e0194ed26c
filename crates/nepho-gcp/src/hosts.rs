//! Hosts of Google Cloud: one table for the list that the operator sees and for the requests that are
//! sent.
//!
//! Deliberately not here: the refusal of a credential file that names other hosts; see
//! `credential_file`.

use nepho_core::{
    Secret,
    network::{AllowedHost, HostPurpose},
};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    ConnectError,
    credential_file::{Key, KeyKind},
    endpoint::{Api, HostPolicy},
};

/// The host that Google's library asks for a user's token where the credential file names none.
const OAUTH: &str = "oauth2.googleapis.com";

/// Every host that requests of an account may go to. Sends nothing.
///
/// `application_default` is the text of the credential file, where the account has one. A service
/// account's key signs its own tokens, and a token in a variable is used as it is: both need no host
/// for their sign-in.
pub fn allowed_hosts(
    application_default: Option<&Secret>,
    endpoint: Option<&Url>,
) -> Result<Vec<AllowedHost>, ConnectError> {
    let policy = HostPolicy::new(endpoint)?;
    let mut hosts = apis(&policy);
    if let Some(text) = application_default {
        let key = Key::read(text, &policy)?;
        hosts.extend(sign_in(key.kind, key.json().as_object().unwrap_or(&Map::new())));
    }
    Ok(hosts)
}

/// The hosts of Google's APIs, or the endpoint that stands for all of them.
fn apis(policy: &HostPolicy) -> Vec<AllowedHost> {
    match policy {
        HostPolicy::Only(_) => vec![policy.host_of(Api::Compute)],
        HostPolicy::Cloud => Api::ALL.into_iter().map(|api| policy.host_of(api)).collect(),
    }
}

/// The hosts that Google's library asks for a token; `file` holds the members that the library gets.
fn sign_in(kind: KeyKind, file: &Map<String, Value>) -> Vec<AllowedHost> {
    let host = |member: &str, purpose| at(file.get(member), purpose);
    match kind {
        KeyKind::ServiceAccount => Vec::new(),
        KeyKind::AuthorizedUser => {
            let named = host("token_uri", HostPurpose::OauthToken);
            vec![named.unwrap_or_else(|| AllowedHost::https(OAUTH, HostPurpose::OauthToken, None))]
        }
        KeyKind::Impersonated => {
            let source = file.get("source_credentials").and_then(Value::as_object);
            let kind = source.and_then(|source| KeyKind::of(source.get("type")?.as_str()?));
            let mut hosts = source.zip(kind).map(|(source, kind)| sign_in(kind, source)).unwrap_or_default();
            hosts.extend(host("service_account_impersonation_url", HostPurpose::Impersonation));
            hosts
        }
        KeyKind::External => {
            let source = file.get("credential_source").and_then(|source| source.get("url"));
            let subject = at(source, HostPurpose::SubjectToken);
            let exchange = host("token_url", HostPurpose::TokenExchange);
            let impersonation = host("service_account_impersonation_url", HostPurpose::Impersonation);
            [subject, exchange, impersonation].into_iter().flatten().collect()
        }
    }
}

fn at(value: Option<&Value>, purpose: HostPurpose) -> Option<AllowedHost> {
    let url = Url::parse(value?.as_str()?).ok()?;
    Some(AllowedHost::at(&url, purpose))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const IMPERSONATION: &str = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam.gserviceaccount.com:generateAccessToken";

    fn origins(file: Option<Value>, endpoint: Option<&str>) -> Vec<String> {
        let file = file.map(|file| Secret::new(file.to_string()));
        let endpoint = endpoint.map(|text| Url::parse(text).expect("a URL"));
        let hosts = allowed_hosts(file.as_ref(), endpoint.as_ref()).expect("hosts");
        hosts.into_iter().map(|host| format!("{} {}", host.purpose, host.origin)).collect()
    }

    fn user(token_uri: Option<&str>) -> Value {
        let mut user = json!({"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"});
        if let Some(uri) = token_uri {
            user["token_uri"] = uri.into();
        }
        user
    }

    fn external(source: &Value) -> Value {
        json!({
            "type": "external_account", "audience": "a", "subject_token_type": "t",
            "token_url": "https://sts.googleapis.com/v1/token", "credential_source": source,
            "service_account_impersonation_url": IMPERSONATION,
        })
    }

    #[test]
    fn apis_are_the_only_hosts_of_a_key_and_of_a_token() {
        let apis = ["compute https://compute.googleapis.com", "projects https://cloudresourcemanager.googleapis.com"];
        assert_eq!(origins(None, None), apis);
        assert_eq!(origins(None, Some("http://127.0.0.1:9/lab")), ["endpoint http://127.0.0.1:9"]);
    }

    #[test]
    fn credential_file_adds_the_hosts_of_its_sign_in() {
        let added = |file: Value| origins(Some(file), None).split_off(2);
        let oauth = "oauth_token https://oauth2.googleapis.com";
        let (exchange, impersonation) =
            ("token_exchange https://sts.googleapis.com", "impersonation https://iamcredentials.googleapis.com");
        assert_eq!(added(user(None)), [oauth]);
        assert_eq!(
            added(user(Some("https://accounts.googleapis.com/t"))),
            ["oauth_token https://accounts.googleapis.com"]
        );
        let impersonated = json!({
            "type": "impersonated_service_account", "service_account_impersonation_url": IMPERSONATION,
            "source_credentials": user(None),
        });
        assert_eq!(added(impersonated), [oauth, impersonation]);
        assert_eq!(added(external(&json!({"file": "/run/token"}))), [exchange, impersonation]);
        assert_eq!(
            added(external(&json!({"url": "https://tokens.googleapis.com/mine"}))),
            ["subject_token https://tokens.googleapis.com", exchange, impersonation]
        );
    }

    #[test]
    fn custom_endpoint_leaves_the_sign_in_where_the_file_says() {
        assert_eq!(
            origins(Some(user(Some("http://127.0.0.1:9/token"))), Some("http://127.0.0.1:9")),
            ["endpoint http://127.0.0.1:9", "oauth_token http://127.0.0.1:9"]
        );
    }

    #[test]
    fn refused_file_has_no_hosts() {
        let file = Secret::new(user(Some("https://evil.example/token")).to_string());
        assert!(matches!(allowed_hosts(Some(&file), None), Err(ConnectError::HostRefused { .. })));
    }
}
