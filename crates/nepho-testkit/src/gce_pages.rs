//! A Compute Engine with one large project that only lists, from pages rendered once: the server of
//! `bench sync`.
//!
//! It waits as its setup says (a round trip, a handshake, some time for each instance) and takes
//! almost no time itself, so that a benchmark measures the client. Deliberately not here: changes,
//! faults, and the schemas, which are [`crate::gcp`]'s; a test of this module holds the replies
//! against those schemas.

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

/// The project.
pub const PROJECT: &str = "proj-0";

/// The size of the project, and the durations.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// The number of instances in all zones.
    pub instances: usize,
    /// The number of zones: the first ones of [`fleet::ZONES`].
    pub zones: usize,
    /// The duration of each answer.
    pub latency: Duration,
    /// The additional duration for each instance in an answer.
    pub per_instance: Duration,
    /// The additional latencies of a connection's first request (TCP and TLS 1.3: 2).
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

/// A running server. When dropped, it closes its port and all connections.
#[derive(Debug)]
pub struct GcePages {
    server: Server,
    project: Shared<Project>,
}

impl GcePages {
    /// Starts a server.
    pub fn start(setup: Setup) -> io::Result<Self> {
        let project = Arc::new(Mutex::new(Project::new(setup)));
        Ok(Self { server: Server::start("gce-pages", setup.port, &project)?, project })
    }

    /// Returns the root: `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Returns the counts of what was served.
    pub fn served(&self) -> Served {
        locked(&self.project).meter.served
    }
}

#[cfg(test)]
mod tests;
