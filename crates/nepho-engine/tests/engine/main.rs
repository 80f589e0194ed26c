//! Tests of the engine over a fake cloud, on paused time: rows, storage, requests and journal. No
//! test crosses a thread or a socket.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may stop a test")]

mod acting;
mod action_modes;
mod documents;
mod harness;
mod isolation;
mod ordering;
mod planning;
mod polling;
mod recording;
mod recovering;
mod retrying;
mod suspending;
mod sweeping;
mod vanishing;
mod zones;
