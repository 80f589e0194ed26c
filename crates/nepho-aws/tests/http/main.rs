//! The AWS provider over a real socket, against a loopback cloud that each test scripts.

#![expect(clippy::expect_used, reason = "a test's helpers fail the test")]
#![expect(clippy::large_futures, reason = "the stack is no concern of a test")]

mod actions;
mod cloud;
mod credentials;
mod listing;
mod listing_parts;
mod reads;
