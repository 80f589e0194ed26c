//! Log of the last action on each machine, in the demo cloud's own file.
//!
//! Every call reads the file, because another process may have written it. A write replaces the
//! complete file, so that a reader never sees a part of it.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use nepho_core::Action;
use serde::{Deserialize, Serialize};

use super::lifecycle::LoggedAction;
use crate::error::DemoError;

/// The file's name in [`DemoOptions::directory`](crate::DemoOptions::directory).
pub const FILE_NAME: &str = "demo.json";
const LOCK_NAME: &str = "demo.lock";
const VERSION: u32 = 1;
/// 200 attempts of 10 ms: a writer holds the lock for about a millisecond.
const LOCK_TRIES: usize = 200;

/// File of the log.
#[derive(Clone, Debug)]
pub(crate) struct ActionLog {
    dir: PathBuf,
}

/// Log of one account, by native id.
pub(crate) type LoggedActions = BTreeMap<String, LoggedAction>;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    accounts: BTreeMap<String, BTreeMap<String, StoredAction>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAction {
    action: String,
    /// Milliseconds since 1970.
    at_ms: i64,
}

impl ActionLog {
    pub(crate) fn in_dir(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Reads the account's log; empty if the file does not exist.
    pub(crate) fn read(&self, account: &str) -> Result<LoggedActions, DemoError> {
        let stored = self.stored()?;
        let log = stored.accounts.get(account).into_iter().flatten();
        log.map(|(native, logged)| Ok((native.clone(), self.logged(logged)?))).collect()
    }

    /// Changes the account's log under the lock, and writes the file if `change` returns true.
    pub(crate) async fn update<T>(
        &self,
        account: &str,
        change: impl FnOnce(&mut LoggedActions) -> (bool, T) + Send,
    ) -> Result<T, DemoError> {
        let lock = self.lock().await?;
        let mut log = self.read(account)?;
        let (changed, result) = change(&mut log);
        if changed {
            let mut stored = self.stored()?;
            let log = log.into_iter().map(|(native, logged)| {
                (native, StoredAction { action: logged.action.as_str().to_owned(), at_ms: logged.at })
            });
            stored.version = VERSION;
            stored.accounts.insert(account.to_owned(), log.collect());
            self.write(&stored)?;
        }
        drop(lock);
        Ok(result)
    }

    fn stored(&self) -> Result<Stored, DemoError> {
        let path = self.path();
        match fs::read(&path) {
            Ok(bytes) => {
                let stored: Stored = serde_json::from_slice(&bytes)
                    .map_err(|error| DemoError::Unreadable { path: path.clone(), reason: error.to_string() })?;
                if stored.version == VERSION {
                    Ok(stored)
                } else {
                    Err(DemoError::Unreadable { path, reason: format!("unknown version {}", stored.version) })
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Stored { version: VERSION, ..Stored::default() })
            }
            Err(source) => Err(DemoError::File { path, source }),
        }
    }

    fn logged(&self, stored: &StoredAction) -> Result<LoggedAction, DemoError> {
        let action: Action = stored.action.parse().map_err(|error: nepho_core::UnknownVariant| {
            DemoError::Unreadable { path: self.path(), reason: error.to_string() }
        })?;
        Ok(LoggedAction { action, at: stored.at_ms })
    }

    fn write(&self, stored: &Stored) -> Result<(), DemoError> {
        let path = self.path();
        let failed = |source: io::Error| DemoError::File { path: path.clone(), source };
        // A temporary file is readable by its owner only, and keeps its mode when renamed.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(failed)?;
        serde_json::to_writer_pretty(&mut file, stored).map_err(|error| failed(error.into()))?;
        file.flush().map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Locks a separate file: each write replaces the log's own file.
    async fn lock(&self) -> Result<File, DemoError> {
        let path = self.dir.join(LOCK_NAME);
        let failed = |source: io::Error| DemoError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Err(DemoError::Locked { path })
    }

    fn path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }
}

/// Removes the demo cloud's files from `dir`, so that the fleet forgets all actions.
pub fn forget(dir: &Path) -> Result<(), DemoError> {
    for name in [FILE_NAME, LOCK_NAME] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(DemoError::File { path, source }),
            _ => {}
        }
    }
    Ok(())
}
