//! The data side: accounts are polled, swept scope by scope, and committed to the inventory.
//!
//! Files in the order in which a listing passes them: `poll` schedules the sweeps, `sweep` lists
//! the scopes of an account, `reconcile` compares a listing with the stored rows, `inventory` commits
//! it, and `publisher` shows it.

pub mod inventory;
pub mod poll;
pub mod publisher;
pub mod reconcile;
pub mod sweep;
