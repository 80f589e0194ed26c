//! Stories of the engine over a fake cloud, on paused time: what it shows, stores, sends and
//! records. Nothing here crosses a thread or a socket.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may stop a test")]

mod acting;
mod documents;
mod manners;
mod ordering;
mod planning;
mod polling;
mod recording;
mod recovering;
mod stage;
mod suspending;
mod sweeping;
mod vanishing;
mod zones;
