//! Phases of a task: each prints its name and its last duration when it starts.
//!
//! The durations are kept in the cache folder, one file per task, so that they outlive a clean build.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::workspace::Workspace;

/// Installation of system packages, a phase of several tasks.
pub const SYSTEM_PACKAGES: &str = "system packages";
/// Installation of the UI's npm packages, a phase of several tasks.
pub const UI_DEPENDENCIES: &str = "UI dependencies";

/// The phases of one run of a task.
#[derive(Debug)]
pub struct Phases {
    names: Vec<&'static str>,
    file: PathBuf,
    /// Seconds of each phase, from its last complete run.
    last: BTreeMap<String, f64>,
}

impl Phases {
    /// Phases of a task in their order, with the durations of the last run. Without a readable file
    /// there are none.
    pub fn load(workspace: &Workspace, task: &str, names: Vec<&'static str>) -> Self {
        Self::read(workspace.cache.join(format!("durations-{task}.json")), names)
    }

    fn read(file: PathBuf, names: Vec<&'static str>) -> Self {
        let text = fs::read_to_string(&file).unwrap_or_default();
        Self { names, last: serde_json::from_str(&text).unwrap_or_default(), file }
    }

    /// Prints that a phase starts.
    pub fn announce(&self, name: &str) {
        eprintln!("\n{}", self.title(name));
    }

    /// Runs one phase between its title and its duration. Keeps the duration unless the phase fails.
    pub fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.announce(name);
        let start = Instant::now();
        let done = work()?;
        eprintln!("{name}: {}", seconds(start.elapsed().as_secs_f64()));
        self.keep(name, start.elapsed());
        Ok(done)
    }

    /// Keeps the duration of a phase for the next run.
    pub fn keep(&mut self, name: &str, took: Duration) {
        self.last.insert(name.to_owned(), took.as_secs_f64());
        // Only the next run's display depends on the file.
        let folder = self.file.parent().map_or(Ok(()), fs::create_dir_all);
        let _ = folder.and_then(|()| fs::write(&self.file, serde_json::to_string(&self.last)?));
    }

    fn title(&self, name: &str) -> String {
        let number = self.names.iter().position(|one| *one == name).map_or(0, |at| at + 1);
        let last =
            self.last.get(name).map_or_else(|| "first time".to_owned(), |took| format!("last time {}", seconds(*took)));
        format!("[{number}/{}] {name} ({last})", self.names.len())
    }
}

fn seconds(seconds: f64) -> String {
    if seconds < 10.0 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn title_has_number_and_last_duration() {
        let folder = std::env::temp_dir().join(format!("nephoscope-phases-{}", std::process::id()));
        let file = folder.join("new/durations.json");
        let load = || Phases::read(file.clone(), vec!["build", "start"]);
        assert_eq!(load().title("start"), "[2/2] start (first time)");

        load().keep("start", Duration::from_millis(12_345));
        load().keep("build", Duration::from_millis(1_250));
        assert_eq!(load().title("start"), "[2/2] start (last time 12 s)");
        assert_eq!(load().title("build"), "[1/2] build (last time 1.2 s)");

        load().run("start", || -> Result<()> { bail!("broken") }).unwrap_err();
        assert_eq!(load().title("start"), "[2/2] start (last time 12 s)", "a failure has no duration");
        load().run("start", || Ok(())).unwrap();
        assert_eq!(load().title("start"), "[2/2] start (last time 0.0 s)");

        fs::write(&file, "{").unwrap();
        assert_eq!(load().title("start"), "[2/2] start (first time)");
        fs::remove_dir_all(&folder).unwrap();
    }
}
