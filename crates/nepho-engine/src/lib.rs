//! The engine: what decides. It sweeps accounts into the ledger, plans and sends actions, follows
//! them, and keeps the journal honest.
//!
//! Data goes one way: provider → `sweep` → `reconcile` → `ledger` → store and index. Intent
//! goes the other way: `plan` → `act` → provider → `follow`. Nothing here names a cloud, a
//! window or a wire format; nothing here serialises.

mod act;
mod desk;
mod documents;
mod engine;
mod error;
mod follow;
mod host;
mod intent;
mod ledger;
mod locks;
mod operations;
mod overlay;
mod plan;
mod planning;
mod poll;
mod reconcile;
mod recover;
mod session;
mod sweep;

pub use engine::Engine;
pub use error::{CommitError, EngineError};
pub use follow::{GRACE, LIMIT};
pub use host::{AccountLock, Host};
pub use ledger::Changes;
