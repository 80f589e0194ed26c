//! The SQLite file: one table, two indexes, and one transaction for all batches that are waiting.

use std::sync::{Arc, mpsc::Receiver};

use rusqlite::{Connection, params_from_iter};

/// The number of columns besides tags, name and place.
pub const COLUMNS: usize = 11;

/// One instance.
#[derive(Debug, Default)]
pub struct Instance {
    /// Id, size, launch time, private and public address, VPC, subnet, image, architecture, state,
    /// zone; an absent value is empty.
    pub columns: [String; COLUMNS],
    /// The name, which each cloud keeps in a different place.
    pub name: String,
    /// The tags or labels.
    pub tags: Vec<(String, String)>,
}

/// Instances of one page.
#[derive(Debug)]
pub struct Batch {
    /// The region or zone.
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

/// Writes until all senders are dropped; returns the number of rows.
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
