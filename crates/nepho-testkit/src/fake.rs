//! A programmable provider: a small cloud in memory whose every answer a test can script, hold or
//! break. It has no I/O, no threads and no real time, so it serves paused-time tests.
//!
//! Unscripted, it is a well-behaved cloud: listings and reads show what [`FakeProvider::add`]
//! added, and an accepted action moves its target into the transitional state, where it stays until
//! the test calls [`FakeProvider::settle`] or [`FakeProvider::set_state`].

mod answer;
mod descriptor;
mod gate;
mod script;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nepho_core::{
    Access, Action, Identity, Location, ProviderError, ProviderKind, Realm, Resource, Scope, State, Zone,
    provider::{ListedResource, Preflight, Progress, Traffic},
};

pub use descriptor::{FAKE_DIALECT, FakeDescriptor, ROUGH_DIALECT};
pub use gate::Gate;
pub use script::{Call, Counts, Held, ListStep, ObserveStep, Recorded, SubmitStep};

use crate::instance::{InstanceBuilder, REALM, listed, raw_word, scope};

/// A programmable [`Provider`](nepho_core::Provider). Clones share the cloud, so a test keeps one
/// and passes another on as `Arc<dyn Provider>` ([`FakeProvider::shared`]).
#[derive(Clone, Debug)]
pub struct FakeProvider {
    world: Arc<Mutex<World>>,
    /// The access of this clone; `None` means the cloud's setting.
    access: Option<Access>,
}

#[derive(Debug)]
struct World {
    provider: ProviderKind,
    realm: Realm,
    access: Access,
    identity: Result<Identity, ProviderError>,
    scopes: Result<Vec<Scope>, ProviderError>,
    machines: BTreeMap<Arc<str>, Machine>,
    page: usize,
    converter: u32,
    traffic: Traffic,
    listings: HashMap<Scope, VecDeque<Vec<ListStep>>>,
    broken: HashMap<Scope, ProviderError>,
    observations: HashMap<Arc<str>, VecDeque<ObserveStep>>,
    submissions: HashMap<Arc<str>, VecDeque<SubmitStep>>,
    /// The actions that the account's credentials do not permit.
    forbidden: HashSet<(Arc<str>, Action)>,
    /// True if its scopes are zones, not regions.
    zonal: bool,
    /// True if an accepted action has a ticket: its target's native id.
    ticketed: bool,
    progress: HashMap<Arc<str>, VecDeque<Result<Progress, ProviderError>>>,
    gates: Vec<(Call, Held, Gate)>,
    calls: Vec<Recorded>,
    counts: Counts,
}

#[derive(Debug)]
struct Machine {
    listed: ListedResource,
    preflight: Preflight,
    /// The goal of the transition under way.
    goal: Option<State>,
    /// The error of the last action, if it failed after it was accepted.
    failed: Option<ProviderError>,
}

impl Default for FakeProvider {
    fn default() -> Self {
        Self::new(REALM)
    }
}

impl FakeProvider {
    /// Creates an empty, read-write cloud of this realm with no scopes.
    pub fn new(realm: &str) -> Self {
        let realm = Realm::new(realm);
        Self {
            world: Arc::new(Mutex::new(World {
                provider: ProviderKind::Aws,
                access: Access::ReadWrite,
                identity: Ok(Identity {
                    realm: realm.clone(),
                    principal: format!("arn:aws:iam::{realm}:user/ops"),
                    denied: Vec::new(),
                }),
                realm,
                scopes: Ok(Vec::new()),
                machines: BTreeMap::new(),
                page: 1000,
                converter: 1,
                traffic: Traffic::default(),
                listings: HashMap::new(),
                broken: HashMap::new(),
                observations: HashMap::new(),
                submissions: HashMap::new(),
                forbidden: HashSet::new(),
                zonal: false,
                ticketed: false,
                progress: HashMap::new(),
                gates: Vec::new(),
                calls: Vec::new(),
                counts: Counts::default(),
            })),
            access: None,
        }
    }

