//! Inter-process file locks. The system releases a lock when its process ends.
//!
//! The holder signs the file, so that a waiting process can name it.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use nepho_core::{Failure, FailureCode, journal::RunId, text};
use tokio::time::{Instant, sleep};

use crate::{
    AppError, HostKind,
    process::directory::{Directory, open_private},
};

/// The longest wait for a lock.
const PATIENCE: Duration = Duration::from_secs(3);
/// The pause between two attempts; the system offers no wait with a limit.
const STEP: Duration = Duration::from_millis(50);

/// A lock; dropping it releases it.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

/// The signature of the process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeldBy(pub(crate) String);

impl HeldBy {
    /// The failure for an operation that has to wait for the holder.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        Failure { code: FailureCode::Conflict, message: format!("{what} is in use by {}; try again", self.0) }
    }
}

/// Other runs of this user, each with what is known about it. A lock file is opened once for each
/// run, not for each journal entry that names the run.
#[derive(Debug, Default)]
pub(crate) struct OtherRuns(Mutex<Runs>);

/// The most runs that are known at a time. The bound is for safety: few processes run at a time.
const MOST_RUNS: usize = 256;

#[derive(Debug, Default)]
struct Runs {
    /// The open lock file of each run that was alive when it was last asked about.
    alive: HashMap<RunId, File>,
    /// Runs that have ended. A run's id is never used again.
    ended: HashSet<RunId>,
}

impl OtherRuns {
    /// Returns true if the run still holds its lock.
    pub(crate) fn is_alive(&self, directory: &Directory, run: &RunId) -> bool {
        let mut known = self.known();
        if known.ended.contains(run) {
            return false;
        }
        // Not created: a run without a file has ended.
        let file = known.alive.remove(run).or_else(|| File::open(directory.run_lock(run)?).ok());
        let Some(file) = file.filter(is_held) else {
            if known.ended.len() >= MOST_RUNS {
                known.ended.clear();
            }
            known.ended.insert(run.clone());
            return false;
        };
        if known.alive.len() >= MOST_RUNS {
            known.alive.clear();
        }
        known.alive.insert(run.clone(), file);
        true
    }

    fn known(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes and signs the lock if it is free.
pub(crate) fn try_take(path: &Path, host: HostKind) -> Result<Result<Held, HeldBy>, AppError> {
    let mut file = open_private(path).map_err(AppError::file(path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Err(HeldBy(signature(&mut file)))),
        Err(TryLockError::Error(error)) => return Err(AppError::file(path)(error)),
    }
    sign(&mut file, host).map_err(AppError::file(path))?;
    Ok(Ok(Held { _file: file }))
}

/// Takes the lock, and waits a few seconds for its holder.
pub(crate) async fn take(path: &Path, host: HostKind) -> Result<Result<Held, HeldBy>, AppError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match try_take(path, host)? {
            Err(_) if Instant::now() < until => sleep(STEP).await,
            settled => return Ok(settled),
        }
    }
}

/// Takes the lock that shows other processes that this run is alive.
///
/// The file gets its name after it is locked, so that a process which tidies up never finds it free.
pub(crate) fn announce(directory: &Directory, run: &RunId, host: HostKind) -> Result<Held, AppError> {
    let path = directory.run_lock(run).ok_or(AppError::NotApplicable { reason: "the run's id is no file name" })?;
    let unnamed = path.with_extension("new");
    let held = match try_take(&unnamed, host)? {
        Ok(held) => held,
        Err(HeldBy(holder)) => return Err(AppError::AlreadyOpen { holder }),
    };
    fs::rename(&unnamed, &path).map_err(AppError::file(&path))?;
    Ok(held)
}

/// Returns the signature of the process that holds the lock, if any.
pub(crate) fn holder(path: &Path) -> Option<String> {
    // Not created: a lock without a file is free.
    let mut file = File::open(path).ok()?;
    is_held(&file).then(|| signature(&mut file))
}

/// Returns the signature of this process.
fn own_signature(host: HostKind) -> String {
    format!("{}, process {}", host.name(), std::process::id())
}

/// Returns true if another handle holds the lock of this file.
fn is_held(file: &File) -> bool {
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Deletes the lock files of runs that have ended.
pub(crate) fn tidy(directory: &Directory) {
    let Ok(entries) = fs::read_dir(directory.runs()) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_lock = path.extension().is_some_and(|extension| extension == "lock");
        if is_lock && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            // The next start tries again.
            let _ = fs::remove_file(&path);
        }
    }
}

