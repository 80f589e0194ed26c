//! The double's instances, and the effects of the four actions on them.
//!
//! Refusals follow EC2's documentation, even where moto accepts the request.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use nepho_core::State;
use tokio::time::Instant;

use super::machine::{Ec2Instance, Spot, code, word};
use crate::loopback::{Params, Reply};

/// One instance and its transition.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) is: Ec2Instance,
    moving: Option<Moving>,
    terminated: Option<Instant>,
    /// The state that describes show until then: eventual consistency.
    stale: Option<(State, Instant)>,
}

#[derive(Clone, Copy, Debug)]
struct Moving {
    to: State,
    since: Instant,
}

/// The durations of transitions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The time from a transitional state to the final one.
    pub(crate) lag: Duration,
    /// The time for which describes show the state before an accepted action.
    pub(crate) stale: Duration,
    /// The time for which a terminated instance is still described.
    pub(crate) vanish: Duration,
}

/// The instances of one region, in order of id.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    kept: BTreeMap<String, Kept>,
    /// Increases with every change of what a describe shows.
    version: u64,
}

impl Instances {
    pub(crate) fn put(&mut self, instance: Ec2Instance) {
        let kept = Kept { is: instance, moving: None, terminated: None, stale: None };
        self.kept.insert(kept.is.id.clone(), kept);
        self.version += 1;
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.version += 1;
        self.kept.remove(id).is_some()
    }

    pub(crate) fn set_state(&mut self, id: &str, state: State) -> bool {
        self.version += 1;
        let Some(kept) = self.kept.get_mut(id) else { return false };
        kept.is.state = state;
        (kept.moving, kept.stale) = (None, None);
        true
    }

    /// Applies every change whose time has come; the version then identifies what describes show.
    pub(crate) fn settle(&mut self, now: Instant, timing: Timing) -> u64 {
        for kept in self.kept.values_mut() {
            if let Some(moving) = kept.moving.filter(|moving| moving.since + timing.lag <= now) {
                kept.is.state = moving.to;
                kept.moving = None;
                self.version += 1;
                if moving.to == State::Terminated {
                    kept.terminated = Some(moving.since + timing.lag);
                }
            }
            if kept.stale.is_some_and(|(_, until)| until <= now) {
                kept.stale = None;
                self.version += 1;
            }
        }
        let before = self.kept.len();
        self.kept.retain(|_, kept| kept.terminated.is_none_or(|at| now < at + timing.vanish));
        self.version += u64::from(self.kept.len() != before);
        self.version
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Returns what a describe shows, in order of id.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&Ec2Instance, State)> {
        self.kept.values().map(|kept| (&kept.is, kept.stale.map_or(kept.is.state, |(state, _)| state)))
    }

    /// Returns the true states, whatever describes show.
    pub(crate) fn truth(&self) -> impl Iterator<Item = (&Ec2Instance, State)> {
        self.kept.values().map(|kept| (&kept.is, kept.is.state))
    }

