//! Opening of the data directory: checks, migrations and repairs.

pub mod database;
pub mod files;
pub mod first_page_repair;
pub mod open_lock;
pub mod permissions;
pub mod salvage;
pub mod schema;

use std::path::Path;

use rusqlite::Connection;

use crate::{
    CacheFault, OpenNote, StoreError,
    connection::{Durability, Pair},
    error::Fault,
    open::files::{CACHE, STATE},
    open::open_lock::OpenLock,
    open::schema::{CACHE_SCHEMA, STATE_SCHEMA},
};

/// An opened directory.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) writer: Pair,
    pub(crate) readers: Vec<Pair>,
    pub(crate) open_lock: OpenLock,
    pub(crate) notes: Vec<OpenNote>,
}

/// Opens the directory with `readers` pairs of connections for reading.
pub(crate) fn open(dir: &Path, readers: usize) -> Result<Opened, StoreError> {
    let dir = &permissions::prepare_directory(dir)?;
    let (open_lock, opening) = OpenLock::enter(dir)?;
    let mut notes = Vec::new();
    // The durable file first: if it is refused, the cache stays unchanged too.
    let state = open_state(dir, opening.trusted, &mut notes)?;
    let cache = open_cache(dir, opening.trusted, &mut notes)?;
    let readers = (0..readers)
        .map(|_| Pair::readers(dir))
        .collect::<Result<_, _>>()
        .map_err(|fault| fault.while_doing("open for reading"))?;
    Ok(Opened { writer: Pair { state, cache }, readers, open_lock, notes })
}

fn open_state(dir: &Path, trusted: bool, notes: &mut Vec<OpenNote>) -> Result<Connection, StoreError> {
    let path = dir.join(STATE);
    salvage::finish_interrupted(dir)?;
    permissions::prepare_file(&path)?;
    match database::open(&path, STATE_SCHEMA, Durability::Full, trusted) {
        Ok(connection) => return Ok(connection),
        Err(Fault::Store(error @ StoreError::Newer { .. })) => return Err(error),
        Err(fault) if fault.is_about_content() => {
            let fault = fault.while_doing("open the durable state");
            tracing::error!(error = ?fault, path = %path.display(), "the durable database is damaged; salvaging what is readable");
        }
        Err(fault) => return Err(fault.while_doing("open the durable state")),
    }
    notes.push(salvage::salvage(dir)?);
    database::open(&path, STATE_SCHEMA, Durability::Full, true)
        .map_err(|fault| fault.while_doing("open the salvaged state"))
}

fn open_cache(dir: &Path, trusted: bool, notes: &mut Vec<OpenNote>) -> Result<Connection, StoreError> {
    let path = dir.join(CACHE);
    permissions::prepare_file(&path)?;
    let fault = match database::open(&path, CACHE_SCHEMA, Durability::Normal, trusted) {
        Ok(connection) => return Ok(connection),
        Err(fault) if fault.is_about_content() => match fault {
            Fault::Store(StoreError::Newer { .. }) => CacheFault::Newer,
            _ => CacheFault::Damaged,
        },
        Err(fault) => return Err(fault.while_doing("open the cache")),
    };
    let kept = files::move_aside(&path)?;
    tracing::warn!(?fault, kept = %kept.display(), "the cache cannot be used; polling will fill a new one");
    files::forget_old_caches(dir);
    notes.push(OpenNote::CacheRebuilt { fault, kept });
    permissions::prepare_file(&path)?;
    database::open(&path, CACHE_SCHEMA, Durability::Normal, true).map_err(|fault| fault.while_doing("open a new cache"))
}
