//! The engine: sync, plans, actions and the journal.
//!
//! Data flows from the provider through `sync` (`sweep`, `reconcile`, `inventory`) into the store
//! and the index. Actions flow through `actions` (`planner`, `executor`, `waiter`) to the
//! provider. [`Engine`] is the handle that the façade calls. Deliberately not here: the name of any
//! cloud, a window, a wire format, serialisation.

mod account_locks;
mod actions;
mod engine;
mod error;
mod host;
mod session;
mod slots;
mod sync;

pub use actions::waiter::{CONSISTENCY_WINDOW, FOLLOW_TIMEOUT};
pub use engine::Engine;
pub use error::{CommitError, EngineError};
pub use host::{AccountLock, Host, OperationLock};
pub use nepho_core::status::Changes;