    /// Returns the same cloud as a shared provider.
    pub fn shared(&self) -> Arc<dyn nepho_core::Provider> {
        Arc::new(self.clone())
    }

    /// Returns the same cloud through another account's provider, whatever
    /// [`FakeProvider::set_access`] sets.
    #[must_use]
    pub fn twin(&self, access: Access) -> Self {
        Self { world: Arc::clone(&self.world), access: Some(access) }
    }

    // The cloud's contents.

    /// Adds a scope of instances; from now on `scopes` succeeds.
    pub fn add_scope(&self, location: &str) {
        let mut world = self.world();
        let mut scopes = world.scopes.clone().unwrap_or_default();
        let new = scope(location);
        if !scopes.contains(&new) {
            scopes.push(new);
        }
        world.scopes = Ok(scopes);
    }

    /// Makes its scopes zones: its zone lists each instance that a test adds from now on.
    pub fn list_by_zone(&self) {
        self.world().zonal = true;
    }

    /// Adds an instance (in this cloud's realm), and the region or zone that lists it. Replaces an
    /// instance with the same id.
    pub fn add(&self, instance: InstanceBuilder) {
        let (provider, realm) = {
            let world = self.world();
            (world.provider, world.realm.clone())
        };
        let resource = instance.provider(provider).realm(&realm).build();
        let place = self.world().place_of(&resource).to_owned();
        self.add_scope(&place);
        let machine = Machine {
            listed: listed(resource.clone()),
            preflight: Preflight {
                stop: Some(false),
                termination: Some(false),
                local_disks: Some(false),
                hibernation: None,
                permitted: Some(true),
                offered: None,
                public_ip_unknown: false,
            },
            goal: None,
            failed: None,
        };
        self.world().machines.insert(resource.key.native, machine);
    }

    /// Removes an instance as if it had never existed.
    pub fn remove(&self, native: &str) {
        self.world().machines.remove(native);
    }

    /// Changes an instance; its document follows. Does nothing if it does not exist.
    pub fn change(&self, native: &str, change: impl FnOnce(&mut Resource)) {
        if let Some(machine) = self.world().machines.get_mut(native) {
            let mut resource = machine.listed.resource.clone();
            change(&mut resource);
            machine.listed = listed(resource);
        }
    }

    /// Sets an instance's state behind the provider's back.
    pub fn set_state(&self, native: &str, state: State) {
        if let Some(machine) = self.world().machines.get_mut(native) {
            machine.move_to(state, None);
        }
    }

    /// Takes the permission for this action on the instance from the account's credentials.
    pub fn forbid(&self, native: &str, action: Action) {
        self.world().forbidden.insert((Arc::from(native), action));
    }

    /// Ends the transition that an accepted action began.
    pub fn settle(&self, native: &str) {
        if let Some(machine) = self.world().machines.get_mut(native)
            && let Some(goal) = machine.goal
        {
            machine.move_to(goal, None);
        }
    }

    /// Sets the preflight that a read for a plan returns.
    pub fn protect(&self, native: &str, preflight: Preflight) {
        if let Some(machine) = self.world().machines.get_mut(native) {
            machine.preflight = preflight;
        }
    }

    /// Returns the true instance.
    pub fn truth(&self, native: &str) -> Option<ListedResource> {
        self.world().machines.get(native).map(|machine| machine.listed.clone())
    }

    // How it behaves.

    /// Sets the access of the account.
    pub fn set_access(&self, access: Access) {
        self.world().access = access;
    }

    /// Sets the kind of cloud, for instances that a test adds from now on.
    pub fn set_provider(&self, provider: ProviderKind) {
        self.world().provider = provider;
    }

    /// Sets the answer of `verify`.
    pub fn set_identity(&self, identity: Result<Identity, ProviderError>) {
        self.world().identity = identity;
    }

