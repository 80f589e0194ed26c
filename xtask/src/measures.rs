//! `cargo xtask measures`: figures on the sources, such as plain words, circles, styles and sizes.
//!
//! Deliberately not here: the counting. `tests/tidy/measures.rs` does it, so that the rules and the
//! figures have one source.

use std::process::ExitCode;

use anyhow::Result;

use crate::{command::Cmd, workspace::Workspace};

/// Prints the measures; with `list`, each finding with its path and line as well.
pub fn run(workspace: &Workspace, list: bool) -> Result<ExitCode> {
    Cmd::new("cargo", &workspace.root)
        .args(["test", "--workspace", "--locked", "--test", "stories", "--"])
        .args(["--exact", "tidy::measures::measures_are_printed", "--nocapture"])
        .env("NEPHOSCOPE_MEASURES", if list { "list" } else { "" })
        .show()?;
    Ok(ExitCode::SUCCESS)
}
