//! The desktop host: one window on the façade [`nepho_app::App`].
//!
//! It starts the application, passes requests on and converts the answers with `nepho-wire`.
//! Deliberately not here: any decision about instances, accounts or data. Tauri's types stay here.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app_loader;
mod command_error;
mod commands;
mod console;
mod environment;
mod events;
mod hardening;
mod host;
mod log;
mod window;

fn main() -> anyhow::Result<()> {
    environment::settle();
    log::start();
    hardening::seal();
    host::run()
}

#[cfg(test)]
mod tests;
