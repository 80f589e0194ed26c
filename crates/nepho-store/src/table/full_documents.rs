//! Table `whole_documents` of the cache: full documents, read one by one where a listing returns
//! only partial ones.
//!
//! A listing neither reads nor writes them, so an unchanged listing costs nothing extra. Each
//! document is deleted with its row.

use nepho_core::{Document, ResourceKey, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::{
    columns::{nanos, time},
    error::Fault,
    table::documents::{CODEC, Packed, unpack},
};

/// Stores the document for the resource's rows; returns `true` if it was stored. A later read is
/// not replaced.
pub(crate) fn put(
    connection: &Connection,
    key: &ResourceKey,
    document: &Packed,
    read_at: Timestamp,
) -> Result<bool, Fault> {
    document.fits()?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO whole_documents (resource_id, format, codec, size, read_at, bytes)
         SELECT resources.id, :format, :codec, :size, :read_at, :bytes
         FROM scopes JOIN resources ON scope_id = scopes.id
         WHERE provider = :provider AND realm = :realm AND kind = :kind AND native_id = :native
           AND ifnull(region, location) = :region
         ON CONFLICT (resource_id) DO UPDATE SET
             format = excluded.format, codec = excluded.codec, size = excluded.size,
             read_at = excluded.read_at, bytes = excluded.bytes
         WHERE read_at <= excluded.read_at",
    )?;
    let written = statement.execute(named_params! {
        ":format": document.format,
        ":codec": CODEC,
        ":size": document.size(),
        ":read_at": nanos(read_at),
        ":bytes": document.bytes,
        ":provider": key.provider.as_str(),
        ":realm": key.realm.as_str(),
        ":kind": key.kind.as_str(),
        ":native": &*key.native,
        ":region": key.region.as_str(),
    })?;
    Ok(written > 0)
}

/// Returns the resource's full document with the time of its read, if one is stored.
pub(crate) fn get(connection: &Connection, key: &ResourceKey) -> Result<Option<(Document, Timestamp)>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT whole.format, whole.codec, whole.size, whole.bytes, whole.read_at
         FROM scopes JOIN resources ON scope_id = scopes.id JOIN whole_documents whole ON resource_id = resources.id
         WHERE provider = :provider AND realm = :realm AND kind = :kind AND native_id = :native
           AND ifnull(region, location) = :region
         ORDER BY read_at DESC LIMIT 1",
    )?;
    let names = named_params! {
        ":provider": key.provider.as_str(),
        ":realm": key.realm.as_str(),
        ":kind": key.kind.as_str(),
        ":native": &*key.native,
        ":region": key.region.as_str(),
    };
    let found = statement.query_row(names, |row| Ok((unpack(row), row.get(4)?))).optional()?;
    found.map(|(document, read_at)| Ok((document?, time(read_at)?))).transpose()
}
