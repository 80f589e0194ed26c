//! Accounts: one credentialed root each, pinned to the realm that its first verify found.

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
    /// One sign-in whose secret several accounts share: a service account of many projects (a UUID).
    SignInId
}

/// What may be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Only reads; no mutating client is even built. The default.
    #[default]
    ReadOnly,
    /// Reads and actions.
    ReadWrite,
}

impl Access {
    /// Both, the default first.
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

/// Where an account's credentials come from. Never the credentials themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CredentialSource {
    /// The provider's environment variables, as they are at each run; nothing is stored.
    Environment,
    /// A named profile in the provider's own configuration files.
    Profile(String),
    /// An access token in this environment variable, as it is at each run; nothing is stored.
    Variable(String),
    /// What the provider's own tools have set up on this machine for applications, as it is at each
    /// use; nothing is stored.
    ApplicationDefault,
    /// The OS keyring, under a sign-in that several accounts share.
    SignIn(SignInId),
    /// The OS keyring, under the account's id.
    Keyring,
    /// Nothing needed: the demo cloud.
    BuiltIn,
}

/// One credentialed root: an AWS account through one credential source, a demo account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Our id.
    pub id: AccountId,
    /// The operator's name for it; unique.
    pub name: String,
    /// The cloud.
    pub provider: ProviderKind,
    /// The cloud's project that it is, where credentials alone do not say that.
    pub project: Option<String>,
    /// Where its credentials come from.
    pub source: CredentialSource,
    /// A custom endpoint that the operator approved for this account; `None` is the cloud itself.
    pub endpoint: Option<String>,
    /// The regions to poll; empty means all that the account has enabled.
    pub regions: Vec<Region>,
    /// Read-only unless the operator said otherwise.
    pub access: Access,
    /// A production account: marked, and confirmed by typing.
    pub prod: bool,
    /// Where it is pinned; `None` until the first successful verify.
    pub realm: Option<Realm>,
    /// Who we are there, as the cloud names it (an ARN for AWS).
    pub principal: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Who the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The realm, with its `@host-port` when the endpoint is custom.
    pub realm: Realm,
    /// The cloud's name for the caller.
    pub principal: String,
    /// Actions that the cloud denies these credentials in the whole realm, as far as it was asked.
    pub denied: Vec<Action>,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.principal, self.realm)
    }
}
