//! The one test binary of the workspace: invariants of the sources (`tidy`), and the stories over
//! the whole engine, over IPC and in the real window, each in a module.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what it expected by failing")]

mod bench;
mod cli;
mod e2e;
mod tidy;
