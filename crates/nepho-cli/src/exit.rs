//! Exit codes for scripts.

use std::process::ExitCode;

use nepho_app::{AppError, CommitError};
use nepho_core::{Failure, FailureCode};

use crate::messages;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// The command line is wrong, or a confirmation is needed and there is no terminal to ask on.
    Usage = 2,
    /// Some scope or target failed, or a target ended unknown.
    Partial = 3,
    /// Refused by the plan or by read-only.
    Refused = 4,
    /// Not signed in, or the keyring is unavailable.
    NotSignedIn = 5,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// The error of a command. The message is for people and holds no secret.
#[derive(Debug)]
pub struct CliError {
    code: Code,
    /// The word for scripts.
    pub word: &'static str,
    /// The words for people.
    pub message: String,
    /// Advice from the table, where it has any.
    pub advice: Option<String>,
    /// The keys that an ambiguous target may mean.
    pub candidates: Vec<String>,
}

impl CliError {
    /// A failure of Nephoscope itself.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(Code::Failed, "internal", error.to_string())
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, "usage", message)
    }

    /// No account or resource has that name.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::Failed, "not_found", message)
    }

    /// The plan refuses; nothing was sent.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Code::Refused, "refused", message)
    }

    /// Several resources match the text.
    pub fn ambiguous(text: &str, candidates: Vec<String>) -> Self {
        let message = format!("{text:?} is ambiguous; say which by its key");
        Self { candidates, ..Self::new(Code::Usage, "ambiguous", message) }
    }

    /// A failure of a provider, the keyring or a lock.
    fn of_failure(failure: &Failure) -> Self {
        let advice = (failure.code != FailureCode::Other).then(|| messages::advice(failure.code));
        Self { advice, ..Self::new(code_of(failure), failure.code.as_str(), messages::failure(failure)) }
    }

    fn new(code: Code, word: &'static str, message: impl Into<String>) -> Self {
        Self { code, word, message: message.into(), advice: None, candidates: Vec::new() }
    }

    /// The exit code.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl From<AppError> for CliError {
    fn from(error: AppError) -> Self {
        let (code, word) = match &error {
            AppError::Query(error) => return Self::new(Code::Usage, error.code.as_str(), messages::query(error)),
            AppError::Failed { failure, .. } => return Self::of_failure(failure),
            AppError::BadName { .. } | AppError::BadProject { .. } | AppError::EndpointRefused { .. } => {
                (Code::Usage, "usage")
            }
            AppError::TooManyTargets { .. } => (Code::Refused, "too_many_targets"),
            AppError::UnknownAccount { .. } | AppError::UnknownResource { .. } => (Code::Failed, "not_found"),
            _ => (Code::Failed, "failed"),
        };
        Self::new(code, word, error.to_string())
    }
}

impl From<CommitError> for CliError {
    fn from(error: CommitError) -> Self {
        match &error {
            CommitError::Refused(refusal) => Self::refused(messages::commit_refusal(refusal)),
            CommitError::Engine(_) => Self::internal(error),
        }
    }
}

/// The exit code of a command whose only failure this is.
pub fn code_of(failure: &Failure) -> Code {
    match failure.code {
        FailureCode::Unauthenticated
        | FailureCode::WrongAccount
        | FailureCode::KeyringUnavailable
        | FailureCode::KeyringLocked
        | FailureCode::SecretMissing
        | FailureCode::CredentialsMissing => Code::NotSignedIn,
        FailureCode::ReadOnly => Code::Refused,
        _ => Code::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_for_too_many_is_refused_with_what_to_do() {
        let failed = CliError::from(AppError::TooManyTargets { count: 1_001, most: 1_000 });
        assert_eq!((failed.code(), failed.word), (Code::Refused, "too_many_targets"));
        assert!(failed.message.contains("narrow the selection"), "{}", failed.message);
    }
}
