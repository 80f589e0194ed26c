//! An operator with a double of EC2: a desktop, an account bound to the environment, a window.

use std::process::Command;

use nepho_testkit::ec2::{Ec2Double, Setup};
use serde_json::Value;

use crate::e2e::{
    desktop::{Desktop, Keyring, Size},
    process::{built, output},
    window::Window,
};

/// The only key id that the double accepts.
pub const KEY_ID: &str = "AKIAQHOSTILECANARY01";
const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", "hostilecanary/Zx9+Qw8eRtYuIoPaSdFgHjKlMn")];

/// A desktop whose operator has the double as an account.
#[derive(Debug)]
pub struct Lab {
    pub cloud: Ec2Double,
    pub desktop: Desktop,
}

impl Lab {
    /// Creates a double that accepts only the operator's key, and a desktop without data.
    pub async fn new(setup: Setup, keyring: Keyring, size: Size) -> Self {
        let cloud = Ec2Double::start(Setup { key_id: Some(KEY_ID.to_owned()), ..setup }).expect("a double");
        Self { cloud, desktop: Desktop::new(keyring, size).await }
    }

    /// Adds the double as a read-write account and reads all of it into the cache.
    pub fn add(&self, name: &str) {
        let endpoint = self.cloud.endpoint();
        let add = ["accounts", "add", "aws", "--name", name, "--env", "--endpoint", &endpoint, "--read-write"];
        output(&mut self.nepho(&add));
        output(&mut self.nepho(&["sync"]));
    }

    /// Opens the window with the operator's key in its environment.
    pub async fn open(&self, story: &str) -> Window {
        Window::open(&self.desktop, story, &KEYS).await
    }

    /// Returns the JSON that `nepho` prints.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let text = output(self.nepho(arguments).arg("--json"));
        serde_json::from_str(&text).expect("a document")
    }

    fn nepho(&self, arguments: &[&str]) -> Command {
        let mut command = self.desktop.command(built("nepho"));
        command.envs(KEYS).args(arguments);
        command
    }
}

/// Returns the selector of an instance's row.
pub fn row(id: &str) -> String {
    format!("[data-testid=\"row\"][data-key$=\":{id}\"]")
}

/// Returns the selector of an instance's row in a state.
pub fn state(id: &str, state: &str) -> String {
    format!("{} [data-testid=\"state\"][data-state=\"{state}\"]", row(id))
}

/// Returns the selector of an instance's row, with or without the mark for stale rows.
pub fn stale(id: &str, stale: bool) -> String {
    format!("{} [data-testid=\"as-of\"][data-stale=\"{stale}\"]", row(id))
}

/// Returns the selector of a region's scope that failed with this code.
pub fn failed_scope(region: &str, code: &str) -> String {
    format!("[data-testid=\"scope\"][data-location=\"{region}\"][data-status=\"failed\"][data-code=\"{code}\"]")
}

/// Returns the selector of the error banner's item with this code.
pub fn trouble(code: &str) -> String {
    format!("[data-testid=\"trouble-item\"][data-code=\"{code}\"]")
}
