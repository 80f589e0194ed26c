//! Failures on the wire: of a scope, of a target, of a command.
//!
//! A code is what the window translates and branches on; the message is the source's own words,
//! shown as a quotation. A refusal is an answer, not an error, and is not here.

use nepho_core as domain;
use serde::Serialize;
use ts_rs::TS;

use crate::enums::FailureCode;

/// A failure: its class, and the words of its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// The class.
    pub code: FailureCode,
    /// The source's message, without secrets; not translated.
    pub message: String,
}

impl From<&domain::Failure> for Failure {
    fn from(failure: &domain::Failure) -> Self {
        Self { code: failure.code.into(), message: failure.message.clone() }
    }
}

/// The class of a command's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CommandCode {
    /// The request is not understood, or too long.
    BadRequest,
    /// There is no such resource, account or document.
    NotFound,
    /// An account of that name exists.
    NameTaken,
    /// That realm is an account already.
    RealmTaken,
    /// A name that an account cannot have.
    BadName,
    /// Not the id of a project.
    BadProject,
    /// The endpoint is not acceptable: not https, and not on this machine.
    EndpointRefused,
    /// The console has no page for it, or its address is not on the list.
    NoConsole,
    /// Not something that this account has.
    NotApplicable,
    /// An action for more targets than one plan may have; `message` says how many.
    TooManyTargets,
    /// Another window is open on the same data; `message` says which. Every command answers so.
    AlreadyOpen,
    /// The data directory or a database cannot be used. Every command answers so.
    CannotOpen,
    /// The provider or the keyring failed; `failure` says how.
    Failed,
    /// Our own fault: the database, a bug.
    Internal,
}

impl CommandCode {
    /// Every code but `failed`, which a failure's own code stands for.
    pub const ALL: [Self; 13] = [
        Self::BadRequest,
        Self::NotFound,
        Self::NameTaken,
        Self::RealmTaken,
        Self::BadName,
        Self::BadProject,
        Self::EndpointRefused,
        Self::NoConsole,
        Self::NotApplicable,
        Self::TooManyTargets,
        Self::AlreadyOpen,
        Self::CannotOpen,
        Self::Internal,
    ];
}

/// The answer to a command that could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CommandError {
    /// The class, which the window branches on.
    pub code: CommandCode,
    /// The class of failure, when `code` is `failed`.
    pub failure: Option<FailureCode>,
    /// The message, without secrets; not translated, shown as a detail.
    pub message: String,
    /// True if the same command may succeed later without any change.
    pub transient: bool,
    /// The id of the account that it is about, if it is about one.
    pub account: Option<String>,
    /// The id under which the log has the error.
    pub trace: Option<String>,
}

impl CommandError {
    /// An error of `code` with the given words; not transient, about no account.
    pub fn new(code: CommandCode, message: impl Into<String>) -> Self {
        Self { code, failure: None, message: message.into(), transient: false, account: None, trace: None }
    }

    /// A failure of a provider or the keyring, about an account if one is given.
    pub fn of_failure(failure: &domain::Failure, account: Option<&domain::AccountId>) -> Self {
        Self {
            failure: Some(failure.code.into()),
            transient: is_transient(failure.code),
            account: account.map(ToString::to_string),
            ..Self::new(CommandCode::Failed, failure.message.clone())
        }
    }
}

/// See [`domain::ProviderError::is_transient`]; the keyring's are decided here.
const fn is_transient(code: domain::FailureCode) -> bool {
    use domain::FailureCode as Code;
    match code {
        Code::Throttled
        | Code::CapacityUnavailable
        | Code::Unavailable
        | Code::TimedOut
        | Code::Conflict
        | Code::KeyringLocked => true,
        Code::Unauthenticated
        | Code::PermissionDenied
        | Code::NotEnabled
        | Code::WrongAccount
        | Code::NotFound
        | Code::InvalidState
        | Code::Unsupported
        | Code::ReadOnly
        | Code::Malformed
        | Code::NotSent
        | Code::KeyringUnavailable
        | Code::SecretMissing
        | Code::CredentialsMissing
        | Code::Other => false,
    }
}
