//! The real window: the built app on a private desktop, driven by WebDriver like an operator would.
//!
//! The driver clicks and types; page scripts only read. The app is the one that
//! `cargo xtask run` opens, told apart by nothing. Every desktop is private: its own display, its
//! own D-Bus, its own keyring, its own home. Screenshots are kept, see [`artifacts`].

mod artifacts;
pub mod desktop;
mod first_flight;
mod held_rows;
mod hostile;
mod keyboard;
mod keyring;
pub mod process;
mod scale;
mod screens;
mod stray_keys;
mod two_clouds;
mod window;
