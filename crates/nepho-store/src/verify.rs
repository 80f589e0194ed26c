//! Verification of the journal's chain from its first entry to its last.

use nepho_core::journal::Verification;
use rusqlite::{Connection, Row};

use crate::{
    columns::count,
    connection,
    error::Fault,
    hash_chain::{self, Hash, START},
    table::journal,
    table::journal_row::{COLUMNS, FORMAT, WIDTH, hashed},
};

/// Finds the first entry that does not follow from its predecessor.
pub(crate) fn verify(connection: &mut Connection) -> Result<Verification, Fault> {
    let reading = connection::read(connection)?;
    let mut previous = START;
    let mut last = 0_i64;
    let mut statement = reading.prepare(&format!("SELECT {COLUMNS}, hash FROM journal ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if seq > last + 1 {
            return Ok(broken(last + 1, "the entry is missing"));
        }
        if seq <= last {
            return Ok(broken(seq, "the entry was inserted before the first"));
        }
        match linked(&previous, row) {
            Some(hash) => previous = hash,
            None => return Ok(broken(seq, "the entry does not follow from its predecessor")),
        }
        last = seq;
    }
    let (seq, hash) = journal::head(&reading)?;
    if seq > last {
        return Ok(broken(last + 1, "the entry is missing"));
    }
    if seq < last {
        return Ok(broken(seq + 1, "the entry was inserted after the last"));
    }
    if hash != previous {
        return Ok(broken(last, "the entry differs from the one that was written last"));
    }
    let head = if last == 0 { String::new() } else { hash_chain::hex(&previous) };
    Ok(Verification::Intact { entries: count(last), head })
}

/// Returns the entry's hash, if the stored one matches its columns and the previous hash.
fn linked(previous: &Hash, row: &Row<'_>) -> Option<Hash> {
    let width = hashed(row.get(FORMAT).ok()?)?;
    let columns: Vec<_> = (0..width).map(|column| row.get_ref(column)).collect::<Result<_, _>>().ok()?;
    let hash = hash_chain::link(previous, columns);
    (row.get_ref(WIDTH).ok()?.as_blob().ok()? == hash).then_some(hash)
}

fn broken(seq: i64, reason: &str) -> Verification {
    Verification::Broken { seq: count(seq), reason: reason.to_owned() }
}
