//! A credential file, checked by our own rules before Google's library gets it.
//!
//! The library sends secrets to any host that the file names, reads any file that it names, and runs
//! its programs. So every host in the file is checked first, at any depth, and the library gets only
//! the members that it needs. Deliberately not here: requests.

use std::fmt;

use nepho_core::Secret;
use serde_json::{Map, Value};

use crate::{ConnectError, endpoint::HostPolicy, project_id::is_project_id};

/// The only universe that tokens are fetched from.
const UNIVERSE: &str = "googleapis.com";

/// Kind of the credentials in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// A service account's key, which signs its tokens itself.
    ServiceAccount,
    /// A person, by the refresh token of `gcloud auth application-default login`.
    AuthorizedUser,
    /// A service account that another identity impersonates.
    Impersonated,
    /// Workload identity federation.
    External,
}

impl KeyKind {
    /// Returns the kind of a `type` member; `None` for an unsupported type.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "service_account" => Some(Self::ServiceAccount),
            "authorized_user" => Some(Self::AuthorizedUser),
            "impersonated_service_account" => Some(Self::Impersonated),
            "external_account" => Some(Self::External),
            _ => None,
        }
    }
}

/// Credential file that passed the checks.
#[derive(Clone)]
pub(crate) struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// The user or service account, as far as the file names one.
    pub principal: String,
    /// The project that requests are charged to, if the file names one.
    pub quota_project: Option<String>,
    /// The file of the subject token, for [`KeyKind::External`].
    pub subject_file: Option<String>,
    /// The members for the library, as JSON.
    json: Secret,
    /// Texts that no message may contain.
    secrets: Vec<Secret>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("kind", &self.kind).field("principal", &self.principal).finish_non_exhaustive()
    }
}

impl Key {
    /// Reads a file of any supported kind.
    pub fn read(text: &Secret, policy: &HostPolicy) -> Result<Self, ConnectError> {
        let object = parse(text)?;
        check_hosts(&object, "", policy)?;
        let (kind, slim) = supported(&object, policy)?;
        let secrets = secrets(&slim);
        let quota_project = member(&object, "quota_project_id").filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        if quota_project.as_deref().is_some_and(|project| !is_project_id(project)) {
            return Err(missing("quota_project_id is not the id of a project"));
        }
        Ok(Self {
            kind,
            principal: principal(kind, &object),
            quota_project,
            subject_file: source_file(&slim).or_else(|| source_file(slim.get("source_credentials")?.as_object()?)),
            json: Secret::new(Value::Object(slim).to_string()),
            secrets,
        })
    }

    /// The members for the library.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.json.expose()).unwrap_or_default()
    }

    /// `text` with the file's secrets replaced.
    pub fn without_secrets(&self, text: &str) -> String {
        let hide = |text: String, secret: &Secret| text.replace(secret.expose(), "…");
        self.secrets.iter().fold(text.to_owned(), hide)
    }
}

/// A service account's key, reduced to the needed members.
pub(crate) fn slim(text: &Secret, policy: &HostPolicy) -> Result<Secret, ConnectError> {
    let object = parse(text)?;
    check_hosts(&object, "", policy)?;
    let (KeyKind::ServiceAccount, slim) = supported(&object, policy)? else {
        return Err(unsupported(
            &format!("type {:?}", member(&object, "type").unwrap_or_default()),
            "a service account's key file has the type \"service_account\"",
        ));
    };
    Ok(Secret::new(Value::Object(slim).to_string()))
}

/// Checks that the text is a JSON object.
pub(crate) fn is_object(text: &Secret) -> Result<(), ConnectError> {
    parse(text).map(|_| ())
}

fn parse(text: &Secret) -> Result<Map<String, Value>, ConnectError> {
    // The parser's message may quote the text.
    let unreadable = |error: &serde_json::Error| ConnectError::CredentialsUnreadable {
        reason: format!("not valid JSON (line {}, column {})", error.line(), error.column()),
    };
    match serde_json::from_str(text.expose()).map_err(|error| unreadable(&error))? {
        Value::Object(object) => Ok(object),
        _ => Err(ConnectError::CredentialsUnreadable { reason: "not a JSON object".to_owned() }),
    }
}

