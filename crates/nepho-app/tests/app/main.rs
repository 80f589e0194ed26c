//! The façade over a real store and engine: the demo cloud, and AWS by a loopback double of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod accounts;
mod concurrent_changes;
mod demo;
mod google;
mod harness;
mod key_files;
mod keyring;
mod processes;
mod rows;
mod secrets;
