//! Context of the calls that read one project.

use std::sync::atomic::AtomicUsize;

use nepho_core::Realm;

use super::preflight::PreflightCache;
use crate::{client::Client, convert::Place};

/// Context of the calls that read one project.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub client: &'a Client,
    pub realm: &'a Realm,
    /// The facts of instances that a listing does not contain.
    pub preflight: &'a PreflightCache,
    /// True if the zones cannot be listed, so that a listing follows the pages of all zones to
    /// their end.
    pub zones_denied: bool,
    /// The number of instances that the last sweep of all zones listed; 0 before the first. It
    /// decides the first request of a sweep.
    pub instances: &'a AtomicUsize,
}

impl Context<'_> {
    /// A zone of the project.
    pub fn place(&self, zone: &str) -> Place {
        Place::new(self.realm, zone)
    }
}
