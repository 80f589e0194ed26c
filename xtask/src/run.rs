//! `cargo xtask run`: from a fresh clone to the open window.

use std::{
    fs,
    path::{self, Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    command::Cmd,
    display::{self, Display},
    packages::{self, Need},
    phases::{Phases, SYSTEM_PACKAGES, UI_DEPENDENCIES},
    report::Outcome,
    ui,
    workspace::Workspace,
};

/// Cargo's build of the two hosts. `--workspace` resolves the features of the full build, and `--bin`
/// leaves the units of tests and test kit out. `tests/tidy/features.rs` reads this line.
const BUILD: [&str; 6] = ["build", "--workspace", "--bin", "nephoscope", "--bin", "nepho"];

const UI_BUILD: &str = "UI build";
const APP_BUILD: &str = "app build";
const START: &str = "start";

/// Time in which the window must show its content on a slow machine.
const WINDOW_TIMEOUT: Duration = Duration::from_mins(1);

/// Builds the app and opens its window. Without a display, opens it on a virtual one and writes a
/// screenshot.
pub fn run(workspace: &Workspace, keep: bool, screenshot: Option<PathBuf>) -> Result<ExitCode> {
    let has_display = display::is_available() || !cfg!(target_os = "linux");
    let mut phases = Phases::load(workspace, "run", vec![SYSTEM_PACKAGES, UI_DEPENDENCIES, UI_BUILD, APP_BUILD, START]);
    phases.run(SYSTEM_PACKAGES, || {
        let needs: &[Need] = if has_display { &[Need::Build] } else { &[Need::Build, Need::VirtualDisplay] };
        packages::ensure(workspace, needs)?;
        packages::ensure_node(workspace)
    })?;
    phases.run(UI_DEPENDENCIES, || ui::install(workspace))?;
    phases.run(UI_BUILD, || ui::build(workspace))?;
    phases.run(APP_BUILD, || Cmd::new("cargo", &workspace.root).args(BUILD).show())?;

    let app = workspace.binaries().join("nephoscope");
    if has_display {
        // No duration: the phase ends when the operator closes the window.
        phases.announce(START);
        add_demo_account(workspace)?;
        Cmd::new(&app, &workspace.root).show()?;
        return Ok(ExitCode::SUCCESS);
    }
    let artifacts = workspace.artifacts()?;
    let picture = match screenshot {
        Some(picture) => path::absolute(picture).context("the path of the screenshot is not valid")?,
        None => display::default_picture(&artifacts),
    };
    let (_display, mut window) = phases.run(START, || {
        add_demo_account(workspace)?;
        eprintln!("Using a virtual display, because neither DISPLAY nor WAYLAND_DISPLAY is set.");
        let log = artifacts.join("nephoscope.log");
        let display = Display::start(1280, 800, keep)?;
        let mut window = display.open(&app, &log)?;
        display
            .capture("Nephoscope", &mut window, &picture, WINDOW_TIMEOUT)
            .with_context(|| format!("no screenshot of the app; its log is {}", log.display()))?;
        Ok((display, window))
    })?;
    println!("{}", picture.display());
    if keep {
        eprintln!("The app stays open on the virtual display; press Ctrl+C to end it.");
        window.wait()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the task as on a fresh account of a machine without a display, and checks the screenshot.
pub fn check(workspace: &Workspace) -> Result<Outcome> {
    let artifacts = workspace.artifacts()?;
    let home = artifacts.join("run-home");
    // The folder of the last check, if there is one.
    let _ = fs::remove_dir_all(&home);
    let (picture, state) = (artifacts.join("run.png"), home.join("state"));
    let _ = fs::remove_file(&picture);
    fs::create_dir_all(&state).with_context(|| format!("failed to create {}", state.display()))?;
    // Not the current executable: an earlier suite may have replaced it.
    let task = workspace.binaries().join("xtask");
    let output = Cmd::new(task, &workspace.root)
        .args(["run", "--screenshot"])
        .arg(&picture)
        .without_env(&["DISPLAY", "WAYLAND_DISPLAY", "AWS_"])
        .env("NEPHOSCOPE_CACHE_DIR", &workspace.cache)
        .env("NEPHOSCOPE_DATA_DIR", home.join("nephoscope"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_STATE_HOME", state)
        .tee()?;
    let has_phases = (1..=5).all(|number| output.text.contains(&format!("[{number}/5] ")));
    let has_path = output.text.lines().any(|line| Path::new(line) == picture);
    let passed = output.status.success() && has_phases && has_path && picture.is_file();
    Ok(Outcome::check("`cargo xtask run` without a display", passed))
}

/// Adds the demo cloud if no account is configured, so that the first window is not empty.
fn add_demo_account(workspace: &Workspace) -> Result<()> {
    let nepho = workspace.binaries().join("nepho");
    let accounts = Cmd::new(&nepho, &workspace.root).args(["accounts", "list", "--json"]).stdout()?;
    let accounts: serde_json::Value =
        serde_json::from_str(&accounts).context("`nepho accounts list --json` printed no JSON")?;
    match accounts.as_array() {
        Some(accounts) if accounts.is_empty() => {
            eprintln!(
                "Adding the demo cloud, because no account is configured. Remove it with one click in the window."
            );
            Cmd::new(&nepho, &workspace.root).arg("demo").stdout().map(drop)
        }
        Some(_) => Ok(()),
        None => bail!("`nepho accounts list --json` printed no list"),
    }
}
