//! The façade over a real store and engine: the demo cloud, and AWS by a loopback double of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod accounts;
mod demo;
mod google;
mod key_files;
mod keyring;
mod meanwhile;
mod processes;
mod rig;
mod rows;
mod secrets;
