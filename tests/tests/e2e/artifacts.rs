//! Where screenshots of each step are kept.

use std::path::PathBuf;

/// The directory for a story's artifacts: under `NEPHOSCOPE_ARTIFACTS_DIR`, else beside the build.
pub fn directory(story: &str) -> PathBuf {
    let root = std::env::var_os("NEPHOSCOPE_ARTIFACTS_DIR").map(PathBuf::from).unwrap_or_else(|| {
        let here = std::env::current_exe().expect("a path");
        here.ancestors().nth(3).expect("the target directory").join("artifacts")
    });
    let directory = root.join(story);
    std::fs::create_dir_all(&directory).expect("a directory for artifacts");
    directory
}
