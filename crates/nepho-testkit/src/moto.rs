//! moto as AWS: a process of the test's own, with transitions that take time, a port that can be
//! closed and opened again, and a switch for `StopInstances`. See `tests/counterparts/moto_lag.py`.

mod harness;

use std::{io, process::Command, time::Duration};

use serde_json::Value;

use crate::{
    conversation::Conversation,
    python::{counterparts_dir, judge, python_environment},
};

pub use harness::{MotoHarness, MotoLab};

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
    process: Conversation,
    front: u16,
    back: u16,
}

impl Moto {
    /// Starts one on free ports of 127.0.0.1 and waits until it listens. Transitions take `lag`.
    pub fn start(lag: Duration) -> io::Result<Self> {
        let mut command = Command::new(python_environment()?);
        command.arg(counterparts_dir().join("moto_lag.py")).args(["--lag", &lag.as_secs_f64().to_string()]);
        let process = Conversation::start("moto", &mut command)?;
        let ports = process.answer()?;
        let port = |name: &str| ports[name].as_u64().and_then(|port| u16::try_from(port).ok());
        let (front, back) = port("front").zip(port("back")).ok_or_else(|| process.trouble(&ports.to_string()))?;
        Ok(Self { process, front, back })
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

    /// Ends the transitions under way; later ones take the lag again.
    pub fn settle(&mut self) -> io::Result<()> {
        self.command("settle")
    }

    /// Forgets everything that was made.
    pub fn reset(&mut self) -> io::Result<()> {
        self.command("reset")
    }

    /// How many requests asked for a change at the front, also those that were refused.
    pub fn mutations(&mut self) -> io::Result<u64> {
        let answer = self.process.ask("mutations")?;
        answer["count"].as_u64().ok_or_else(|| self.process.trouble(&answer.to_string()))
    }

    /// Asks the judge through the back door: `judge.py COMMAND --endpoint … REST…`.
    pub fn judge(&self, command: &str, rest: &[&str]) -> io::Result<Value> {
        let back_door = self.back_door();
        judge(&[&[command, "--endpoint", &back_door], rest].concat())
    }

    /// The last of what it complained of.
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn command(&mut self, line: &str) -> io::Result<()> {
        let answer = self.process.ask(line)?;
        if answer["ok"] == true { Ok(()) } else { Err(self.process.trouble(&answer.to_string())) }
    }
}
