//! The AWS provider over a real socket, against a loopback cloud that each test scripts.

mod acting;
mod cloud;
mod credentials;
mod listing;
mod observing;
