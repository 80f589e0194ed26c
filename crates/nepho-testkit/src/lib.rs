//! The counterparts of Nephoscope's tests: a programmable provider, a settable clock, the suite
//! that every provider must pass, and loopback clouds.
//!
//! A dev-dependency only; the app contains none of it. Deliberately not here: tests of one crate's
//! own rules, which are in that crate.

pub mod clock;
pub mod conformance;
mod conversation;
pub mod ec2;
pub mod fake;
pub mod gce_pages;
pub mod gcp;
pub mod hostile;
pub mod instance;
mod loopback;
pub mod moto;
pub mod process;
pub mod python;
pub mod scripted;
#[cfg(target_os = "linux")]
pub mod session;
mod skip;

pub use clock::FakeClock;
pub use fake::{FAKE_DIALECT, FakeProvider, Gate, ROUGH_DIALECT};
pub use instance::{InstanceBuilder, instance};
pub use skip::{skip, skip_without};
