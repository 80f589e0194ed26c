//! The Python environment of the counterparts, and the external clients that judge them.
//!
//! It is made once per set of pinned packages, under a cache directory outside the checkout:
//! `NEPHOSCOPE_CACHE_DIR`, else `nephoscope` in the platform's. It needs `python3` with `venv`, and
//! the package index only the first time.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bytes::Bytes;
use nepho_core::{Document, DocumentFormat, fingerprint::Fingerprint};
use serde_json::Value;

use crate::conversation::Conversation;

/// Returns the folder of the counterparts' programs.
pub fn counterparts_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/counterparts")
}

/// Returns the interpreter of the environment, and makes the environment if it does not exist.
/// Processes and threads that call this at the same time wait for one of them to make it.
pub fn python_environment() -> io::Result<PathBuf> {
    environment_in(&cache_dir()?, &counterparts_dir().join("requirements.txt"))
}

fn environment_in(cache: &Path, requirements: &Path) -> io::Result<PathBuf> {
    let pinned = Document { format: DocumentFormat::Json, bytes: Bytes::from(fs::read(requirements)?) };
    let name = format!("counterparts-{:016x}", Fingerprint::of_document(&pinned).0);
    fs::create_dir_all(cache)?;
    let lock = File::create(cache.join(format!("{name}.lock")))?;
    lock.lock()?;
    let home = cache.join(&name);
    let (python, ready) = (interpreter(&home), home.join("ready"));
    if ready.exists() && python.exists() {
        return Ok(python);
    }
    // An interrupted run left it incomplete.
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    run(Command::new(system_python()).args(["-m", "venv"]).arg(&home))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "-r",
        ])
        .arg(requirements))?;
    File::create(ready)?;
    Ok(python)
}

/// Runs `judge.py`, which uses AWS's own client, with these arguments, and reads the JSON that it
/// prints.
pub fn judge(arguments: &[&str]) -> io::Result<Value> {
    judged("judge.py", arguments)
}

/// Runs `judge_gcp.py`, which uses Google's own client, with these arguments, and reads the JSON
/// that it prints.
pub fn judge_gcp(arguments: &[&str]) -> io::Result<Value> {
    judged("judge_gcp.py", arguments)
}

/// `judge.py` as a process that stays, for tests with many calls: its start takes a second.
#[derive(Debug)]
pub struct Judge(Conversation);

impl Judge {
    /// Starts a judge.
    pub fn start() -> io::Result<Self> {
        let mut command = Command::new(python_environment()?);
        command.arg(counterparts_dir().join("judge.py")).arg("serve");
        Ok(Self(Conversation::start("the judge", &mut command)?))
    }

    /// As [`judge`].
    pub fn ask(&mut self, arguments: &[&str]) -> io::Result<Value> {
        let answer = self.0.ask(&Value::from(arguments).to_string())?;
        match answer.get("error") {
            Some(error) => Err(io::Error::other(format!("{arguments:?}: {error}"))),
            None => Ok(answer),
        }
    }
}

fn judged(script: &str, arguments: &[&str]) -> io::Result<Value> {
    let mut command = Command::new(python_environment()?);
    command.arg(counterparts_dir().join(script)).args(arguments);
    let output = run(&mut command)?;
    serde_json::from_slice(&output).map_err(io::Error::other)
}

/// Returns the folder for downloads and environments that stay between runs.
pub fn cache_dir() -> io::Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("NEPHOSCOPE_CACHE_DIR")
        .or_else(|| platform_cache(&set).map(|cache| cache.join("nephoscope")))
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no cache directory: set NEPHOSCOPE_CACHE_DIR"))
}

fn platform_cache(set: &impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
    }
}

fn system_python() -> &'static OsStr {
    OsStr::new(if cfg!(windows) { "python" } else { "python3" })
}

fn interpreter(home: &Path) -> PathBuf {
    home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Runs to the end; returns stdout, or an error with stderr.
fn run(command: &mut Command) -> io::Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?} ended with {}: {}", output.status, complaint.trim())))
}
