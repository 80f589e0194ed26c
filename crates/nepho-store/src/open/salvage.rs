//! Salvage of a damaged `state.db`: copies what is readable into a new file. The damaged file is
//! kept.
//!
//! The new file is complete before the damaged one is renamed, and takes its place last. An
//! interrupted salvage is repeated or finished by the next opening, and loses nothing.

use std::{fs, path::Path};

use rusqlite::{Connection, OptionalExtension, types::Value};

use crate::{
    OpenNote, StoreError,
    columns::count,
    connection::{self, Durability},
    error::Fault,
    hash_chain::{Hash, START},
    open::database,
    open::files::{self, STATE},
    open::first_page_repair,
    open::permissions,
    open::schema::STATE_SCHEMA,
    table::accounts,
    table::journal,
    table::journal_row::{COLUMNS, COLUMNS_1, FORMAT, WIDTH},
    table::settings,
};

/// Names of the new file: while it is filled, and once it is complete.
const FILLING: &str = "state.db.salvaging";
const COMPLETE: &str = "state.db.salvaged";
/// Number of consecutive missing entries after which to stop if the number of entries is unknown.
const GAP: i64 = 10_000;

/// Numbers of saved and lost records.
#[derive(Clone, Copy, Debug, Default)]
struct Saved {
    entries: u64,
    lost: u64,
    accounts: u64,
    settings: u64,
}

/// Replaces the damaged file by a new one with every readable record.
pub(crate) fn salvage(dir: &Path) -> Result<OpenNote, StoreError> {
    let filling = dir.join(FILLING);
    files::remove_database(&filling);
    permissions::prepare_file(&filling)?;
    let saved = fill(dir, &filling).map_err(|fault| fault.while_doing("save the durable state"))?;
    let complete = dir.join(COMPLETE);
    fs::rename(&filling, &complete).map_err(StoreError::io(&filling))?;
    files::sync_directory(dir);
    let kept = files::move_aside(&dir.join(STATE))?;
    finish_interrupted(dir)?;
    let Saved { entries, lost, accounts, settings } = saved;
    Ok(OpenNote::StateSalvaged { entries, lost, accounts, settings, kept })
}

/// Finishes a salvage that was interrupted before its last rename.
pub(crate) fn finish_interrupted(dir: &Path) -> Result<(), StoreError> {
    let complete = dir.join(COMPLETE);
    if !complete.exists() {
        return Ok(());
    }
    let state = dir.join(STATE);
    if state.exists() {
        files::move_aside(&state)?;
    }
    fs::rename(&complete, &state).map_err(StoreError::io(&complete))?;
    files::sync_directory(dir);
    Ok(())
}

fn fill(dir: &Path, filling: &Path) -> Result<Saved, Fault> {
    let mut new = database::open(filling, STATE_SCHEMA, Durability::Full, true)?;
    let damaged = dir.join(STATE);
    let mut saved = Saved::default();
    let direct = connection::open_untouched(&damaged).and_then(|old| copy(&old, &mut new));
    match direct {
        Ok(found) => saved = found,
        Err(fault) => {
            tracing::warn!(?fault, "cannot read the damaged database directly; trying to repair its first page");
        }
    }
    if saved.entries == 0 {
        // The first page lists all tables: with our first page in its place, the rest may be
        // readable. For that the page must be in the file, not only in the log.
        new.pragma_query(None, "wal_checkpoint", |_| Ok(()))?;
        if let Some(grafted) = first_page_repair::graft(&damaged, filling)? {
            if let Ok(found) = connection::open_untouched(&grafted).and_then(|old| copy(&old, &mut new)) {
                saved = found;
            }
            files::remove_database(&grafted);
        }
    }
    // Closing the last connection moves the log's content to the file.
    new.close().map_err(|(_, error)| error)?;
    Ok(saved)
}

