//! Table `resources` of the cache, and the conversion of its rows to the inventory's.
//!
//! A row holds only what its scope does not; the key is built from both.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use nepho_core::{
    Region, Resource, ResourceKey, Timestamp, Zone,
    cache::{CachedRow, KnownRow, RowWrite},
    fingerprint::Fingerprint,
    text::{folded, sort_key},
};
use rusqlite::{Connection, OptionalExtension, Params, Row, named_params, params};

use crate::{
    columns::{fingerprint, from_json, json, nanos, optional_time, signed, word},
    error::Fault,
    table::facts,
    table::scopes::{self, Origin},
};

/// The columns that decide whether a stored row is written again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) row: Fingerprint,
    /// Nanoseconds; see [`CachedRow::missing_since`].
    pub(crate) missing_since: Option<i64>,
    /// Nanoseconds; see [`CachedRow::observed_at`].
    pub(crate) observed_at: Option<i64>,
}

/// Returns the row of `native` in the scope, if it exists.
pub(crate) fn find(connection: &Connection, scope: i64, native: &str) -> Result<Option<Stored>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, row_hash, missing_since, observed_at FROM resources WHERE scope_id = ?1 AND native_id = ?2",
    )?;
    let stored = statement.query_row(params![scope, native], |row| {
        Ok(Stored {
            id: row.get(0)?,
            row: fingerprint(row.get(1)?),
            missing_since: row.get(2)?,
            observed_at: row.get(3)?,
        })
    });
    Ok(stored.optional()?)
}

/// Inserts the row, or updates the one with `id`. Clears `missing_since` and sets `observed_at`.
pub(crate) fn write(
    connection: &Connection,
    scope: (i64, &str),
    id: Option<i64>,
    write: &RowWrite,
    observed_at: Option<Timestamp>,
) -> Result<i64, Fault> {
    const INSERT: &str = "INSERT INTO resources (scope_id, native_id, region, name, sort_name, zone, state, raw_state,
            size, private_ips, public_ips, dns_names, tags, created_at, started_at, facts, row_hash, observed_at)
        VALUES (:scope, :native, :region, :name, :sort_name, :zone, :state, :raw_state, :size,
            :private_ips, :public_ips, :dns_names, :tags, :created_at, :started_at, :facts, :row_hash, :observed_at)";
    const UPDATE: &str = "UPDATE resources SET region = :region, name = :name, sort_name = :sort_name, zone = :zone,
            state = :state, raw_state = :raw_state, size = :size, private_ips = :private_ips, public_ips = :public_ips,
            dns_names = :dns_names, tags = :tags, created_at = :created_at, started_at = :started_at, facts = :facts,
            row_hash = :row_hash, observed_at = :observed_at, missing_since = NULL
        WHERE scope_id = :scope AND native_id = :native";
    let (scope, location) = scope;
    let resource = &write.resource;
    let region = resource.key.region.as_str();
    let mut statement = connection.prepare_cached(if id.is_some() { UPDATE } else { INSERT })?;
    statement.execute(named_params! {
        ":scope": scope,
        ":native": &*resource.key.native,
        ":region": (region != location).then_some(region),
        ":name": resource.name,
        ":sort_name": sort_name(&resource.name),
        ":zone": resource.zone.as_ref().map(Zone::as_str),
        ":state": resource.state.as_str(),
        ":raw_state": resource.raw_state,
        ":size": resource.size,
        ":private_ips": json(&resource.private_ips)?,
        ":public_ips": json(&resource.public_ips)?,
        ":dns_names": json(&resource.dns_names)?,
        ":tags": json(&resource.tags)?,
        ":created_at": resource.created_at.map(nanos),
        ":started_at": resource.started_at.map(nanos),
        ":facts": facts::to_column(&resource.facts)?,
        ":row_hash": signed(write.row),
        ":observed_at": observed_at.map(nanos),
    })?;
    Ok(id.unwrap_or_else(|| connection.last_insert_rowid()))
}

/// The sort key of a name; empty for an unnamed row, which the index puts last.
fn sort_name(name: &str) -> String {
    if name.is_empty() { String::new() } else { sort_key(&folded(name)) }
}

/// Sets `missing_since` and `observed_at` of a row.
pub(crate) fn mark(
    connection: &Connection,
    id: i64,
    missing_since: Option<i64>,
    observed_at: Option<i64>,
) -> Result<(), Fault> {
    connection
        .prepare_cached("UPDATE resources SET missing_since = ?2, observed_at = ?3 WHERE id = ?1")?
        .execute(params![id, missing_since, observed_at])?;
    Ok(())
}

