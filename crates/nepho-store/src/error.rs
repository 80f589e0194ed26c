//! Errors of the store. No type of the database library is visible.

use std::path::{Path, PathBuf};

use nepho_core::{ResourceKey, ScopeKey};
use rusqlite::ErrorCode;
use thiserror::Error;

/// An error of the database library, whose type stays private.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct SqliteFault(rusqlite::Error);

/// The reason why a directory or file is not safe for the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unsafe {
    /// A symbolic link is in its place.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// It is not a directory, or not a regular file, as expected.
    #[error("it is not of the expected type")]
    WrongType,
    /// It belongs to another user.
    #[error("it belongs to another user")]
    NotOurs,
    /// Users other than its owner may write to it.
    #[error("other users may write to it; remove their write permission")]
    WritableByOthers,
}

/// An error of the store. No error leaves a partial write.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The directory or a file in it is accessible to other users; nothing was read or written.
    #[error("cannot use {}: {reason}", path.display())]
    Unsafe {
        /// The directory or file.
        path: PathBuf,
        /// The reason.
        reason: Unsafe,
    },
    /// A file operation failed.
    #[error("cannot access {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A newer Nephoscope wrote the file; it was left unchanged.
    #[error("{} was written by a newer Nephoscope (format {found}, this version supports {known}); update Nephoscope", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's format.
        found: i64,
        /// The newest format that this version supports.
        known: i64,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full {
        /// The database's error.
        source: SqliteFault,
    },
    /// Another process locked the database for longer than the store's timeout.
    #[error("the database is in use by another process")]
    Busy {
        /// The database's error.
        source: SqliteFault,
    },
    /// Another process has been opening the same directory for longer than the store's timeout.
    #[error("another process is still opening {}; try again", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The file is damaged. The next opening checks it and salvages what is readable.
    #[error("the database is damaged; restart Nephoscope to repair it")]
    Damaged {
        /// The database's error.
        source: SqliteFault,
    },
    /// Any other error of the database.
    #[error("cannot {doing}: the database reported an error")]
    Database {
        /// The failed job.
        doing: &'static str,
        /// The database's error.
        source: SqliteFault,
    },
    /// A stored value does not match its column's format.
    #[error("cannot read a stored {what}: {reason}")]
    Unreadable {
        /// The expected kind of value.
        what: &'static str,
        /// The mismatch.
        reason: String,
    },
    /// Another account has this name.
    #[error("an account named {name:?} exists already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A row belongs to a cloud, realm or kind other than its scope's.
    #[error("{key} does not belong to {} of account {}", scope.scope.location, scope.account)]
    ForeignRow {
        /// The row.
        key: ResourceKey,
        /// The scope.
        scope: ScopeKey,
    },
    /// The store's thread has ended.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

/// The crate's internal error, before [`Fault::while_doing`] adds the failed job.
#[derive(Debug)]
pub(crate) enum Fault {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite_migration::Error> for Fault {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Self::Sqlite(err),
            // The other variants report faulty migrations, which the tests exclude.
            other => Self::unreadable("schema", other.to_string()),
        }
    }
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over errors that they own")]
    pub(crate) fn unreadable(what: &'static str, reason: impl ToString) -> Self {
        Self::Store(StoreError::Unreadable { what, reason: reason.to_string() })
    }

    /// Converts the fault to the error that callers see.
    pub(crate) fn while_doing(self, doing: &'static str) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Sqlite(error) => error,
        };
        let code = error.sqlite_error_code();
        let source = SqliteFault(error);
        match code {
            Some(ErrorCode::DiskFull) => StoreError::Full { source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { source },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged { source },
            _ => StoreError::Database { doing, source },
        }
    }

    /// Returns `true` if the file's content is the cause, not the disk, a lock or permissions.
    pub(crate) fn is_about_content(&self) -> bool {
        match self {
            Self::Store(error) => {
                matches!(error, StoreError::Damaged { .. } | StoreError::Unreadable { .. } | StoreError::Newer { .. })
            }
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                        | ErrorCode::Unknown
                        | ErrorCode::SchemaChanged
                        | ErrorCode::TypeMismatch
                        | ErrorCode::ConstraintViolation
                )
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn sqlite_codes_become_the_errors_that_callers_act_on() {
        let error =
            |code| Fault::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)).while_doing("test");
        assert!(matches!(error(ffi::SQLITE_FULL), StoreError::Full { .. }));
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED] {
            assert!(matches!(error(code), StoreError::Busy { .. }), "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB] {
            assert!(matches!(error(code), StoreError::Damaged { .. }), "{code}");
        }
        for code in [ffi::SQLITE_IOERR, ffi::SQLITE_CANTOPEN, ffi::SQLITE_READONLY] {
            assert!(matches!(error(code), StoreError::Database { doing: "test", .. }), "{code}");
        }
    }
}
