//! Table `settings` of the durable database: texts by name, which the hosts interpret.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Fault;

/// Returns the setting's text, if it was ever stored.
pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<String>, Fault> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Stores the setting's text.
pub(crate) fn put(connection: &Connection, name: &str, value: &str) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?;
    statement.execute([name, value])?;
    Ok(())
}
