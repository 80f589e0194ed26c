//! What a read needs, for the services to hand on.

use std::sync::atomic::AtomicUsize;

use nepho_core::Realm;

use super::preflight::PreflightCache;
use crate::{client::Client, convert::Place};

/// One project, for reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub client: &'a Client,
    pub realm: &'a Realm,
    /// What is known of instances beyond a listing.
    pub preflight: &'a PreflightCache,
    /// Whether the zones could not be listed, so that the pages of all zones are followed to their end.
    pub by_all: bool,
    /// How many instances the last sweep of all zones listed; 0 before the first. It says how a sweep
    /// begins.
    pub known: &'a AtomicUsize,
}

impl Context<'_> {
    /// A zone of the project.
    pub fn place(&self, zone: &str) -> Place {
        Place::new(self.realm, zone)
    }
}
