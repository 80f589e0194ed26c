//! Table `documents` of the cache: provider documents, compressed.

use bytes::Bytes;
use nepho_core::{Document, ResourceKey, fingerprint::Fingerprint};
use rusqlite::{Connection, OptionalExtension, params};
use zstd::bulk::{Compressor, Decompressor};

use crate::{
    columns::{signed, word},
    error::Fault,
};

/// The name of the only codec.
pub(crate) const CODEC: &str = "zstd";
/// Level -1 takes half the time of level 1 for a quarter more bytes. Compression was a fifth of the
/// cost of a first sync.
const LEVEL: i32 = -1;
/// The limit of a document's size: a listing's complete body is capped at this.
const LARGEST: usize = 64 << 20;

/// A document in its stored form.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) format: &'static str,
    size: usize,
    hash: Fingerprint,
    pub(crate) bytes: Vec<u8>,
}

impl Packed {
    /// Returns the uncompressed size in bytes, as a column value.
    pub(crate) fn size(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX)
    }

    /// Rejects a document that is too large to read again.
    pub(crate) fn fits(&self) -> Result<(), Fault> {
        if self.size > LARGEST { Err(Fault::unreadable("document", format!("{} bytes", self.size))) } else { Ok(()) }
    }
}

/// A compressor for a series of documents.
pub(crate) struct Packer(Compressor<'static>);

impl Packer {
    /// Creates the compressor.
    pub(crate) fn new() -> Result<Self, Fault> {
        Compressor::new(LEVEL).map(Self).map_err(|error| Fault::unreadable("compressor", error))
    }

    /// Returns the document in its stored form.
    pub(crate) fn pack(&mut self, document: &Document, hash: Fingerprint) -> Result<Packed, Fault> {
        let bytes = self.0.compress(&document.bytes).map_err(|error| Fault::unreadable("document", error))?;
        Ok(Packed { format: document.format.as_str(), size: document.bytes.len(), hash, bytes })
    }
}

/// Writes the row's document unless the stored one is equal. Returns `true` if it wrote.
pub(crate) fn put(connection: &Connection, resource: i64, document: &Packed) -> Result<bool, Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO documents (resource_id, format, codec, size, hash, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (resource_id) DO UPDATE SET
             format = excluded.format, codec = excluded.codec, size = excluded.size,
             hash = excluded.hash, bytes = excluded.bytes
         WHERE hash <> excluded.hash OR format <> excluded.format",
    )?;
    let hash = signed(document.hash);
    let written =
        statement.execute(params![resource, document.format, CODEC, document.size(), hash, document.bytes])?;
    Ok(written > 0)
}

/// Returns the resource's document, if one is stored.
pub(crate) fn get(connection: &Connection, key: &ResourceKey) -> Result<Option<Document>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT documents.format, documents.codec, documents.size, documents.bytes
         FROM scopes JOIN resources ON scope_id = scopes.id JOIN documents ON resource_id = resources.id
         WHERE provider = ?1 AND realm = ?2 AND kind = ?3 AND native_id = ?4 AND ifnull(region, location) = ?5",
    )?;
    let names =
        params![key.provider.as_str(), key.realm.as_str(), key.kind.as_str(), &*key.native, key.region.as_str()];
    let found = statement.query_row(names, |row| Ok(unpack(row))).optional()?;
    found.transpose()
}

/// Decompresses the document of a row of format, codec, size and bytes.
pub(crate) fn unpack(row: &rusqlite::Row<'_>) -> Result<Document, Fault> {
    let broken = |reason: String| Fault::unreadable("document", reason);
    let codec: String = row.get(1)?;
    if codec != CODEC {
        return Err(broken(format!("unknown codec {codec:?}")));
    }
    let size = usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX);
    if size > LARGEST {
        return Err(broken(format!("{size} bytes")));
    }
    let stored = row.get_ref(3)?.as_blob().map_err(|error| broken(error.to_string()))?;
    let mut decompressor = Decompressor::new().map_err(|error| broken(error.to_string()))?;
    let bytes = decompressor.decompress(stored, size).map_err(|error| broken(error.to_string()))?;
    Ok(Document { format: word(row, 0)?, bytes: Bytes::from(bytes) })
}
