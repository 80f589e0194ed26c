//! Listing of instances, page by page.

use nepho_core::{
    Scope,
    provider::{ListedResource, SweepItem},
};

use super::context::Context;
use crate::convert;

/// Rows on one page of a listing.
const PAGE: usize = 50;

/// Lists `scopes`, one after the other.
pub(crate) fn instances(context: &Context, scopes: &[Scope]) -> Vec<SweepItem> {
    let machines = match context.machines() {
        Ok(machines) => machines,
        Err(error) => {
            let failed = |scope: &Scope| SweepItem::Failed { scope: scope.clone(), error: error.clone() };
            return scopes.iter().map(failed).collect();
        }
    };
    let mut items = Vec::new();
    for scope in scopes {
        if let Some(error) = context.region_error(scope.location.as_str()) {
            context.count_reply(0);
            items.push(SweepItem::Failed { scope: scope.clone(), error });
            continue;
        }
        let found: Vec<ListedResource> = machines
            .iter()
            .filter(|(machine, _)| machine.region == scope.location.as_str())
            .map(|(machine, life)| convert::listed(machine, *life))
            .collect();
        for page in found.chunks(PAGE) {
            context.count_reply(page.iter().map(|listed| listed.document.bytes.len()).sum());
            items.push(SweepItem::Page { scope: scope.clone(), resources: page.to_vec() });
        }
        items.push(SweepItem::Complete { scope: scope.clone() });
    }
    items
}
