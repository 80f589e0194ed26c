//! `cargo xtask run`: from a fresh clone to the open window.

use std::{
    fs,
    path::{self, Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    display::{self, Display},
    packages::{self, Need},
    place::Place,
    process::Run,
    report::Outcome,
    ui,
};

/// How long the window may take to show its content on a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Builds the app and opens its window; with no display, on a virtual one, and takes a picture.
pub fn run(place: &Place, keep: bool, screenshot: Option<PathBuf>) -> Result<ExitCode> {
    let has_display = display::is_here() || !cfg!(target_os = "linux");
    let needs: &[Need] = if has_display { &[Need::Build] } else { &[Need::Build, Need::VirtualDisplay] };
    packages::ensure(place, needs)?;
    packages::ensure_node(place)?;
    ui::install(place)?;
    ui::build(place)?;
    Run::new("cargo", &place.root).args(["build", "--workspace"]).show()?;
    offer_the_demo(place)?;

    let app = place.binaries().join("nephoscope");
    if has_display {
        Run::new(&app, &place.root).show()?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): using a virtual one.");
    let artifacts = place.artifacts()?;
    let picture = match screenshot {
        Some(picture) => path::absolute(picture).context("the screenshot's path is not usable")?,
        None => display::default_picture(&artifacts),
    };
    let log = artifacts.join("nephoscope.log");
    let display = Display::start(1280, 800, keep)?;
    let mut window = display.open(&app, &log)?;
    display
        .capture("Nephoscope", &mut window, &picture, PATIENCE)
        .with_context(|| format!("the app's own words are in {}", log.display()))?;
    println!("{}", picture.display());
    if keep {
        eprintln!("The app stays open on the virtual display; end it with Ctrl+C.");
        window.wait()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what a newcomer does on a machine without a display, with a home of its own, and looks for
/// the picture.
pub fn check(place: &Place) -> Result<Outcome> {
    let artifacts = place.artifacts()?;
    let home = artifacts.join("run-home");
    // Left over from the last time; the first time there is none.
    let _ = fs::remove_dir_all(&home);
    let (picture, state) = (artifacts.join("run.png"), home.join("state"));
    let _ = fs::remove_file(&picture);
    fs::create_dir_all(&state).with_context(|| format!("failed to make {}", state.display()))?;
    // Not this very file: the suites before this one may have built it anew.
    let task = place.binaries().join("xtask");
    let output = Run::new(task, &place.root)
        .args(["run", "--screenshot"])
        .arg(&picture)
        .without_env(&["DISPLAY", "WAYLAND_DISPLAY", "AWS_"])
        .env("NEPHOSCOPE_CACHE_DIR", &place.cache)
        .env("NEPHOSCOPE_DATA_DIR", home.join("nephoscope"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_STATE_HOME", state)
        .tee()?;
    let told = output.text.lines().any(|line| Path::new(line) == picture);
    Ok(Outcome::check("`cargo xtask run` without a display", output.status.success() && told && picture.is_file()))
}

/// An empty window teaches little: with no account configured, adds the demo cloud.
fn offer_the_demo(place: &Place) -> Result<()> {
    let nepho = place.binaries().join("nepho");
    let accounts = Run::new(&nepho, &place.root).args(["accounts", "list", "--json"]).stdout()?;
    let accounts: serde_json::Value = serde_json::from_str(&accounts).context("nepho did not print JSON")?;
    match accounts.as_array() {
        Some(accounts) if accounts.is_empty() => {
            eprintln!("No account is configured: adding the demo cloud. The window removes it with one click.");
            Run::new(&nepho, &place.root).arg("demo").stdout().map(drop)
        }
        Some(_) => Ok(()),
        None => bail!("`nepho accounts list --json` printed no list"),
    }
}
