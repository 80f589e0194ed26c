//! A loopback double of Google Compute Engine and the services around it, on its own thread.
//!
//! One endpoint serves Compute Engine (`/compute/v1/…`), Cloud Resource Manager (`/v3/projects…`)
//! and the token services (`/token`, `/v1/token`, `…:generateAccessToken`). Its routes come from
//! Google's discovery documents, and it holds every request and every reply against them: a
//! mismatch is a *violation*, and a double that is dropped with violations fails its test.
//! Operations take their time, and everything can fail on request: see [`Fault`]. It is also the
//! server of `gcp_double`. Deliberately not here: facts that the documents do not contain and no
//! test needs, such as prices and quotas by metric.

mod acts;
mod api;
mod auth;
mod base64;
mod batch;
mod catalog;
mod check;
mod control;
pub(crate) mod discovery;
mod dispatch;
mod error;
mod exchange;
mod fault;
mod filter;
mod gcloud;
mod groups;
mod harness;
mod instance;
pub(crate) mod keys;
pub(crate) mod links;
mod lists;
pub(crate) mod mask;
mod operation;
mod pack;
mod page;
mod principal;
mod request;
pub(crate) mod schema;
mod serve;
mod setup;
mod sign_in;
mod tokens;
mod world;

use std::{
    io,
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use exchange::{Exchange, Served};
pub use fault::{Fault, FaultRule};
pub use harness::GcpHarness;
pub use instance::GcpInstance;
pub use operation::OperationError;
pub use principal::{CLOUD_PLATFORM, COMPUTE, COMPUTE_READONLY, Principal};
pub use setup::{PROJECT, Pace, Setup, ZONES};

use discovery::Documents;
use principal::Denial;
use serve::{Shared, locked};
use world::World;

/// A running double. When dropped, it closes its port and all connections, and fails the test if
/// there were violations.
#[derive(Debug)]
pub struct GcpDouble {
    port: u16,
    world: Shared,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl GcpDouble {
    /// Starts a double on 127.0.0.1, on a free port unless the setup names one. The first double of
    /// a process reads the discovery documents, and makes the Python environment that has them if
    /// necessary.
    pub fn start(setup: Setup) -> io::Result<Self> {
        let documents = Documents::get()?;
        // Bound outside the runtime, so that a test inside a runtime can start a double.
        let listener = std::net::TcpListener::bind(("127.0.0.1", setup.port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let world: Shared = Arc::new(Mutex::new(World::new(setup)));
        let stop = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let serving = serve::serve(listener, Arc::clone(&world), documents);
        let stopped = stop.clone();
        let thread = std::thread::Builder::new().name("gcp-double".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = stopped.cancelled() => {}
                    _ = serving => {}
                }
            });
        })?;
        Ok(Self { port, world, stop, thread: Some(thread) })
    }

    /// Returns the root for every API: `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Adds an instance, or replaces the one with its name. Adds its project and zone if they are
    /// new.
    pub fn put(&self, instance: GcpInstance) {
        locked(&self.world).put(instance);
    }

    /// Adds an empty project.
    pub fn add_project(&self, project: &str) {
        locked(&self.world).project(project);
    }

    /// Reserves an address in a region, which makes it static.
    pub fn reserve(&self, project: &str, region: &str, name: &str, address: &str) {
        let mut world = locked(&self.world);
        let addresses = world.project(project).addresses.entry(region.to_owned()).or_default();
        addresses.insert(address.to_owned(), name.to_owned());
    }

    /// Removes an instance, by name or number, as if it had never existed; returns true if it
    /// existed.
    pub fn remove(&self, project: &str, zone: &str, named: &str) -> bool {
        locked(&self.world).remove(project, zone, named)
    }

    /// Sets an instance's status behind the provider's back, and ends the operation under way;
    /// returns true if the instance exists.
    pub fn set_status(&self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        locked(&self.world).set_status(project, zone, named, status)
    }

    /// Sets a status that Google's documents do not contain; returns true if the instance exists.
    pub fn raw_status(&self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        locked(&self.world).raw_statuses.insert(status.to_owned());
        self.set_status(project, zone, named, status)
    }

    /// Returns the true status of an instance, whatever reads show; this is no poll.
    pub fn status(&self, project: &str, zone: &str, named: &str) -> Option<String> {
        self.instance(project, zone, named)?["status"].as_str().map(str::to_owned)
    }

    /// Returns the true and full instance; this is no poll.
    pub fn instance(&self, project: &str, zone: &str, named: &str) -> Option<Value> {
        locked(&self.world).machine(project, zone, named).map(|machine| machine.document.clone())
    }

    /// Sets the pace of one instance's operations.
    pub fn set_pace(&self, project: &str, zone: &str, named: &str, pace: Pace) {
        let mut world = locked(&self.world);
        let Some(machine) = world.machine(project, zone, named) else { return };
        machine.pace = Some(pace);
        let under_way = machine.operation;
        if let Some(operation) = under_way.and_then(|id| world.operations.get_mut(&id)) {
            operation.pace = pace;
        }
    }

    /// Makes the next operation of this instance fail with this error; the instance returns to its
    /// former status.
    pub fn fail_next(&self, project: &str, zone: &str, named: &str, error: OperationError) {
        if let Some(machine) = locked(&self.world).machine(project, zone, named) {
            machine.fails = Some(error);
        }
    }

    /// Ends every operation under way, held or not.
    pub fn settle(&self) {
        locked(&self.world).settle();
    }

    /// Takes a permission from every principal: in one project and zone, or in all.
    pub fn deny(&self, permission: &str, project: Option<&str>, zone: Option<&str>) {
        let (project, zone) = (project.map(str::to_owned), zone.map(str::to_owned));
        locked(&self.world).denials.push(Denial { permission: permission.to_owned(), project, zone });
    }

    /// Switches the Compute Engine API of a project on or off.
    pub fn enable_api(&self, project: &str, enabled: bool) {
        locked(&self.world).project(project).api_enabled = enabled;
    }

    /// Adds a rule after the existing ones.
    pub fn add_rule(&self, rule: FaultRule) {
        locked(&self.world).rules.push(rule);
    }

    /// Applies a fault to every request of the zone.
    pub fn break_zone(&self, zone: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).zone(zone));
    }

    /// Applies a fault to every request of the project.
    pub fn break_project(&self, project: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).project(project));
    }

    /// Applies a fault to one method everywhere, such as `instances.stop`.
    pub fn break_method(&self, method: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).method(method));
    }

    /// Removes all rules and denials.
    pub fn heal(&self) {
        let mut world = locked(&self.world);
        world.rules.clear();
        world.denials.clear();
    }

    /// Begins the next minute, from which a quota per minute counts.
    pub fn next_minute(&self) {
        locked(&self.world).used.clear();
    }

    /// Changes the setup of the running double; projects, zones and port keep their first values.
    pub fn adjust(&self, change: impl FnOnce(&mut Setup)) {
        change(&mut locked(&self.world).setup);
    }

    /// Returns the requests so far, in the order in which they were answered.
    pub fn exchanges(&self) -> Vec<Exchange> {
        locked(&self.world).exchanges.clone()
    }

    /// Returns the number of requests for a method, such as `instances.stop`.
    pub fn count(&self, method: &str) -> usize {
        locked(&self.world).exchanges.iter().filter(|exchange| exchange.method == method).count()
    }

    /// Returns the number of mutations carried out; a repeated request id does not count again.
    pub fn mutations(&self) -> u64 {
        locked(&self.world).served.mutations
    }

    /// Returns the counts of what was served.
    pub fn served(&self) -> Served {
        locked(&self.world).served
    }

    /// Resets the counts and the requests; violations stay.
    pub fn forget_requests(&self) {
        let mut world = locked(&self.world);
        world.served = Served::default();
        world.exchanges.clear();
    }

    /// Returns the violations of Google's documents so far, by requests and by replies.
    pub fn violations(&self) -> Vec<String> {
        locked(&self.world).violations.clone()
    }

    /// Returns the violations and clears them, for tests that expect them.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.world).violations)
    }
}

impl Drop for GcpDouble {
    /// # Panics
    ///
    /// If there are violations that no test took, unless the thread is panicking.
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // The server's panic has been printed, and a drop cannot pass it on.
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            let violations = self.take_violations();
            assert!(violations.is_empty(), "not as Google's documents say:\n{}", violations.join("\n"));
        }
    }
}

#[cfg(test)]
mod tests;
