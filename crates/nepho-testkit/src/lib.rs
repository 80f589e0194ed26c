//! What Nephoscope is tested against: a programmable provider, a settable clock, the suite that
//! every provider must pass, and the counterparts that stand in for clouds.
//!
//! A dev-dependency only; nothing here ends up in the app. Deliberately not here: tests of one
//! crate's own rules, which live beside the code they test.

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