/// Copies every readable record. An error means that not even the tables were found.
fn copy(old: &Connection, new: &mut Connection) -> Result<Saved, Fault> {
    let _: i64 = old.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'journal'", [], |row| {
        let found: i64 = row.get(0)?;
        if found == 0 { Err(rusqlite::Error::QueryReturnedNoRows) } else { Ok(found) }
    })?;
    let writing = connection::write(new)?;
    let mut saved = Saved::default();
    for account in readable(old, "SELECT * FROM accounts", accounts::account) {
        match accounts::put(&writing, &account) {
            Ok(()) => saved.accounts += 1,
            // Damage can duplicate an account; the first copy is saved.
            Err(Fault::Store(error)) => tracing::warn!(?error, "cannot save an account of the damaged database"),
            Err(fault) => return Err(fault),
        }
    }
    for (name, value) in readable(old, "SELECT name, value FROM settings", |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    }) {
        settings::put(&writing, &name, &value)?;
        saved.settings += 1;
    }
    copy_journal(old, &writing, &mut saved)?;
    writing.commit()?;
    Ok(saved)
}

/// Returns the rows before the first one that SQLite cannot return.
fn readable<T>(old: &Connection, sql: &str, convert: impl Fn(&rusqlite::Row<'_>) -> Result<T, Fault>) -> Vec<T> {
    let Ok(mut statement) = old.prepare(sql) else { return Vec::new() };
    let Ok(mut rows) = statement.query([]) else { return Vec::new() };
    let mut found = Vec::new();
    while let Ok(Some(row)) = rows.next() {
        match convert(row) {
            Ok(converted) => found.push(converted),
            Err(fault) => tracing::warn!(?fault, "cannot read a row of the damaged database"),
        }
    }
    found
}

/// Copies each readable entry unchanged; verifying the new chain finds lost entries.
fn copy_journal(old: &Connection, new: &Connection, saved: &mut Saved) -> Result<(), Fault> {
    let head = journal::head(old).ok().filter(|(seq, _)| *seq > 0);
    let last = old.query_row("SELECT max(seq) FROM journal", [], |row| row.get::<_, Option<i64>>(0)).ok().flatten();
    let known = head.map(|(seq, _)| seq).max(last);
    // A database of an older version has only the columns of format 1.
    let columns = if old.prepare(&format!("SELECT {COLUMNS} FROM journal")).is_ok() { COLUMNS } else { COLUMNS_1 };
    let mut end: (i64, Hash) = (0, START);
    let mut seq = 0;
    while seq < known.unwrap_or(end.0 + GAP) {
        seq += 1;
        let Ok(Some((columns, hash))) = entry(old, columns, seq) else { continue };
        match journal::insert(new, &columns, &hash) {
            Ok(()) => {
                end = (seq, hash);
                saved.entries += 1;
            }
            // Readable, but not in the table's format: lost like an unreadable entry.
            Err(fault) if fault.is_about_content() => tracing::warn!(?fault, seq, "cannot save a journal entry"),
            Err(fault) => return Err(fault),
        }
    }
    let expected = known.unwrap_or(end.0);
    saved.lost = count(expected).saturating_sub(saved.entries);
    // New entries follow the last one that was ever written, so a lost end stays visible.
    let (seq, hash) = head.unwrap_or((expected, end.1));
    if seq > 0 {
        journal::set_head(new, seq, &hash)?;
    }
    journal::find_unfinished(new)
}

fn entry(old: &Connection, columns: &str, seq: i64) -> Result<Option<([Value; WIDTH], Hash)>, Fault> {
    let mut statement = old.prepare_cached(&format!("SELECT hash, {columns} FROM journal WHERE seq = ?1"))?;
    let width = statement.column_count() - 1;
    let found = statement.query_row([seq], |row| {
        let mut columns = [const { Value::Null }; WIDTH];
        columns[FORMAT] = Value::Integer(1);
        for (column, value) in columns.iter_mut().enumerate().take(width) {
            *value = row.get(column + 1)?;
        }
        Ok((columns, row.get(0)?))
    });
    Ok(found.optional()?)
}
