//! Profiles of the AWS configuration files.
//!
//! The SDK's own parser reads the files; this module evaluates the settings. The SDK gets only the
//! settings that this module supports: never an `endpoint_url`, a `services` section or a
//! `credential_process`. Deliberately not here: running programs, MFA prompts, the sign-in to SSO.

use std::{path::Path, time::Duration};

use aws_config::{
    profile::{Profile, ProfileFileCredentialsProvider, ProfileSet},
    provider_config::ProviderConfig,
    sts::AssumeRoleProvider,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::{
    SdkConfig,
    os_shim_internal::{Env, Fs},
    region,
};
use nepho_core::Region;

use crate::{AwsFiles, ConnectError, http::HttpTransport};

/// The largest configuration file, in bytes.
const LARGEST_FILE: u64 = 4 << 20;

/// Settings of an SSO profile.
const SSO: [&str; 5] = ["sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"];

/// Settings that Nephoscope does not support, and the way to do without each.
const REFUSED: [(&str, &str); 5] = [
    ("mfa_serial", "get a session with the AWS CLI, and use a profile with the session's keys"),
    ("credential_process", "Nephoscope runs no programs; export the keys to the environment or the keyring"),
    ("credential_source", "name a source_profile instead"),
    ("web_identity_token_file", "export the session's keys to the environment"),
    ("login_session", "export the session's keys to the environment"),
];

/// The names of the profiles in `files`, sorted.
pub async fn profiles(files: &AwsFiles) -> Result<Vec<String>, ConnectError> {
    let set = load(files, "default").await?;
    let mut names: Vec<String> = set.profiles().map(ToOwned::to_owned).collect();
    names.sort();
    Ok(names)
}

/// The region that the profile names.
pub(crate) async fn region(files: &AwsFiles, name: &str) -> Result<Option<String>, ConnectError> {
    let set = load(files, name).await?;
    Ok(find(&set, name)?.get("region").map(ToOwned::to_owned))
}

/// The SSO settings that decide hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sso {
    /// The region of the SSO session.
    pub region: Region,
    /// True if the session's token can be renewed: it belongs to an `sso-session` section.
    pub renews: bool,
}

/// The SSO settings at the end of the chain of the profile `name`; `None` for a profile of keys.
pub(crate) async fn sso_of(files: &AwsFiles, name: &str) -> Result<Option<Sso>, ConnectError> {
    let set = load(files, name).await?;
    let Chain { base, .. } = chain(&set, name)?;
    if !is_sso(base) {
        return keys(base).map(|_| None);
    }
    let region = sso_region(&set, base)?.map(Region::from);
    let renews = base.get("sso_session").is_some();
    Ok(Some(Sso { region: region.ok_or_else(|| missing(base.name(), "sso_region"))?, renews }))
}

/// Prepares the credentials of the profile `name`. `config` is for STS, which roles need.
pub(crate) async fn resolve(
    files: &AwsFiles,
    name: &str,
    config: &SdkConfig,
    http: &HttpTransport,
) -> Result<SharedCredentialsProvider, ConnectError> {
    let set = load(files, name).await?;
    let Chain { roles, base } = chain(&set, name)?;
    let mut credentials = base_credentials(&set, base, http)?;
    for role in roles.into_iter().rev() {
        credentials = assume(role, credentials, config).await?;
    }
    Ok(credentials)
}

/// The profiles of a role chain.
struct Chain<'s> {
    /// The profiles that assume a role, the requested profile first.
    roles: Vec<&'s Profile>,
    /// The profile that holds keys or an SSO session.
    base: &'s Profile,
}

/// Follows `source_profile` from the profile `name` to the one that holds credentials.
fn chain<'s>(set: &'s ProfileSet, name: &str) -> Result<Chain<'s>, ConnectError> {
    let mut roles: Vec<&Profile> = Vec::new();
    let mut base = find(set, name)?;
    while base.get("role_arn").is_some() {
        refuse(base, &["mfa_serial", "credential_source", "web_identity_token_file"])?;
        let source = base.get("source_profile").ok_or_else(|| missing(base.name(), "source_profile"))?;
        roles.push(base);
        // A role whose source is the profile itself uses the profile's own keys.
        if source == base.name() {
            break;
        }
        if roles.iter().any(|seen| seen.name() == source) {
            return Err(ConnectError::CredentialsMissing {
                reason: format!("profile {source:?} is its own source_profile through other profiles"),
            });
        }
        base = find(set, source)?;
    }
    Ok(Chain { roles, base })
}

fn is_sso(profile: &Profile) -> bool {
    profile.get("sso_session").is_some() || profile.get("sso_start_url").is_some()
}

/// The region of the profile's SSO session; the session's section wins over the profile.
fn sso_region<'s>(set: &'s ProfileSet, profile: &'s Profile) -> Result<Option<&'s str>, ConnectError> {
    let Some(name) = profile.get("sso_session") else { return Ok(profile.get("sso_region")) };
    let session = set.sso_session(name).ok_or_else(|| missing(profile.name(), "sso-session section"))?;
    Ok(session.get("sso_region").or_else(|| profile.get("sso_region")))
}

/// The credentials at the end of the chain: keys, or SSO.
fn base_credentials(
    set: &ProfileSet,
    profile: &Profile,
    http: &HttpTransport,
) -> Result<SharedCredentialsProvider, ConnectError> {
    if is_sso(profile) {
        return sso(set, profile, http);
    }
    keys(profile).map(SharedCredentialsProvider::new)
}

