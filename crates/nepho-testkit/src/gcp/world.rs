//! The double's state: projects, zones, instances, operations, tokens; and the requests so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    error::ApiError,
    exchange::{Exchange, Served},
    fault::FaultRule,
    instance::GcpInstance,
    operation::{Operation, OperationError},
    principal::{Denial, Tokens},
    setup::{Pace, Setup},
};

/// The state of a double.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) tokens: Tokens,
    pub(crate) denials: Vec<Denial>,
    pub(crate) rules: Vec<FaultRule>,
    pub(crate) operations: BTreeMap<u64, Operation>,
    /// By project and request id: the request, and the operation that it began.
    pub(crate) requests: HashMap<(String, String), (String, u64)>,
    pub(crate) violations: Vec<String>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) served: Served,
    /// Words that a test set and no schema has.
    pub(crate) raw_statuses: BTreeSet<String>,
    /// The requests of each project in this minute.
    pub(crate) used: HashMap<String, u32>,
    pub(crate) next: u64,
}

/// One project.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) title: String,
    pub(crate) zones: BTreeMap<String, BTreeMap<String, Machine>>,
    /// Reserved addresses by region, with their names.
    pub(crate) addresses: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) api_enabled: bool,
}

/// One instance with its operation and its overrides.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) document: Value,
    /// The operation under way.
    pub(crate) operation: Option<u64>,
    /// The pace of its operations, if it differs from the setup.
    pub(crate) pace: Option<Pace>,
    /// The error of its next operation.
    pub(crate) fails: Option<OperationError>,
    /// The stale document that reads still show, and for how many reads.
    pub(crate) stale: Option<(Value, u32)>,
}

impl World {
    pub(crate) fn new(setup: Setup) -> Self {
        let mut world = Self {
            projects: BTreeMap::new(),
            tokens: Tokens::default(),
            denials: Vec::new(),
            rules: Vec::new(),
            operations: BTreeMap::new(),
            requests: HashMap::new(),
            violations: Vec::new(),
            exchanges: Vec::new(),
            served: Served::default(),
            raw_statuses: BTreeSet::new(),
            used: HashMap::new(),
            next: 4_000_000_000_000_000_001,
            setup,
        };
        for project in world.setup.projects.clone() {
            world.project(&project);
        }
        world
    }

    /// Returns the project, and adds it if it is new.
    pub(crate) fn project(&mut self, id: &str) -> &mut Project {
        let zones = &self.setup.zones;
        self.projects.entry(id.to_owned()).or_insert_with(|| Project {
            title: format!("Project {id}"),
            zones: zones.iter().map(|zone| (zone.clone(), BTreeMap::new())).collect(),
            api_enabled: true,
            ..Project::default()
        })
    }

    pub(crate) fn put(&mut self, instance: GcpInstance) {
        let GcpInstance { project, zone, name, document } = instance;
        let machine = Machine { document, operation: None, pace: None, fails: None, stale: None };
        self.project(&project).zones.entry(zone).or_default().insert(name, machine);
    }

    /// The machines of a zone.
    pub(crate) fn zone(&self, project: &str, zone: &str) -> Result<&BTreeMap<String, Machine>, ApiError> {
        let missing = || ApiError::not_found(&format!("projects/{project}/zones/{zone}"));
        self.projects.get(project).and_then(|one| one.zones.get(zone)).ok_or_else(missing)
    }

    /// Returns the instance with this name or numeric id.
    pub(crate) fn machine(&mut self, project: &str, zone: &str, named: &str) -> Option<&mut Machine> {
        let machines = self.projects.get_mut(project)?.zones.get_mut(zone)?;
        let is = |machine: &Machine| machine.document["name"] == *named || machine.document["id"] == *named;
        machines.values_mut().find(|machine| is(machine))
    }

    /// Reads an instance, which polls its operation; returns what the reader sees.
    pub(crate) fn read(&mut self, project: &str, zone: &str, named: &str) -> Option<Value> {
        let id = self.machine(project, zone, named)?.operation;
        if let Some(id) = id {
            self.poll(id);
        }
        let machine = self.machine(project, zone, named)?;
        if let Some((before, left)) = &mut machine.stale {
            if *left > 0 {
                *left -= 1;
                return Some(before.clone());
            }
            machine.stale = None;
        }
        Some(machine.document.clone())
    }

    /// Counts a poll of an operation, and ends the operation if its time has come.
    pub(crate) fn poll(&mut self, id: u64) {
        let Some(operation) = self.operations.get_mut(&id) else { return };
        if operation.poll() {
            self.finish(id);
            return;
        }
        if operation.done {
            return;
        }
        let through = operation.deed.through(operation.polls);
        let (project, zone, target) = (operation.project.clone(), operation.zone.clone(), operation.target.clone());
        if let (Some(status), Some(machine)) = (through, self.machine(&project, &zone, &target)) {
            machine.document["status"] = status.into();
        }
    }

    /// Ends an operation, with its error if it has one.
    pub(crate) fn finish(&mut self, id: u64) {
        let Some(operation) = self.operations.get_mut(&id).filter(|operation| !operation.done) else { return };
        operation.done = true;
        let operation = operation.clone();
        let Some(project) = self.projects.get_mut(&operation.project) else { return };
        let Some(machines) = project.zones.get_mut(&operation.zone) else { return };
        super::acts::end(&operation, machines);
    }

    /// Ends every operation under way, held or not.
    pub(crate) fn settle(&mut self) {
        let ids: Vec<u64> = self.operations.values().filter(|one| !one.done).map(|one| one.id).collect();
        for id in ids {
            self.finish(id);
        }
        let zones = self.projects.values_mut().flat_map(|one| one.zones.values_mut());
        zones.flat_map(BTreeMap::values_mut).for_each(|machine| machine.stale = None);
    }

    /// Removes an instance; returns true if it existed.
    pub(crate) fn remove(&mut self, project: &str, zone: &str, named: &str) -> bool {
        let machine = self.machine(project, zone, named);
        let name = machine.and_then(|machine| Some(machine.document["name"].as_str()?.to_owned()));
        let machines = self.projects.get_mut(project).and_then(|one| one.zones.get_mut(zone));
        name.zip(machines).is_some_and(|(name, machines)| machines.remove(&name).is_some())
    }

    /// Sets an instance's status, and ends its operation; returns true if the instance exists.
    pub(crate) fn set_status(&mut self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        let Some(machine) = self.machine(project, zone, named) else { return false };
        machine.document["status"] = status.into();
        machine.stale = None;
        if let Some(id) = machine.operation.take() {
            // Its operation has ended, and no longer changes the instance.
            self.finish(id);
        }
        true
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Returns the fault of the first rule that matches, and counts its use.
    pub(crate) fn rule(&mut self, project: &str, zone: &str, method: &str) -> Option<super::Fault> {
        self.rules.iter_mut().find(|rule| rule.fits(project, zone, method)).map(FaultRule::used)
    }

    /// Returns the fault of the first rule that names this method, and counts its use. For methods
    /// that belong to no project, which a general rule does not match.
    pub(crate) fn rule_by_name(&mut self, method: &str) -> Option<super::Fault> {
        let fits = |rule: &&mut FaultRule| rule.method.is_some() && rule.fits("", "", method);
        self.rules.iter_mut().find(fits).map(FaultRule::used)
    }
}
