//! From core's plans to the wire's. Every match is exhaustive: a new warning must be shown.

use std::collections::BTreeMap;

use nepho_core as domain;

use super::{
    ActionOptions, CommitRefusal, Confirmation, Plan, PlanActionRequest, PlanCounts, PlanTarget, PlannedTarget,
    Refusal, Verdict, Warning,
};
use crate::{
    inventory::count,
    limits::{KeyText, MAX_LIMIT},
    time::moment,
};

/// The most targets or keys that a reply carries.
const MOST: usize = MAX_LIMIT as usize;
/// The most targets of one reason that a reply to a large plan carries.
const EXAMPLES: usize = 5;

impl From<PlanTarget> for domain::request::Targets {
    fn from(target: PlanTarget) -> Self {
        match target {
            PlanTarget::Keys { keys } => Self::Keys(keys.into_vec().into_iter().map(KeyText::into_key).collect()),
            PlanTarget::Selection { query, include_hidden } => {
                Self::Selection { query: query.into_string(), include_hidden }
            }
            PlanTarget::Operation { operation_id } => {
                Self::Operation(domain::journal::OperationId::new(operation_id.into_string()))
            }
        }
    }
}

impl PlanActionRequest {
    /// The action with its parameters.
    pub fn order(&self) -> Result<domain::provider::ActionRequest, domain::provider::OptionRefusal> {
        domain::provider::ActionRequest::new(self.action.into(), self.options.into())
    }
}

impl From<ActionOptions> for domain::provider::ActionOptions {
    fn from(options: ActionOptions) -> Self {
        let ActionOptions { force, hibernate, discard_local_disks } = options;
        Self { force, hibernate, discard_local_disks }
    }
}

impl From<domain::provider::ActionOptions> for ActionOptions {
    fn from(options: domain::provider::ActionOptions) -> Self {
        let domain::provider::ActionOptions { force, hibernate, discard_local_disks } = options;
        Self { force, hibernate, discard_local_disks }
    }
}

impl From<&domain::plan::Plan> for Plan {
    fn from(plan: &domain::plan::Plan) -> Self {
        Self {
            nonce: plan.nonce.0.clone(),
            action: plan.request.action().into(),
            options: plan.request.options().into(),
            asks_discard: plan.request.options().discard_local_disks || plan.targets.iter().any(needs_discard),
            offers_force: plan.targets.iter().any(|target| target.offers.force),
            offers_hibernate: plan.targets.iter().any(|target| target.offers.hibernate),
            expires_at: moment(plan.expires_at),
            confirmation: (&plan.confirmation).into(),
            counts: PlanCounts::of(&plan.targets),
            targets: shown(&plan.targets).into_iter().map(PlannedTarget::from).collect(),
        }
    }
}

/// Returns true if the target lacks only permission to discard its local disks: the engine refuses for
/// that last.
fn needs_discard(target: &domain::plan::PlannedTarget) -> bool {
    matches!(target.verdict, domain::plan::Verdict::Refused(domain::plan::Refusal::LocalDisks))
}

/// Returns the targets that a reply carries, in the order of display. A large plan keeps some targets
/// of each reason for leaving one out, so that no reason is without an example.
fn shown(targets: &[domain::plan::PlannedTarget]) -> Vec<&domain::plan::PlannedTarget> {
    let mut ranked: Vec<_> = targets.iter().collect();
    ranked.sort_by_key(|target| rank(target));
    if ranked.len() <= MOST {
        return ranked;
    }
    let (eligible, rest): (Vec<_>, Vec<_>) =
        ranked.into_iter().partition(|target| target.verdict == domain::plan::Verdict::Eligible);
    let mut of_each: BTreeMap<&'static str, usize> = BTreeMap::new();
    let examples = rest.into_iter().filter(|target| {
        let seen = of_each.entry(left_out(&target.verdict)).or_default();
        *seen += 1;
        *seen <= EXAMPLES
    });
    let examples: Vec<_> = examples.collect();
    eligible.into_iter().take(MOST - examples.len()).chain(examples).collect()
}

/// Names the reason for leaving a target out.
fn left_out(verdict: &domain::plan::Verdict) -> &'static str {
    match verdict {
        domain::plan::Verdict::Eligible => "",
        domain::plan::Verdict::Underway => "underway",
        domain::plan::Verdict::Already => "already",
        domain::plan::Verdict::Refused(refusal) => Refusal::from(refusal).word(),
    }
}

