//! Requests of the window about accounts. Each request is consumed into core's; a secret is moved, not
//! copied.

use nepho_core::{AccountId, Region, request};
use serde::Deserialize;
use ts_rs::TS;

use crate::{
    enums::{Access, ProviderKind},
    limits::{List, LongText, NameText, SecretText},
};

/// Asks to add an account. It is verified first and nothing is stored when that fails.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddAccountRequest {
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's project, where credentials alone do not say which; otherwise `null`.
    pub project: Option<NameText>,
    /// The operator's name for it.
    pub name: NameText,
    /// Its credentials, or where they are.
    pub credentials: Credentials,
    /// A custom endpoint; giving it here approves it. `null` for the cloud itself.
    pub endpoint: Option<LongText>,
    /// The regions to poll; empty for all that are enabled.
    #[ts(as = "Vec<NameText>")]
    pub regions: List<NameText>,
    /// Read-only, or read and act.
    pub access: Access,
    /// True for a production account.
    pub prod: bool,
}

/// Credentials, or where they are.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Credentials {
    /// An access key; it goes to the OS keyring.
    Keys {
        /// The key's id.
        access_key_id: SecretText,
        /// The key.
        secret_access_key: SecretText,
        /// The session token of temporary credentials.
        session_token: Option<SecretText>,
    },
    /// A named profile.
    Profile {
        /// Its name.
        profile: NameText,
    },
    /// The environment variables that Nephoscope was started with.
    Environment {},
    /// An access token in an environment variable that Nephoscope was started with.
    Variable {
        /// The variable's name.
        variable: NameText,
    },
    /// Credentials that the cloud's own tools have set up on this machine.
    ApplicationDefault {},
    /// A service account's key file: its key goes to the OS keyring, and the file is not kept.
    KeyFile {
        /// Its path; a leading `~` is the home directory.
        path: LongText,
    },
}

/// Asks to verify an account's credentials.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct VerifyAccountRequest {
    /// The account's id.
    pub account: NameText,
}

/// Asks to change an account. A member that is `null` stays as it is.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UpdateAccountRequest {
    /// The account's id.
    pub account: NameText,
    /// A new name.
    pub name: Option<NameText>,
    /// Read-only, or read and act.
    pub access: Option<Access>,
    /// True for a production account.
    pub prod: Option<bool>,
    /// The regions to poll; empty for all that are enabled.
    #[ts(as = "Option<Vec<NameText>>")]
    pub regions: Option<List<NameText>>,
    /// New credentials for the same realm.
    pub credentials: Option<Credentials>,
}

/// Asks to forget an account, its rows and its secret. The journal keeps what was done with it.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RemoveAccountRequest {
    /// The account's id.
    pub account: NameText,
}

impl NameText {
    /// The text as an account's id.
    pub fn account(&self) -> AccountId {
        AccountId::new(self.as_str())
    }
}

impl From<Credentials> for request::Credentials {
    fn from(credentials: Credentials) -> Self {
        match credentials {
            Credentials::Keys { access_key_id, secret_access_key, session_token } => Self::Keys {
                access_key_id: access_key_id.into_secret(),
                secret_access_key: secret_access_key.into_secret(),
                session_token: session_token.map(SecretText::into_secret),
            },
            Credentials::Profile { profile } => Self::Profile(profile.into_string()),
            Credentials::Environment {} => Self::Environment,
            Credentials::Variable { variable } => Self::Variable(variable.into_string()),
            Credentials::ApplicationDefault {} => Self::ApplicationDefault,
            Credentials::KeyFile { path } => Self::KeyFile(path.into_string().into()),
        }
    }
}

impl From<AddAccountRequest> for request::NewAccount {
    fn from(asked: AddAccountRequest) -> Self {
        Self {
            provider: asked.provider.into(),
            project: asked.project.map(NameText::into_string),
            name: asked.name.into_string(),
            credentials: asked.credentials.into(),
            endpoint: asked.endpoint.map(LongText::into_string),
            regions: regions(asked.regions),
            access: asked.access.into(),
            prod: asked.prod,
            // The window has no way to store an account that was not verified.
            verify: true,
        }
    }
}

impl From<UpdateAccountRequest> for request::AccountChange {
    fn from(asked: UpdateAccountRequest) -> Self {
        Self {
            name: asked.name.map(NameText::into_string),
            access: asked.access.map(Into::into),
            prod: asked.prod,
            regions: asked.regions.map(regions),
            credentials: asked.credentials.map(Into::into),
        }
    }
}

pub(super) fn regions(names: List<NameText>) -> Vec<Region> {
    names.into_vec().into_iter().map(|name| Region::new(name.as_str())).collect()
}
