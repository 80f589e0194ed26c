//! The folders for screenshots of each step.

use std::path::PathBuf;

use super::process::programs;

/// Returns the folder for a story's artifacts: under `NEPHOSCOPE_ARTIFACTS_DIR`, else next to the
/// build.
pub fn directory(story: &str) -> PathBuf {
    let beside_the_build = || programs().with_file_name("artifacts");
    let root = std::env::var_os("NEPHOSCOPE_ARTIFACTS_DIR").map_or_else(beside_the_build, PathBuf::from);
    let directory = root.join(story);
    std::fs::create_dir_all(&directory).expect("a directory for artifacts");
    directory
}
