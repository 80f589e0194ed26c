//! Files of the databases: their names, and the storage of unusable ones.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use nepho_core::{Clock, SystemClock};

use crate::StoreError;

/// The durable database.
pub(crate) const STATE: &str = "state.db";
/// The disposable database.
pub(crate) const CACHE: &str = "cache.db";
/// Suffixes of the files that SQLite keeps for a database in WAL mode.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Number of unusable caches to keep.
const KEPT_CACHES: usize = 2;

/// Renames a database and its companions to `NAME.corrupt-SECONDS`; returns the new path.
pub(crate) fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let now = u64::try_from(SystemClock.now().as_second()).unwrap_or(0);
    // Use a time later than every existing name's, even if the clock went back, so that names stay
    // in order.
    let (seconds, again) = match set_aside(path).last().map(|last| moved_at(last)) {
        Some((seconds, again)) if seconds >= now => (seconds, again + 1),
        _ => (now, 0),
    };
    let again = if again == 0 { String::new() } else { format!("-{again}") };
    let aside = with_suffix(path, &format!(".corrupt-{seconds}{again}"));
    for companion in COMPANIONS {
        let from = with_suffix(path, companion);
        if from.exists() {
            fs::rename(&from, with_suffix(&aside, companion)).map_err(StoreError::io(&from))?;
        }
    }
    fs::rename(path, &aside).map_err(StoreError::io(path))?;
    Ok(aside)
}

/// Deletes all but the newest unusable caches.
pub(crate) fn forget_old_caches(dir: &Path) {
    let kept = set_aside(&dir.join(CACHE));
    for path in kept.iter().rev().skip(KEPT_CACHES) {
        remove_database(path);
    }
}

/// Returns the renamed files of `path`, oldest first.
fn set_aside(path: &Path) -> Vec<PathBuf> {
    let prefix = with_suffix(path, ".corrupt-").into_os_string();
    let entries = path.parent().and_then(|dir| fs::read_dir(dir).ok());
    let mut found: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.as_os_str().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()))
        .filter(|path| !COMPANIONS.iter().any(|end| path.as_os_str().as_encoded_bytes().ends_with(end.as_bytes())))
        .collect();
    found.sort_by_key(|path| moved_at(path));
    found
}

/// Deletes a database with its companions, if it exists.
pub(crate) fn remove_database(path: &Path) {
    let _ = fs::remove_file(path);
    for companion in COMPANIONS {
        let _ = fs::remove_file(with_suffix(path, companion));
    }
}

/// Returns `path` with `suffix` appended to its complete name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Syncs changes of names in `dir` to the disk, where the operating system can.
pub(crate) fn sync_directory(dir: &Path) {
    if let Err(error) = File::open(dir).and_then(|dir| dir.sync_all()) {
        tracing::debug!(%error, "cannot sync the data directory");
    }
}

/// Returns the numbers in the name: the second of renaming, and the count within that second.
fn moved_at(path: &Path) -> (u64, u64) {
    let name = path.to_string_lossy();
    let mut numbers = name.rsplit(".corrupt-").next().unwrap_or_default().split('-').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
