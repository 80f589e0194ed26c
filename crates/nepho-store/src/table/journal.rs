//! Table `journal` of the durable database: append-only, with each entry chained to its
//! predecessor.
//!
//! Triggers prevent accidental changes; the chain reveals deliberate ones. `journal_head` repeats
//! the last entry's position and hash, so that truncation is detected too. A user who can write the
//! file can rewrite the complete chain: detecting that needs an anchor elsewhere, which does not
//! exist.

use nepho_core::{
    Action, Failure, ResourceKey, State,
    journal::{JournalEntry, JournalEvent, NewEntry, OperationId},
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params, params_from_iter, types::Value};

use crate::{
    columns::{count, nanos, signed_count, time, word},
    connection,
    error::Fault,
    hash_chain::{self, Hash, START},
};

/// The hashed columns, in hashing order.
pub(crate) const COLUMNS: &str =
    "seq, at, run, operation, account, account_name, key, name, action, event, failure_code, detail, state";
/// The number of hashed columns.
pub(crate) const WIDTH: usize = 13;

/// Appends the entries, all or none, and returns them with their positions.
pub(crate) fn append(connection: &mut Connection, entries: Vec<NewEntry>) -> Result<Vec<JournalEntry>, Fault> {
    let writing = connection::write(connection)?;
    let (mut seq, mut hash) = head(&writing)?;
    // An entry that was inserted outside this function must not prevent new entries; verification
    // finds it.
    let last: Option<i64> = writing.query_row("SELECT max(seq) FROM journal", [], |row| row.get(0))?;
    seq = seq.max(last.unwrap_or(0));
    let mut appended = Vec::with_capacity(entries.len());
    for entry in entries {
        seq += 1;
        let columns = columns(seq, &entry);
        hash = hash_chain::link(&hash, columns.iter().map(Into::into));
        insert(&writing, &columns, &hash)?;
        appended.push(JournalEntry { seq: count(seq), entry });
    }
    set_head(&writing, seq, &hash)?;
    writing.commit()?;
    Ok(appended)
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
        .prepare_cached(&format!(
            "INSERT INTO journal ({COLUMNS}, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        ))?
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

/// Returns the last entry of each target of each operation unless it is final.
pub(crate) fn unfinished(connection: &Connection) -> Result<Vec<JournalEntry>, Fault> {
    let last = select(
        connection,
        "WHERE seq IN (SELECT max(seq) FROM journal GROUP BY operation, key)
           AND event IN ('sent', 'accepted', 'unknown') ORDER BY seq",
        [],
    )?;
    debug_assert!(last.iter().all(|entry| !entry.entry.event.is_final()));
    Ok(last)
}

fn select(connection: &Connection, which: &str, params: impl Params) -> Result<Vec<JournalEntry>, Fault> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM journal {which}"))?;
    let entries = statement.query_and_then(params, entry)?;
    entries.collect()
}

fn columns(seq: i64, entry: &NewEntry) -> [Value; WIDTH] {
    let text = |text: &str| Value::Text(text.to_owned());
    let (failure_code, detail, state) = match &entry.event {
        JournalEvent::Sent | JournalEvent::TimedOut => (Value::Null, Value::Null, Value::Null),
        JournalEvent::Accepted { raw_state } => (Value::Null, text(raw_state), Value::Null),
        JournalEvent::Refused(failure) | JournalEvent::Failed(failure) | JournalEvent::Unknown(failure) => {
            (text(failure.code.as_str()), text(&failure.message), Value::Null)
        }
        JournalEvent::Done { state, raw_state } | JournalEvent::Contradicted { state, raw_state } => {
            (Value::Null, text(raw_state), text(state.as_str()))
        }
    };
    [
        Value::Integer(seq),
        Value::Integer(nanos(entry.at)),
        text(entry.run.as_str()),
        text(entry.operation.as_str()),
        text(entry.account.as_str()),
        text(&entry.account_name),
        text(&entry.key.to_string()),
        text(&entry.name),
        text(entry.action.as_str()),
        text(entry.event.as_str()),
        failure_code,
        detail,
        state,
    ]
}

fn entry(row: &Row<'_>) -> Result<JournalEntry, Fault> {
    let text = |column: &str| row.get::<_, String>(column);
    let failure =
        || -> Result<Failure, Fault> { Ok(Failure { code: word(row, "failure_code")?, message: text("detail")? }) };
    // Entries keep the words of the version that wrote them, as the chain covers them: `settled` is
    // `done` now, and `contradicted` is `failed` without a failure code.
    let event = match text("event")?.as_str() {
        "sent" => JournalEvent::Sent,
        "accepted" => JournalEvent::Accepted { raw_state: text("detail")? },
        "refused" => JournalEvent::Refused(failure()?),
        "failed" if row.get::<_, Option<String>>("failure_code")?.is_some() => JournalEvent::Failed(failure()?),
        "failed" | "contradicted" => {
            JournalEvent::Contradicted { state: word::<State>(row, "state")?, raw_state: text("detail")? }
        }
        "unknown" => JournalEvent::Unknown(failure()?),
        "done" | "settled" => JournalEvent::Done { state: word::<State>(row, "state")?, raw_state: text("detail")? },
        "timed_out" => JournalEvent::TimedOut,
        other => return Err(Fault::unreadable("journal event", format!("unknown word {other:?}"))),
    };
    Ok(JournalEntry {
        seq: count(row.get("seq")?),
        entry: NewEntry {
            at: time(row.get("at")?)?,
            run: text("run")?.as_str().into(),
            operation: text("operation")?.as_str().into(),
            account: text("account")?.as_str().into(),
            account_name: text("account_name")?,
            key: text("key")?.parse().map_err(|error| Fault::unreadable("key", error))?,
            name: text("name")?,
            action: word::<Action>(row, "action")?,
            event,
        },
    })
}
