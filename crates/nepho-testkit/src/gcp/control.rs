//! The control requests under `/_double/`, for the double as a process.
//!
//! `GET stats` · `GET exchanges` · `GET violations` · `GET instances` (the truth) · `POST reset`
//! (counts) · `POST settle` · `POST minute` · `POST heal` · `POST projects {project}` ·
//! `POST instances` (`{project,zone,name,…}` as [`instance`] reads it, or an array) ·
//! `POST remove|status|pace|fail {project,zone,name,…}` · `POST deny {permission,project,zone}` ·
//! `POST api {project,enabled}` · `POST faults {project,zone,method,times,fault}` as [`fault`] reads
//! it · `POST settings {latency_ms,per_instance_us,handshake_rtts,stale_reads,wait_steps,polls,per_minute}`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    fault::{Fault, FaultRule},
    instance::GcpInstance,
    operation::OperationError,
    principal::Denial,
    request::{Reply, Request},
    setup::Pace,
    world::World,
};

/// Returns the answer to a control request; `None` for any other request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Option<Reply> {
    let name = request.path.strip_prefix("/_double/")?;
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let answer = match request.method.as_str() {
        "GET" => read(world, name),
        "POST" => done(world, name, &body).map(|()| json!({"ok": true})),
        _ => None,
    };
    let wrong = json!({"error": "no such control request, or its body is not understood"});
    Some(answer.map_or_else(|| Reply::json(400, &wrong), |value| Reply::json(200, &value)))
}

fn read(world: &World, name: &str) -> Option<Value> {
    Some(match name {
        "stats" => {
            let served = world.served;
            json!({"connections": served.connections, "requests": served.requests, "bytes": served.bytes, "rows": served.rows, "mutations": served.mutations})
        }
        "exchanges" => world
            .exchanges
            .iter()
            .map(|one| json!({"verb": one.verb, "path": one.path, "query": one.query, "method": one.method, "status": one.status, "principal": one.principal, "executed": one.executed}))
            .collect(),
        "violations" => json!(world.violations),
        "instances" => {
            let zones = world.projects.iter().flat_map(|(id, one)| one.zones.iter().map(move |zone| (id, zone)));
            let machines = zones.flat_map(|(id, (zone, here))| here.values().map(move |one| (id, zone, &one.document)));
            machines.map(|(id, zone, one)| json!({"project": id, "zone": zone, "name": one["name"], "id": one["id"], "status": one["status"]})).collect()
        }
        _ => return None,
    })
}

fn done(world: &mut World, name: &str, body: &Value) -> Option<()> {
    let text = |name: &str| body[name].as_str();
    let owned = |name: &str| text(name).map(str::to_owned);
    match name {
        "reset" => {
            world.served = super::Served::default();
            world.exchanges.clear();
        }
        "settle" => world.settle(),
        "minute" => world.used.clear(),
        "heal" => {
            world.rules.clear();
            world.denials.clear();
        }
        "projects" => _ = world.project(text("project")?),
        "instances" => {
            let many: Vec<&Value> = body.as_array().map_or_else(|| vec![body], |all| all.iter().collect());
            let many: Option<Vec<GcpInstance>> = many.into_iter().map(instance).collect();
            many?.into_iter().for_each(|one| world.put(one));
        }
        "remove" => world.remove(text("project")?, text("zone")?, text("name")?).then_some(())?,
        "status" => {
            world.set_status(text("project")?, text("zone")?, text("name")?, text("status")?).then_some(())?;
        }
        "pace" => world.machine(text("project")?, text("zone")?, text("name")?)?.pace = Some(pace(&body["polls"])),
        "fail" => {
            let error = OperationError { code: owned("code")?, message: owned("message").unwrap_or_default() };
            world.machine(text("project")?, text("zone")?, text("name")?)?.fails = Some(error);
        }
        "deny" => {
            let (project, zone) = (owned("project"), owned("zone"));
            world.denials.push(Denial { permission: owned("permission")?, project, zone });
        }
        "api" => world.project(text("project")?).api_enabled = body["enabled"].as_bool()?,
        "faults" => {
            let times = body["times"].as_u64().and_then(|times| usize::try_from(times).ok());
            let (project, zone, method) = (owned("project"), owned("zone"), owned("method"));
            world.rules.push(FaultRule { project, zone, method, times, fault: fault(&body["fault"])? });
        }
        "settings" => settings(world, body)?,
        _ => return None,
    }
    Some(())
}

