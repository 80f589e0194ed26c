//! A Compute Engine of one large project that only lists, from pages rendered once: the server of
//! `bench sync`.
//!
//! It takes as long as it is told to (a round trip, a handshake, some time for each instance) and
//! costs next to nothing itself, so that a client is measured. Deliberately not here: everything
//! that changes or goes wrong, and the schemas, which are [`crate::gcp`]'s; a test there is between
//! the two.

mod asked;
pub mod fleet;
mod project;
mod render;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use crate::loopback::Served;
use crate::loopback::{Server, Shared, locked};
use project::Project;

/// The project that is served.
pub const PROJECT: &str = "proj-0";

/// How much there is, and how long it takes.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Instances of all zones together.
    pub instances: usize,
    /// Zones, the first so many of [`fleet::ZONES`].
    pub zones: usize,
    /// How long each answer takes.
    pub latency: Duration,
    /// How much longer for each instance in it.
    pub per_instance: Duration,
    /// How many latencies the first request of a connection waits more (TCP and TLS 1.3: 2).
    pub handshake_rtts: u32,
    /// The port; 0 picks a free one.
    pub port: u16,
}

impl Default for Setup {
    fn default() -> Self {
        let no_time = Duration::ZERO;
        let zones = fleet::ZONES.len();
        Self { instances: 0, zones, latency: no_time, per_instance: no_time, handshake_rtts: 0, port: 0 }
    }
}

/// A running server. Dropped, it closes its port and all connections.
#[derive(Debug)]
pub struct GcePages {
    server: Server,
    project: Shared<Project>,
}

impl GcePages {
    /// Starts one.
    pub fn start(setup: Setup) -> io::Result<Self> {
        let project = Arc::new(Mutex::new(Project::new(setup)));
        Ok(Self { server: Server::start("gce-pages", setup.port, &project)?, project })
    }

    /// Its root: `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// What was served so far.
    pub fn served(&self) -> Served {
        locked(&self.project).meter.served
    }
}

#[cfg(test)]
mod tests;
