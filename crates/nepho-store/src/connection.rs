//! Connections to the two databases, and their configuration.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};

use crate::{
    error::Fault,
    open::files::{CACHE, STATE},
    open::schema::{CACHE_SCHEMA, STATE_SCHEMA},
};

/// The time that a write waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The size to which a checkpoint truncates the write-ahead log.
const LOG_BYTES: i64 = 64 << 20;
/// Capacity of the statement cache, enough for every statement of the store.
const CACHED_STATEMENTS: usize = 64;

/// The point at which a commit is complete.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Durability {
    /// Complete once the data is on the disk; for data that polling cannot restore.
    Full,
    /// Complete once the operating system has the data. A power failure may lose the last commits, but never
    /// a part of one.
    Normal,
}

/// A connection to each of the two databases.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) state: Connection,
    pub(crate) cache: Connection,
}

impl Pair {
    /// Opens two databases in memory.
    pub(crate) fn in_memory() -> Result<Self, Fault> {
        let mut state = Connection::open_in_memory()?;
        let mut cache = Connection::open_in_memory()?;
        configure(&state, Durability::Full)?;
        configure(&cache, Durability::Normal)?;
        STATE_SCHEMA.migrate(&mut state)?;
        CACHE_SCHEMA.migrate(&mut cache)?;
        Ok(Self { state, cache })
    }

    /// Opens two read-only connections.
    pub(crate) fn readers(dir: &Path) -> Result<Self, Fault> {
        let state = open(&dir.join(STATE), Durability::Full)?;
        let cache = open(&dir.join(CACHE), Durability::Normal)?;
        for connection in [&state, &cache] {
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(Self { state, cache })
    }
}

/// Opens an existing database for reading and writing.
pub(crate) fn open(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure(&connection, durability)?;
    Ok(connection)
}

/// Opens an existing database without any possibility of changing it.
pub(crate) fn open_untouched(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Starts a write transaction. It takes the write lock at once, because SQLite may refuse a later
/// upgrade immediately, regardless of the timeout.
pub(crate) fn write(connection: &mut Connection) -> Result<Transaction<'_>, Fault> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Starts a read transaction, which sees one consistent state of the database.
pub(crate) fn read(connection: &mut Connection) -> Result<Transaction<'_>, Fault> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Deferred)?)
}

/// Returns `true` if SQLite's quick check finds no damage.
pub(crate) fn is_whole(connection: &Connection) -> Result<bool, Fault> {
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    Ok(verdict == "ok")
}

/// Flags for every connection: no creation (`permissions` creates files), no symbolic links, one
/// thread at a time.
fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW
}

fn configure(connection: &Connection, durability: Durability) -> Result<(), Fault> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // An in-memory database returns `memory`.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Normal => "normal",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Keep inventory data out of files that this crate did not create.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    Ok(())
}
