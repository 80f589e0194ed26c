//! Evaluation of targets: the effect of an action on each, from a fresh read. Pure functions.

use std::collections::BTreeSet;

use nepho_core::{
    Access, Account, Action, Capabilities, Failure, State, Timestamp,
    cache::CachedRow,
    capability::{ActionMode, ActionRule},
    journal::{JournalEvent, Unfinished},
    plan::{Confirmation, OptionOffers, PlannedTarget, Refusal, Verdict, Warning, asks},
    provider::{ActionRequest, Preflight, ReadResource},
    resource::Lifecycle,
};

/// The input of one target's verdict.
#[derive(Debug)]
pub struct PlanInput<'a> {
    /// The requested action and its options.
    pub request: ActionRequest,
    /// The account.
    pub account: &'a Account,
    /// The cached row.
    pub row: &'a CachedRow,
    /// The age of the cached row before the fresh read.
    pub as_of: Option<Timestamp>,
    /// `true` if the cached row was stale.
    pub stale: bool,
    /// The provider's capabilities for the kind.
    pub capabilities: Option<&'a Capabilities>,
    /// The fresh read; `Ok(None)` if the provider no longer knows the resource.
    pub fresh: Result<Option<&'a ReadResource>, Failure>,
    /// The latest unfinished action on the resource, of any process.
    pub pending: Option<&'a Unfinished>,
}

/// Evaluates one target.
pub fn evaluate(input: &PlanInput<'_>) -> PlannedTarget {
    let resource = match &input.fresh {
        Ok(Some(observed)) => &observed.listed.resource,
        _ => &input.row.resource,
    };
    let verdict = verdict(input);
    let warnings = if verdict == Verdict::Eligible { warnings(input) } else { Vec::new() };
    PlannedTarget {
        key: input.row.resource.key.clone(),
        zone: resource.zone.clone(),
        name: resource.name.clone(),
        account: input.account.id.clone(),
        account_name: input.account.name.clone(),
        state: resource.state,
        raw_state: resource.raw_state.clone(),
        prod: input.account.prod,
        offers: rule(input).map_or_else(OptionOffers::default, |rule| OptionOffers {
            force: !rule.force_from.is_empty(),
            hibernate: rule.hibernates,
        }),
        verdict,
        warnings,
    }
}

fn verdict(input: &PlanInput<'_>) -> Verdict {
    if input.account.access == Access::ReadOnly {
        return Verdict::Refused(Refusal::ReadOnly);
    }
    let action = input.request.action();
    let Some(rule) = rule(input) else {
        return Verdict::Refused(Refusal::Unsupported);
    };
    let observed = match &input.fresh {
        Err(failure) => return Verdict::Refused(Refusal::ReadFailed(failure.clone())),
        Ok(None) => return Verdict::Refused(Refusal::NotFound),
        Ok(Some(observed)) => *observed,
    };
    if observed.preflight.offered == Some(false) {
        return Verdict::Refused(Refusal::Unsupported);
    }
    let resource = &observed.listed.resource;
    let options = input.request.options();
    if (options.force && rule.force_from.is_empty()) || (options.hibernate && !rule.hibernates) {
        return Verdict::Refused(Refusal::Unsupported);
    }
    let from = if options.force { rule.force_from } else { rule.from };
    if !from.contains(&resource.state) {
        return elsewhere(rule, input.request, resource.state);
    }
    if !options.force && input.pending.is_some_and(|pending| is_on_its_way(pending, input.request)) {
        return Verdict::Underway;
    }
    if options.hibernate && observed.preflight.hibernation == Some(false) {
        return Verdict::Refused(Refusal::HibernationDisabled);
    }
    if let Some(owner) = &resource.facts.managed_by {
        return Verdict::Refused(Refusal::ManagedBy(owner.clone()));
    }
    if action == Action::Stop && resource.facts.root_is_local {
        return Verdict::Refused(Refusal::LocalRoot);
    }
    if protection(action, observed.preflight) == Some(true) {
        return Verdict::Refused(Refusal::Protected);
    }
    if observed.preflight.permitted == Some(false) {
        return Verdict::Refused(Refusal::NotPermitted);
    }
    let discards = rule.mode == ActionMode::DiscardsLocalDisks && observed.preflight.local_disks == Some(true);
    if discards && !options.discard_local_disks {
        return Verdict::Refused(Refusal::LocalDisks);
    }
    Verdict::Eligible
}

/// Returns the verdict for a state in which the provider does not accept the request.
fn elsewhere(rule: &ActionRule, request: ActionRequest, state: State) -> Verdict {
    let goal = request.goal();
    match rule.already.contains(&state) {
        true if goal.is_visible() && goal.holds(state) => Verdict::Already,
        true => Verdict::Underway,
        false => Verdict::Refused(Refusal::State(state)),
    }
}