fn member<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o str> {
    object.get(name).and_then(Value::as_str)
}

fn missing(reason: impl Into<String>) -> ConnectError {
    ConnectError::CredentialsMissing { reason: reason.into() }
}

fn unsupported(setting: &str, advice: &'static str) -> ConnectError {
    ConnectError::CredentialsUnsupported { setting: setting.chars().take(80).collect(), advice }
}

/// Checks every member that names a host, at any depth, used or not.
fn check_hosts(object: &Map<String, Value>, above: &str, policy: &HostPolicy) -> Result<(), ConnectError> {
    for (name, value) in object {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let refuse = |host: String, reason| Err(ConnectError::HostRefused { member: path.clone(), host, reason });
        match value {
            Value::Object(inner) => check_hosts(inner, &path, policy)?,
            Value::Null => {}
            _ if name == "universe_domain" => match value.as_str() {
                Some(UNIVERSE) => {}
                domain => return refuse(clip(domain.unwrap_or("?")), "which is not the universe googleapis.com"),
            },
            _ if names_a_host(name) => match value.as_str() {
                // The address for a browser; no request goes there.
                Some(text) if name == "auth_uri" && text.starts_with("https://accounts.google.com/") => {}
                Some(text) => {
                    if let Err((host, reason)) = policy.signs_in_at(text) {
                        return refuse(clip(&host), reason);
                    }
                }
                None => return refuse("?".to_owned(), "which is not a string"),
            },
            _ => {}
        }
    }
    Ok(())
}

fn names_a_host(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    ["url", "uri", "endpoint", "domain", "host"].iter().any(|end| member.ends_with(end))
}

fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// The kind of credentials, and their members for the library.
fn supported(object: &Map<String, Value>, policy: &HostPolicy) -> Result<(KeyKind, Map<String, Value>), ConnectError> {
    const LOGIN: &str = "use a service account's key, or `gcloud auth application-default login`";
    let Some(word) = member(object, "type") else {
        return Err(missing("the file has no \"type\"; is it a credential file of Google's?"));
    };
    match KeyKind::of(word) {
        Some(KeyKind::ServiceAccount) => Ok((KeyKind::ServiceAccount, service_account(object)?)),
        Some(KeyKind::AuthorizedUser) => {
            let needed = ["client_id", "client_secret", "refresh_token"];
            let kept = keep(object, &needed, &["token_uri"])?;
            if policy.is_plain() && !kept.contains_key("token_uri") {
                return Err(missing(
                    "with an http endpoint, the file must name its token_uri: otherwise a token that works at \
                     Google would be sent without TLS",
                ));
            }
            Ok((KeyKind::AuthorizedUser, kept))
        }
        Some(KeyKind::Impersonated) => Ok((KeyKind::Impersonated, impersonated(object, policy)?)),
        Some(KeyKind::External) => Ok((KeyKind::External, external(object)?)),
        None => Err(unsupported(&format!("type {word:?}"), LOGIN)),
    }
}

/// Copies the needed members, which must not be empty, and the wanted ones that exist.
fn keep(object: &Map<String, Value>, needed: &[&str], wanted: &[&str]) -> Result<Map<String, Value>, ConnectError> {
    let mut kept = Map::new();
    for name in needed {
        let value = member(object, name).filter(|value| !value.trim().is_empty());
        kept.insert((*name).to_owned(), value.ok_or_else(|| missing(format!("the file has no {name:?}")))?.into());
    }
    for name in wanted {
        if let Some(value) = object.get(*name).filter(|value| !value.is_null()) {
            kept.insert((*name).to_owned(), value.clone());
        }
    }
    if let Some(kind) = object.get("type") {
        kept.insert("type".to_owned(), kind.clone());
    }
    Ok(kept)
}

fn service_account(object: &Map<String, Value>) -> Result<Map<String, Value>, ConnectError> {
    let mut kept = keep(object, &["client_email", "private_key"], &[])?;
    for name in ["private_key_id", "project_id"] {
        kept.insert(name.to_owned(), member(object, name).unwrap_or_default().into());
    }
    let pem = member(object, "private_key").unwrap_or_default();
    if !pem.contains("-----BEGIN PRIVATE KEY-----") || !pem.contains("-----END PRIVATE KEY-----") {
        return Err(missing("private_key is not a PKCS#8 key in PEM format"));
    }
    Ok(kept)
}

