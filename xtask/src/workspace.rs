//! Folders of the workspace: the checkout, cargo's output, and the cache that outlives a build.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::command::Cmd;

/// The folders that the tasks use.
#[derive(Debug)]
pub struct Workspace {
    /// Root of the checkout.
    pub root: PathBuf,
    /// Cargo's target directory, from the environment or the configuration.
    pub target: PathBuf,
    /// Cache that survives a clean checkout: tools, Python environments, durations.
    /// `NEPHOSCOPE_CACHE_DIR`, else a folder of the user's cache.
    pub cache: PathBuf,
}

impl Workspace {
    /// Reads the target directory from cargo and the cache folder from the environment.
    pub fn find() -> Result<Self> {
        let root = root()?;
        let metadata = Cmd::new("cargo", &root)
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .stdout()
            .context("failed to read the workspace's metadata from cargo")?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
        let Some(target) = metadata["target_directory"].as_str() else { bail!("cargo metadata names no target") };
        Ok(Self { target: target.into(), cache: cache()?, root })
    }

    /// Folder of the UI.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Folder of the binaries that `cargo build` writes.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// Folder for logs and screenshots of the tests. Creates it if it is missing.
    pub fn artifacts(&self) -> Result<PathBuf> {
        let folder = self.target.join("nephoscope-artifacts");
        std::fs::create_dir_all(&folder).with_context(|| format!("failed to create {}", folder.display()))?;
        Ok(folder)
    }

    /// True in continuous integration, where the rules are stricter.
    pub fn is_ci() -> bool {
        env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
    }
}

/// Root of the checkout. Cargo names the package's folder when it runs the task; the path from build
/// time would be wrong for a checkout that was moved.
fn root() -> Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = package.parent().map(Path::to_path_buf).context("the task's package has no parent folder")?;
    if !root.join("Cargo.lock").is_file() {
        bail!("{} is not the root of the workspace; start the task with `cargo xtask`", root.display());
    }
    Ok(root)
}

fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("NEPHOSCOPE_CACHE_DIR") {
        return Ok(folder.into());
    }
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(home);
    Ok(caches.context("neither NEPHOSCOPE_CACHE_DIR nor HOME is set")?.join("nephoscope"))
}