fn sign(file: &mut File, host: HostKind) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(own_signature(host).as_bytes())
}

fn signature(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // Systems with mandatory locks refuse to read it.
    if file.take(200).read_to_end(&mut bytes).is_err() || bytes.is_empty() {
        return "another process".to_owned();
    }
    text::visible(&String::from_utf8_lossy(&bytes)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> (tempfile::TempDir, Directory) {
        let root = tempfile::tempdir().unwrap();
        let directory = Directory::open(root.path()).unwrap();
        (root, directory)
    }

    #[test]
    fn a_lock_names_its_holder_and_is_free_when_it_is_dropped() {
        let (_root, directory) = directory();
        let path = directory.accounts_lock();
        let held = try_take(&path, HostKind::Window).unwrap().unwrap();
        let holder = try_take(&path, HostKind::CommandLine).unwrap().unwrap_err();
        assert!(holder.0.contains("window") && holder.0.contains(&std::process::id().to_string()), "{holder:?}");
        assert!(holder.failure("this account").message.contains("window"));
        drop(held);
        try_take(&path, HostKind::CommandLine).unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_lock_is_waited_for_a_little() {
        let (_root, directory) = directory();
        let path = directory.accounts_lock();
        let held = try_take(&path, HostKind::Window).unwrap().unwrap();
        assert!(take(&path, HostKind::CommandLine).await.unwrap().is_err());
        let release = async {
            sleep(Duration::from_secs(1)).await;
            drop(held);
        };
        let (taken, ()) = tokio::join!(take(&path, HostKind::CommandLine), release);
        taken.unwrap().unwrap();
    }

    fn is_alive(directory: &Directory, run: &RunId) -> bool {
        OtherRuns::default().is_alive(directory, run)
    }

    #[test]
    fn lock_of_a_run_is_opened_once_while_it_is_alive() {
        let (_root, directory) = directory();
        let (run, runs) = (RunId::new("0192-a"), OtherRuns::default());
        let held = announce(&directory, &run, HostKind::CommandLine).unwrap();
        assert!(runs.is_alive(&directory, &run));
        // Without its name the file cannot be opened again.
        fs::remove_file(directory.run_lock(&run).unwrap()).unwrap();
        assert!((0..1000).all(|_| runs.is_alive(&directory, &run)));
        drop(held);
        assert!(!runs.is_alive(&directory, &run), "the handle that is kept holds no lock");
    }

    #[test]
    fn ended_run_is_not_looked_up_again() {
        let (_root, directory) = directory();
        let (run, runs) = (RunId::new("0192-a"), OtherRuns::default());
        assert!(!runs.is_alive(&directory, &run));
        let _held = announce(&directory, &run, HostKind::CommandLine).unwrap();
        assert!(!runs.is_alive(&directory, &run), "an id that ended never comes back");
        assert!(is_alive(&directory, &run), "the control");
    }

    #[test]
    fn known_runs_are_bounded() {
        let (_root, directory) = directory();
        let runs = OtherRuns::default();
        for number in 0..3 * MOST_RUNS {
            let run = RunId::new(format!("0192-{number}"));
            let held = (number % 2 == 0).then(|| announce(&directory, &run, HostKind::CommandLine).unwrap());
            assert_eq!(runs.is_alive(&directory, &run), held.is_some());
        }
        let known = runs.known();
        assert!(known.alive.len() <= MOST_RUNS && known.ended.len() <= MOST_RUNS);
    }

    #[test]
    fn a_run_is_alive_while_its_lock_is_held_and_is_tidied_away_after() {
        let (_root, directory) = directory();
        let (one, other) = (RunId::new("0192-a"), RunId::new("0192-b"));
        let held = announce(&directory, &one, HostKind::CommandLine).unwrap();
        let ended = announce(&directory, &other, HostKind::CommandLine).unwrap();
        let is_alive = |run: &RunId| holder(&directory.run_lock(run).unwrap()).is_some();
        assert!(is_alive(&one) && is_alive(&other));
        drop(ended);
        assert!(!is_alive(&other), "its process has ended");
        tidy(&directory);
        assert!(is_alive(&one), "a living run's lock is left alone");
        assert!(!directory.run_lock(&other).unwrap().exists());
        assert!(!is_alive(&RunId::new("never")));
        drop(held);
    }
}
