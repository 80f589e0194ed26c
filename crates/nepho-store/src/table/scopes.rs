//! Table `scopes` of the cache: one row per scope records the age of all its rows.

use std::collections::HashMap;

use nepho_core::{
    AccountId, Failure, Kind, Location, ProviderKind, Realm, Scope, ScopeKey, Timestamp, cache::ScopeRecord,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    columns::{count, failure, nanos, optional_time, signed_count, word},
    error::Fault,
};

/// A scope as its commits see it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) generation: u64,
    /// Nanoseconds; see [`ScopeRecord::as_of`].
    pub(crate) as_of: Option<i64>,
    /// The cloud and realm of its rows; `None` before the first row.
    pub(crate) realm: Option<(ProviderKind, Realm)>,
}

/// The columns that a row takes from its scope.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) key: ScopeKey,
    pub(crate) provider: ProviderKind,
    pub(crate) realm: Realm,
}

/// Returns every scope.
pub(crate) fn all(connection: &Connection) -> Result<Vec<ScopeRecord>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM scopes ORDER BY account, kind, location")?;
    let records = statement.query_and_then([], |row| {
        Ok(ScopeRecord {
            key: key(row)?,
            generation: count(row.get("generation")?),
            rows: count(row.get("row_count")?),
            as_of: optional_time(row, "as_of")?,
            attempted_at: optional_time(row, "attempted_at")?,
            failure: failure(row)?,
        })
    })?;
    records.collect()
}

/// Returns the origin of the rows of each scope. A scope that never had a row is not included.
pub(crate) fn origins(connection: &Connection) -> Result<HashMap<i64, Origin>, Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM scopes WHERE realm IS NOT NULL")?;
    let origins = statement.query_and_then([], |row| {
        Ok((
            row.get("id")?,
            Origin {
                key: key(row)?,
                provider: word(row, "provider")?,
                realm: Realm::new(row.get::<_, String>("realm")?),
            },
        ))
    })?;
    origins.collect()
}

/// Returns the scope, if it exists.
pub(crate) fn find(connection: &Connection, key: &ScopeKey) -> Result<Option<Stored>, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM scopes WHERE account = ?1 AND location = ?2 AND kind = ?3")?;
    let stored = statement.query_row(names(key), |row| Ok(stored(row))).optional()?;
    stored.transpose()
}

/// Returns the scope, and creates it if necessary.
pub(crate) fn find_or_make(connection: &Connection, key: &ScopeKey) -> Result<Stored, Fault> {
    if let Some(stored) = find(connection, key)? {
        return Ok(stored);
    }
    connection
        .prepare_cached("INSERT INTO scopes (account, location, kind) VALUES (?1, ?2, ?3)")?
        .execute(names(key))?;
    Ok(Stored { id: connection.last_insert_rowid(), generation: 0, as_of: None, realm: None })
}

/// Stores the cloud and realm of the scope's rows.
pub(crate) fn set_realm(connection: &Connection, id: i64, provider: ProviderKind, realm: &Realm) -> Result<(), Fault> {
    connection.prepare_cached("UPDATE scopes SET provider = ?2, realm = ?3 WHERE id = ?1")?.execute(params![
        id,
        provider.as_str(),
        realm.as_str()
    ])?;
    Ok(())
}

/// Records a complete listing: sets the scope's age to its start and clears the failure.
pub(crate) fn complete(connection: &Connection, id: i64, started_at: Timestamp) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE scopes SET as_of = ?2, attempted_at = max(ifnull(attempted_at, ?2), ?2),
                               failure_code = NULL, failure_message = NULL
             WHERE id = ?1",
        )?
        .execute(params![id, nanos(started_at)])?;
    Ok(())
}

/// Increments the scope's generation and changes its number of rows by `grown`.
pub(crate) fn advance(connection: &Connection, stored: &Stored, grown: i64) -> Result<u64, Fault> {
    let generation = stored.generation + 1;
    connection
        .prepare_cached("UPDATE scopes SET generation = ?2, row_count = row_count + ?3 WHERE id = ?1")?
        .execute(params![stored.id, signed_count(generation), grown])?;
    Ok(generation)
}

/// Records a failed listing, unless a later attempt is stored. The rows keep their age.
pub(crate) fn fail(
    connection: &Connection,
    key: &ScopeKey,
    attempted_at: Timestamp,
    failure: &Failure,
) -> Result<(), Fault> {
    let stored = find_or_make(connection, key)?;
    connection
        .prepare_cached(
            "UPDATE scopes SET attempted_at = ?2, failure_code = ?3, failure_message = ?4
             WHERE id = ?1 AND ifnull(attempted_at <= ?2, TRUE)",
        )?
        .execute(params![stored.id, nanos(attempted_at), failure.code.as_str(), failure.message])?;
    Ok(())
}

/// Removes the account's scopes other than `kept`, with their rows and documents.
pub(crate) fn retain(connection: &Connection, account: &AccountId, kept: &[Scope]) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached("SELECT * FROM scopes WHERE account = ?1")?;
    let known = statement.query_and_then([account.as_str()], |row| Ok((row.get::<_, i64>("id")?, key(row)?.scope)))?;
    for scope in known.collect::<Result<Vec<_>, Fault>>()? {
        if !kept.contains(&scope.1) {
            connection.prepare_cached("DELETE FROM scopes WHERE id = ?1")?.execute([scope.0])?;
        }
    }
    Ok(())
}

fn names(key: &ScopeKey) -> [&str; 3] {
    [key.account.as_str(), key.scope.location.as_str(), key.scope.kind.as_str()]
}

fn key(row: &Row<'_>) -> Result<ScopeKey, Fault> {
    let kind: Kind = word(row, "kind")?;
    Ok(ScopeKey {
        account: AccountId::new(row.get::<_, String>("account")?),
        scope: Scope { location: Location::new(row.get::<_, String>("location")?), kind },
    })
}

fn stored(row: &Row<'_>) -> Result<Stored, Fault> {
    let realm = match row.get::<_, Option<String>>("realm")? {
        Some(realm) => Some((word(row, "provider")?, Realm::new(realm))),
        None => None,
    };
    Ok(Stored { id: row.get("id")?, generation: count(row.get("generation")?), as_of: row.get("as_of")?, realm })
}
