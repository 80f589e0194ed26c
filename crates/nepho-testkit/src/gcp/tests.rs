//! Tests of the double over its socket.

mod asking;
mod controls;
mod documents;
mod faults;
mod life;
mod listing;
mod signing_in;

use super::{GcpDouble, GcpInstance, PROJECT, Setup};

const ZONE: &str = "europe-west1-b";

/// A double with one instance, `web-1`.
fn double() -> GcpDouble {
    let double = GcpDouble::start(Setup::default()).expect("the double");
    double.put(GcpInstance::new(PROJECT, ZONE, "web-1"));
    double
}

/// Returns the path of an instance, or of the zone's instances.
fn instances(rest: &str) -> String {
    format!("/compute/v1/projects/{PROJECT}/zones/{ZONE}/instances{rest}")
}
