//! The SQLite file: one table, two indexes, one transaction for whatever has come in meanwhile.

use std::sync::{Arc, mpsc::Receiver};

use rusqlite::{Connection, params_from_iter};

/// How many columns there are besides tags, name and place.
pub const COLUMNS: usize = 11;

/// One instance.
#[derive(Debug, Default)]
pub struct Instance {
    /// Id, size, launched, private and public address, VPC, subnet, image, architecture, state, zone;
    /// absent ones are empty.
    pub columns: [String; COLUMNS],
    /// Its name, which the clouds keep in different places.
    pub name: String,
    /// Its tags or labels.
    pub tags: Vec<(String, String)>,
}

/// Instances of one page.
#[derive(Debug)]
pub struct Batch {
    /// Their region or zone.
    pub place: Arc<str>,
    /// The instances.
    pub instances: Vec<Instance>,
}

const SCHEMA: &str = "PRAGMA journal_mode = wal; PRAGMA synchronous = normal;
    CREATE TABLE instances (id TEXT PRIMARY KEY, size TEXT, launched TEXT, private_ip TEXT, public_ip TEXT, vpc TEXT,
        subnet TEXT, image TEXT, architecture TEXT, state TEXT, zone TEXT, tags TEXT, name TEXT, place TEXT)
        WITHOUT ROWID;
    CREATE INDEX instances_by_name ON instances (name);
    CREATE INDEX instances_by_state ON instances (place, state);";
const INSERT: &str = "INSERT OR REPLACE INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Writes until every sender is gone; returns how many rows.
pub fn write(database: &str, batches: &Receiver<Batch>) -> Result<usize, rusqlite::Error> {
    let mut connection = Connection::open(database)?;
    connection.execute_batch(SCHEMA)?;
    let mut rows = 0;
    while let Ok(first) = batches.recv() {
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            for batch in std::iter::once(first).chain(batches.try_iter()) {
                for instance in &batch.instances {
                    let tags = serde_json::to_string(&instance.tags).unwrap_or_default();
                    let columns = instance.columns.iter().map(String::as_str);
                    insert.execute(params_from_iter(columns.chain([tags.as_str(), &instance.name, &batch.place])))?;
                    rows += 1;
                }
            }
        }
        transaction.commit()?;
    }
    Ok(rows)
}
