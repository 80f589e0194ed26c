//! The GCP provider over a real socket, against loopback clouds: one that each test scripts, and
//! the testkit's double of Compute Engine.

#![expect(clippy::expect_used, reason = "a test's helpers fail the test")]

mod client;
mod cloud;
mod credentials;
mod files;
mod hostile;
mod quota;
mod tokens;
mod writer;