/// Returns `true` if an unfinished action leads to the goal of `request`. One without a response may
/// never have arrived, so it prevents nothing. A reboot can be repeated.
fn is_on_its_way(pending: &Unfinished, request: ActionRequest) -> bool {
    let goal = request.goal();
    let answered = pending.accepted || matches!(pending.last.event, JournalEvent::Sent(_));
    goal.is_visible() && pending.intent.goal == goal && answered
}

fn rule<'a>(input: &PlanInput<'a>) -> Option<&'a ActionRule> {
    input.capabilities.and_then(|capabilities| capabilities.rule(input.request.action()))
}

/// Returns `true` if the cloud's protection prevents `action`; `None` if it was not checked.
fn protection(action: Action, preflight: Preflight) -> Option<bool> {
    match action {
        Action::Stop => preflight.stop,
        Action::Terminate => preflight.termination,
        // No known cloud protects against these actions.
        Action::Start | Action::Reboot | Action::Suspend | Action::Resume => Some(false),
    }
}

fn warnings(input: &PlanInput<'_>) -> Vec<Warning> {
    let Ok(Some(observed)) = &input.fresh else { return Vec::new() };
    let facts = &observed.listed.resource.facts;
    let mut warnings = Vec::new();
    let action = input.request.action();
    let powers_off = matches!(action, Action::Stop | Action::Suspend | Action::Terminate);
    if input.request.options().force || rule(input).is_some_and(|rule| rule.mode == ActionMode::Hard) {
        warnings.push(Warning::Hard);
    }
    if let Some(group) = facts.group.as_ref().filter(|_| !matches!(action, Action::Start | Action::Resume)) {
        warnings.push(Warning::GroupMember { group: group.clone() });
    }
    if facts.lifecycle == Lifecycle::Spot && powers_off {
        warnings.push(Warning::Spot);
    }
    if observed.preflight.local_disks == Some(true) && powers_off {
        warnings.push(Warning::LocalDisksLost);
    }
    if let Some(ip) = facts.ephemeral_public_ip.filter(|_| powers_off) {
        warnings.push(Warning::PublicIpLost { ip });
    } else if observed.preflight.public_ip_unknown && powers_off {
        warnings.push(Warning::PublicIpNotChecked);
    }
    if protection(action, observed.preflight).is_none() {
        warnings.push(Warning::ProtectionNotChecked);
    }
    if let Some(as_of) = input.as_of.filter(|_| input.stale) {
        warnings.push(Warning::StaleRow { as_of });
    }
    warnings
}

/// Returns the confirmation that the action needs, in proportion to its effect.
///
/// `shared` tells whether a name stands for several resources, so that typing it would prove nothing.
pub fn confirmation(action: Action, targets: &[PlannedTarget], shared: impl Fn(&str) -> bool) -> Confirmation {
    let eligible: Vec<_> = targets.iter().filter(|target| target.verdict == Verdict::Eligible).collect();
    let in_prod = eligible.iter().any(|target| target.prod);
    let typed =
        action == Action::Terminate || (in_prod && matches!(action, Action::Stop | Action::Reboot | Action::Suspend));
    match eligible.as_slice() {
        [] => Confirmation::None,
        [one] if typed => Confirmation::Type { accepted: names_of(one, shared) },
        many if typed => {
            let accounts: BTreeSet<_> = many.iter().map(|target| target.account_name.as_str()).collect();
            let accounts = accounts.into_iter().collect::<Vec<_>>().join(", ");
            // The first is short and still names what happens and to how many.
            let accepted = vec![format!("{action} {}", many.len()), format!("{accounts} {}", many.len())];
            Confirmation::Type { accepted }
        }
        some if asks(action, some.len(), in_prod) => Confirmation::Click,
        _ => Confirmation::None,
    }
}

/// Returns the texts that identify one target: its name unless empty or shared, and always its id.
fn names_of(target: &PlannedTarget, shared: impl Fn(&str) -> bool) -> Vec<String> {
    let id = target.key.native.to_string();
    if target.name.is_empty() || shared(&target.name) { vec![id] } else { vec![target.name.clone(), id] }
}

/// Returns the verdict for a key that is not in the inventory.
pub fn unknown_target(key: nepho_core::ResourceKey) -> PlannedTarget {
    PlannedTarget {
        key,
        zone: None,
        name: String::new(),
        account: nepho_core::AccountId::new(""),
        account_name: String::new(),
        state: State::Unknown,
        raw_state: String::new(),
        prod: false,
        offers: OptionOffers::default(),
        verdict: Verdict::Refused(Refusal::NotFound),
        warnings: Vec::new(),
    }
}