    /// Sets the answer of `scopes`.
    pub fn set_scopes(&self, scopes: Result<Vec<Scope>, ProviderError>) {
        self.world().scopes = scopes;
    }

    /// Sets the number of resources on a page.
    pub fn set_page(&self, size: usize) {
        self.world().page = size.max(1);
    }

    /// Sets its converter's version.
    pub fn set_converter(&self, version: u32) {
        self.world().converter = version;
    }

    /// Scripts the next listing of the scope; further scripts are queued.
    pub fn script_listing(&self, location: &str, steps: Vec<ListStep>) {
        self.world().listings.entry(scope(location)).or_default().push_back(steps);
    }

    /// Makes every listing of the scope fail until [`FakeProvider::heal`]; `observe` still works.
    pub fn break_listing(&self, location: &str, error: ProviderError) {
        self.world().broken.insert(scope(location), error);
    }

    /// Ends [`FakeProvider::break_listing`].
    pub fn heal(&self, location: &str) {
        self.world().broken.remove(&scope(location));
    }

    /// Scripts the next answers of `observe` for the instance, one per read.
    pub fn script_observe(&self, native: &str, steps: impl IntoIterator<Item = ObserveStep>) {
        self.world().observations.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Makes the next `readings` of the instance show its present state, whatever changes in
    /// between: EC2 is eventually consistent.
    pub fn read_stale(&self, native: &str, readings: usize) {
        if let Some(now) = self.truth(native) {
            self.script_observe(native, std::iter::repeat_n(ObserveStep::Seen(Box::new(now)), readings));
        }
    }

    /// Scripts the outcomes of the next actions on the instance, one step per submit.
    pub fn script_submit(&self, native: &str, steps: impl IntoIterator<Item = SubmitStep>) {
        self.world().submissions.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Gives accepted actions a ticket from now on: the target's native id. Unscripted, such an
    /// action is under way until its target has settled.
    pub fn give_tickets(&self) {
        self.world().ticketed = true;
    }

    /// Scripts the next answers to `progress` of an action on the instance.
    pub fn script_progress(&self, native: &str, steps: impl IntoIterator<Item = Result<Progress, ProviderError>>) {
        self.world().progress.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Holds the next such call at a new gate, on that side of the cloud. Later calls of the same
    /// kind pass, unless a test holds them too.
    pub fn hold(&self, call: Call, held: Held) -> Gate {
        let gate = Gate::closed();
        self.world().gates.push((call, held, gate.clone()));
        gate
    }

    /// Holds the next listing of the scope after the read, before its first page arrives.
    pub fn hold_listing(&self, location: &str) -> Gate {
        self.hold(Call::List(Location::new(location)), Held::Reply)
    }

    // The calls that it received.

    /// Returns every call so far, in order of arrival.
    pub fn calls(&self) -> Vec<Recorded> {
        self.world().calls.clone()
    }

    /// Returns the number of calls of each method.
    pub fn counts(&self) -> Counts {
        self.world().counts
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Machine {
    fn move_to(&mut self, state: State, goal: Option<State>) {
        let mut resource = self.listed.resource.clone();
        resource.state = state;
        raw_word(state).clone_into(&mut resource.raw_state);
        self.listed = listed(resource);
        self.goal = goal;
    }

    /// Begins an action; one with a `failed` error ends in the state in which it began.
    fn begin(&mut self, action: Action, failed: Option<ProviderError>) {
        let goal = if failed.is_some() { self.listed.resource.state } else { action.goal().state() };
        self.move_to(action.transition(), Some(goal));
        self.failed = failed;
    }
}

impl World {
    /// Returns the location that lists the resource.
    fn place_of<'a>(&self, resource: &'a Resource) -> &'a str {
        let zone = resource.zone.as_ref().filter(|_| self.zonal);
        zone.map_or(resource.key.region.as_str(), Zone::as_str)
    }
}

#[cfg(test)]
mod tests;
