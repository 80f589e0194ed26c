//! Which processes have the directory open, and whether the last one left it in order.
//!
//! `migrate.lock` is held (exclusively) while a store opens; `open.lock` is shared by every open
//! store. The last to leave writes `clean`, the size and time of both databases; a process that
//! comes in alone and does not find the files so has them checked.

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

/// How long to wait for another process that is opening the same directory: it may be checking or
/// migrating a large file.
const PATIENCE: Duration = Duration::from_mins(1);

/// Held while a store opens: nobody else opens, migrates or moves files meanwhile.
#[derive(Debug)]
pub(crate) struct Opening {
    _migrate: File,
    /// Whether the files were left in order, or another process is using them right now.
    pub(crate) trusted: bool,
}

/// Held while a store is open.
#[derive(Debug)]
pub(crate) struct OpenLock {
    dir: PathBuf,
    open: File,
}

impl OpenLock {
    /// Comes in. Blocks while another process is opening the same directory.
    pub(crate) fn enter(dir: &Path) -> Result<(Self, Opening), StoreError> {
        let migrate = wait_for(&dir.join("migrate.lock"))?;
        let path = dir.join("open.lock");
        let open = permissions::open_lock(&path)?;
        let trusted = match open.try_lock() {
            Ok(()) => {
                let marker = dir.join("clean");
                let trusted = fs::read_to_string(&marker).is_ok_and(|left| left == stamps(dir));
                // From here on only a clean leaving brings it back.
                let _ = fs::remove_file(&marker);
                open.unlock().map_err(StoreError::io(&path))?;
                trusted
            }
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(error)) => return Err(StoreError::io(&path)(error)),
        };
        // Nobody can hold it exclusively now: that takes `migrate.lock`, which is ours.
        open.lock_shared().map_err(StoreError::io(&path))?;
        Ok((Self { dir: dir.to_owned(), open }, Opening { _migrate: migrate, trusted }))
    }

    /// Leaves, with every connection closed. What cannot be done costs a check at the next opening.
    pub(crate) fn leave(self, sound: bool) {
        let left = || -> Option<()> {
            let migrate = permissions::open_lock(&self.dir.join("migrate.lock")).ok()?;
            migrate.try_lock().ok()?;
            self.open.unlock().ok()?;
            self.open.try_lock().ok()?;
            let checkpointed = [STATE, CACHE].iter().all(|name| !self.dir.join(format!("{name}-wal")).exists());
            if sound && checkpointed {
                let marker = self.dir.join("clean");
                permissions::prepare_file(&marker).ok()?;
                let mut file = fs::OpenOptions::new().write(true).truncate(true).open(&marker).ok()?;
                file.write_all(stamps(&self.dir).as_bytes()).ok()?;
            }
            Some(())
        };
        if left().is_none() {
            tracing::debug!("left the store to the others that have it open");
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
            Err(TryLockError::WouldBlock) if began.elapsed() > PATIENCE => {
                return Err(StoreError::Locked { path: path.to_owned() });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// The size and the time of the last change of both databases.
fn stamps(dir: &Path) -> String {
    let stamp = |name: &str| {
        let found = fs::metadata(dir.join(name)).ok()?;
        let changed = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{name} {} {}\n", found.len(), changed.as_nanos()))
    };
    // A file that cannot be read stamps as nothing that was ever written.
    [STATE, CACHE].iter().map(|name| stamp(name).unwrap_or_else(|| format!("{name} ?\n"))).collect()
}
