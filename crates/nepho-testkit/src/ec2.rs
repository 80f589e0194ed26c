//! A loopback double of EC2 and STS, on its own thread.
//!
//! It reads the region from the `SigV4` credential scope, as one endpoint serves all regions. It
//! answers the actions that Nephoscope sends, refuses what EC2 refuses according to its
//! documentation, and fails on request: see [`Fault`]. It is also the server of `bench sync`
//! ([`fleet`], `ec2_double`). Deliberately not here: a check of signatures. Only the documentation
//! confirms this double; moto is the second opinion.

/// Appends formatted text to a string, which cannot fail.
macro_rules! put {
    ($to:expr, $($text:tt)*) => {{
        let _ = std::fmt::Write::write_fmt(&mut $to, format_args!($($text)*));
    }};
}

mod cloud;
mod control;
mod fault;
pub mod fleet;
mod harness;
mod machine;
mod pages;
mod reply;
mod request;
mod setup;
mod types;
mod world;

use std::{
    io,
    sync::{Arc, Mutex},
};

use nepho_core::State;
use tokio::time::Instant;

pub use fault::{Fault, FaultRule};
pub use harness::Ec2Harness;
pub use machine::{Ec2Instance, Spot, id};
pub use setup::{ACCOUNT, Setup};
pub use world::Seen;

pub use crate::loopback::Served;
use crate::loopback::{Server, Shared, locked};
use world::World;

/// A running double. When dropped, it closes its port and all connections.
#[derive(Debug)]
pub struct Ec2Double {
    server: Server,
    world: Shared<World>,
}

impl Ec2Double {
    /// Starts a double on 127.0.0.1, on a free port unless the setup names one.
    pub fn start(setup: Setup) -> io::Result<Self> {
        let port = setup.port;
        let world = Arc::new(Mutex::new(World::new(setup)));
        let server = Server::start("ec2-double", port, &world)?;
        Ok(Self { server, world })
    }

    /// Returns the endpoint, for `AWS_ENDPOINT_URL` and `--endpoint`.
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Adds an instance, or replaces the one with its id. Enables its region.
    pub fn put(&self, instance: Ec2Instance) {
        locked(&self.world).put(instance);
    }

    /// Removes an instance as if it had never existed; returns true if it existed.
    pub fn remove(&self, region: &str, id: &str) -> bool {
        locked(&self.world).regions.get_mut(region).is_some_and(|all| all.remove(id))
    }

    /// Sets an instance's state behind the provider's back; returns true if it exists.
    pub fn set_state(&self, region: &str, id: &str, state: State) -> bool {
        locked(&self.world).regions.get_mut(region).is_some_and(|all| all.set_state(id, state))
    }

    /// Returns the true state of an instance, whatever describes show.
    pub fn state(&self, region: &str, id: &str) -> Option<State> {
        let mut world = locked(&self.world);
        let timing = world.timing();
        let all = world.regions.get_mut(region)?;
        all.settle(Instant::now(), timing);
        all.truth().find(|(instance, _)| instance.id == id).map(|(_, state)| state)
    }

    /// Ends every transition under way, whatever the lag.
    pub fn settle(&self) {
        let mut world = locked(&self.world);
        let timing = cloud::Timing { lag: std::time::Duration::ZERO, ..world.timing() };
        for all in world.regions.values_mut() {
            all.settle(Instant::now(), timing);
        }
    }

    /// Applies a fault to every EC2 request of the region, except `DescribeRegions`.
    pub fn break_region(&self, region: &str, fault: Fault) {
        self.add_rule(FaultRule { region: Some(region.to_owned()), action: None, times: None, fault });
    }

    /// Applies a fault to one action in every region.
    pub fn break_action(&self, action: &str, fault: Fault) {
        self.add_rule(FaultRule { region: None, action: Some(action.to_owned()), times: None, fault });
    }

    /// Adds a rule after the existing ones.
    pub fn add_rule(&self, rule: FaultRule) {
        locked(&self.world).rules.push(rule);
    }

    /// Removes the region's rules; rules for every region stay.
    pub fn heal_region(&self, region: &str) {
        locked(&self.world).rules.retain(|rule| rule.region.as_deref() != Some(region));
    }

    /// Removes all rules.
    pub fn heal(&self) {
        locked(&self.world).rules.clear();
    }

    /// Changes the setup of the running double; account, regions and port keep their first values.
    pub fn adjust(&self, change: impl FnOnce(&mut Setup)) {
        change(&mut locked(&self.world).setup);
    }

    /// Renders every listing's pages of 1,000 in advance, compressed as well, so that a benchmark
    /// measures the client.
    pub fn warm(&self) {
        locked(&self.world).warm(Instant::now());
    }

    /// Returns the counts of what was served.
    pub fn served(&self) -> Served {
        locked(&self.world).meter.served
    }

    /// Returns the requests so far, in order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.world).seen.clone()
    }

    /// Returns the number of requests for an action.
    pub fn count(&self, action: &str) -> usize {
        locked(&self.world).seen.iter().filter(|seen| seen.action == action).count()
    }

    /// Returns the time at which the latest request for an action arrived.
    pub fn latest(&self, action: &str) -> Option<std::time::Instant> {
        locked(&self.world).latest.get(action).map(|at| at.into_std())
    }

    /// Resets the counts and the requests.
    pub fn forget_requests(&self) {
        let mut world = locked(&self.world);
        world.meter.forget();
        world.seen.clear();
    }
}

#[cfg(test)]
mod tests;
