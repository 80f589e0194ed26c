//! Tracking of the processes that have the directory open, and of clean shutdowns.
//!
//! `migrate.lock` is held (exclusively) while a store opens; every open store shares `open.lock`.
//! The last process to close the store writes `clean`, which records the size and time of both
//! databases. A process that opens the store alone checks the databases unless `clean` matches
//! them.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant, UNIX_EPOCH},
};

use crate::{
    StoreError,
    open::files::{CACHE, STATE},
    open::permissions,
};

/// The time to wait for another process that is opening the same directory and may be checking or
/// migrating a large file.
const OPEN_TIMEOUT: Duration = Duration::from_mins(1);

/// A guard held while a store opens. No other process can open, migrate or rename files at that
/// time.
#[derive(Debug)]
pub(crate) struct Opening {
    _migrate: File,
    /// `true` if the files were closed cleanly, or another process is using them.
    pub(crate) trusted: bool,
}

/// A guard held while a store is open.
#[derive(Debug)]
pub(crate) struct OpenLock {
    dir: PathBuf,
    open: File,
}

impl OpenLock {
    /// Registers this process. Blocks while another process is opening the same directory.
    pub(crate) fn enter(dir: &Path) -> Result<(Self, Opening), StoreError> {
        let migrate = wait_for(&dir.join("migrate.lock"))?;
        let path = dir.join("open.lock");
        let open = permissions::open_lock(&path)?;
        let trusted = match open.try_lock() {
            Ok(()) => {
                let marker = dir.join("clean");
                let trusted = fs::read_to_string(&marker).is_ok_and(|left| left == stamps(dir));
                // From here on, only a clean shutdown writes the marker again.
                let _ = fs::remove_file(&marker);
                open.unlock().map_err(StoreError::io(&path))?;
                trusted
            }
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(error)) => return Err(StoreError::io(&path)(error)),
        };
        // No process can hold it exclusively now: that requires `migrate.lock`, which this process
        // holds.
        open.lock_shared().map_err(StoreError::io(&path))?;
        Ok((Self { dir: dir.to_owned(), open }, Opening { _migrate: migrate, trusted }))
    }

    /// Unregisters this process after it closed every connection. A failure costs a check at the
    /// next opening.
    pub(crate) fn leave(self, intact: bool) {
        let left = || -> Option<()> {
            let migrate = permissions::open_lock(&self.dir.join("migrate.lock")).ok()?;
            migrate.try_lock().ok()?;
            self.open.unlock().ok()?;
            self.open.try_lock().ok()?;
            let checkpointed = [STATE, CACHE].iter().all(|name| !self.dir.join(format!("{name}-wal")).exists());
            if intact && checkpointed {
                let marker = self.dir.join("clean");
                permissions::prepare_file(&marker).ok()?;
                let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&marker).ok()?;
                file.write_all(stamps(&self.dir).as_bytes()).ok()?;
            }
            Some(())
        };
        if left().is_none() {
            tracing::debug!("other processes still have the store open; the last one writes the marker");
        }
    }
}

fn wait_for(path: &Path) -> Result<File, StoreError> {
    let file = permissions::open_lock(path)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
            Err(TryLockError::WouldBlock) if began.elapsed() > OPEN_TIMEOUT => {
                return Err(StoreError::Locked { path: path.to_owned() });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// Returns the size and the modification time of both databases.
fn stamps(dir: &Path) -> String {
    let stamp = |name: &str| {
        let found = fs::metadata(dir.join(name)).ok()?;
        let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{name} {} {}\n", found.len(), changed.as_nanos()))
    };
    // The stamp of an unreadable file matches no stamp that was ever written.
    [STATE, CACHE].iter().map(|name| stamp(name).unwrap_or_else(|| format!("{name} ?\n"))).collect()
}
