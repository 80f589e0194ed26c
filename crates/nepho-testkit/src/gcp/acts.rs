//! The mutations: refusals, acceptance, and their end.
//!
//! The statuses that allow each method:
//! <https://cloud.google.com/compute/docs/instances/instance-lifecycle>.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    check::Call,
    error::ApiError,
    links::last,
    operation::{Deed, Operation},
    principal::Principal,
    world::{Machine, World},
};

/// Google's refusal of a stop that does not decide about the contents of a Local SSD.
const UNDECIDED_SSD: &str = "VM has a Local SSD attached but an undefined value for `discard-local-ssd`. If using \
                             gcloud, please add `--discard-local-ssd=false` or `--discard-local-ssd=true` to your \
                             command.";

/// Carries out a mutation; returns the operation, and true if it is new.
pub(crate) fn act(world: &mut World, call: &Call, who: &Principal) -> Result<(Value, bool), ApiError> {
    let (project, zone, named) = (call.project(), call.text("zone"), call.text("instance"));
    let request = request_id(call)?;
    world.zone(project, zone)?;
    // A repeated request succeeds even if the instance is gone.
    let asked = format!("{} {zone}/{named} {} {:?}", call.method.id, call.body, call.yes("discardLocalSsd"));
    let key = request.as_ref().map(|id| (project.to_owned(), id.clone()));
    if let Some((known, id)) = key.as_ref().and_then(|key| world.requests.get(key)) {
        if *known != asked {
            let id = &call.text("requestId");
            let words = format!("Invalid value for field 'requestId': '{id}'. It was used for another request.");
            return Err(ApiError::invalid(&words));
        }
        return Ok((world.operations.get(id).map_or(Value::Null, Operation::document), false));
    }
    let path = format!("projects/{project}/zones/{zone}/instances/{named}");
    let (default_pace, stale_reads, types) =
        (world.setup.pace, world.setup.stale_reads, call.body["machineType"].as_str());
    let id = world.next_id();
    let machine = world.machine(project, zone, named).ok_or_else(|| ApiError::not_found(&path))?;
    let deed = deed(call.verb(), types)?;
    let done = allowed(&deed, machine, call, &path)?;
    let status = machine.document["status"].as_str().unwrap_or_default().to_owned();
    let text = |name: &str| machine.document[name].as_str().unwrap_or_default().to_owned();
    let operation = Operation {
        id,
        project: project.to_owned(),
        zone: zone.to_owned(),
        target: text("name"),
        target_id: text("id"),
        request_id: request,
        user: who.email.clone(),
        pace: machine.pace.unwrap_or(default_pace),
        polls: 0,
        done,
        error: if done { None } else { machine.fails.take() },
        before: status,
        deed,
    };
    if !done {
        if stale_reads > 0 {
            machine.stale = Some((machine.document.clone(), stale_reads));
        }
        if let Some(status) = operation.deed.through(0) {
            machine.document["status"] = json!(status);
        }
        machine.operation = Some(id);
    }
    let document = operation.document();
    world.operations.insert(id, operation);
    if let Some(key) = key {
        world.requests.insert(key, (asked, id));
    }
    Ok((document, true))
}

fn request_id(call: &Call) -> Result<Option<String>, ApiError> {
    let text = call.text("requestId");
    if text.is_empty() {
        return Ok(None);
    }
    match Uuid::parse_str(text) {
        Ok(id) if !id.is_nil() => Ok(Some(id.to_string())),
        _ => {
            Err(ApiError::invalid(&format!("Invalid value for field 'requestId': '{text}'. It must be a valid UUID.")))
        }
    }
}

