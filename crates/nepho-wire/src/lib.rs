//! The wire: shapes of IPC and of `nepho --json`, their limits, and the command table.
//!
//! ts-rs is used here only. Domain types are converted at this edge, both ways; requests
//! are bounded and closed (no unknown field), replies carry codes and parameters, never prose to be
//! translated. Deliberately not here: what a command does.

pub mod accounts;
pub mod bindings;
pub mod cli;
pub mod commands;
pub mod enums;
pub mod failure;
pub mod inventory;
pub mod journal;
pub mod limits;
pub mod network;
pub mod operation;
pub mod plan;
pub mod resource;
pub mod row;
pub mod selection;
pub mod status;
pub mod sync;
pub mod time;

pub use commands::COMMANDS;

#[cfg(test)]
mod tests;
