//! Child processes that end with their test.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// A child and all its descendants, killed when dropped.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    /// Starts the command as the leader of a new process group.
    pub fn start(command: &mut Command) -> Self {
        let child = command.process_group(0).spawn();
        Self(child.unwrap_or_else(|error| panic!("{} starts: {error}", command.get_program().display())))
    }

    /// Returns the first line that the child prints; it must print one soon.
    pub fn first_line(&mut self) -> String {
        let stdout: ChildStdout = self.0.stdout.take().expect("piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// Writes the child's whole input.
    pub fn type_in(&mut self, input: &[u8]) {
        self.0.stdin.take().expect("piped").write_all(input).expect("it reads");
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            // A process that is already gone is no error.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

/// Returns the folder into which `cargo build --workspace` puts the programs.
pub fn programs() -> PathBuf {
    let above_this_test = || {
        // The test binary is in `deps`, one below the programs.
        let here = std::env::current_exe().expect("a path");
        here.ancestors().nth(2).expect("the target directory").to_owned()
    };
    std::env::var_os("NEPHOSCOPE_BIN_DIR").map_or_else(above_this_test, PathBuf::from)
}

/// Returns the path of a built program of this workspace.
pub fn built(name: &str) -> PathBuf {
    let path = programs().join(name);
    assert!(path.is_file(), "{} is not built: `cargo build --workspace` makes it", path.display());
    path
}

/// Runs a program to its end and returns what it printed; it must succeed.
pub fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// Polls `ready` until it returns a value, for at most `limit`.
pub async fn until<T>(what: &str, limit: Duration, mut ready: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        // A driver that does not answer at all must not outlast the limit either.
        if let Ok(Some(found)) = tokio::time::timeout(limit, ready()).await {
            return found;
        }
        assert!(begun.elapsed() < limit, "waited {limit:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
