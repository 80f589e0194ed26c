//! The demo cloud as a [`Provider`].

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use nepho_core::{
    Access, Action, Clock, Identity, Kind, Location, Provider, ProviderError, Realm, ResourceKey, Scope, State,
    provider::{
        Accepted, ActionRequest, Detail, ListedResource, Preflight, Progress, ReadResource, ReadResult, Submission,
        SweepItem, Target, Ticket, Traffic,
    },
};

use crate::{
    account::{DemoAccount, Style},
    action_log::{ActionLog, LoggedActions},
    descriptor::INSTANCE,
    error::DemoError,
    fleet,
    lifecycle::{HOUR, LifecyclePoint, LoggedAction},
    machine::{Machine, raw_word},
};

/// Rows in one page of a listing.
const PAGE: usize = 50;
/// Actions on group members are forgotten after this: no member lives so long.
const MEMBER_ACTION_KEPT: i64 = 3 * HOUR;

/// One account of the demo cloud.
#[derive(Debug)]
pub struct DemoProvider {
    account: &'static DemoAccount,
    log: ActionLog,
    clock: Arc<dyn Clock>,
    access: Access,
    requests: AtomicU64,
    bytes_in: AtomicU64,
}

impl DemoProvider {
    /// The account of `realm`, whose actions are kept in [`crate::FILE_NAME`] under `dir`. The
    /// directory must exist.
    pub fn new(realm: &Realm, dir: &Path, clock: Arc<dyn Clock>, access: Access) -> Result<Self, DemoError> {
        let account = DemoAccount::of(realm).ok_or_else(|| DemoError::UnknownAccount { realm: realm.clone() })?;
        Ok(Self {
            account,
            log: ActionLog::in_dir(dir),
            clock,
            access,
            requests: AtomicU64::new(0),
            bytes_in: AtomicU64::new(0),
        })
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn machines(&self) -> Result<Vec<(Machine, LifecyclePoint)>, ProviderError> {
        let log = self.log.read(self.account.name)?;
        Ok(fleet::machines(self.account, &log, self.now()))
    }

    /// Counts one answer, so that a sync's figures mean something.
    fn answered(&self, bytes: usize) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes_in.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn refused_region(&self, region: &str) -> Option<ProviderError> {
        if self.account.denied == Some(region) {
            return Some(ProviderError::PermissionDenied {
                operation: "ec2:DescribeInstances".to_owned(),
                message: format!(
                    "demo:{}/you is not authorized to perform ec2:DescribeInstances in {region}",
                    self.account.name
                ),
            });
        }
        (!self.account.regions.contains(&region)).then(|| ProviderError::NotEnabled {
            api: region.to_owned(),
            message: "the account does not use this region".to_owned(),
        })
    }

    fn sweep(&self, scopes: &[Scope]) -> Vec<SweepItem> {
        let machines = match self.machines() {
            Ok(machines) => machines,
            Err(error) => {
                return scopes
                    .iter()
                    .map(|scope| SweepItem::Failed { scope: scope.clone(), error: error.clone() })
                    .collect();
            }
        };
        let mut items = Vec::new();
        for scope in scopes {
            if let Some(error) = self.refused_region(scope.location.as_str()) {
                self.answered(0);
                items.push(SweepItem::Failed { scope: scope.clone(), error });
                continue;
            }
            let found: Vec<ListedResource> = machines
                .iter()
                .filter(|(machine, _)| machine.region == scope.location.as_str())
                .map(|(machine, life)| machine.at(*life))
                .collect();
            for page in found.chunks(PAGE) {
                self.answered(page.iter().map(|listed| listed.document.bytes.len()).sum());
                items.push(SweepItem::Page { scope: scope.clone(), resources: page.to_vec() });
            }
            items.push(SweepItem::Complete { scope: scope.clone() });
        }
        items
    }

    fn is_mine(&self, key: &ResourceKey) -> bool {
        key.provider == DemoAccount::PROVIDER && key.realm.as_str() == self.account.name && key.kind == Kind::Instance
    }

    fn find<'a>(
        &self,
        machines: &'a [(Machine, LifecyclePoint)],
        key: &ResourceKey,
    ) -> Result<&'a (Machine, LifecyclePoint), ProviderError> {
        if let Some(error) = self.refused_region(key.region.as_str()).filter(|_| self.is_mine(key)) {
            return Err(error);
        }
        machines
            .iter()
            .find(|(machine, _)| {
                self.is_mine(key) && machine.native == *key.native && machine.region == key.region.as_str()
            })
            .ok_or_else(|| ProviderError::NotFound { key: key.clone() })
    }

    /// Whether the cloud that the account is like knows the action. EC2 suspends nothing.
    fn has(&self, action: Action) -> bool {
        self.account.style == Style::Gcp || !matches!(action, Action::Suspend | Action::Resume)
    }

    /// What the cloud answers to `action` on `key`, and the logged to remember if it accepts.
    fn carry_out(
        &self,
        machines: &[(Machine, LifecyclePoint)],
        action: Action,
        key: &ResourceKey,
    ) -> Result<(Accepted, bool), ProviderError> {
        let (machine, life) = self.find(machines, key)?;
        let rule = INSTANCE.rule(action).ok_or_else(|| ProviderError::Unsupported { message: action.to_string() })?;
        if !self.has(action) {
            let message = format!("{} is of a cloud that has no {action}", machine.native);
            return Err(ProviderError::Unsupported { message });
        }
        if rule.already.contains(&life.state) {
            return Ok((accepted(self.account.style, Some(life.state)), false));
        }
        if !rule.from.contains(&life.state) {
            let word = raw_word(self.account.style, life.state);
            let message = format!("{} is not in a state from which it can be: {action} ({word})", machine.native);
            return Err(ProviderError::InvalidState { message });
        }
        if machine.is_protected_against(action) {
            let message = format!("{} may not be: {action}; it is protected", machine.native);
            return Err(ProviderError::InvalidState { message });
        }
        if machine.has_local_root() && action == Action::Stop {
            let message = format!("{} does not have an 'ebs' root device type and cannot be stopped", machine.native);
            return Err(ProviderError::Unsupported { message });
        }
        // As in EC2, the reply to a reboot names no state, and the state does not change.
        let named = (action != Action::Reboot).then(|| action.transition());
        Ok((accepted(self.account.style, named), action != Action::Reboot))
    }

    fn carry_out_all(&self, log: &mut LoggedActions, action: Action, keys: &[ResourceKey]) -> (bool, Vec<Submission>) {
        let now = self.now();
        let machines = fleet::machines(self.account, log, now);
        let mut changed = false;
        let mut answers = Vec::with_capacity(keys.len());
        for key in keys {
            let outcome = self.carry_out(&machines, action, key).map(|(accepted, moves)| {
                if moves {
                    log.insert(key.native.to_string(), LoggedAction { action, at: now });
                    changed = true;
                }
                accepted
            });
            answers.push(Submission { key: key.clone(), outcome });
        }
        if changed {
            let lasting = fleet::permanent_ids(self.account);
            log.retain(|native, logged| now - logged.at < MEMBER_ACTION_KEPT || lasting.contains(native));
        }
        (changed, answers)
    }
}

