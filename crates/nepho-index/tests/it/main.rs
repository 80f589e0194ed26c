//! Tests of the index through its public interface.

#![expect(clippy::expect_used, reason = "these are helpers of tests, which the lint does not know")]

mod apply;
mod fleet;
mod model;
mod overlay;
mod search;
mod sort;
mod stale;