fn deed(verb: &str, machine_type: Option<&str>) -> Result<Deed, ApiError> {
    Ok(match verb {
        "instances.start" => Deed::Start,
        "instances.stop" => Deed::Stop,
        "instances.suspend" => Deed::Suspend,
        "instances.resume" => Deed::Resume,
        "instances.reset" => Deed::Reset,
        "instances.delete" => Deed::Delete,
        "instances.setMachineType" => {
            let words = "Invalid value for field 'resource.machineType': ''. Machine type is not specified.";
            Deed::Retype(machine_type.ok_or_else(|| ApiError::invalid(words))?.to_owned())
        }
        _ => return Err(ApiError::new(501, "notImplemented", verb)),
    })
}

/// Checks that the instance's status allows the method; returns true if there is nothing to do.
fn allowed(deed: &Deed, machine: &Machine, call: &Call, path: &str) -> Result<bool, ApiError> {
    let document = &machine.document;
    let status = document["status"].as_str().unwrap_or_default();
    if machine.operation.is_some() {
        return Err(ApiError::new(400, "resourceNotReady", &format!("The resource '{path}' is not ready")));
    }
    let local_ssd =
        document["disks"].as_array().is_some_and(|disks| disks.iter().any(|disk| disk["type"] == "SCRATCH"));
    let usage =
        |words: &str| Err(ApiError::new(400, "invalidResourceUsage", &format!("Invalid resource usage: '{words}'.")));
    match (deed, status) {
        // Nothing to do: Compute Engine answers with an operation that is done.
        (Deed::Start, "RUNNING") | (Deed::Stop, "TERMINATED" | "STOPPED") => Ok(true),
        (Deed::Stop | Deed::Suspend, "RUNNING") if local_ssd && call.yes("discardLocalSsd").is_none() => {
            Err(ApiError::new(400, "badRequest", UNDECIDED_SSD))
        }
        (Deed::Delete, _) if document["deletionProtection"] == true => {
            usage("Resource cannot be deleted if it's protected against deletion.")
        }
        (Deed::Delete, _)
        | (Deed::Start, "TERMINATED" | "STOPPED")
        | (Deed::Stop, "RUNNING" | "SUSPENDED" | "REPAIRING")
        | (Deed::Suspend | Deed::Reset, "RUNNING")
        | (Deed::Resume, "SUSPENDED") => Ok(false),
        (Deed::Retype(to), "TERMINATED" | "STOPPED") => {
            if is_machine_type(to) {
                return Ok(false);
            }
            let words = format!("Invalid value for field 'resource.machineType': '{to}'. Machine type not found.");
            Err(ApiError::invalid(&words))
        }
        (Deed::Retype(_), _) => usage("Machine type can be set only while the instance is stopped"),
        _ => {
            let words = format!("Instance '{}' is {status}: it cannot {}", last(path), deed.word());
            usage(&words)
        }
    }
}

fn is_machine_type(link: &str) -> bool {
    super::catalog::MACHINE_TYPES.iter().any(|(name, ..)| *name == last(link))
}

/// Ends an operation: applies it to its instance.
pub(crate) fn end(operation: &Operation, machines: &mut BTreeMap<String, Machine>) {
    let Some(machine) = machines.get_mut(&operation.target) else { return };
    // The instance of this name can be another one by now.
    if machine.operation != Some(operation.id) {
        return;
    }
    machine.operation = None;
    if operation.error.is_some() {
        machine.document["status"] = json!(operation.before);
        return;
    }
    let now = json!("2026-11-30T05:00:00.000-08:00");
    match &operation.deed {
        Deed::Delete => {
            machines.remove(&operation.target);
            return;
        }
        Deed::Retype(to) => {
            let name = last(to);
            machine.document["machineType"] =
                json!(super::links::zonal(&operation.project, &operation.zone, "machineTypes", name));
        }
        Deed::Start | Deed::Resume => machine.document["lastStartTimestamp"] = now,
        Deed::Stop => machine.document["lastStopTimestamp"] = now,
        Deed::Suspend => machine.document["lastSuspendedTimestamp"] = now,
        Deed::Reset => {}
    }
    if let Some(status) = operation.deed.to() {
        machine.document["status"] = json!(status);
    }
}
