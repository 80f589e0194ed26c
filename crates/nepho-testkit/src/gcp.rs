//! A loopback double of Google Compute Engine and of what is around it, on a thread of its own.
//!
//! One endpoint serves Compute Engine (`/compute/v1/…`), Cloud Resource Manager (`/v3/projects…`)
//! and the makers of tokens (`/token`, `/v1/token`, `…:generateAccessToken`). Its routes come from
//! Google's discovery documents, and every request and every reply is held against them: what does
//! not fit is a *violation*, and a double that is dropped with violations fails its test. Operations
//! take their time, and everything goes wrong on request: see [`Fault`]. It is also the server of
//! `gcp_double`. Deliberately not here: what the documents do not say and nobody relies on, such as
//! prices and quotas by metric.

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

/// A running double. Dropped, it closes its port and all connections, and fails the test if there
/// were violations.
#[derive(Debug)]
pub struct GcpDouble {
    port: u16,
    world: Shared,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl GcpDouble {
    /// Starts one on a free port (unless the setup names one) of 127.0.0.1. The first of a process
    /// reads the discovery documents, and makes the Python environment that has them if need be.
    pub fn start(setup: Setup) -> io::Result<Self> {
        let documents = Documents::get()?;
        // Bound without the runtime, so that a test which runs in one can start a double.
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

    /// Its root, for every API: `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts an instance there, or replaces the one with its name. A new project or zone is made.
    pub fn put(&self, instance: GcpInstance) {
        locked(&self.world).put(instance);
    }

    /// Adds an empty project.
    pub fn add_project(&self, project: &str) {
        locked(&self.world).project(project);
    }

    /// Reserves an address in a region: it is static then.
    pub fn reserve(&self, project: &str, region: &str, name: &str, address: &str) {
        let mut world = locked(&self.world);
        let addresses = world.project(project).addresses.entry(region.to_owned()).or_default();
        addresses.insert(address.to_owned(), name.to_owned());
    }

    /// Removes an instance, by name or number, as if it had never been; whether it was there.
    pub fn remove(&self, project: &str, zone: &str, named: &str) -> bool {
        locked(&self.world).remove(project, zone, named)
    }

    /// Puts an instance into a status behind everybody's back, ending what is under way with it;
    /// whether it is there.
    pub fn set_status(&self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        locked(&self.world).set_status(project, zone, named, status)
    }

    /// Puts an instance into a status that Google's document does not know; whether it is there.
    pub fn raw_status(&self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        locked(&self.world).raw_statuses.insert(status.to_owned());
        self.set_status(project, zone, named, status)
    }

    /// The true status of an instance now, whatever reads show; asking is no poll.
    pub fn status(&self, project: &str, zone: &str, named: &str) -> Option<String> {
        self.instance(project, zone, named)?["status"].as_str().map(str::to_owned)
    }

    /// The whole instance as it truly is; asking is no poll.
    pub fn instance(&self, project: &str, zone: &str, named: &str) -> Option<Value> {
        locked(&self.world).machine(project, zone, named).map(|machine| machine.document.clone())
    }

    /// How the operations of one instance go on from now, unlike all others.
    pub fn set_pace(&self, project: &str, zone: &str, named: &str, pace: Pace) {
        let mut world = locked(&self.world);
        let Some(machine) = world.machine(project, zone, named) else { return };
        machine.pace = Some(pace);
        let under_way = machine.operation;
        if let Some(operation) = under_way.and_then(|id| world.operations.get_mut(&id)) {
            operation.pace = pace;
        }
    }

    /// The next operation of this instance ends with this error, and the instance where it began.
    pub fn fail_next(&self, project: &str, zone: &str, named: &str, error: OperationError) {
        if let Some(machine) = locked(&self.world).machine(project, zone, named) {
            machine.fails = Some(error);
        }
    }

    /// Ends every operation that is under way, held or not.
    pub fn settle(&self) {
        locked(&self.world).settle();
    }

    /// Takes a permission from everybody: in one project and zone, or in all.
    pub fn deny(&self, permission: &str, project: Option<&str>, zone: Option<&str>) {
        let (project, zone) = (project.map(str::to_owned), zone.map(str::to_owned));
        locked(&self.world).denials.push(Denial { permission: permission.to_owned(), project, zone });
    }

    /// Switches the Compute Engine API of a project on or off.
    pub fn enable_api(&self, project: &str, enabled: bool) {
        locked(&self.world).project(project).api_enabled = enabled;
    }

    /// Adds a rule behind those there are.
    pub fn add_rule(&self, rule: FaultRule) {
        locked(&self.world).rules.push(rule);
    }

    /// Makes every request to the zone go wrong.
    pub fn break_zone(&self, zone: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).zone(zone));
    }

    /// Makes every request to the project go wrong.
    pub fn break_project(&self, project: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).project(project));
    }

    /// Makes one method go wrong everywhere, such as `instances.stop`.
    pub fn break_method(&self, method: &str, fault: Fault) {
        self.add_rule(FaultRule::always(fault).method(method));
    }

    /// Makes everything well again: no rules, no denials.
    pub fn heal(&self) {
        let mut world = locked(&self.world);
        world.rules.clear();
        world.denials.clear();
    }

    /// Begins the next minute: what a budget per minute counts from.
    pub fn next_minute(&self) {
        locked(&self.world).used.clear();
    }

    /// Changes the setup while it runs; projects, zones and port keep their first values.
    pub fn adjust(&self, change: impl FnOnce(&mut Setup)) {
        change(&mut locked(&self.world).setup);
    }

    /// The requests so far, in the order in which they were answered.
    pub fn exchanges(&self) -> Vec<Exchange> {
        locked(&self.world).exchanges.clone()
    }

    /// How often a method was asked for, such as `instances.stop`.
    pub fn count(&self, method: &str) -> usize {
        locked(&self.world).exchanges.iter().filter(|exchange| exchange.method == method).count()
    }

    /// How many mutations were carried out; a repeated request id is not.
    pub fn mutations(&self) -> u64 {
        locked(&self.world).served.mutations
    }

    /// What was served so far.
    pub fn served(&self) -> Served {
        locked(&self.world).served
    }

    /// Forgets what was served and asked; violations stay.
    pub fn forget_requests(&self) {
        let mut world = locked(&self.world);
        world.served = Served::default();
        world.exchanges.clear();
    }

    /// What did not fit Google's documents so far, of requests and of replies.
    pub fn violations(&self) -> Vec<String> {
        locked(&self.world).violations.clone()
    }

    /// The same, and forgets them: for tests that want them.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.world).violations)
    }
}

impl Drop for GcpDouble {
    /// # Panics
    ///
    /// If there were violations that nobody took, unless the thread panics already.
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed; there is nobody to pass it on to.
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
