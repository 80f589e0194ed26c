//! What there is: projects, zones, machines, operations, tokens; and what was asked so far.

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
    /// By project and request id: what was asked, and the operation that it began.
    pub(crate) requests: HashMap<(String, String), (String, u64)>,
    pub(crate) violations: Vec<String>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) served: Served,
    /// Words that no schema knows, which a test asked for.
    pub(crate) raw_statuses: BTreeSet<String>,
    /// Requests of each project in this minute.
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

/// One instance and what is about it.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) document: Value,
    /// What is under way with it.
    pub(crate) operation: Option<u64>,
    /// How its operations go on, if not as all others.
    pub(crate) pace: Option<Pace>,
    /// How its next operation ends.
    pub(crate) fails: Option<OperationError>,
    /// What reads still show, and how many of them.
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

    /// The project, made if it is new.
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

    /// The machine with this name or numeric id.
    pub(crate) fn machine(&mut self, project: &str, zone: &str, named: &str) -> Option<&mut Machine> {
        let machines = self.projects.get_mut(project)?.zones.get_mut(zone)?;
        let is = |machine: &Machine| machine.document["name"] == *named || machine.document["id"] == *named;
        machines.values_mut().find(|machine| is(machine))
    }

    /// Reads a machine, which is a poll of what is under way with it: what the reader sees.
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

    /// Counts a poll of an operation, and lets it come as far as that brings it.
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

    /// Ends an operation, well or not, as it is to end.
    pub(crate) fn finish(&mut self, id: u64) {
        let Some(operation) = self.operations.get_mut(&id).filter(|operation| !operation.done) else { return };
        operation.done = true;
        let operation = operation.clone();
        let Some(project) = self.projects.get_mut(&operation.project) else { return };
        let Some(machines) = project.zones.get_mut(&operation.zone) else { return };
        super::acts::end(&operation, machines);
    }

    /// Ends every operation that is under way, held or not.
    pub(crate) fn settle(&mut self) {
        let ids: Vec<u64> = self.operations.values().filter(|one| !one.done).map(|one| one.id).collect();
        for id in ids {
            self.finish(id);
        }
        let zones = self.projects.values_mut().flat_map(|one| one.zones.values_mut());
        zones.flat_map(BTreeMap::values_mut).for_each(|machine| machine.stale = None);
    }

    /// Removes a machine; whether it was there.
    pub(crate) fn remove(&mut self, project: &str, zone: &str, named: &str) -> bool {
        let machine = self.machine(project, zone, named);
        let name = machine.and_then(|machine| Some(machine.document["name"].as_str()?.to_owned()));
        let machines = self.projects.get_mut(project).and_then(|one| one.zones.get_mut(zone));
        name.zip(machines).is_some_and(|(name, machines)| machines.remove(&name).is_some())
    }

    /// Puts a machine into a status, and ends what is under way with it; whether it is there.
    pub(crate) fn set_status(&mut self, project: &str, zone: &str, named: &str, status: &str) -> bool {
        let Some(machine) = self.machine(project, zone, named) else { return false };
        machine.document["status"] = status.into();
        machine.stale = None;
        if let Some(id) = machine.operation.take() {
            // Its operation is over, and changes the machine no more.
            self.finish(id);
        }
        true
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The first rule that fits, counted as used.
    pub(crate) fn rule(&mut self, project: &str, zone: &str, method: &str) -> Option<super::Fault> {
        self.rules.iter_mut().find(|rule| rule.fits(project, zone, method)).map(FaultRule::used)
    }

    /// The first rule that names this method and fits, counted as used: for what belongs to no
    /// project, and is not meant by a rule for everything.
    pub(crate) fn rule_by_name(&mut self, method: &str) -> Option<super::Fault> {
        let fits = |rule: &&mut FaultRule| rule.method.is_some() && rule.fits("", "", method);
        self.rules.iter_mut().find(fits).map(FaultRule::used)
    }
}
