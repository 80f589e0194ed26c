//! Cost of one process, as the kernel accounts for it.
//!
//! A few lines of Python call `wait4`, which has no safe wrapper in this crate's dependencies.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::command::Cmd;

const SCRIPT: &str = include_str!("measure.py");

/// Time and memory of one process.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Cost {
    /// Time from start to end.
    pub wall_ms: f64,
    /// User and system time of all its threads.
    pub cpu_ms: f64,
    /// Peak resident memory.
    pub rss_kb: u64,
}

/// Runs `program`, which must succeed, in `folder` (used for scratch files). Returns its standard
/// output and its cost.
pub fn measure(program: &Path, arguments: &[&str], folder: &Path, env: &[(&str, String)]) -> Result<(String, Cost)> {
    let account = folder.join("cost.json");
    let mut run =
        Cmd::new("python3", folder).without_env(&["AWS_", "CLOUDSDK_", "GOOGLE_", "NEPHOSCOPE_"]).args(["-c", SCRIPT]);
    for (name, value) in env {
        run = run.env(name, value);
    }
    let printed = run.arg(&account).arg(program).args(arguments).stdout()?;
    let text = fs::read_to_string(&account).context("failed to read the cost of the process")?;
    Ok((printed, serde_json::from_str(&text).context("the cost is not JSON")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_of_process_is_read_and_its_failure_is_error() {
        let folder = std::env::temp_dir().join(format!("nephoscope-measure-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let busy = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo $WORD";
        let env = [("WORD", "done".to_owned())];
        let (printed, cost) = measure(Path::new("/bin/sh"), &["-c", busy], &folder, &env).unwrap();
        assert_eq!(printed, "done\n");
        assert!(cost.cpu_ms > 0.0 && cost.wall_ms > 0.0 && cost.rss_kb > 100, "{cost:?}");
        assert!(measure(Path::new("/bin/sh"), &["-c", "exit 3"], &folder, &[]).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
