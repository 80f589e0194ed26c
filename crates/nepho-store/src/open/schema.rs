//! Schemas: numbered migrations, append-only, applied all or none.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::Fault;

const STATE_STEPS: &[M<'static>] = &[
    M::up(include_str!("../migrations/state_001.sql")),
    M::up(include_str!("../migrations/state_002.sql")),
    M::up(include_str!("../migrations/state_003.sql")),
];
const CACHE_STEPS: &[M<'static>] = &[
    M::up(include_str!("../migrations/cache_001.sql")),
    M::up(include_str!("../migrations/cache_002.sql")),
    M::up(include_str!("../migrations/cache_003.sql")),
];

/// The migrations of one database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    steps: &'static [M<'static>],
}

/// The schema of the durable database.
pub(crate) const STATE_SCHEMA: Schema = Schema { steps: STATE_STEPS };
/// The schema of the disposable database.
pub(crate) const CACHE_SCHEMA: Schema = Schema { steps: CACHE_STEPS };

impl Schema {
    /// Returns the format that this version writes.
    pub(crate) fn latest(self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// Migrates the database to the latest format, in one transaction.
    pub(crate) fn migrate(self, connection: &mut Connection) -> Result<(), Fault> {
        Ok(Migrations::from_slice(self.steps).to_latest(connection)?)
    }

    /// Returns `true` if every table and index of the migrations exists with the same definition.
    pub(crate) fn is_present(self, connection: &Connection) -> Result<bool, Fault> {
        let mut fresh = Connection::open_in_memory()?;
        self.migrate(&mut fresh)?;
        let found = made(connection)?;
        Ok(made(&fresh)?.iter().all(|object| found.contains(object)))
    }
}

/// Returns the format of a database; 0 for an empty one.
pub(crate) fn version(connection: &Connection) -> Result<i64, Fault> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn made(connection: &Connection) -> Result<Vec<(String, Option<String>)>, Fault> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid() {
        for schema in [STATE_SCHEMA, CACHE_SCHEMA] {
            Migrations::from_slice(schema.steps).validate().expect("sound migrations");
        }
    }

    #[test]
    fn interrupted_migration_leaves_the_database_unchanged() {
        const STEPS: &[M<'static>] = &[
            M::up("CREATE TABLE first (x INTEGER)"),
            M::up("CREATE TABLE second (x INTEGER); INSERT INTO nowhere VALUES (1)"),
        ];
        let mut connection = Connection::open_in_memory().expect("a database");
        Schema { steps: STEPS }.migrate(&mut connection).expect_err("the second step is wrong");
        assert_eq!(version(&connection).expect("a version"), 0);
        assert_eq!(made(&connection).expect("tables"), vec![]);
    }

    #[test]
    fn every_older_format_migrates_to_the_latest() {
        for schema in [STATE_SCHEMA, CACHE_SCHEMA] {
            for older in 0..=schema.steps.len() {
                let mut connection = Connection::open_in_memory().expect("a database");
                if older > 0 {
                    Migrations::from_slice(&schema.steps[..older]).to_latest(&mut connection).expect("an older format");
                }
                schema.migrate(&mut connection).expect("a migration");
                assert_eq!(version(&connection).expect("a version"), schema.latest());
                assert!(schema.is_present(&connection).expect("tables"));
            }
        }
    }
}
