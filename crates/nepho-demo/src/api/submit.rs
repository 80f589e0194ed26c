//! Submission of actions, and the answers that the imitated cloud would give.

use nepho_core::{
    Action, ProviderError, ResourceKey, State,
    provider::{Accepted, Submission},
};

use super::context::Context;
use crate::{
    convert::raw_state,
    descriptor::INSTANCES,
    fleet::{
        self,
        account::Style,
        action_log::LoggedActions,
        lifecycle::{HOUR, LifecyclePoint, LoggedAction},
        machine::Machine,
    },
};

/// The time that the log keeps an action on a group member, in milliseconds: no member lives longer.
const MEMBER_ACTION_KEPT: i64 = 3 * HOUR;

/// Submits `action` for `keys`. Returns one submission per key.
pub(crate) async fn submit(context: &Context, action: Action, keys: &[ResourceKey]) -> Vec<Submission> {
    if keys.is_empty() {
        return Vec::new();
    }
    let updated = context.log.update(context.account.name, |log| carry_out_all(context, log, action, keys)).await;
    context.count_reply(0);
    updated.unwrap_or_else(|error| {
        let error = ProviderError::from(error);
        keys.iter().map(|key| Submission { key: key.clone(), outcome: Err(error.clone()) }).collect()
    })
}

/// Carries out `action` and logs it. The first value is true if the log changed.
fn carry_out_all(
    context: &Context,
    log: &mut LoggedActions,
    action: Action,
    keys: &[ResourceKey],
) -> (bool, Vec<Submission>) {
    let now = context.now();
    let machines = fleet::machines(context.account, log, now);
    let mut changed = false;
    let mut submissions = Vec::with_capacity(keys.len());
    for key in keys {
        let outcome = carry_out(context, &machines, action, key).map(|(accepted, is_logged)| {
            if is_logged {
                log.insert(key.native.to_string(), LoggedAction { action, at: now });
                changed = true;
            }
            accepted
        });
        submissions.push(Submission { key: key.clone(), outcome });
    }
    if changed {
        let permanent = fleet::permanent_ids(context.account);
        log.retain(|native, logged| now - logged.at < MEMBER_ACTION_KEPT || permanent.contains(native));
    }
    (changed, submissions)
}

/// The cloud's answer to `action` on `key`. The second value is true if the log must keep the action.
fn carry_out(
    context: &Context,
    machines: &[(Machine, LifecyclePoint)],
    action: Action,
    key: &ResourceKey,
) -> Result<(Accepted, bool), ProviderError> {
    let style = context.account.style;
    let (machine, life) = context.find(machines, key)?;
    let rule = INSTANCES.rule(action).ok_or_else(|| ProviderError::Unsupported { message: action.to_string() })?;
    if !context.offers(action) {
        let message = format!("the cloud of {} has no action {action}", machine.native);
        return Err(ProviderError::Unsupported { message });
    }
    if rule.already.contains(&life.state) {
        return Ok((accepted(style, Some(life.state)), false));
    }
    if !rule.from.contains(&life.state) {
        let message = format!("cannot {action} {} in state {}", machine.native, raw_state(style, life.state));
        return Err(ProviderError::InvalidState { message });
    }
    if machine.is_protected_against(action) {
        let message = format!("cannot {action} {}: it is protected", machine.native);
        return Err(ProviderError::InvalidState { message });
    }
    if machine.has_local_root() && action == Action::Stop {
        let message = format!("{} does not have an 'ebs' root device type and cannot be stopped", machine.native);
        return Err(ProviderError::Unsupported { message });
    }
    // As in EC2, the reply to a reboot names no state, and the state does not change.
    let state = (action != Action::Reboot).then(|| action.transition());
    Ok((accepted(style, state), action != Action::Reboot))
}

fn accepted(style: Style, state: Option<State>) -> Accepted {
    Accepted {
        state,
        raw_state: state.map(|state| raw_state(style, state).to_owned()).unwrap_or_default(),
        ticket: None,
    }
}
