//! Repair of a database whose first page is lost, or whose file was truncated.
//!
//! The first page holds the file's header and the list of tables. A new database made by the same
//! migrations has the same list, so its first page fits if the damaged file was made by the same
//! migrations at once. A migration that only adds a column to a table changes no page except the
//! first, so the page fits older files too.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{StoreError, open::files, open::permissions};

/// SQLite's default page size, which this crate never changes.
const PAGE: usize = 4096;
/// Offsets in the header of the number of pages and of the list of free pages. Source:
/// <https://www.sqlite.org/fileformat.html#the_database_header>.
const PAGES: usize = 28;
const FREE_PAGES: std::ops::Range<usize> = 32..40;

/// Copies `damaged` with the first page of `fresh`; `None` if the file is too short.
///
/// The first page of `fresh` must be in the file itself, not only in its log. The caller removes
/// the copy.
pub(crate) fn graft(damaged: &Path, fresh: &Path) -> Result<Option<PathBuf>, StoreError> {
    let mut bytes = fs::read(damaged).map_err(StoreError::io(damaged))?;
    let first = fs::read(fresh).map_err(StoreError::io(fresh))?;
    if bytes.len() < 2 * PAGE || first.len() < PAGE {
        return Ok(None);
    }
    bytes.truncate(bytes.len() / PAGE * PAGE);
    let pages = u32::try_from(bytes.len() / PAGE).unwrap_or(u32::MAX);
    bytes[..PAGE].copy_from_slice(&first[..PAGE]);
    bytes[PAGES..PAGES + 4].copy_from_slice(&pages.to_be_bytes());
    bytes[FREE_PAGES].fill(0);
    let grafted = files::with_suffix(damaged, ".grafted");
    files::remove_database(&grafted);
    permissions::prepare_file(&grafted)?;
    fs::write(&grafted, bytes).map_err(StoreError::io(&grafted))?;
    Ok(Some(grafted))
}