fn accepted(style: Style, state: Option<State>) -> Accepted {
    Accepted {
        state,
        raw_state: state.map(|state| raw_word(style, state).to_owned()).unwrap_or_default(),
        ticket: None,
    }
}

#[async_trait]
impl Provider for DemoProvider {
    async fn verify(&self) -> Result<Identity, ProviderError> {
        self.answered(0);
        Ok(Identity {
            realm: self.account.realm(),
            principal: format!("demo:{}/you", self.account.name),
            denied: Vec::new(),
        })
    }

    async fn scopes(&self) -> Result<Vec<Scope>, ProviderError> {
        self.answered(0);
        let regions = self.account.regions.iter();
        Ok(regions.map(|region| Scope { location: Location::new(*region), kind: Kind::Instance }).collect())
    }

    fn list<'a>(&'a self, scopes: &'a [Scope]) -> BoxStream<'a, SweepItem> {
        // Lazily: the fleet is looked at when the first item is asked for.
        stream::once(async move { stream::iter(self.sweep(scopes)) }).flatten().boxed()
    }

    async fn observe(&self, targets: &[Target], detail: Detail) -> Vec<ReadResult> {
        if targets.is_empty() {
            return Vec::new();
        }
        let machines = self.machines();
        let answers: Vec<ReadResult> = targets
            .iter()
            .map(|Target { key, .. }| ReadResult {
                key: key.clone(),
                seen: machines.as_ref().map_err(Clone::clone).and_then(|machines| self.find(machines, key)).map(
                    |(machine, life)| ReadResource {
                        listed: machine.at(*life),
                        preflight: match detail {
                            Detail::Plan(action) => {
                                Preflight { offered: Some(self.has(action)), ..machine.preflight() }
                            }
                            Detail::State | Detail::Document => Preflight::default(),
                        },
                    },
                ),
            })
            .collect();
        let seen = answers.iter().filter_map(|answer| answer.seen.as_ref().ok());
        self.answered(seen.map(|seen| seen.listed.document.bytes.len()).sum());
        answers
    }

    async fn submit(&self, request: ActionRequest, targets: &[Target]) -> Vec<Submission> {
        let keys: Vec<ResourceKey> = targets.iter().map(|target| target.key.clone()).collect();
        if keys.is_empty() {
            return Vec::new();
        }
        if self.access == Access::ReadOnly {
            let refused = |key: &ResourceKey| Submission { key: key.clone(), outcome: Err(ProviderError::ReadOnly) };
            return keys.iter().map(refused).collect();
        }
        let answers = self
            .log
            .update(self.account.name, |log| self.carry_out_all(log, request.action, &keys))
            .await
            .unwrap_or_else(|error| {
                let error = ProviderError::from(error);
                keys.iter().map(|key| Submission { key: key.clone(), outcome: Err(error.clone()) }).collect()
            });
        self.answered(0);
        answers
    }

    /// The demo cloud's replies say all there is; no ticket was given out.
    async fn progress(&self, tickets: &[Ticket]) -> Vec<Result<Progress, ProviderError>> {
        let none = || Err(ProviderError::Unsupported { message: "the demo cloud has no operations".to_owned() });
        tickets.iter().map(|_| none()).collect()
    }

    fn converter_version(&self) -> u32 {
        1
    }

    fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests.load(Ordering::Relaxed), bytes_in: self.bytes_in.load(Ordering::Relaxed) }
    }
}
