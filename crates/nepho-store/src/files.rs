//! The databases' files: their names, and where a file that cannot be used goes.

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
/// What SQLite keeps beside a database in WAL mode.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// How many unusable caches are kept.
const KEPT_CACHES: usize = 2;

/// Moves a database and its companions to `NAME.corrupt-SECONDS`; returns where it is now.
pub(crate) fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let seconds = SystemClock.now().as_second();
    let mut aside = with_suffix(path, &format!(".corrupt-{seconds}"));
    let mut again = 1;
    while aside.exists() {
        aside = with_suffix(path, &format!(".corrupt-{seconds}-{again}"));
        again += 1;
    }
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
    let Ok(entries) = fs::read_dir(dir) else { return };
    let prefix = format!("{CACHE}.corrupt-");
    let mut kept: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&prefix) && !COMPANIONS.iter().any(|companion| name.ends_with(companion))
        })
        .map(|entry| entry.path())
        .collect();
    kept.sort_by_key(|path| moved_at(path));
    let surplus = kept.len().saturating_sub(KEPT_CACHES);
    for path in kept.drain(..surplus) {
        remove_database(&path);
    }
}

/// Deletes a database that is not wanted, if it is there.
pub(crate) fn remove_database(path: &Path) {
    let _ = fs::remove_file(path);
    for companion in COMPANIONS {
        let _ = fs::remove_file(with_suffix(path, companion));
    }
}

/// `path` with `suffix` after its whole name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes changes of names in `dir` durable, where the system can.
pub(crate) fn sync_directory(dir: &Path) {
    if let Err(error) = File::open(dir).and_then(|dir| dir.sync_all()) {
        tracing::debug!(%error, "cannot sync the data directory");
    }
}

/// The numbers in the name: when it was moved aside, and which of that second.
fn moved_at(path: &Path) -> (u64, u64) {
    let name = path.to_string_lossy();
    let mut numbers = name.rsplit(".corrupt-").next().unwrap_or_default().split('-').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
