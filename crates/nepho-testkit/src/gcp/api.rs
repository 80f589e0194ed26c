//! The answer to one request: held against the documents, authorised, carried out, and its reply
//! held against the documents as well.

use serde_json::{Value, json};

use super::{
    acts, auth, catalog,
    check::{Call, Stray},
    discovery::Documents,
    error::ApiError,
    exchange::Exchange,
    fault::Fault,
    groups, lists, page,
    principal::Principal,
    request::{Reply, Request},
    schema::{Side, complaints},
    world::World,
};

/// An answer, and the fault that breaks it in transit.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) reply: Reply,
    pub(crate) fault: Option<Fault>,
    /// The record of the request.
    pub(crate) exchange: Exchange,
}

/// Answers a request to one of the APIs.
pub(crate) fn answer(world: &mut World, documents: &'static Documents, request: &Request) -> Verdict {
    let exchange = noted(request);
    let call = match Call::check(documents, request) {
        Ok(call) => call,
        Err(Stray { error, complaint }) => {
            world.violations.push(complaint);
            return Verdict { reply: error.reply(), fault: None, exchange };
        }
    };
    let mut verdict = Verdict { reply: Reply::json(200, &json!({})), fault: None, exchange };
    call.verb().clone_into(&mut verdict.exchange.method);
    let rule = world.rule(call.project(), call.text("zone"), call.verb());
    match decided(world, &call, request, rule, &mut verdict) {
        Ok(value) => {
            let rows = rows(&value);
            verdict.reply = match held(world, &call, value) {
                Ok(value) => Reply::json(200, &value),
                Err(complaint) => {
                    let error = ApiError::new(500, "internalError", &complaint);
                    world.violations.push(complaint);
                    error.reply()
                }
            };
            verdict.reply.rows = rows;
        }
        Err(error) => verdict.reply = error.reply(),
    }
    verdict
}

/// Returns the record of a request.
pub(crate) fn noted(request: &Request) -> Exchange {
    let quota = request.header("x-goog-user-project");
    Exchange {
        verb: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        user_agent: request.header("user-agent").to_owned(),
        quota_project: (!quota.is_empty()).then(|| quota.to_owned()),
        ..Exchange::default()
    }
}

fn decided(
    world: &mut World,
    call: &Call,
    request: &Request,
    rule: Option<Fault>,
    verdict: &mut Verdict,
) -> Result<Value, ApiError> {
    let who = auth::bearer(world, request)?;
    verdict.exchange.principal.clone_from(&who.email);
    let project = call.project();
    let (mut fault, executes) = match rule {
        Some(Fault::Executed(inner)) => (Some(*inner), true),
        other => (other, false),
    };
    if let Some(error) = fault.as_ref().and_then(|fault| refusal(fault, call)) {
        if executes {
            auth::allow(world, call, &who)?;
            execute(world, call, &who, &mut verdict.exchange)?;
        }
        return Err(error);
    }
    if matches!(fault, Some(Fault::Closed | Fault::Hung)) && !executes {
        verdict.fault = fault;
        return Ok(Value::Null);
    }
    within_budget(world, call, project)?;
    auth::allow(world, call, &who)?;
    let repeats = matches!(fault, Some(Fault::RepeatsToken));
    let mut value = if repeats {
        let mut first = call.parameters.clone();
        first.remove("pageToken");
        let call = Call { parameters: first, body: call.body.clone(), mask: call.mask.clone(), ..*call };
        execute(world, &call, &who, &mut verdict.exchange)?
    } else {
        execute(world, call, &who, &mut verdict.exchange)?
    };
    match &fault {
        Some(Fault::RepeatsToken) => value["nextPageToken"] = json!("6361726f7573656c"),
        Some(Fault::Doubled) => double(&mut value),
        Some(Fault::BreaksAfter { pages }) if page::number(call) >= *pages => {
            return Err(ApiError::new(
                500,
                "backendError",
                "Internal error. Please try again or contact Google Support.",
            ));
        }
        Some(Fault::BreaksAfter { .. }) => fault = None,
        _ => {}
    }
    verdict.fault = fault;
    Ok(value)
}

