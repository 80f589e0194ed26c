//! A programmable provider: a small cloud in memory whose every answer a test can script, hold or
//! break. No I/O, no threads, no real time, so it serves paused-time tests.
//!
//! Unscripted, it is a well-behaved cloud: listings and readings show what [`FakeProvider::add`]
//! put there, and an accepted action moves its target into the transitional state, where it stays
//! until the test says [`FakeProvider::settle`] or [`FakeProvider::set_state`].

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

/// A programmable [`Provider`](nepho_core::Provider). Clones are the same cloud, so a test keeps one and hands out
/// another as `Arc<dyn Provider>` ([`FakeProvider::shared`]).
#[derive(Clone, Debug)]
pub struct FakeProvider {
    world: Arc<Mutex<World>>,
    /// Whose this clone is, where that is not the cloud's own say.
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
    /// What the account's credentials may not do.
    forbidden: HashSet<(Arc<str>, Action)>,
    /// Whether its scopes are zones, not regions.
    zonal: bool,
    /// Whether an accepted action has a ticket: its target's native id.
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
    /// Where a running transition leads.
    goal: Option<State>,
    /// Why the last action on it came to nothing, if it did.
    failed: Option<ProviderError>,
}

impl Default for FakeProvider {
    fn default() -> Self {
        Self::new(REALM)
    }
}

impl FakeProvider {
    /// An empty, read-write cloud of this realm with no scopes.
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

    /// The same cloud as the engine wants it.
    pub fn shared(&self) -> Arc<dyn nepho_core::Provider> {
        Arc::new(self.clone())
    }

    /// The same cloud through another account's provider, whatever [`FakeProvider::set_access`] says.
    #[must_use]
    pub fn twin(&self, access: Access) -> Self {
        Self { world: Arc::clone(&self.world), access: Some(access) }
    }

    // The cloud's contents.

    /// Adds a scope of instances, and answers `scopes` well from now on.
    pub fn add_scope(&self, location: &str) {
        let mut world = self.world();
        let mut scopes = world.scopes.clone().unwrap_or_default();
        let new = scope(location);
        if !scopes.contains(&new) {
            scopes.push(new);
        }
        world.scopes = Ok(scopes);
    }

    /// Makes its scopes zones: an instance that is added from now on is listed by its zone's.
    pub fn list_by_zone(&self) {
        self.world().zonal = true;
    }

    /// Puts an instance into the cloud (of this cloud's realm), and the region or zone that lists it
    /// among the scopes. One with the same id is replaced.
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
                permitted: Some(true),
                offered: None,
                public_ip_unknown: false,
            },
            goal: None,
            failed: None,
        };
        self.world().machines.insert(resource.key.native, machine);
    }

    /// Removes an instance, as if it had never been.
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

    /// Puts an instance into `state`, behind everybody's back.
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

    /// What a plan's fresh read finds in an action's way.
    pub fn protect(&self, native: &str, preflight: Preflight) {
        if let Some(machine) = self.world().machines.get_mut(native) {
            machine.preflight = preflight;
        }
    }

    /// The instance as it really is.
    pub fn truth(&self, native: &str) -> Option<ListedResource> {
        self.world().machines.get(native).map(|machine| machine.listed.clone())
    }

    // How it behaves.

    /// Makes it the provider of a read-only or a read-write account.
    pub fn set_access(&self, access: Access) {
        self.world().access = access;
    }

    /// Makes its resources those of another kind of cloud; for instances added from now on.
    pub fn set_provider(&self, provider: ProviderKind) {
        self.world().provider = provider;
    }

    /// What `verify` answers.
    pub fn set_identity(&self, identity: Result<Identity, ProviderError>) {
        self.world().identity = identity;
    }

    /// What `scopes` answers.
    pub fn set_scopes(&self, scopes: Result<Vec<Scope>, ProviderError>) {
        self.world().scopes = scopes;
    }

    /// How many resources a page holds.
    pub fn set_page(&self, size: usize) {
        self.world().page = size.max(1);
    }

    /// Its converter's version.
    pub fn set_converter(&self, version: u32) {
        self.world().converter = version;
    }

    /// Scripts the next listing of the scope; more scripts queue up behind it.
    pub fn script_listing(&self, location: &str, steps: Vec<ListStep>) {
        self.world().listings.entry(scope(location)).or_default().push_back(steps);
    }

    /// Makes every listing of the scope fail until [`FakeProvider::heal`]; `observe` is not touched.
    pub fn break_listing(&self, location: &str, error: ProviderError) {
        self.world().broken.insert(scope(location), error);
    }

    /// Ends [`FakeProvider::break_listing`].
    pub fn heal(&self, location: &str) {
        self.world().broken.remove(&scope(location));
    }

    /// Scripts the next `observe` answers for the instance, one per reading.
    pub fn script_observe(&self, native: &str, steps: impl IntoIterator<Item = ObserveStep>) {
        self.world().observations.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Makes the next `readings` of the instance show it as it is now, whatever happens meanwhile:
    /// EC2 is eventually consistent.
    pub fn read_stale(&self, native: &str, readings: usize) {
        if let Some(now) = self.truth(native) {
            self.script_observe(native, std::iter::repeat_n(ObserveStep::Seen(Box::new(now)), readings));
        }
    }

    /// Scripts what becomes of the next actions on the instance, one step per submit.
    pub fn script_submit(&self, native: &str, steps: impl IntoIterator<Item = SubmitStep>) {
        self.world().submissions.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Gives accepted actions a ticket from now on: the target's native id. Unscripted, such an
    /// action is under way until its target has settled.
    pub fn give_tickets(&self) {
        self.world().ticketed = true;
    }

    /// Scripts the next answers about the progress of an action on the instance.
    pub fn script_progress(&self, native: &str, steps: impl IntoIterator<Item = Result<Progress, ProviderError>>) {
        self.world().progress.entry(Arc::from(native)).or_default().extend(steps);
    }

    /// Holds the next such call at a new gate, on that side of the cloud. Calls of the same kind
    /// after it go through, unless they are held as well.
    pub fn hold(&self, call: Call, held: Held) -> Gate {
        let gate = Gate::closed();
        self.world().gates.push((call, held, gate.clone()));
        gate
    }

    /// Holds the next listing of the scope after it was read, before its first page arrives.
    pub fn hold_listing(&self, location: &str) -> Gate {
        self.hold(Call::List(Location::new(location)), Held::Reply)
    }

    // What was asked of it.

    /// Every call so far, in order of arrival.
    pub fn calls(&self) -> Vec<Recorded> {
        self.world().calls.clone()
    }

    /// How often each method was called.
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

    /// Begins an action, which leads back to where it began if it will have `failed`.
    fn begin(&mut self, action: Action, failed: Option<ProviderError>) {
        let goal = if failed.is_some() { self.listed.resource.state } else { action.goal() };
        self.move_to(action.transition(), Some(goal));
        self.failed = failed;
    }
}

impl World {
    /// The location that lists the resource.
    fn place_of<'a>(&self, resource: &'a Resource) -> &'a str {
        let zone = resource.zone.as_ref().filter(|_| self.zonal);
        zone.map_or(resource.key.region.as_str(), Zone::as_str)
    }
}

#[cfg(test)]
mod tests;