/// Reads a number of polls; any other value means held.
fn pace(polls: &Value) -> Pace {
    polls.as_u64().and_then(|polls| u32::try_from(polls).ok()).map_or(Pace::Held, Pace::Polls)
}

fn settings(world: &mut World, body: &Value) -> Option<()> {
    let setup = &mut world.setup;
    for (name, value) in body.as_object()? {
        if name == "polls" {
            setup.pace = pace(value);
            continue;
        }
        let number = value.as_u64()?;
        let small = u32::try_from(number).ok()?;
        match name.as_str() {
            "latency_ms" => setup.latency = Duration::from_millis(number),
            "per_instance_us" => setup.per_instance = Duration::from_micros(number),
            "handshake_rtts" => setup.handshake_rtts = small,
            "stale_reads" => setup.stale_reads = small,
            "wait_steps" => setup.wait_steps = small,
            "per_minute" => setup.per_minute = Some(small),
            _ => return None,
        }
    }
    Some(())
}

/// Reads a fault from JSON: its name alone (`"hung"`), or `{"type": NAME, …}` with its members;
/// `executed` has the fault that follows under `then`.
pub(crate) fn fault(value: &Value) -> Option<Fault> {
    let number = |name: &str| value[name].as_u64().and_then(|number| usize::try_from(number).ok());
    Some(match value.as_str().or_else(|| value["type"].as_str())? {
        "denied" => Fault::Denied,
        "api_disabled" => Fault::ApiDisabled,
        "rate_limited" => Fault::RateLimited,
        "exhausted" => Fault::Exhausted,
        "unauthenticated" => Fault::Unauthenticated,
        "condition_not_met" => Fault::ConditionNotMet,
        "unreachable" => Fault::Unreachable,
        "hung" => Fault::Hung,
        "closed" => Fault::Closed,
        "html" => Fault::Html,
        "wrong_type" => Fault::WrongType,
        "repeats_token" => Fault::RepeatsToken,
        "doubled" => Fault::Doubled,
        "slow" => Fault::Slow { by: Duration::from_millis(value["ms"].as_u64()?) },
        "cut" => Fault::Cut { at: number("at")? },
        "truncated" => Fault::Truncated { at: number("at")? },
        "gzip_bomb" => Fault::GzipBomb { megabytes: number("megabytes")? },
        "deep" => Fault::Deep { levels: number("levels")? },
        "breaks_after" => Fault::BreaksAfter { pages: number("pages")? },
        "body" => Fault::Body { bytes: value["text"].as_str()?.as_bytes().to_vec() },
        "error" => Fault::Error {
            status: u16::try_from(number("status")?).ok()?,
            reason: value["reason"].as_str()?.to_owned(),
            message: value["message"].as_str().unwrap_or_default().to_owned(),
        },
        "executed" => Fault::Executed(Box::new(fault(&value["then"])?)),
        _ => return None,
    })
}

fn instance(value: &Value) -> Option<GcpInstance> {
    let mut one = GcpInstance::new(value["project"].as_str()?, value["zone"].as_str()?, value["name"].as_str()?);
    for (name, value) in value.as_object()? {
        let yes = value.as_bool() == Some(true);
        one = match name.as_str() {
            "project" | "zone" | "name" => one,
            "id" => one.with_id(value.as_str()?.parse().ok()?),
            "status" => one.status(value.as_str()?),
            "machine_type" => one.machine_type(value.as_str()?),
            "managed_by" => one.managed_by(value.as_str()?),
            "public_ip" => one.public_ip(value.as_str()?),
            "private" if yes => one.private(),
            "protected" if yes => one.protected(),
            "spot" if yes => one.spot(),
            "local_ssd" if yes => one.local_ssd(),
            "labels" => {
                value.as_object()?.iter().try_fold(one, |one, (key, value)| Some(one.label(key, value.as_str()?)))?
            }
            _ => return None,
        };
    }
    Some(one)
}
