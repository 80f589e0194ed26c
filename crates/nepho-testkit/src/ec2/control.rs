//! The control requests under `/_control/`, for the double as a process.
//!
//! `GET stats` · `POST reset` (counts) · `GET seen` · `GET instances[?region=R]` (the truth) ·
//! `POST instances` (one to add, or an array) · `POST remove {region,id}` ·
//! `POST state {region,id,state}` · `POST settings {latency_ms,per_instance_us,lag_ms,stale_ms,vanish_ms,handshake_rtts}` ·
//! `GET|POST|DELETE faults` (`POST {region,action,times,fault}`, as [`fault`] reads it).

use std::{net::Ipv4Addr, time::Duration};

use nepho_core::State;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    fault::{Fault, FaultRule},
    machine::{Ec2Instance, Spot, word},
    world::World,
};
use crate::loopback::{Params, Reply, Request};

pub(crate) fn answer(world: &mut World, request: &Request, now: Instant) -> Reply {
    let (path, query) = request.target();
    let name = path.trim_start_matches("/_control/");
    let body: Value = if request.body.is_empty() {
        Value::Null
    } else {
        match serde_json::from_slice(&request.body) {
            Ok(body) => body,
            Err(error) => return bad(&error.to_string()),
        }
    };
    match answer_json(world, &request.method, name, &query, &body, now) {
        Some(value) => Reply::json(&value),
        None => bad("no such control request, or its body is not understood"),
    }
}

fn answer_json(
    world: &mut World,
    method: &str,
    name: &str,
    query: &Params,
    body: &Value,
    now: Instant,
) -> Option<Value> {
    let text = |name: &str| body[name].as_str();
    match (method, name) {
        ("GET", "stats") => return Some(world.stats()),
        ("GET", "seen") => {
            let seen = world.seen.iter();
            return Some(seen.map(|seen| json!({"service": seen.service, "region": seen.region, "action": seen.action, "ids": seen.ids})).collect());
        }
        ("GET", "instances") => return Some(instances(world, query.get("region"), now)),
        ("GET", "faults") => return Some(world.rules.iter().map(|rule| json!({"region": rule.region, "action": rule.action, "times": rule.times, "fault": format!("{:?}", rule.fault)})).collect()),
        ("POST", "reset") => {
            world.meter.forget();
            world.seen.clear();
        }
        ("POST", "instances") => {
            let many: Vec<&Value> = body.as_array().map_or_else(|| vec![body], |all| all.iter().collect());
            let many: Option<Vec<Ec2Instance>> = many.into_iter().map(instance).collect();
            many?.into_iter().for_each(|one| world.put(one));
        }
        ("POST", "remove") => {
            world.regions.get_mut(text("region")?)?.remove(text("id")?).then_some(())?;
        }
        ("POST", "state") => {
            let state = ec2_state(text("state")?)?;
            world.regions.get_mut(text("region")?)?.set_state(text("id")?, state).then_some(())?;
        }
        ("POST", "settings") => settings(world, body)?,
        ("POST", "faults") => world.rules.push(rule(body)?),
        ("DELETE", "faults") => match query.get("region") {
            Some(region) => world.rules.retain(|rule| rule.region.as_deref() != Some(region)),
            None => world.rules.clear(),
        },
        _ => return None,
    }
    Some(json!({"ok": true}))
}

fn instances(world: &mut World, region: Option<&str>, now: Instant) -> Value {
    let timing = world.timing();
    let mut all = Vec::new();
    for (name, instances) in world.regions.iter_mut().filter(|(name, _)| region.is_none_or(|wanted| wanted == *name)) {
        instances.settle(now, timing);
        all.extend(
            instances.truth().map(|(instance, state)| json!({"region": name, "id": instance.id, "state": word(state)})),
        );
    }
    Value::Array(all)
}

