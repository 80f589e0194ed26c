//! `cargo xtask run`: from a fresh clone to the open window.

use std::{
    path::{self, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    display::{self, Display},
    packages::{self, Need},
    place::Place,
    process::Run,
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
