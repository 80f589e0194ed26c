//! The action side: plans are made, confirmed, journalled, sent and followed.
//!
//! Files in the order in which a plan passes them: `planner` reads the targets, `evaluate` decides
//! per target, `pending_plans` keeps the plan until the operator confirms it, `executor` journals
//! and sends it, `follow` reads its targets (`followed`), `waiter` judges each read, `overlay` shows replies over
//! rows, `journal` keeps the unfinished targets of all processes, `progress` holds the results for
//! waiting callers, `operations` rebuilds an operation from the journal, `takeover` follows what an
//! ended process left, and `watch` follows what others began.

pub mod evaluate;
pub mod executor;
pub mod follow;
pub mod followed;
pub mod journal;
pub mod operations;
pub mod overlay;
pub mod pending_plans;
pub mod planner;
pub mod progress;
pub mod takeover;
pub mod waiter;
pub mod watch;
