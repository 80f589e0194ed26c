//! The action side: plans are made, confirmed, journalled, sent and followed.
//!
//! Files in the order in which a plan passes them: `planner` reads the targets, `evaluate` decides
//! per target, `pending_plans` keeps the plan until the operator confirms it, `executor` journals
//! and sends it, `waiter` judges each later read, `overlay` shows replies over rows, `operations`
//! rebuilds an operation from the journal, and `recover` resolves what an ended process left.

pub mod evaluate;
pub mod executor;
pub mod operations;
pub mod overlay;
pub mod pending_plans;
pub mod planner;
pub mod recover;
pub mod waiter;
