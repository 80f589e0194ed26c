//! Conversion of the application's errors to the window's, and their log lines.

use std::sync::atomic::{AtomicU64, Ordering};

use nepho_app::AppError;
use nepho_core::provider::OptionRefusal;
use nepho_wire::failure::{CommandCode, CommandError};

/// The answer of a command.
pub type Reply<T> = Result<T, CommandError>;

/// Returns the window's form of an error; the log has it in full under the reply's `trace`.
#[expect(clippy::needless_pass_by_value, reason = "it stands alone in `map_err`")]
pub fn refused(error: AppError) -> CommandError {
    let trace = next_trace();
    tracing::warn!(trace, ?error, "a command failed");
    CommandError { trace: Some(trace), ..shaped(&error) }
}

/// Returns the window's form of a request that contradicts itself.
pub fn contradictory(error: OptionRefusal) -> CommandError {
    CommandError::new(CommandCode::BadRequest, error.to_string())
}

fn shaped(error: &AppError) -> CommandError {
    let code = match error {
        AppError::Failed { account, failure } => return CommandError::of_failure(failure, account.as_ref()),
        AppError::AlreadyOpen { .. } => CommandCode::AlreadyOpen,
        AppError::NoDataDirectory => CommandCode::CannotOpen,
        AppError::File { .. } | AppError::Store { .. } | AppError::Engine(_) => CommandCode::Internal,
        AppError::Query(_) => CommandCode::BadRequest,
        AppError::UnknownAccount { .. }
        | AppError::UnknownResource { .. }
        | AppError::UnknownOperation { .. }
        | AppError::NoDocument { .. } => CommandCode::NotFound,
        AppError::TooManyTargets { .. } => CommandCode::TooManyTargets,
        AppError::NoConsole { .. } => CommandCode::NoConsole,
        AppError::BadName { .. } => CommandCode::BadName,
        AppError::BadProject { .. } => CommandCode::BadProject,
        AppError::NameTaken { .. } => CommandCode::NameTaken,
        AppError::RealmTaken { .. } => CommandCode::RealmTaken,
        AppError::EndpointRefused { .. } => CommandCode::EndpointRefused,
        AppError::NotApplicable { .. } => CommandCode::NotApplicable,
    };
    CommandError::new(code, error.to_string())
}

/// Returns the id under which the log of this run has the error.
fn next_trace() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("e{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use nepho_core::{AccountId, Failure, FailureCode};
    use nepho_wire::enums;

    use super::*;

    #[test]
    fn a_failure_keeps_its_class_and_its_account() {
        let failure = Failure { code: FailureCode::KeyringLocked, message: "the keyring is locked".to_owned() };
        let shown = refused(AppError::Failed { account: Some(AccountId::new("7b0c")), failure });
        assert_eq!(shown.code, CommandCode::Failed);
        assert_eq!(shown.failure, Some(enums::FailureCode::KeyringLocked));
        assert_eq!(shown.account.as_deref(), Some("7b0c"));
        assert!(shown.transient);
    }

    #[test]
    fn every_refusal_has_its_own_trace() {
        let shown = |name: &str| refused(AppError::NameTaken { name: name.to_owned() });
        let (first, second) = (shown("a"), shown("b"));
        assert_eq!(first.code, CommandCode::NameTaken);
        assert_ne!(first.trace, second.trace);
    }
}
