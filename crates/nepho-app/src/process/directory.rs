//! Data directory of both hosts, and its files other than databases.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use nepho_core::{
    AccountId,
    journal::{OperationId, RunId},
};

use crate::{AppError, Environment};

/// The data directory; the store has checked that only this user may change it.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    root: PathBuf,
}

/// The path of the data directory: the caller's, else `NEPHOSCOPE_DATA_DIR`, else the platform's place
/// for data.
pub(crate) fn resolve(asked: Option<PathBuf>, environment: &Environment) -> Result<PathBuf, AppError> {
    asked
        .or_else(|| environment.get("NEPHOSCOPE_DATA_DIR").map(PathBuf::from))
        .or_else(|| directories::BaseDirs::new().map(|base| base.data_dir().join("nephoscope")))
        .ok_or(AppError::NoDataDirectory)
}

impl Directory {
    /// Takes over the directory that the store opened, and creates the directories of locks.
    pub(crate) fn open(root: &Path) -> Result<Self, AppError> {
        let root = fs::canonicalize(root).map_err(AppError::file(root))?;
        let directory = Self { root };
        for own in [directory.runs(), directory.locks()] {
            make_private(&own).map_err(AppError::file(&own))?;
        }
        Ok(directory)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn window_lock(&self) -> PathBuf {
        self.root.join("window.lock")
    }

    pub(crate) fn runs(&self) -> PathBuf {
        self.root.join("run")
    }

    /// The lock that a run holds while it lives. `None` for an id that is no file name.
    pub(crate) fn run_lock(&self, run: &RunId) -> Option<PathBuf> {
        file_name(run.as_str()).map(|name| self.runs().join(format!("{name}.lock")))
    }

    /// The lock that a process holds while it follows an operation of an ended one; tidied with the
    /// locks of runs. `None` for an id that is no file name.
    pub(crate) fn operation_lock(&self, operation: &OperationId) -> Option<PathBuf> {
        file_name(operation.as_str()).map(|name| self.runs().join(format!("operation-{name}.lock")))
    }

    fn locks(&self) -> PathBuf {
        self.root.join("locks")
    }

    /// The lock on one account's sweeps and actions. `None` for an id that is no file name.
    pub(crate) fn account_lock(&self, account: &AccountId) -> Option<PathBuf> {
        file_name(account.as_str()).map(|name| self.locks().join(format!("{name}.lock")))
    }

    /// The lock on the list of accounts and their secrets.
    pub(crate) fn accounts_lock(&self) -> PathBuf {
        self.locks().join("accounts.lock")
    }
}

/// Our ids are UUIDs; no other text becomes a path.
fn file_name(id: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!id.is_empty() && id.len() <= 64 && id.chars().all(plain)).then_some(id)
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(path)?;
    let ours = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0;
    if ours { Ok(()) } else { Err(io::Error::other("it is not a directory of ours alone")) }
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Opens a lock file, and creates it with mode 0600 if it is missing; never follows a link.
#[cfg(unix)]
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_follow).open(path)
}

/// Opens a lock file, and creates it if it is missing.
#[cfg(not(unix))]
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_moves_the_directory_and_the_caller_overrules_it() {
        let moved = Environment::new(|name| (name == "NEPHOSCOPE_DATA_DIR").then(|| "/a".to_owned()));
        let unset = Environment::new(|_| None);
        assert_eq!(resolve(None, &moved).unwrap(), Path::new("/a"));
        assert_eq!(resolve(Some("/b".into()), &moved).unwrap(), Path::new("/b"));
        assert!(resolve(None, &unset).unwrap().ends_with("nephoscope"));
    }

    #[test]
    fn ids_that_are_no_file_names_have_no_lock() {
        let root = tempfile::tempdir().unwrap();
        let directory = Directory::open(root.path()).unwrap();
        assert!(directory.run_lock(&RunId::new("../../etc/passwd")).is_none());
        assert!(directory.account_lock(&AccountId::new("")).is_none());
        assert!(directory.account_lock(&AccountId::new("0192f0c4-6d1c")).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn lock_files_are_ours_alone_and_never_behind_a_link() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let directory = Directory::open(root.path()).unwrap();
        let path = directory.accounts_lock();
        open_private(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(directory.runs()).unwrap().permissions().mode() & 0o777, 0o700);
        let link = directory.window_lock();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(open_private(&link).is_err());
    }
}
