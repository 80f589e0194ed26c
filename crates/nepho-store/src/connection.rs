//! Connections to the two databases, and how they are set up.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};

use crate::{
    error::Fault,
    open::files::{CACHE, STATE},
    open::schema::{CACHE_SCHEMA, STATE_SCHEMA},
};

/// How long a write waits for another process's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A write-ahead log is cut back to this after a checkpoint.
const LOG_BYTES: i64 = 64 << 20;
/// Every statement of the store fits in.
const CACHED_STATEMENTS: usize = 64;

/// When a commit counts as done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Durability {
    /// When it is on the disk: for what polling cannot bring back.
    Full,
    /// When the system has it: a power failure may take the last commits, never half of one.
    Normal,
}

/// A connection to each of the two databases.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) state: Connection,
    pub(crate) cache: Connection,
}

impl Pair {
    /// Two databases that end with the process.
    pub(crate) fn in_memory() -> Result<Self, Fault> {
        let mut state = Connection::open_in_memory()?;
        let mut cache = Connection::open_in_memory()?;
        configure(&state, Durability::Full)?;
        configure(&cache, Durability::Normal)?;
        STATE_SCHEMA.migrate(&mut state)?;
        CACHE_SCHEMA.migrate(&mut cache)?;
        Ok(Self { state, cache })
    }

    /// Two connections that cannot write.
    pub(crate) fn readers(dir: &Path) -> Result<Self, Fault> {
        let state = open(&dir.join(STATE), Durability::Full)?;
        let cache = open(&dir.join(CACHE), Durability::Normal)?;
        for connection in [&state, &cache] {
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(Self { state, cache })
    }
}

/// Opens a database that exists, for reading and writing.
pub(crate) fn open(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    configure(&connection, durability)?;
    Ok(connection)
}

/// Opens a database that exists so that nothing of it can change.
pub(crate) fn open_untouched(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(path, flags() | OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// A transaction that has the right to write from its beginning: one that asks for it later can be
/// refused at once, whatever the timeout.
pub(crate) fn write(connection: &mut Connection) -> Result<Transaction<'_>, Fault> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// A transaction that sees one state of the database throughout.
pub(crate) fn read(connection: &mut Connection) -> Result<Transaction<'_>, Fault> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Deferred)?)
}

/// Whether the file is whole, by SQLite's own check.
pub(crate) fn is_whole(connection: &Connection) -> Result<bool, Fault> {
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    Ok(verdict == "ok")
}

/// Never create (files are made by `permissions`), never follow a link, one thread at a time.
fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW
}

fn configure(connection: &Connection, durability: Durability) -> Result<(), Fault> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // An in-memory database answers `memory`.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Normal => "normal",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Nothing of the inventory goes to files that we did not make.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    Ok(())
}
