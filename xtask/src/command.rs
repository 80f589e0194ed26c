//! Commands: other programs, with their output shown, captured, or both.

use std::{
    ffi::OsStr,
    fmt,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread,
};

use anyhow::{Context as _, Result, bail};

/// A program with its arguments and its folder. Its standard input is empty.
#[derive(Debug)]
pub struct Cmd {
    command: Command,
    shown: String,
}

/// Status of an ended program, and both its streams together.
#[derive(Debug)]
pub struct Output {
    /// Exit status.
    pub status: ExitStatus,
    /// Standard output, then standard error, without colours.
    pub text: String,
}

impl Cmd {
    /// A command that starts `program` in `folder`.
    pub fn new(program: impl AsRef<OsStr>, folder: &Path) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null());
        let shown = Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        Self { command, shown }
    }

    /// Adds an argument.
    pub fn arg(self, argument: impl AsRef<OsStr>) -> Self {
        self.args([argument])
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Self {
        for argument in arguments {
            let argument = argument.as_ref();
            self.shown.push(' ');
            self.shown.push_str(&argument.to_string_lossy());
            self.command.arg(argument);
        }
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes every environment variable with one of these prefixes.
    pub fn without_env(mut self, prefixes: &[&str]) -> Self {
        for (name, _) in std::env::vars_os() {
            if prefixes.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                self.command.env_remove(name);
            }
        }
        self
    }

    /// Connects its standard input to the terminal, for a password.
    pub fn interactive(mut self) -> Self {
        self.command.stdin(Stdio::inherit());
        self
    }

    /// Runs it with its output shown. Fails if the program fails.
    pub fn show(mut self) -> Result<()> {
        eprintln!("$ {self}");
        let status = self.command.status().with_context(|| format!("failed to start `{}`", self.shown))?;
        if !status.success() {
            bail!("`{}` ended with {status}", self.shown);
        }
        Ok(())
    }

    /// Runs it with its output shown and captured.
    pub fn tee(mut self) -> Result<Output> {
        eprintln!("$ {self}");
        if io::stderr().is_terminal() {
            self.command.env("CARGO_TERM_COLOR", "always");
        }
        self.collect(true)
    }

    /// Runs it with its output captured, and shows the output if the program fails.
    pub fn quiet(self) -> Result<Output> {
        eprintln!("$ {self}");
        let output = self.collect(false)?;
        if !output.status.success() {
            eprintln!("{}", output.text);
        }
        Ok(output)
    }

    /// Runs it and returns its standard output. Fails if the program fails.
    pub fn stdout(mut self) -> Result<String> {
        let output = self.command.output().with_context(|| format!("failed to start `{}`", self.shown))?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` ended with {}: {}", self.shown, output.status, error.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn collect(mut self, show: bool) -> Result<Output> {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start `{}`", self.shown))?;
        let out = child.stdout.take().context("no standard output")?;
        let err = child.stderr.take().context("no standard error")?;
        // One reader per stream: with one for both, the other pipe could fill up and block the program.
        let err = thread::spawn(move || lines(err, show));
        let mut text = lines(out, show);
        text.push_str(&err.join().unwrap_or_default());
        let status = child.wait().with_context(|| format!("failed to wait for `{}`", self.shown))?;
        Ok(Output { status, text })
    }
}

impl fmt::Display for Cmd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Reads a stream to its end, line by line. Replaces what is not UTF-8.
fn lines(stream: impl Read, show: bool) -> String {
    let mut reader = BufReader::new(stream);
    let (mut line, mut text) = (Vec::new(), String::new());
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        if show {
            // A closed terminal must not stop the tests.
            let _ = io::stderr().write_all(&line);
        }
        text.push_str(&without_colour(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    text
}

/// Removes the terminal's colour sequences (`ESC [ … m`) from a text.
pub fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = rest.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_removed() {
        assert_eq!(without_colour("\u{1b}[1;32m3\u{1b}[0m passed"), "3 passed");
        assert_eq!(without_colour("Summary [ 1.2s]"), "Summary [ 1.2s]");
        assert_eq!(without_colour("cut short \u{1b}["), "cut short ");
    }

    #[test]
    fn both_streams_and_status_are_captured() {
        let output = Cmd::new("sh", Path::new("/")).args(["-c", "echo out; echo err >&2; exit 3"]).quiet().unwrap();
        assert!(output.text.contains("out\n") && output.text.contains("err\n"));
        assert_eq!(output.status.code(), Some(3));
        assert!(Cmd::new("sh", Path::new("/")).args(["-c", "exit 3"]).stdout().is_err());
    }
}
