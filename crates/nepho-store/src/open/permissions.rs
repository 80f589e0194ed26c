//! File permissions: the directory is 0700 and every file 0600 before its first byte.
//!
//! On systems without Unix permissions, the user's profile directory protects the files.

use std::{
    fs::{self, File, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::{StoreError, error::Unsafe};

/// Creates the directory if necessary and checks that no other user can change its content.
///
/// Returns the path with every symbolic link resolved, so that database files can be opened without
/// following any.
pub(crate) fn prepare_directory(dir: &Path) -> Result<PathBuf, StoreError> {
    match fs::symlink_metadata(dir) {
        Ok(found) => {
            if found.file_type().is_symlink() {
                return Err(unsafe_because(dir, Unsafe::SymbolicLink));
            }
            if !found.is_dir() {
                return Err(unsafe_because(dir, Unsafe::WrongType));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make_directory(dir)?,
        Err(error) => return Err(StoreError::io(dir)(error)),
    }
    owned_by_us_alone(dir, 0o700)?;
    fs::canonicalize(dir).map_err(StoreError::io(dir))
}

/// Creates an empty file that only its owner can use, or checks the existing one.
pub(crate) fn prepare_file(path: &Path) -> Result<(), StoreError> {
    match create_options().open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StoreError::io(path)(error)),
    }
    check_file(path)
}

/// Checks an existing file: no link, owned by us, not writable by others. Removes other users' read
/// permission.
pub(crate) fn check_file(path: &Path) -> Result<(), StoreError> {
    let found = fs::symlink_metadata(path).map_err(StoreError::io(path))?;
    if found.file_type().is_symlink() {
        return Err(unsafe_because(path, Unsafe::SymbolicLink));
    }
    if !found.is_file() {
        return Err(unsafe_because(path, Unsafe::WrongType));
    }
    owned_by_us_alone(path, 0o600)
}

/// Opens a lock file, created as by [`prepare_file`].
pub(crate) fn open_lock(path: &Path) -> Result<File, StoreError> {
    prepare_file(path)?;
    OpenOptions::new().read(true).write(true).open(path).map_err(StoreError::io(path))
}

fn unsafe_because(path: &Path, reason: Unsafe) -> StoreError {
    StoreError::Unsafe { path: path.to_owned(), reason }
}

#[cfg(unix)]
fn make_directory(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(StoreError::io(dir))
}

#[cfg(unix)]
fn create_options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    // `create_new` is O_CREAT|O_EXCL: it follows no link and never reuses an existing file.
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(unix)]
fn owned_by_us_alone(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let found = fs::symlink_metadata(path).map_err(StoreError::io(path))?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(unsafe_because(path, Unsafe::NotOurs));
    }
    if found.mode() & 0o022 != 0 {
        return Err(unsafe_because(path, Unsafe::WritableByOthers));
    }
    // Other users could read but not write, so the content is ours; removing their access suffices.
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(StoreError::io(path))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_directory(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir).map_err(StoreError::io(dir))
}

#[cfg(not(unix))]
fn create_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

#[cfg(not(unix))]
fn owned_by_us_alone(_path: &Path, _mode: u32) -> Result<(), StoreError> {
    Ok(())
}