    /// Returns the ids, or the refusal of a request with a malformed or unknown id.
    pub(crate) fn known(&self, ids: &[String]) -> Result<(), Reply> {
        let malformed = ids.iter().find(|id| !well_formed(id));
        if let Some(id) = malformed {
            return Err(Reply::ec2_error(400, "InvalidInstanceID.Malformed", &format!("Invalid id: \"{id}\"")));
        }
        let unknown: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !self.kept.contains_key(*id)).collect();
        match unknown[..] {
            [] => Ok(()),
            [one] => Err(not_found(&format!("The instance ID '{one}' does not exist"))),
            _ => Err(not_found(&format!("The instance IDs '{}' do not exist", unknown.join(", ")))),
        }
    }

    pub(crate) fn attribute(&self, params: &Params) -> Result<Reply, Reply> {
        let id = params.get("InstanceId").unwrap_or_default().to_owned();
        self.known(std::slice::from_ref(&id))?;
        let attribute = params.get("Attribute").unwrap_or_default();
        let preflight = self.kept.get(&id).map(|kept| kept.is.preflight).unwrap_or_default();
        let value = match attribute {
            "disableApiStop" => preflight.stop,
            "disableApiTermination" => preflight.termination,
            other => {
                return Err(invalid(&format!(
                    "Value ({other}) for parameter attribute is invalid. Unknown attribute."
                )));
            }
        };
        Ok(Reply::ec2(
            "DescribeInstanceAttribute",
            &format!("<instanceId>{id}</instanceId><{attribute}><value>{value}</value></{attribute}>"),
        ))
    }

    /// Carries out an action on all ids, or refuses it for all.
    pub(crate) fn act(&mut self, action: &str, params: &Params, now: Instant, timing: Timing) -> Result<Reply, Reply> {
        let ids = params.list("InstanceId");
        if ids.is_empty() {
            return Err(Reply::ec2_error(400, "MissingParameter", "The request must contain the parameter InstanceId"));
        }
        self.known(&ids)?;
        if params.get("DryRun") == Some("true") {
            let words = "Request would have succeeded, but DryRun flag is set.";
            return Err(Reply::ec2_error(412, "DryRunOperation", words));
        }
        for id in &ids {
            if let Some(kept) = self.kept.get(id) {
                refused(action, &kept.is)?;
            }
        }
        let (spared, refusal) = self.spared_zones(action, &ids);
        let mut changes = String::new();
        for id in &ids {
            let Some(kept) = self.kept.get_mut(id).filter(|kept| !spared.contains(&kept.is.zone)) else { continue };
            let before = kept.is.state;
            kept.begin(action, now, timing);
            let (now_code, now_word, was_code, was_word) =
                (code(kept.is.state), word(kept.is.state), code(before), word(before));
            put!(
                changes,
                "<item><instanceId>{id}</instanceId><currentState><code>{now_code}</code><name>{now_word}</name></currentState><previousState><code>{was_code}</code><name>{was_word}</name></previousState></item>"
            );
        }
        self.version += 1;
        match refusal {
            Some(refusal) => Err(refusal),
            // The reply to a reboot has no state.
            None if action == "RebootInstances" => Ok(Reply::ec2(action, "<return>true</return>")),
            None => Ok(Reply::ec2(action, &format!("<instancesSet>{changes}</instancesSet>"))),
        }
    }

    /// A termination that names a protected instance fails, and spares the zones of protected
    /// instances; instances in other zones are still terminated (API reference,
    /// `TerminateInstances`).
    fn spared_zones(&self, action: &str, ids: &[String]) -> (BTreeSet<String>, Option<Reply>) {
        if action != "TerminateInstances" {
            return (BTreeSet::new(), None);
        }
        let asked = ids.iter().filter_map(|id| self.kept.get(id));
        let protected: Vec<&Kept> = asked.filter(|kept| kept.is.preflight.termination).collect();
        let refusal =
            protected.first().map(|kept| protected_against(&kept.is.id, "terminated", "disableApiTermination"));
        (protected.iter().map(|kept| kept.is.zone.clone()).collect(), refusal)
    }
}

impl Kept {
    fn begin(&mut self, action: &str, now: Instant, timing: Timing) {
        let before = self.is.state;
        let (through, to) = match (action, before) {
            ("StartInstances", State::Stopped) => (State::Pending, State::Running),
            ("StopInstances", State::Running) => (State::Stopping, State::Stopped),
            ("TerminateInstances", state) if !matches!(state, State::Terminating | State::Terminated) => {
                (State::Terminating, State::Terminated)
            }
            // The instance is in its goal or on the way: EC2 accepts, and nothing happens.
            _ => return,
        };
        self.is.state = through;
        self.moving = Some(Moving { to, since: now });
        if !timing.stale.is_zero() {
            self.stale = Some((before, now + timing.stale));
        }
    }
}

/// Returns EC2's refusal of the action on this instance, which refuses the whole request.
fn refused(action: &str, instance: &Ec2Instance) -> Result<(), Reply> {
    let id = &instance.id;
    let wrong_state = |verb: &str| {
        let words = format!("The instance '{id}' is not in a state from which it can be {verb}.");
        Err(Reply::ec2_error(400, "IncorrectInstanceState", &words))
    };
    match (action, instance.state) {
        ("StartInstances", State::Stopping | State::Terminating | State::Terminated) => wrong_state("started"),
        ("StopInstances", State::Pending | State::Terminating | State::Terminated) => wrong_state("stopped"),
        ("RebootInstances", State::Running | State::Pending) => Ok(()),
        ("RebootInstances", _) => wrong_state("rebooted"),
        ("StopInstances", _) if instance.preflight.stop => Err(protected_against(id, "stopped", "disableApiStop")),
        ("StopInstances", _) if instance.local_root => {
            let words = format!("The instance '{id}' does not have an 'ebs' root device type and cannot be stopped.");
            Err(Reply::ec2_error(400, "UnsupportedOperation", &words))
        }
        ("StopInstances", _) if instance.spot == Some(Spot::OneTime) => {
            let words = format!(
                "You can't stop the Spot Instance '{id}' because it is associated with a one-time Spot Instance request."
            );
            Err(Reply::ec2_error(400, "UnsupportedOperation", &words))
        }
        _ => Ok(()),
    }
}

fn protected_against(id: &str, verb: &str, attribute: &str) -> Reply {
    let words =
        format!("The instance '{id}' may not be {verb}. Modify its '{attribute}' instance attribute and try again.");
    Reply::ec2_error(400, "OperationNotPermitted", &words)
}

fn not_found(words: &str) -> Reply {
    Reply::ec2_error(400, "InvalidInstanceID.NotFound", words)
}

pub(crate) fn invalid(words: &str) -> Reply {
    Reply::ec2_error(400, "InvalidParameterValue", words)
}

/// Returns true for `i-` and 8 or 17 lower-case hexadecimal digits.
fn well_formed(id: &str) -> bool {
    let digits = id.strip_prefix("i-").unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