/// Deletes the row and its document.
pub(crate) fn delete(connection: &Connection, id: i64) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM resources WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Returns the columns of the scope's rows that reconciling compares.
pub(crate) fn known(connection: &Connection, scope: i64) -> Result<Vec<KnownRow>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT native_id, row_hash, ifnull(hash, 0), missing_since, observed_at
         FROM resources LEFT JOIN documents ON resource_id = id WHERE scope_id = ?1",
    )?;
    let rows = statement.query_and_then([scope], |row| {
        Ok(KnownRow {
            native: native(row, 0)?,
            row: fingerprint(row.get(1)?),
            document: fingerprint(row.get(2)?),
            missing_since: optional_time(row, 3)?,
            observed_at: optional_time(row, 4)?,
        })
    })?;
    rows.collect()
}

/// Returns every row, in no particular order, because the index sorts.
pub(crate) fn all(connection: &Connection) -> Result<Vec<CachedRow>, Fault> {
    select(connection, &rows(""), [])
}

/// The inventory's order of names: natural, unnamed last; then by key, then by scope. Text compares as
/// bytes here and there, and so do the words of providers and kinds.
///
/// The index gives the first two terms, so that only rows of one name are sorted.
const BY_NAME: &str = "ORDER BY sort_name = '', sort_name,
    provider, realm, ifnull(region, location), kind, native_id, account, location";

/// The join that this order needs. `CROSS` prevents the planner from iterating over the scopes
/// first.
const WITH_SCOPES: &str = "CROSS JOIN scopes ON scopes.id = scope_id";

/// Returns the rows of one scope, by name.
pub(crate) fn of_scope(connection: &Connection, scope: i64) -> Result<Vec<CachedRow>, Fault> {
    select(connection, &rows(&format!("{WITH_SCOPES} WHERE scope_id = ?1 {BY_NAME}")), [scope])
}

/// Returns the first rows of the cache, by name.
pub(crate) fn first(connection: &Connection, limit: i64) -> Result<Vec<CachedRow>, Fault> {
    select(connection, &first_sql(), [limit])
}

/// Returns the query of [`first`]. Without `INDEXED BY`, the planner sorts all rows.
pub(crate) fn first_sql() -> String {
    rows(&format!("INDEXED BY resources_by_name {WITH_SCOPES} {BY_NAME} LIMIT ?1"))
}

/// Returns the query of the columns that [`RowReader`] reads.
fn rows(which: &str) -> String {
    format!(
        "SELECT scope_id, native_id, region, name, zone, state, raw_state, size, private_ips, public_ips, dns_names,
                tags, created_at, started_at, facts, missing_since, observed_at
         FROM resources {which}"
    )
}

fn select(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<CachedRow>, Fault> {
    let mut reader = RowReader { origins: scopes::origins(connection)?, ..RowReader::default() };
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_and_then(params, |row| reader.read(row))?;
    rows.collect()
}

/// Converts rows to the inventory's, and shares texts that many rows have.
#[derive(Debug, Default)]
struct RowReader {
    origins: HashMap<i64, Origin>,
    regions: HashMap<Box<str>, Region>,
    zones: HashMap<Box<str>, Zone>,
}

impl RowReader {
    fn read(&mut self, row: &Row<'_>) -> Result<CachedRow, Fault> {
        let origin =
            self.origins.get(&row.get(0)?).ok_or_else(|| Fault::unreadable("scope", "its realm is not known"))?;
        let region = optional_text(row, 2)?.unwrap_or(origin.key.scope.location.as_str());
        let zone = optional_text(row, 4)?;
        Ok(CachedRow {
            account: origin.key.account.clone(),
            scope: origin.key.scope.clone(),
            resource: Resource {
                key: ResourceKey {
                    provider: origin.provider,
                    realm: origin.realm.clone(),
                    region: shared(&mut self.regions, region, Region::new),
                    kind: origin.key.scope.kind,
                    native: native(row, 1)?,
                },
                name: row.get(3)?,
                zone: zone.map(|zone| shared(&mut self.zones, zone, Zone::new)),
                state: word(row, 5)?,
                raw_state: row.get(6)?,
                size: row.get(7)?,
                private_ips: from_json(row, 8)?,
                public_ips: from_json(row, 9)?,
                dns_names: from_json(row, 10)?,
                tags: from_json(row, 11)?,
                created_at: optional_time(row, 12)?,
                started_at: optional_time(row, 13)?,
                facts: facts::from_column(optional_text(row, 14)?)?,
            },
            missing_since: optional_time(row, 15)?,
            observed_at: optional_time(row, 16)?,
        })
    }
}

fn shared<T: Clone + Hash>(known: &mut HashMap<Box<str>, T>, text: &str, make: impl Fn(Arc<str>) -> T) -> T {
    if let Some(value) = known.get(text) {
        return value.clone();
    }
    let value = make(Arc::from(text));
    known.insert(text.into(), value.clone());
    value
}

fn optional_text<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<&'row str>, Fault> {
    row.get_ref(column)?.as_str_or_null().map_err(|error| Fault::unreadable("text", error))
}

fn native(row: &Row<'_>, column: usize) -> Result<Arc<str>, Fault> {
    row.get_ref(column)?.as_str().map(Arc::from).map_err(|error| Fault::unreadable("id", error))
}
