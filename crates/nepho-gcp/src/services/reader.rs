//! What a read needs, for the services to hand on.

use std::sync::atomic::AtomicBool;

use nepho_core::Realm;

use super::findings::Findings;
use crate::{client::Client, convert::Place};

/// One project, for reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub client: &'a Client,
    pub realm: &'a Realm,
    /// What is known of instances beyond a listing.
    pub findings: &'a Findings,
    /// Whether the zones could not be listed, so that the pages of all zones are followed to their end.
    pub by_all: bool,
    /// Whether a page of all zones was too small for the project the last time, so that no sweep
    /// need begin with one.
    pub large: &'a AtomicBool,
}

impl Reader<'_> {
    /// A zone of the project.
    pub fn place(&self, zone: &str) -> Place {
        Place::new(self.realm, zone)
    }
}
