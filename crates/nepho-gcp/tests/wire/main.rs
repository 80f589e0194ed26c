//! The GCP provider over a real socket, against loopback clouds.

#![expect(clippy::expect_used, reason = "a test's helpers fail the test")]

mod credentials;
