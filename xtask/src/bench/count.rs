//! Counts of the rows in the databases that the clients leave, independent of the clients.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::command::Cmd;

/// Reads the first row of one query, through Python's own SQLite.
const SCRIPT: &str = "import json, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: print(json.dumps(db.execute(sys.argv[2]).fetchone()))";

/// Counts of one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Instances.
    pub rows: u64,
    /// Regions or zones with a complete listing.
    pub scopes: u64,
    /// Sum of the generations, which changes with every row that is written; 0 for the floor.
    pub generation: u64,
}

/// Counts in Nephoscope's cache. A row counts only together with its document.
pub fn cache(database: &Path) -> Result<Counted> {
    query(
        database,
        "SELECT (SELECT count(*) FROM resources JOIN documents ON resource_id = id),
                (SELECT count(*) FROM scopes WHERE as_of IS NOT NULL AND failure_code IS NULL),
                (SELECT sum(generation) FROM scopes)",
    )
}

/// Counts in the floor's file.
pub fn floor(database: &Path) -> Result<Counted> {
    query(database, "SELECT count(*), count(DISTINCT place), 0 FROM instances")
}

fn query(database: &Path, sql: &str) -> Result<Counted> {
    let folder = database.parent().unwrap_or(Path::new("/"));
    let row = Cmd::new("python3", folder).args(["-c", SCRIPT]).arg(database).arg(sql).stdout()?;
    let (rows, scopes, generation) =
        serde_json::from_str(&row).with_context(|| format!("unexpected counts from {}: {row}", database.display()))?;
    Ok(Counted { rows, scopes, generation })
}