/// Returns the error of a fault, if it has one.
fn refusal(fault: &Fault, call: &Call) -> Option<ApiError> {
    let (service, project) = (auth::service(call), call.project());
    let number = super::setup::number(project);
    Some(match fault {
        Fault::Denied => ApiError::denied(&format!("compute.{}", call.verb()), &format!("projects/{project}")),
        Fault::ApiDisabled => ApiError::api_disabled("Compute Engine API", service, &number),
        Fault::RateLimited => ApiError::rate_limited(service, &number, "Read requests"),
        Fault::Exhausted => ApiError::exhausted(service),
        Fault::Unauthenticated => ApiError::unauthenticated(),
        Fault::ConditionNotMet => ApiError::condition_not_met(),
        Fault::Error { status, reason, message } => ApiError::new(*status, reason, message),
        Fault::Unreachable => {
            let words = format!("Zone {} is unreachable", call.text("zone"));
            ApiError::new(503, "backendError", &words)
        }
        _ => return None,
    })
}

/// Counts the request; refuses it over the project's quota.
fn within_budget(world: &mut World, call: &Call, project: &str) -> Result<(), ApiError> {
    let Some(budget) = world.setup.per_minute else { return Ok(()) };
    let used = world.used.entry(project.to_owned()).or_default();
    *used += 1;
    if *used > budget {
        let number = super::setup::number(project);
        return Err(ApiError::rate_limited(auth::service(call), &number, "Read requests"));
    }
    Ok(())
}

fn execute(world: &mut World, call: &Call, who: &Principal, exchange: &mut Exchange) -> Result<Value, ApiError> {
    let project = call.project();
    let (zone, verb) = (call.text("zone"), call.verb());
    let one_of = |rows: Vec<page::Row>, name: &str| {
        let found = rows.into_iter().find(|(key, _)| key == name).map(|(_, row)| row);
        found.ok_or_else(|| ApiError::not_found(&format!("projects/{project}/{name}")))
    };
    match (verb, auth::service(call).starts_with("compute")) {
        ("projects.get", true) => catalog::project(world, project),
        ("zones.get", true) => one_of(catalog::zones(world, project)?, zone),
        ("regions.get", true) => one_of(catalog::regions(world, project)?, call.text("region")),
        ("machineTypes.get", true) => one_of(catalog::machine_types(world, project, zone)?, call.text("machineType")),
        (
            "zones.list"
            | "regions.list"
            | "machineTypes.list"
            | "addresses.list"
            | "instances.list"
            | "zoneOperations.list"
            | "globalOperations.list"
            | "instanceGroupManagers.list",
            true,
        ) => lists::plain(world, call),
        ("instances.aggregatedList" | "addresses.aggregatedList" | "instanceGroupManagers.aggregatedList", true) => {
            lists::aggregated(world, call)
        }
        ("instanceGroupManagers.get", true) => groups::manager(world, call),
        ("instanceGroupManagers.listManagedInstances", true) => groups::members(world, call),
        ("instances.get", true) => {
            let named = call.text("instance");
            world.zone(project, zone)?;
            let missing = || ApiError::not_found(&format!("projects/{project}/zones/{zone}/instances/{named}"));
            world.read(project, zone, named).ok_or_else(missing)
        }
        ("instances.testIamPermissions", true) => {
            world.zone(project, zone)?;
            let named = call.text("resource");
            let missing = || ApiError::not_found(&format!("projects/{project}/zones/{zone}/instances/{named}"));
            world.machine(project, zone, named).ok_or_else(missing)?;
            Ok(lists::permissions(world, call, who, project))
        }
        (
            "instances.start"
            | "instances.stop"
            | "instances.suspend"
            | "instances.resume"
            | "instances.reset"
            | "instances.delete"
            | "instances.setMachineType",
            true,
        ) => {
            let (value, begun) = acts::act(world, call, who)?;
            exchange.executed = begun;
            world.served.mutations += u64::from(begun);
            Ok(value)
        }
        ("zoneOperations.get" | "zoneOperations.wait", true) => operation(world, call),
        ("projects.search" | "projects.list", false) => lists::search(world, call, who),
        ("projects.get", false) => {
            let (id, title) = catalog::named(world, call, who)?;
            Ok(catalog::managed(id, title))
        }
        ("projects.testIamPermissions", false) => {
            let project = catalog::named(world, call, who)?.0.to_owned();
            Ok(lists::permissions(world, call, who, &project))
        }
        _ => {
            let complaint = format!("{}: Google has it, this counterpart has not", call.method.id);
            world.violations.push(complaint.clone());
            Err(ApiError::new(501, "notImplemented", &complaint))
        }
    }
}

