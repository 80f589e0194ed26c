//! What can go wrong in the store. No type of the database library is visible.

use std::path::{Path, PathBuf};

use nepho_core::{ResourceKey, ScopeKey};
use rusqlite::ErrorCode;
use thiserror::Error;

/// An error of the database, whose type stays private.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct SqliteFault(rusqlite::Error);

/// Why a directory or a file is not trusted with the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unsafe {
    /// A symbolic link stands in its place.
    #[error("it is a symbolic link")]
    SymbolicLink,
    /// It is not a directory (or not a regular file) where one is expected.
    #[error("it is not of the expected type")]
    WrongType,
    /// It belongs to another user.
    #[error("it belongs to another user")]
    NotOurs,
    /// Others than its owner may write to it.
    #[error("others may write to it")]
    WritableByOthers,
}

/// An error of the store. Whatever it says, nothing was half written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The directory, or a file in it, is open to others; nothing was read or written.
    #[error("{} is not safe to use: {reason}", path.display())]
    Unsafe {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: Unsafe,
    },
    /// A file operation failed.
    #[error("{} cannot be used", path.display())]
    Io {
        /// On which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file was written by a newer Nephoscope; it was left as it is.
    #[error("{} was written by a newer Nephoscope (format {found}, this one knows {known})", path.display())]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this Nephoscope knows.
        known: i64,
    },
    /// There is no room left on the disk.
    #[error("the disk is full")]
    Full {
        /// The database's error.
        source: SqliteFault,
    },
    /// Another process kept the database locked for longer than the store waits.
    #[error("the database is in use by another process")]
    Busy {
        /// The database's error.
        source: SqliteFault,
    },
    /// Another process has been opening the same directory for longer than the store waits.
    #[error("another process holds {}", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The file is damaged. The next opening checks it, and saves what can be saved.
    #[error("the database is damaged")]
    Damaged {
        /// The database's error.
        source: SqliteFault,
    },
    /// The database failed otherwise.
    #[error("the database failed to {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database's error.
        source: SqliteFault,
    },
    /// A stored value is not what its column holds.
    #[error("a stored {what} is unreadable: {reason}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Another account has this name.
    #[error("an account named {name:?} exists already")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A row belongs to another cloud, realm or kind than the scope that it was to be stored in.
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

/// The crate's own error: the database's, before it is said what was being done.
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
            // The rest is about how the migrations are defined, which the tests validate.
            other => Self::unreadable("schema", other.to_string()),
        }
    }
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over errors that they own")]
    pub(crate) fn unreadable(what: &'static str, reason: impl ToString) -> Self {
        Self::Store(StoreError::Unreadable { what, reason: reason.to_string() })
    }

    /// The error as the caller sees it.
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

    /// Whether the file's content is to blame, and not the disk, a lock or the permissions.
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
