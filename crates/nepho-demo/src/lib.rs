//! The built-in demo cloud: a believable fleet in four accounts, without a network.
//!
//! The fleet follows from a seed, the clock and the submitted actions: `fleet` and its `lifecycle` are
//! pure functions. A small file (`action_log`) keeps the actions. Every process reads it on each
//! call, so the window and `nepho` see the same fleet. Deliberately not here: latency, quotas, and
//! faults beyond the one denied region; those belong to the test kit.

mod api;
mod convert;
mod descriptor;
mod document;
mod error;
mod fleet;
mod options;
mod provider;

pub use descriptor::{DESCRIPTOR, DemoDescriptor};
pub use error::{ConnectError, DemoError};
pub use fleet::{
    account::{DemoAccount, Style, accounts},
    action_log::{FILE_NAME, forget},
};
pub use options::DemoOptions;
pub use provider::DemoProvider;
