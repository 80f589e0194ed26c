//! The GCP provider against the double of Compute Engine, which holds each exchange against
//! Google's discovery documents. `tests/http` holds the tests of tokens, quota and repeats.

#![expect(clippy::expect_used, reason = "a test's helpers fail the test")]

mod actions;
mod lab;
mod listing;
mod reads;
mod scripted;