/// Returns an operation by name or number. A read of it is one poll; a wait for it is several, and
/// can end before the operation does.
/// before it does.
fn operation(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let (project, zone, named) = (call.project(), call.text("zone"), call.text("operation"));
    let here = |one: &&super::operation::Operation| {
        one.project == project && one.zone == zone && (one.name() == named || one.id.to_string() == named)
    };
    let found = world.operations.values().find(here).map(|one| one.id);
    let missing = || ApiError::not_found(&format!("projects/{project}/zones/{zone}/operations/{named}"));
    let id = found.ok_or_else(missing)?;
    let steps = if call.verb().ends_with("wait") { world.setup.wait_steps } else { 1 };
    for _ in 0..steps {
        if !world.operations[&id].done {
            world.poll(id);
        }
    }
    Ok(world.operations[&id].document())
}

/// Holds a reply against the document, complete and masked; returns what the double sends.
fn held(world: &World, call: &Call, value: Value) -> Result<Value, String> {
    if value.is_null() {
        // There is no body.
        return Ok(value);
    }
    let known = |value: &Value| {
        if world.raw_statuses.is_empty() { value.clone() } else { known_words(value, &world.raw_statuses) }
    };
    let masked = call.mask.apply(&value);
    for (what, body) in [("reply", &value), ("masked reply", &masked)] {
        let wrong = complaints(call.document, call.method, Side::Reply, &known(body));
        if !wrong.is_empty() {
            return Err(format!("{}: {what}: {}", call.method.id, wrong.join("; ")));
        }
    }
    Ok(masked)
}

/// Replaces words that a test set and no schema has by words that the schema has.
fn known_words(value: &Value, raw: &std::collections::BTreeSet<String>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| known_words(item, raw)).collect(),
        Value::Object(members) => {
            let known = members.iter().map(|(name, value)| match value.as_str() {
                Some(word) if name == "status" && raw.contains(word) => (name.clone(), json!("RUNNING")),
                _ => (name.clone(), known_words(value, raw)),
            });
            Value::Object(known.collect())
        }
        _ => value.clone(),
    }
}

fn instances_mut(value: &mut Value) -> Vec<&mut Vec<Value>> {
    match value.get_mut("items") {
        Some(Value::Array(items)) => vec![items],
        Some(Value::Object(scopes)) => {
            scopes.values_mut().filter_map(|scope| scope.get_mut("instances")?.as_array_mut()).collect()
        }
        _ => Vec::new(),
    }
}

fn double(value: &mut Value) {
    for rows in instances_mut(value) {
        rows.extend(rows.clone());
    }
}

fn rows(value: &Value) -> usize {
    let instances = |rows: &Vec<Value>| rows.iter().filter(|row| row["kind"] == "compute#instance").count();
    match &value["items"] {
        Value::Array(items) => instances(items),
        Value::Object(scopes) => scopes.values().filter_map(|scope| scope["instances"].as_array()).map(instances).sum(),
        _ => 0,
    }
}
