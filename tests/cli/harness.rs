//! An operator's machine: a home, a data directory, an environment, and `nepho`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::e2e::process::built;

/// `nepho` in a cleared environment, with its own data.
#[derive(Debug)]
pub struct Nepho {
    home: TempDir,
    environment: Vec<(String, String)>,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Ran {
    pub arguments: Vec<String>,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Nepho {
    /// Creates a machine without data.
    pub fn new() -> Self {
        let home = TempDir::with_prefix("nepho-cli").expect("a directory");
        let at = |name: &str| home.path().join(name).display().to_string();
        let environment = [
            ("HOME", at("")),
            ("PATH", std::env::var("PATH").expect("a path")),
            ("NEPHOSCOPE_DATA_DIR", at("data")),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            // No bus answers there: a session without D-Bus.
            ("XDG_RUNTIME_DIR", at("run")),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { home, environment }
    }

    /// Adds a variable to the environment.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns its home; `nepho` writes only below it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns its data directory.
    pub fn data(&self) -> PathBuf {
        self.home().join("data")
    }

    /// Returns a command in its environment.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.home()).stdin(Stdio::null());
        command
    }

    /// Returns `nepho` with these arguments, not yet started.
    pub fn nepho(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(built("nepho"));
        command.args(arguments);
        command
    }

    /// Runs `nepho` to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(arguments, self.nepho(arguments).output().expect("nepho starts"))
    }

    /// Runs `nepho` with this input on stdin.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.nepho(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("nepho starts");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
        Ran::of(arguments, child.wait_with_output().expect("it ends"))
    }

    /// Runs `nepho … --json`, which must exit with `code`, and reads the document.
    pub fn json(&self, arguments: &[&str], code: i32) -> Value {
        self.run(&[arguments, &["--json"]].concat()).exits(code).json()
    }

    /// Returns every regular file below the home with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut left = vec![self.home().to_owned()];
        while let Some(directory) = left.pop() {
            for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
                let kind = entry.file_type().expect("a kind");
                if kind.is_dir() {
                    left.push(entry.path());
                } else if kind.is_file() {
                    files.push((entry.path(), std::fs::read(entry.path()).expect("a file")));
                }
            }
        }
        files
    }
}

impl Ran {
    fn of(arguments: &[&str], output: Output) -> Self {
        Self {
            arguments: arguments.iter().map(ToString::to_string).collect(),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Checks the exit code.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "of nepho {}: {self:#?}", self.arguments.join(" "));
        self
    }

    /// Returns the JSON document, which is all of stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON document ({error}): {self:#?}"))
    }

    /// Checks that stderr contains this text.
    pub fn says(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "{part:?} is not said: {self:#?}");
        self
    }
}