fn settings(world: &mut World, body: &Value) -> Option<()> {
    let setup = &mut world.setup;
    for (name, value) in body.as_object()? {
        let number = value.as_u64()?;
        match name.as_str() {
            "latency_ms" => setup.latency = Duration::from_millis(number),
            "per_instance_us" => setup.per_instance = Duration::from_micros(number),
            "lag_ms" => setup.lag = Duration::from_millis(number),
            "stale_ms" => setup.stale = Duration::from_millis(number),
            "vanish_ms" => setup.vanish = Duration::from_millis(number),
            "handshake_rtts" => setup.handshake_rtts = u32::try_from(number).ok()?,
            _ => return None,
        }
    }
    Some(())
}

fn rule(body: &Value) -> Option<FaultRule> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let times = body["times"].as_u64().and_then(|times| usize::try_from(times).ok());
    Some(FaultRule { region: text("region"), action: text("action"), times, fault: fault(&body["fault"])? })
}

/// Reads a fault from JSON: its name alone (`"hung"`), or `{"type": NAME, …}` with its members;
/// `executed` has the fault that follows under `then`.
pub(crate) fn fault(value: &Value) -> Option<Fault> {
    let number = |name: &str| value[name].as_u64().and_then(|number| usize::try_from(number).ok());
    Some(match value.as_str().or_else(|| value["type"].as_str())? {
        "denied" => Fault::Denied,
        "not_opted_in" => Fault::NotOptedIn,
        "throttled" => Fault::Throttled,
        "hung" => Fault::Hung,
        "closed" => Fault::Closed,
        "garbage" => Fault::Garbage,
        "html" => Fault::Html,
        "repeats_token" => Fault::RepeatsToken,
        "empty_pages" => Fault::EmptyPages,
        "cut" => Fault::Cut { at: number("at")? },
        "short" => Fault::Short { at: number("at")? },
        "drip" => Fault::Drip {
            bytes: number("bytes").unwrap_or(1),
            every: Duration::from_millis(value["every_ms"].as_u64().unwrap_or(1000)),
        },
        "gzip_bomb" => Fault::GzipBomb { megabytes: number("megabytes")? },
        "breaks_after" => Fault::BreaksAfter { pages: number("pages")? },
        "body" => Fault::Body { bytes: value["text"].as_str()?.as_bytes().to_vec() },
        "error" => Fault::Error {
            status: u16::try_from(number("status")?).ok()?,
            code: value["code"].as_str()?.to_owned(),
            message: value["message"].as_str().unwrap_or_default().to_owned(),
        },
        "executed" => Fault::Executed(Box::new(fault(&value["then"])?)),
        _ => return None,
    })
}

fn instance(value: &Value) -> Option<Ec2Instance> {
    let mut one = Ec2Instance::new(value["region"].as_str()?, value["id"].as_str()?);
    for (name, value) in value.as_object()? {
        let ip = || value.as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
        let yes = value.as_bool() == Some(true);
        one = match name.as_str() {
            "region" | "id" => one,
            "name" => one.named(value.as_str()?),
            "state" => one.state(ec2_state(value.as_str()?)?),
            "zone" => one.zone(value.as_str()?.chars().next()?),
            "size" => one.size(value.as_str()?),
            "group" => one.group(value.as_str()?),
            "reservation" => one.reservation(value.as_str()?),
            "launched" => one.launched(value.as_str()?),
            "managed_by" => one.managed_by(value.as_str()?),
            "raw_item" => one.raw_item(value.as_str()?),
            "amazon_ip" => one.amazon_ip(ip()?),
            "elastic_ip" => one.elastic_ip(ip()?),
            "spot" => one.spot(if value.as_str()? == "persistent" { Spot::Persistent } else { Spot::OneTime }),
            "local_root" if yes => one.local_root(),
            "stop_protected" if yes => one.stop_protected(),
            "termination_protected" if yes => one.termination_protected(),
            "tags" => {
                value.as_object()?.iter().try_fold(one, |one, (key, value)| Some(one.tag(key, value.as_str()?)))?
            }
            _ => return None,
        };
    }
    Some(one)
}

fn ec2_state(text: &str) -> Option<State> {
    let states =
        [State::Pending, State::Running, State::Terminating, State::Terminated, State::Stopping, State::Stopped];
    states.into_iter().find(|state| word(*state) == text)
}

fn bad(message: &str) -> Reply {
    let mut reply = Reply::json(&json!({"error": message}));
    reply.status = 400;
    reply
}
