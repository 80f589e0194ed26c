//! A process that reads one line at a time and answers each with a line of JSON. Deliberately not
//! here: the meaning of the lines.

use std::{
    io::{self, BufRead as _, BufReader, Read, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use serde_json::Value;

/// The longest time that a process may take to start or to answer, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// The number of bytes of its stderr that is kept.
const LOG_KEPT: usize = 64 * 1024;

/// A running process; killed when dropped.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// The name in error messages.
    name: &'static str,
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
    log: Arc<Mutex<String>>,
}

impl Conversation {
    /// Starts the process.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let (sender, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                // Ends with the process, or when the receiver is dropped.
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let log = Arc::new(Mutex::new(String::new()));
        if let Some(stderr) = child.stderr.take() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || keep(stderr, &log));
        }
        Ok(Self { name, child, stdin, answers, log })
    }

    /// Sends one line, and waits for the answer.
    pub(crate) fn ask(&mut self, line: &str) -> io::Result<Value> {
        let Some(stdin) = &mut self.stdin else { return Err(self.trouble("its stdin is gone")) };
        writeln!(stdin, "{line}")?;
        stdin.flush()?;
        self.answer()
    }

    /// Waits for the next line.
    pub(crate) fn answer(&self) -> io::Result<Value> {
        let line = self.answers.recv_timeout(PATIENCE).map_err(|error| self.trouble(&error.to_string()))?;
        serde_json::from_str(&line).map_err(|_| self.trouble(&line))
    }

    /// Returns the end of its stderr.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns an error of this process, with the end of its stderr.
    pub(crate) fn trouble(&self, what: &str) -> io::Error {
        io::Error::other(format!("{}: {what}; its log: {}", self.name, self.log()))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // A process that has already ended is no error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(mut stderr: impl Read, log: &Mutex<String>) {
    let mut piece = [0; 4096];
    while let Ok(read) = stderr.read(&mut piece) {
        if read == 0 {
            break;
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push_str(&String::from_utf8_lossy(&piece[..read]));
        if log.len() > 2 * LOG_KEPT {
            let cut = log.len() - LOG_KEPT;
            let cut = (cut..log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(0);
            log.drain(..cut);
        }
    }
}
