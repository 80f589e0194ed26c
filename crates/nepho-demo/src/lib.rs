//! The built-in demo cloud: a believable fleet over four accounts, with no network.
//!
//! What there is follows from a seed, the clock and the actions submitted so far, and from nothing
//! else: `life` and `fleet` are pure. The actions are kept in a small file of the demo's own
//! (`actions`), which every process reads afresh on each call, so the window and `nepho` see the
//! same machines move. Deliberately not here: latency, quotas, and faults beyond the one denied
//! region; those belong to the test kit.

pub mod account;
mod action_log;
mod descriptor;
mod document;
mod error;
mod fleet;
mod lifecycle;
mod machine;
mod provider;
mod rng;
mod workloads;

pub use account::{DemoAccount, Style, accounts};
pub use action_log::{FILE_NAME, forget};
pub use descriptor::{DESCRIPTOR, DemoDescriptor};
pub use error::DemoError;
pub use provider::DemoProvider;