/// The order of display: the effects of the action first, the targets left out after them.
const fn rank(target: &domain::plan::PlannedTarget) -> u8 {
    match target.verdict {
        domain::plan::Verdict::Eligible if !target.warnings.is_empty() => 0,
        domain::plan::Verdict::Eligible => 1,
        domain::plan::Verdict::Refused(_) => 2,
        domain::plan::Verdict::Underway => 3,
        domain::plan::Verdict::Already => 4,
    }
}

impl From<&domain::plan::Confirmation> for Confirmation {
    fn from(confirmation: &domain::plan::Confirmation) -> Self {
        match confirmation {
            domain::plan::Confirmation::None => Self::None,
            domain::plan::Confirmation::Click => Self::Click,
            domain::plan::Confirmation::Type { accepted } => Self::Type { accepted: accepted.clone() },
        }
    }
}

impl From<&domain::plan::PlannedTarget> for PlannedTarget {
    fn from(target: &domain::plan::PlannedTarget) -> Self {
        let (verdict, refusal) = match &target.verdict {
            domain::plan::Verdict::Eligible => (Verdict::Eligible, None),
            domain::plan::Verdict::Already => (Verdict::Already, None),
            domain::plan::Verdict::Underway => (Verdict::Underway, None),
            domain::plan::Verdict::Refused(refusal) => (Verdict::Refused, Some(refusal.into())),
        };
        Self {
            key: target.key.to_string(),
            id: target.key.native.to_string(),
            name: target.name.clone(),
            account: target.account_name.clone(),
            account_id: target.account.to_string(),
            region: target.key.region.to_string(),
            zone: target.zone.as_ref().map(ToString::to_string),
            state: target.state.into(),
            raw_state: target.raw_state.clone(),
            prod: target.prod,
            verdict,
            refusal,
            warnings: target.warnings.iter().map(Warning::from).collect(),
        }
    }
}

impl From<&domain::plan::Refusal> for Refusal {
    fn from(refusal: &domain::plan::Refusal) -> Self {
        match refusal {
            domain::plan::Refusal::ReadOnly => Self::ReadOnly,
            domain::plan::Refusal::Unsupported => Self::Unsupported,
            domain::plan::Refusal::State(state) => Self::State { state: (*state).into() },
            domain::plan::Refusal::Protected => Self::Protected,
            domain::plan::Refusal::LocalRoot => Self::LocalRoot,
            domain::plan::Refusal::ManagedBy(owner) => Self::ManagedBy { owner: owner.clone() },
            domain::plan::Refusal::NotPermitted => Self::NotPermitted,
            domain::plan::Refusal::LocalDisks => Self::LocalDisks,
            domain::plan::Refusal::HibernationDisabled => Self::HibernationDisabled,
            domain::plan::Refusal::NotFound => Self::NotFound,
            domain::plan::Refusal::ReadFailed(failure) => {
                Self::ReadFailed { failure: failure.code.into(), message: failure.message.clone() }
            }
        }
    }
}

impl From<&domain::plan::Warning> for Warning {
    fn from(warning: &domain::plan::Warning) -> Self {
        match warning {
            domain::plan::Warning::GroupMember { group } => Self::GroupMember { group: group.clone() },
            domain::plan::Warning::Spot => Self::Spot,
            domain::plan::Warning::LocalDisksLost => Self::LocalDisksLost,
            domain::plan::Warning::Hard => Self::Hard,
            domain::plan::Warning::PublicIpLost { ip } => Self::PublicIpLost { ip: ip.to_string() },
            domain::plan::Warning::PublicIpNotChecked => Self::PublicIpNotChecked,
            domain::plan::Warning::ProtectionNotChecked => Self::ProtectionNotChecked,
            domain::plan::Warning::StaleRow { as_of } => Self::StaleRow { as_of: moment(*as_of) },
        }
    }
}

impl From<&domain::plan::CommitRefusal> for CommitRefusal {
    fn from(refusal: &domain::plan::CommitRefusal) -> Self {
        match refusal {
            domain::plan::CommitRefusal::Expired => Self::Expired,
            domain::plan::CommitRefusal::Confirmation => Self::Confirmation,
            domain::plan::CommitRefusal::Changed { changed } => {
                let first = changed.iter().take(MOST).map(ToString::to_string).collect();
                Self::Changed { count: count(changed.len()), changed: first }
            }
            domain::plan::CommitRefusal::Nothing => Self::Nothing,
        }
    }
}
