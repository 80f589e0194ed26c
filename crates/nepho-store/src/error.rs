//! What can go wrong in the store. No type of the database library is visible.

use std::path::PathBuf;

use nepho_core::{ResourceKey, ScopeKey};
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
    /// It is neither a directory nor a file, as it should be.
    #[error("it is not of the expected type")]
    WrongType,
    /// It belongs to another user.
    #[error("it belongs to another user")]
    NotOurs,
    /// Others than its owner may write to it.
    #[error("others may write to it")]
    WritableByOthers,
}

/// An error of the store.
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
    /// There is no room left on the disk; nothing was changed.
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
    /// The database failed otherwise; nothing was changed.
    #[error("the database failed to {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database's error.
        source: SqliteFault,
    },
    /// A stored value is not what this column holds.
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
