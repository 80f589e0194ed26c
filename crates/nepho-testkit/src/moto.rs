//! moto as AWS: a process per test, with transitions that take time, a port that can be closed and
//! opened again, and a switch for `StopInstances`. See `tests/counterparts/moto_lag.py`.

mod harness;

use std::{io, process::Command, time::Duration};

use serde_json::Value;

use crate::{
    conversation::Conversation,
    python::{counterparts_dir, judge, python_environment},
};

pub use harness::{MotoHarness, MotoLab};

/// The behaviour of `StopInstances`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// It stops the instance.
    Works,
    /// It fails with `OperationNotPermitted`.
    Fails,
    /// It does not answer until the mode changes.
    Hangs,
    /// It is accepted, and the instance runs again after the lag.
    Reverts,
}

/// A running moto; killed when dropped.
#[derive(Debug)]
pub struct Moto {
    process: Conversation,
    front: u16,
    back: u16,
}

impl Moto {
    /// Starts a moto on free ports of 127.0.0.1 and waits until it listens. Transitions take `lag`.
    pub fn start(lag: Duration) -> io::Result<Self> {
        let mut command = Command::new(python_environment()?);
        command.arg(counterparts_dir().join("moto_lag.py")).args(["--lag", &lag.as_secs_f64().to_string()]);
        let process = Conversation::start("moto", &mut command)?;
        let ports = process.answer()?;
        let port = |name: &str| ports[name].as_u64().and_then(|port| u16::try_from(port).ok());
        let (front, back) = port("front").zip(port("back")).ok_or_else(|| process.trouble(&ports.to_string()))?;
        Ok(Self { process, front, back })
    }

    /// Returns the endpoint for Nephoscope.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.front)
    }

    /// Returns the endpoint for the judge: the same cloud, even while the front port is closed.
    pub fn back_door(&self) -> String {
        format!("http://127.0.0.1:{}", self.back)
    }

    /// Closes the front port. The cloud behind it continues.
    pub fn close(&mut self) -> io::Result<()> {
        self.command("close")
    }

    /// Opens the front port again, with the same number.
    pub fn open(&mut self) -> io::Result<()> {
        self.command("open")
    }

    /// Sets the behaviour of `StopInstances`.
    pub fn set_stop(&mut self, mode: StopMode) -> io::Result<()> {
        let word = match mode {
            StopMode::Works => "works",
            StopMode::Fails => "fails",
            StopMode::Hangs => "hangs",
            StopMode::Reverts => "reverts",
        };
        self.command(&format!("stop {word}"))
    }

    /// Sets the duration of transitions, including those under way: zero ends them all.
    pub fn set_lag(&mut self, lag: Duration) -> io::Result<()> {
        self.command(&format!("lag {}", lag.as_secs_f64()))
    }

    /// Ends the transitions under way; later ones take the lag again.
    pub fn settle(&mut self) -> io::Result<()> {
        self.command("settle")
    }

    /// Removes everything that was made.
    pub fn reset(&mut self) -> io::Result<()> {
        self.command("reset")
    }

    /// Returns the number of requests for a change at the front, including refused ones.
    pub fn mutations(&mut self) -> io::Result<u64> {
        let answer = self.process.ask("mutations")?;
        answer["count"].as_u64().ok_or_else(|| self.process.trouble(&answer.to_string()))
    }

    /// Runs the judge at the back door: `judge.py COMMAND --endpoint … REST…`.
    pub fn judge(&self, command: &str, rest: &[&str]) -> io::Result<Value> {
        let back_door = self.back_door();
        judge(&[&[command, "--endpoint", &back_door], rest].concat())
    }

    /// Returns the end of its stderr.
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn command(&mut self, line: &str) -> io::Result<()> {
        let answer = self.process.ask(line)?;
        if answer["ok"] == true { Ok(()) } else { Err(self.process.trouble(&answer.to_string())) }
    }
}
