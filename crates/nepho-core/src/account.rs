//! Accounts: one cloud account or project with its credential source, pinned to the realm that the
//! first successful verify returned.

use std::fmt;

use crate::{
    Action, Timestamp,
    key::{ProviderKind, Realm, Region},
    string_enum::string_enum,
    text_id::text_id,
};

text_id! {
    /// Nephoscope's own id of an account (a UUID). It is not the cloud's account id; see [`Realm`].
    AccountId
}

text_id! {
    /// A sign-in whose secret several accounts share: a service account for many projects (a UUID).
    SignInId
}

/// The operations that Nephoscope may perform with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Reads only; the provider builds no client that could change anything. The default.
    #[default]
    ReadOnly,
    /// Reads and actions.
    ReadWrite,
}

impl Access {
    /// Both levels, the default first.
    pub const ALL: [Self; 2] = [Self::ReadOnly, Self::ReadWrite];

    /// The word used in storage and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::ReadWrite => "read_write",
        }
    }
}
string_enum!(Access, "access");

/// The place that an account's credentials come from; never the credentials themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CredentialSource {
    /// The provider's environment variables, read at each run; nothing is stored.
    Environment,
    /// A named profile in the provider's own configuration files.
    Profile(String),
    /// An access token in this environment variable, read at each run; nothing is stored.
    Variable(String),
    /// Application default credentials that the provider's own tools set up on this computer, read
    /// at each use; nothing is stored.
    ApplicationDefault,
    /// The OS keyring, under a sign-in that several accounts share.
    SignIn(SignInId),
    /// The OS keyring, under the account's id.
    Keyring,
    /// No credentials: the demo cloud.
    BuiltIn,
}

/// A cloud account, a cloud project or a demo account, reached through one credential source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Nephoscope's id.
    pub id: AccountId,
    /// The operator's name for the account; unique.
    pub name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud project, where the credentials alone do not determine it.
    pub project: Option<String>,
    /// The source of the credentials.
    pub source: CredentialSource,
    /// A custom endpoint that the operator approved for this account; `None` means the cloud's own
    /// endpoints.
    pub endpoint: Option<String>,
    /// The regions to poll; empty means every region that the account has enabled.
    pub regions: Vec<Region>,
    /// The access level; read-only unless the operator chose otherwise.
    pub access: Access,
    /// Marks a production account: the window highlights it, and its actions need a typed
    /// confirmation.
    pub prod: bool,
    /// The realm that the account is pinned to; `None` until the first successful verify.
    pub realm: Option<Realm>,
    /// The caller's name at the cloud (an ARN for AWS).
    pub principal: Option<String>,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// The identity that credentials resolve to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The realm, with its `@host-port` when the endpoint is custom.
    pub realm: Realm,
    /// The cloud's name for the caller.
    pub principal: String,
    /// Actions that the cloud denies these credentials in the whole realm, as far as the provider
    /// checked.
    pub denied: Vec<Action>,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.principal, self.realm)
    }
}
