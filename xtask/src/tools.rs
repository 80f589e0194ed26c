//! Cargo subcommands that the tests use, with their versions.
//!
//! The task uses a tool on the `PATH`, in any version. It builds a missing one from crates.io into the
//! cache folder, once per machine.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::{command::Cmd, packages::has_program, workspace::Workspace};

/// A cargo subcommand that comes from crates.io.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Name of the crate and of the program.
    pub name: &'static str,
    version: &'static str,
}

/// Runs the tests, each in its own process.
pub const NEXTEST: Tool = Tool { name: "cargo-nextest", version: "0.9.143" };
/// Checks licences, bans and sources of the dependencies.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

impl Tool {
    /// Returns the program to start. Builds it first if it is missing.
    pub fn ensure(self, workspace: &Workspace) -> Result<PathBuf> {
        if has_program(self.name) {
            return Ok(self.name.into());
        }
        let folder = workspace.cache.join("tools").join(format!("{}-{}", self.name, self.version));
        let program = folder.join("bin").join(self.name);
        if !program.is_file() {
            eprintln!("{} is missing and will be built from crates.io into {}", self.name, folder.display());
            Cmd::new("cargo", &workspace.root)
                .args(["install", "--locked", "--quiet", "--version", self.version, "--root"])
                .arg(&folder)
                .arg(self.name)
                // A separate build directory, removed below: the tool shares no unit with the workspace.
                .env("CARGO_TARGET_DIR", folder.join("build"))
                .show()
                .with_context(|| format!("failed to build {}", self.name))?;
            std::fs::remove_dir_all(folder.join("build")).context("failed to remove the tool's build directory")?;
        }
        Ok(program)
    }
}
