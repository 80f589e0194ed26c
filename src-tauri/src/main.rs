//! The desktop host: one window on the façade [`nepho_app::App`].
//!
//! It starts things, passes requests on and shapes the answers with `nepho-wire`. Deliberately not
//! here: any decision about machines, accounts or data. Tauri's types stay in this crate.

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
