//! moto as AWS: a process of the test's own, with transitions that take time, a port that can be
//! closed and opened again, and a switch for `StopInstances`. See `tests/counterparts/moto_lag.py`.

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

use crate::python::{counterparts_dir, judge, python_environment};

/// How long moto may take to start or to answer a command, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// How much of its complaints is kept.
const LOG_KEPT: usize = 64 * 1024;

/// What `StopInstances` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// It stops.
    Works,
    /// It is refused with `OperationNotPermitted`.
    Fails,
    /// It is not answered until the mode changes.
    Hangs,
    /// It is accepted, and the instance runs again after the lag.
    Reverts,
}

/// A running moto. Dropped, it is killed.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    commands: Option<ChildStdin>,
    answers: Receiver<String>,
    log: Arc<Mutex<String>>,
    front: u16,
    back: u16,
}

impl Moto {
    /// Starts one on free ports of 127.0.0.1 and waits until it listens. Transitions take `lag`.
    pub fn start(lag: Duration) -> io::Result<Self> {
        let mut child = Command::new(python_environment()?)
            .arg(counterparts_dir().join("moto_lag.py"))
            .args(["--lag", &lag.as_secs_f64().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let commands = child.stdin.take();
        let (sender, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                // Ends with the process, or when nobody listens any more.
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
        let mut moto = Self { child, commands, answers, log, front: 0, back: 0 };
        let ports = moto.answer()?;
        let port = |name: &str| ports[name].as_u64().and_then(|port| u16::try_from(port).ok());
        (moto.front, moto.back) = port("front").zip(port("back")).ok_or_else(|| moto.trouble(&ports.to_string()))?;
        Ok(moto)
    }

    /// The endpoint for Nephoscope.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.front)
    }

    /// The endpoint for the judge: the same cloud, also while the front port is closed.
    pub fn back_door(&self) -> String {
        format!("http://127.0.0.1:{}", self.back)
    }

    /// Closes the front port. What is behind it goes on.
    pub fn close(&mut self) -> io::Result<()> {
        self.command("close")
    }

    /// Opens the front port again, the same one.
    pub fn open(&mut self) -> io::Result<()> {
        self.command("open")
    }

    /// Says what `StopInstances` does from now on.
    pub fn set_stop(&mut self, mode: StopMode) -> io::Result<()> {
        let word = match mode {
            StopMode::Works => "works",
            StopMode::Fails => "fails",
            StopMode::Hangs => "hangs",
            StopMode::Reverts => "reverts",
        };
        self.command(&format!("stop {word}"))
    }

    /// Says how long transitions take, those under way as well: zero ends them all.
    pub fn set_lag(&mut self, lag: Duration) -> io::Result<()> {
        self.command(&format!("lag {}", lag.as_secs_f64()))
    }

    /// Asks the judge through the back door: `judge.py COMMAND --endpoint … REST…`.
    pub fn judge(&self, command: &str, rest: &[&str]) -> io::Result<Value> {
        let back_door = self.back_door();
        judge(&[&[command, "--endpoint", &back_door], rest].concat())
    }

    /// The last of what it complained of.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn command(&mut self, line: &str) -> io::Result<()> {
        let Some(commands) = &mut self.commands else { return Err(self.trouble("its stdin is gone")) };
        writeln!(commands, "{line}")?;
        commands.flush()?;
        let answer = self.answer()?;
        if answer["ok"] == true { Ok(()) } else { Err(self.trouble(&answer.to_string())) }
    }

    fn answer(&self) -> io::Result<Value> {
        let line = self.answers.recv_timeout(PATIENCE).map_err(|error| self.trouble(&error.to_string()))?;
        serde_json::from_str(&line).map_err(|_| self.trouble(&line))
    }

    fn trouble(&self, what: &str) -> io::Error {
        io::Error::other(format!("moto: {what}; its log: {}", self.log()))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Already ended is as good.
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
