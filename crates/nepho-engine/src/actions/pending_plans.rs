//! Plans that can still be committed. They are kept in memory for 60 s and are single use.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use nepho_core::{
    Timestamp,
    plan::{CommitRefusal, Confirmation, Nonce, Plan, Verdict},
};
use nepho_index::Snapshot;

/// The time for which a plan can be committed.
pub const PLAN_TTL: Duration = Duration::from_mins(1);

/// A plan, with the scale groups of its targets at planning time.
#[derive(Clone, Debug)]
pub struct PendingPlan {
    /// The plan as shown.
    pub plan: Plan,
    /// Each target's scale group, in the plan's order.
    pub groups: Vec<Option<String>>,
}

/// The plans that can still be committed.
#[derive(Debug, Default)]
pub struct PendingPlans(Mutex<HashMap<Nonce, PendingPlan>>);

impl PendingPlans {
    /// Stores a plan and drops expired ones.
    pub fn put(&self, pending: PendingPlan, now: Timestamp) {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|_, pending| pending.plan.expires_at > now);
        plans.insert(pending.plan.nonce.clone(), pending);
    }

    /// Removes and returns the plan for a commit. A wrong confirmation text leaves the plan in
    /// place, so that a typo needs no new plan.
    pub fn take(
        &self,
        nonce: &Nonce,
        typed: Option<&str>,
        clicked: bool,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<PendingPlan, CommitRefusal> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = plans.get(nonce).filter(|pending| pending.plan.expires_at > now).ok_or(CommitRefusal::Expired)?;
        if !confirmed(&pending.plan.confirmation, typed, clicked) {
            return Err(CommitRefusal::Confirmation);
        }
        let pending = plans.remove(nonce).ok_or(CommitRefusal::Expired)?;
        drop(plans);
        if pending.plan.eligible().next().is_none() {
            return Err(CommitRefusal::Nothing);
        }
        let changed = changed_since(&pending, snapshot, now);
        if changed.is_empty() { Ok(pending) } else { Err(CommitRefusal::Changed { changed }) }
    }
}

/// Returns `true` if the operator gave the required confirmation. The comparison is exact, without
/// trimming or case folding, so that a look-alike name does not pass.
fn confirmed(confirmation: &Confirmation, typed: Option<&str>, clicked: bool) -> bool {
    match confirmation {
        Confirmation::None => true,
        Confirmation::Click => clicked || typed.is_some(),
        Confirmation::Type { accepted } => typed.is_some_and(|typed| accepted.iter().any(|text| text == typed)),
    }
}

/// Returns the eligible targets whose state, name or group changed since planning.
fn changed_since(pending: &PendingPlan, snapshot: &Snapshot, now: Timestamp) -> Vec<nepho_core::ResourceKey> {
    let targets = pending.plan.targets.iter().zip(&pending.groups);
    let eligible = targets.filter(|(target, _)| target.verdict == Verdict::Eligible);
    let moved = eligible.filter(|(target, group)| {
        let row = snapshot.row(&target.key).zip(snapshot.get(&target.key, now));
        row.is_none_or(|(row, shown)| {
            shown.raw_state() != target.raw_state || shown.name() != target.name || row.resource.facts.group != **group
        })
    });
    moved.map(|(target, _)| target.key.clone()).collect()
}
