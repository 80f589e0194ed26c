//! Fresh reads of single instances.

use nepho_core::{
    ProviderError, ResourceKey,
    provider::{Detail, Preflight, ReadResource, ReadResult, Target},
};

use super::context::Context;
use crate::{
    convert,
    fleet::{lifecycle::LifecyclePoint, machine::Machine},
};

/// Reads `targets`.
pub(crate) fn instances(context: &Context, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
    if targets.is_empty() {
        return Vec::new();
    }
    let machines = context.machines();
    let one = |key: &ResourceKey| read(context, machines.as_deref().map_err(Clone::clone)?, key, detail);
    let results: Vec<ReadResult> =
        targets.iter().map(|Target { key, .. }| ReadResult { key: key.clone(), seen: one(key) }).collect();
    let found = results.iter().filter_map(|result| result.seen.as_ref().ok());
    context.count_reply(found.map(|read| read.listed.document.bytes.len()).sum());
    results
}

fn read(
    context: &Context,
    machines: &[(Machine, LifecyclePoint)],
    key: &ResourceKey,
    detail: Detail,
) -> Result<ReadResource, ProviderError> {
    let (machine, life) = context.find(machines, key)?;
    let preflight = match detail {
        Detail::Plan(action) => Preflight { offered: Some(context.offers(action)), ..convert::preflight(machine) },
        Detail::State | Detail::Document => Preflight::default(),
    };
    Ok(ReadResource { listed: convert::listed(machine, *life), preflight })
}
