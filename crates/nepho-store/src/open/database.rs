//! Opening of one database file: version check, damage check and migration.

use std::path::Path;

use rusqlite::Connection;

use crate::{
    StoreError,
    connection::{self, Durability},
    error::Fault,
    open::schema::{self, Schema},
};

/// Opens one database and migrates it to the latest format.
pub(crate) fn open(path: &Path, schema: Schema, durability: Durability, trusted: bool) -> Result<Connection, Fault> {
    // Check the version before any write: a newer file stays unchanged, byte for byte.
    let found = schema::version(&connection::open_untouched(path)?)?;
    if found > schema.latest() {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: schema.latest() }.into());
    }
    let mut connection = connection::open(path, durability)?;
    if !trusted && !connection::is_whole(&connection)? {
        return Err(Fault::unreadable("database", "quick_check found damage"));
    }
    schema.migrate(&mut connection)?;
    if !schema.is_present(&connection)? {
        return Err(Fault::unreadable("schema", "tables or indexes are missing"));
    }
    Ok(connection)
}