/// The keys of a profile, in its own section.
fn keys(profile: &Profile) -> Result<Credentials, ConnectError> {
    if let Some(id) = profile.get("aws_access_key_id") {
        let secret =
            profile.get("aws_secret_access_key").ok_or_else(|| missing(profile.name(), "aws_secret_access_key"))?;
        let token = profile.get("aws_session_token").map(ToOwned::to_owned);
        return Ok(Credentials::new(id, secret, token, None, "nephoscope-profile"));
    }
    refuse(profile, &["credential_process", "web_identity_token_file", "login_session"])?;
    Err(ConnectError::CredentialsMissing { reason: format!("profile {:?} holds no keys", profile.name()) })
}

async fn assume(
    role: &Profile,
    source: SharedCredentialsProvider,
    config: &SdkConfig,
) -> Result<SharedCredentialsProvider, ConnectError> {
    let arn = role.get("role_arn").ok_or_else(|| missing(role.name(), "role_arn"))?;
    let mut builder = AssumeRoleProvider::builder(arn)
        .configure(config)
        .session_name(role.get("role_session_name").unwrap_or("nephoscope"));
    if let Some(id) = role.get("external_id") {
        builder = builder.external_id(id);
    }
    if let Some(seconds) = role.get("duration_seconds") {
        let seconds = seconds.parse().map_err(|_| ConnectError::ProfilesUnreadable {
            reason: format!("duration_seconds of profile {:?} is not a number", role.name()),
        })?;
        builder = builder.session_length(Duration::from_secs(seconds));
    }
    Ok(SharedCredentialsProvider::new(builder.build_from_provider(source).await))
}

/// The SDK's SSO provider, for the token that `aws sso login` stored. It gets only the SSO settings.
fn sso(set: &ProfileSet, profile: &Profile, http: &HttpTransport) -> Result<SharedCredentialsProvider, ConnectError> {
    let mut text = String::from("[profile nephoscope]\n");
    let sso_region = sso_region(set, profile)?;
    for setting in SSO {
        if let Some(value) = profile.get(setting) {
            line(&mut text, setting, value)?;
        }
    }
    if let Some(name) = profile.get("sso_session") {
        let session = set.sso_session(name).ok_or_else(|| missing(profile.name(), "sso-session section"))?;
        line(&mut text, "sso_session", name)?;
        text.push_str("[sso-session ");
        text.push_str(name);
        text.push_str("]\n");
        for setting in ["sso_region", "sso_start_url", "sso_registration_scopes"] {
            if let Some(value) = session.get(setting) {
                line(&mut text, setting, value)?;
            }
        }
    }
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
    let config = ProviderConfig::without_region()
        .with_region(sso_region.map(|region| region::Region::new(region.to_owned())))
        .with_http_client(http.clone());
    Ok(SharedCredentialsProvider::new(
        ProfileFileCredentialsProvider::builder()
            .configure(&config)
            .profile_files(files)
            .profile_name("nephoscope")
            .build(),
    ))
}

fn line(text: &mut String, setting: &str, value: &str) -> Result<(), ConnectError> {
    if value.contains(['\n', '\r', ']']) {
        return Err(ConnectError::ProfilesUnreadable { reason: format!("{setting} spans several lines") });
    }
    for part in [setting, " = ", value, "\n"] {
        text.push_str(part);
    }
    Ok(())
}

fn refuse(profile: &Profile, settings: &[&str]) -> Result<(), ConnectError> {
    let found = REFUSED.iter().find(|(setting, _)| settings.contains(setting) && profile.get(setting).is_some());
    match found {
        Some((setting, advice)) => {
            Err(ConnectError::ProfileUnsupported { profile: profile.name().to_owned(), setting, advice })
        }
        None => Ok(()),
    }
}

fn find<'s>(set: &'s ProfileSet, name: &str) -> Result<&'s Profile, ConnectError> {
    set.get_profile(name).ok_or_else(|| ConnectError::CredentialsMissing {
        reason: format!("no profile {name:?} in the AWS configuration files"),
    })
}

fn missing(profile: &str, what: &str) -> ConnectError {
    ConnectError::CredentialsMissing { reason: format!("profile {profile:?} has no {what}") }
}

async fn load(files: &AwsFiles, name: &str) -> Result<ProfileSet, ConnectError> {
    // The SDK panics without any file.
    let mut sources = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "");
    for (kind, path) in
        [(EnvConfigFileKind::Config, &files.config), (EnvConfigFileKind::Credentials, &files.credentials)]
    {
        if let Some(text) = match path {
            Some(path) => read(path).await?,
            None => None,
        } {
            sources = sources.with_contents(kind, text);
        }
    }
    // An empty environment and file system, so that the SDK uses only the texts from above.
    let (fs, env) = (Fs::from_slice(&[]), Env::from_slice(&[]));
    aws_config::profile::load(&fs, &env, &sources.build(), Some(name.to_owned().into())).await.map_err(|_| {
        // The parser's error quotes the line, which may hold a secret.
        ConnectError::ProfilesUnreadable { reason: "a line is not in the syntax of AWS configuration files".to_owned() }
    })
}

async fn read(path: &Path) -> Result<Option<String>, ConnectError> {
    let unreadable =
        |reason: &str| ConnectError::ProfilesUnreadable { reason: format!("{}: {reason}", path.display()) };
    match tokio::fs::metadata(path).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error.kind().to_string())),
        Ok(file) if file.len() > LARGEST_FILE => return Err(unreadable("larger than 4 MB")),
        Ok(file) if !file.is_file() => return Err(unreadable("not a regular file")),
        Ok(_) => {}
    }
    match tokio::fs::read(path).await {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| unreadable("not UTF-8")),
        Err(error) => Err(unreadable(&error.kind().to_string())),
    }
}
