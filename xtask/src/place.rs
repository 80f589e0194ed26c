//! Where things are: the checkout, what cargo builds, and what is kept between runs.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::process::Run;

/// The folders that the tasks use.
#[derive(Debug)]
pub struct Place {
    /// The root of the checkout.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the environment or the configuration puts it.
    pub target: PathBuf,
    /// What survives a clean checkout: tools, Python environments. `NEPHOSCOPE_CACHE_DIR`, else a
    /// folder of the user's cache.
    pub cache: PathBuf,
}

impl Place {
    /// Asks cargo where it builds, and the environment where to keep things.
    pub fn find() -> Result<Self> {
        let root = root()?;
        let metadata = Run::new("cargo", &root)
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .stdout()
            .context("failed to ask cargo about the workspace")?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
        let Some(target) = metadata["target_directory"].as_str() else { bail!("cargo metadata names no target") };
        Ok(Self { target: target.into(), cache: cache()?, root })
    }

    /// The UI's folder.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// Where `cargo build` puts the binaries.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// What a run of the tests leaves to be looked at: logs, screenshots. Made if it is not there.
    pub fn artifacts(&self) -> Result<PathBuf> {
        let folder = self.target.join("nephoscope-artifacts");
        std::fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
        Ok(folder)
    }

    /// Whether this is a run of continuous integration, which allows less.
    pub fn is_ci() -> bool {
        env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
    }
}

/// Cargo names the package's folder when it runs the task; the path baked in at build time would
/// be wrong for a checkout that was moved.
fn root() -> Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let root = package.parent().map(Path::to_path_buf).context("the task's package has no parent folder")?;
    if !root.join("Cargo.lock").is_file() {
        bail!("{} is not the root of the workspace; run this with `cargo xtask`", root.display());
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
