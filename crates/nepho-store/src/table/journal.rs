//! Table `journal` of the durable database: append-only, with each entry chained to its
//! predecessor.
//!
//! Triggers prevent accidental changes; the chain reveals deliberate ones. `journal_head` repeats
//! the last entry's position and hash, so that truncation is detected too. A user who can write the
//! file can rewrite the complete chain: detecting that needs an anchor elsewhere, which does not
//! exist.

use nepho_core::{
    ResourceKey,
    journal::{JournalEntry, NewEntry, OperationId, Unfinished},
};
use rusqlite::{Connection, OptionalExtension, Params, params, params_from_iter, types::Value};

use crate::{
    columns::{count, signed_count},
    connection,
    error::Fault,
    hash_chain::{self, Hash, START},
    table::journal_row::{self, COLUMNS, WIDTH},
};

/// Appends the entries in one transaction and returns those that were appended, with their
/// positions.
///
/// An entry that does not follow from the target's last one is left out: nothing follows a final
/// event, and no event is repeated. So two processes that observe the same end record it once.
pub(crate) fn append(connection: &mut Connection, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, Fault> {
    let writing = connection::write(connection)?;
    let (mut seq, mut hash) = head(&writing)?;
    // An entry that was inserted outside this function must not prevent new entries; verification
    // finds it.
    let last: Option<i64> = writing.query_row("SELECT max(seq) FROM journal", [], |row| row.get(0))?;
    seq = seq.max(last.unwrap_or(0));
    let mut appended = Vec::with_capacity(entries.len());
    for entry in entries {
        if !follows_last(&writing, &entry)? {
            continue;
        }
        seq += 1;
        let columns = journal_row::columns(seq, &entry);
        hash = hash_chain::link(&hash, columns.iter().map(Into::into));
        insert(&writing, &columns, &hash)?;
        mark_unfinished(&writing, &entry)?;
        appended.push(JournalEntry { seq: count(seq), entry });
    }
    if appended.is_empty() {
        return Ok(appended);
    }
    set_head(&writing, seq, &hash)?;
    writing.commit()?;
    Ok(appended)
}

fn follows_last(connection: &Connection, entry: &NewEntry) -> Result<bool, Fault> {
    let last = of_target(connection, &entry.operation, &entry.key)?.pop();
    let event = &entry.event;
    Ok(last.is_none_or(|last| !last.entry.event.is_final() && last.entry.event.as_str() != event.as_str()))
}

fn mark_unfinished(connection: &Connection, entry: &NewEntry) -> Result<(), Fault> {
    let sql = if entry.event.is_final() {
        "DELETE FROM unfinished WHERE operation = ?1 AND key = ?2"
    } else {
        "INSERT OR IGNORE INTO unfinished (operation, key) VALUES (?1, ?2)"
    };
    connection.prepare_cached(sql)?.execute(params![entry.operation.as_str(), entry.key.to_string()])?;
    Ok(())
}

/// Finds the unfinished targets anew from the entries.
pub(crate) fn find_unfinished(connection: &Connection) -> Result<(), Fault> {
    connection.execute("DELETE FROM unfinished", [])?;
    connection.execute(
        "INSERT INTO unfinished SELECT operation, key FROM journal
         WHERE seq IN (SELECT max(seq) FROM journal GROUP BY operation, key)
           AND event IN ('sent', 'accepted', 'unknown')",
        [],
    )?;
    Ok(())
}

/// Returns the position and the hash of the last entry.
pub(crate) fn head(connection: &Connection) -> Result<(i64, Hash), Fault> {
    let head = connection
        .prepare_cached("SELECT seq, hash FROM journal_head")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(head.unwrap_or((0, START)))
}

/// Stores the position and the hash of the last entry.
pub(crate) fn set_head(connection: &Connection, seq: i64, hash: &Hash) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO journal_head (one, seq, hash) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
        )?
        .execute(params![seq, hash])?;
    Ok(())
}

/// Writes one entry unchanged.
pub(crate) fn insert(connection: &Connection, columns: &[Value; WIDTH], hash: &[u8]) -> Result<(), Fault> {
    let hash = Value::Blob(hash.to_vec());
    connection
        .prepare_cached(&format!("INSERT INTO journal ({COLUMNS}, hash) VALUES (?1{})", ", ?".repeat(WIDTH)))?
        .execute(params_from_iter(columns.iter().chain([&hash])))?;
    Ok(())
}

/// Returns the newest entries, newest first; with `before`, only entries before that position.
pub(crate) fn newest(connection: &Connection, limit: i64, before: Option<u64>) -> Result<Vec<JournalEntry>, Fault> {
    let before = before.map_or(i64::MAX, signed_count);
    select(connection, "WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2", params![before, limit])
}

/// Returns the newest entries of one resource, newest first.
pub(crate) fn of_resource(connection: &Connection, key: &ResourceKey, limit: i64) -> Result<Vec<JournalEntry>, Fault> {
    select(connection, "WHERE key = ?1 ORDER BY seq DESC LIMIT ?2", params![key.to_string(), limit])
}

/// Returns the entries of one operation, oldest first.
pub(crate) fn of_operation(connection: &Connection, id: &OperationId) -> Result<Vec<JournalEntry>, Fault> {
    select(connection, "WHERE operation = ?1 ORDER BY seq", [id.as_str()])
}

/// Returns the entries of the latest operations, latest operation first.
pub(crate) fn recent_operations(connection: &mut Connection, limit: i64) -> Result<Vec<Vec<JournalEntry>>, Fault> {
    let reading = connection::read(connection)?;
    let mut statement =
        reading.prepare_cached("SELECT operation FROM journal GROUP BY operation ORDER BY min(seq) DESC LIMIT ?1")?;
    let ids = statement.query_and_then([limit], |row| Ok(OperationId::new(row.get::<_, String>(0)?)))?;
    ids.collect::<Result<Vec<_>, Fault>>()?.iter().map(|id| of_operation(&reading, id)).collect()
}

/// Returns the entries of one target of one operation, oldest first.
fn of_target(connection: &Connection, id: &OperationId, key: &ResourceKey) -> Result<Vec<JournalEntry>, Fault> {
    select(connection, "WHERE operation = ?1 AND key = ?2 ORDER BY seq", params![id.as_str(), key.to_string()])
}

/// Returns the unfinished targets, in the order of sending. The cost does not depend on the length
/// of the journal.
pub(crate) fn unfinished(connection: &mut Connection) -> Result<Vec<Unfinished>, Fault> {
    let reading = connection::read(connection)?;
    let mut statement = reading.prepare_cached("SELECT operation, key FROM unfinished")?;
    let targets = statement.query_and_then([], |row| {
        let key = row.get::<_, String>(1)?.parse().map_err(|error| Fault::unreadable("key", error))?;
        Ok((OperationId::new(row.get::<_, String>(0)?), key))
    })?;
    let mut found = Vec::new();
    for target in targets.collect::<Result<Vec<(OperationId, ResourceKey)>, Fault>>()? {
        let entries = of_target(&reading, &target.0, &target.1)?;
        let first = entries.first().map_or(0, |entry| entry.seq);
        found.extend(Unfinished::of(&entries).map(|unfinished| (first, unfinished)));
    }
    found.sort_by_key(|(first, _)| *first);
    Ok(found.into_iter().map(|(_, unfinished)| unfinished).collect())
}

fn select(connection: &Connection, which: &str, params: impl Params) -> Result<Vec<JournalEntry>, Fault> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM journal {which}"))?;
    let entries = statement.query_and_then(params, journal_row::entry)?;
    entries.collect()
}
