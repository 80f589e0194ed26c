//! The real window: the built app on a private desktop, driven by WebDriver as an operator would.
//!
//! The driver clicks and types; page scripts only read. The app is the one that `cargo xtask run`
//! opens, without a test mode. Every desktop is private, with its own display, D-Bus, keyring and
//! home. Each story keeps its screenshots, see [`artifacts`].

mod accounts;
mod artifacts;
pub mod desktop;
mod first_flight;
mod held_rows;
mod hostile;
mod keyboard;
mod keyring;
mod layout;
pub mod process;
mod scale;
mod screens;
mod stray_keys;
mod two_clouds;
mod window;
