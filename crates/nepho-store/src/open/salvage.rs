//! Saving what can be read of a damaged `state.db` into a new one. The damaged file is kept.
//!
//! The new file is complete before the damaged one is moved, and takes its place last: a salvage
//! that is interrupted begins again or is finished by the next opening, and loses nothing.

use std::{fs, path::Path};

use rusqlite::{Connection, OptionalExtension, types::Value};

use crate::{
    OpenNote, StoreError,
    columns::count,
    connection::{self, Durability},
    error::Fault,
    hash_chain::{Hash, START},
    open,
    open::files::{self, STATE},
    open::first_page_repair,
    open::permissions,
    open::schema::STATE_SCHEMA,
    table::accounts,
    table::journal::{self, COLUMNS, WIDTH},
    table::settings,
};

/// The new file while it is being filled, and when it is complete.
const FILLING: &str = "state.db.salvaging";
const COMPLETE: &str = "state.db.salvaged";
/// When nothing says how many entries there were: give up after so many places without one.
const GAP: i64 = 10_000;

/// What was saved.
#[derive(Clone, Copy, Debug, Default)]
struct Saved {
    entries: u64,
    lost: u64,
    accounts: u64,
    settings: u64,
}

/// Puts a new file with everything readable in the damaged one's place.
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

/// Ends a salvage that was complete but for its names.
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
    let mut new = open::try_open(filling, STATE_SCHEMA, Durability::Full, true)?;
    let damaged = dir.join(STATE);
    let mut saved = Saved::default();
    let direct = connection::open_untouched(&damaged).and_then(|old| copy(&old, &mut new));
    match direct {
        Ok(found) => saved = found,
        Err(fault) => tracing::warn!(?fault, "nothing of the damaged database can be read as it is"),
    }
    if saved.entries == 0 {
        // The first page names all tables: with ours in its place the rest may be readable. It must be
        // in the file for that, not only in the log.
        new.pragma_query(None, "wal_checkpoint", |_| Ok(()))?;
        if let Some(grafted) = first_page_repair::graft(&damaged, filling)? {
            if let Ok(found) = connection::open_untouched(&grafted).and_then(|old| copy(&old, &mut new)) {
                saved = found;
            }
            files::remove_database(&grafted);
        }
    }
    // Closing the last connection moves everything from the log to the file.
    new.close().map_err(|(_, error)| error)?;
    Ok(saved)
}

/// Copies what can be read. An error means that not even the tables were found.
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
            // Damage can make two of one: the first is saved.
            Err(Fault::Store(error)) => tracing::warn!(?error, "an account of the damaged database is not saved"),
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

/// The rows up to the first that cannot be read.
fn readable<T>(old: &Connection, sql: &str, convert: impl Fn(&rusqlite::Row<'_>) -> Result<T, Fault>) -> Vec<T> {
    let Ok(mut statement) = old.prepare(sql) else { return Vec::new() };
    let Ok(mut rows) = statement.query([]) else { return Vec::new() };
    let mut found = Vec::new();
    while let Ok(Some(row)) = rows.next() {
        match convert(row) {
            Ok(one) => found.push(one),
            Err(fault) => tracing::warn!(?fault, "a row of the damaged database is unreadable"),
        }
    }
    found
}

/// Copies each entry that can be read, as it is: verifying the new chain shows where one is lost.
fn copy_journal(old: &Connection, new: &Connection, saved: &mut Saved) -> Result<(), Fault> {
    let head = journal::head(old).ok().filter(|(seq, _)| *seq > 0);
    let last = old.query_row("SELECT max(seq) FROM journal", [], |row| row.get::<_, Option<i64>>(0)).ok().flatten();
    let known = head.map(|(seq, _)| seq).max(last);
    let mut end: (i64, Hash) = (0, START);
    let mut seq = 0;
    while seq < known.unwrap_or(end.0 + GAP) {
        seq += 1;
        let Ok(Some((columns, hash))) = one(old, seq) else { continue };
        match journal::insert(new, &columns, &hash) {
            Ok(()) => {
                end = (seq, hash);
                saved.entries += 1;
            }
            // Readable, and yet not what the table holds: as lost as the unreadable.
            Err(fault) if fault.is_about_content() => tracing::warn!(?fault, seq, "a journal entry is not saved"),
            Err(fault) => return Err(fault),
        }
    }
    let expected = known.unwrap_or(end.0);
    saved.lost = count(expected).saturating_sub(saved.entries);
    // New entries follow from the last that was ever written, so a lost end stays visible.
    let (seq, hash) = head.unwrap_or((expected, end.1));
    if seq > 0 {
        journal::set_head(new, seq, &hash)?;
    }
    Ok(())
}

fn one(old: &Connection, seq: i64) -> Result<Option<([Value; WIDTH], Hash)>, Fault> {
    let mut statement = old.prepare_cached(&format!("SELECT {COLUMNS}, hash FROM journal WHERE seq = ?1"))?;
    let found = statement.query_row([seq], |row| {
        let mut columns = [const { Value::Null }; WIDTH];
        for (column, value) in columns.iter_mut().enumerate() {
            *value = row.get(column)?;
        }
        Ok((columns, row.get(WIDTH)?))
    });
    Ok(found.optional()?)
}
