//! Gives Tauri the command table, so that each command is checked against the capability list:
//! without a manifest of commands, an app lets its pages call all of them.

use std::path::Path;

use tauri_build::{AppManifest, Attributes};

/// The built window, which is embedded. Tauri does not watch it.
const WINDOW: &str = "../ui/dist";

fn main() {
    println!("cargo::rerun-if-changed={WINDOW}");
    if !Path::new(WINDOW).join("index.html").is_file() {
        println!("cargo::error=the window is not built: run `npm ci && npm run build` in ui/ first");
        return;
    }
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(nepho_wire::COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
