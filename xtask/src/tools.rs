//! Cargo's own tools that the tests use, at the versions that are known to work here.
//!
//! A tool that is on the `PATH` is used as it is. A missing one is built from crates.io into a
//! folder of the cache, outside the checkout, so that it is built once per machine.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::{packages::has_program, place::Place, process::Run};

/// A cargo subcommand that comes from crates.io.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// The crate and the program.
    pub name: &'static str,
    version: &'static str,
}

/// Runs the tests, each in its own process.
pub const NEXTEST: Tool = Tool { name: "cargo-nextest", version: "0.9.143" };
/// Checks licences, bans and sources of the dependencies.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

impl Tool {
    /// The program to start; built first if it is missing.
    pub fn ensure(self, place: &Place) -> Result<PathBuf> {
        if has_program(self.name) {
            return Ok(self.name.into());
        }
        let folder = place.cache.join("tools").join(format!("{}-{}", self.name, self.version));
        let program = folder.join("bin").join(self.name);
        if !program.is_file() {
            eprintln!("{} is missing and will be built from crates.io into {}", self.name, folder.display());
            Run::new("cargo", &place.root)
                .args(["install", "--locked", "--quiet", "--version", self.version, "--root"])
                .arg(&folder)
                .arg(self.name)
                // Its own build directory, which cargo removes: it shares nothing with ours.
                .env("CARGO_TARGET_DIR", folder.join("build"))
                .show()
                .with_context(|| format!("failed to build {}", self.name))?;
            std::fs::remove_dir_all(folder.join("build")).context("failed to remove the tool's build directory")?;
        }
        Ok(program)
    }
}