fn impersonated(object: &Map<String, Value>, policy: &HostPolicy) -> Result<Map<String, Value>, ConnectError> {
    let mut kept = keep(object, &["service_account_impersonation_url"], &["delegates"])?;
    if email(object).is_none() {
        return Err(missing("service_account_impersonation_url names no service account"));
    }
    let Some(Value::Object(source)) = object.get("source_credentials") else {
        return Err(missing("the file has no \"source_credentials\""));
    };
    let (kind, slim) = supported(source, policy)?;
    if kind == KeyKind::Impersonated {
        return Err(unsupported("impersonation of an impersonation", "name the chain in \"delegates\""));
    }
    kept.insert("source_credentials".to_owned(), slim.into());
    Ok(kept)
}

fn external(object: &Map<String, Value>) -> Result<Map<String, Value>, ConnectError> {
    let Some(Value::Object(source)) = object.get("credential_source") else {
        return Err(missing("the file has no \"credential_source\""));
    };
    if source.contains_key("executable") {
        return Err(unsupported(
            "credential_source.executable",
            "Nephoscope runs no programs; use a credential_source with a file or a url",
        ));
    }
    let known = ["file", "url", "headers", "format"];
    if let Some(name) = source.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(unsupported(&format!("credential_source.{name}"), "use a credential_source with a file or a url"));
    }
    let kept_source = match (member(source, "file"), member(source, "url")) {
        (Some(_), None) => keep(source, &["file"], &["format"])?,
        (None, Some(_)) => keep(source, &["url"], &["format", "headers"])?,
        _ => return Err(missing("credential_source needs either a file or a url")),
    };
    let wanted = ["service_account_impersonation_url", "client_id", "client_secret", "workforce_pool_user_project"];
    let mut kept = keep(object, &["audience", "subject_token_type", "token_url"], &wanted)?;
    kept.insert("credential_source".to_owned(), kept_source.into());
    Ok(kept)
}

fn source_file(object: &Map<String, Value>) -> Option<String> {
    member(object.get("credential_source")?.as_object()?, "file").map(ToOwned::to_owned)
}

/// The service account of `…/serviceAccounts/{email}:generateAccessToken`.
fn email(object: &Map<String, Value>) -> Option<&str> {
    let url = member(object, "service_account_impersonation_url")?;
    let (_, rest) = url.rsplit_once("/serviceAccounts/")?;
    rest.strip_suffix(":generateAccessToken").filter(|email| !email.is_empty() && !email.contains('/'))
}

fn principal(kind: KeyKind, object: &Map<String, Value>) -> String {
    let named = match kind {
        KeyKind::ServiceAccount => member(object, "client_email"),
        KeyKind::AuthorizedUser => member(object, "account").filter(|account| !account.is_empty()),
        KeyKind::Impersonated | KeyKind::External => email(object),
    };
    match (named, kind) {
        (Some(named), _) => named.chars().take(256).collect(),
        (None, KeyKind::External) => {
            let audience = member(object, "audience").unwrap_or_default();
            format!("a federated identity of {}", audience.chars().take(256).collect::<String>())
        }
        (None, _) => "the user of the application default credentials".to_owned(),
    }
}

/// Every secret text; for a private key, each of its lines.
fn secrets(object: &Map<String, Value>) -> Vec<Secret> {
    let mut found = Vec::new();
    for (name, value) in object {
        match value {
            Value::Object(inner) if name == "headers" => {
                found.extend(inner.values().filter_map(Value::as_str).map(ToOwned::to_owned));
            }
            Value::Object(inner) => found.extend(secrets(inner).iter().map(|secret| secret.expose().to_owned())),
            Value::String(text) if name == "private_key" => found.extend(text.lines().map(ToOwned::to_owned)),
            Value::String(text) if matches!(name.as_str(), "refresh_token" | "client_secret") => {
                found.push(text.clone());
            }
            _ => {}
        }
    }
    // Short texts would match ordinary words. Longer ones come first, as one may contain another.
    found.retain(|text| text.len() >= 6);
    found.sort_by_key(|text| std::cmp::Reverse(text.len()));
    found.into_iter().map(Secret::new).collect()
}
