//! Where screenshots of each step are kept.

use std::path::PathBuf;

use super::process::programs;

/// The directory for a story's artifacts: under `NEPHOSCOPE_ARTIFACTS_DIR`, else beside the build.
pub fn directory(story: &str) -> PathBuf {
    let beside_the_build = || programs().with_file_name("artifacts");
    let root = std::env::var_os("NEPHOSCOPE_ARTIFACTS_DIR").map_or_else(beside_the_build, PathBuf::from);
    let directory = root.join(story);
    std::fs::create_dir_all(&directory).expect("a directory for artifacts");
    directory
}
