//! Context of the calls: the account, its log, the clock, and the counted traffic.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use nepho_core::{Action, Clock, Kind, ProviderError, ResourceKey, provider::Traffic};

use crate::fleet::{
    self,
    account::{DemoAccount, Style},
    action_log::ActionLog,
    lifecycle::LifecyclePoint,
    machine::Machine,
};

/// Context of the calls to one account.
#[derive(Debug)]
pub(crate) struct Context {
    pub account: &'static DemoAccount,
    pub log: ActionLog,
    clock: Arc<dyn Clock>,
    requests: AtomicU64,
    bytes_in: AtomicU64,
}

impl Context {
    /// A context without traffic yet.
    pub fn new(account: &'static DemoAccount, log: ActionLog, clock: Arc<dyn Clock>) -> Self {
        Self { account, log, clock, requests: AtomicU64::new(0), bytes_in: AtomicU64::new(0) }
    }

    /// The present time, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// The account's machines, after the actions in the log.
    pub fn machines(&self) -> Result<Vec<(Machine, LifecyclePoint)>, ProviderError> {
        let log = self.log.read(self.account.name)?;
        Ok(fleet::machines(self.account, &log, self.now()))
    }

    /// Counts one reply of `bytes` bytes, so that a sync reports plausible traffic.
    pub fn count_reply(&self, bytes: usize) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes_in.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The requests and bytes so far.
    pub fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests.load(Ordering::Relaxed), bytes_in: self.bytes_in.load(Ordering::Relaxed) }
    }

    /// The error for a region that is denied, or that the account does not use.
    pub fn region_error(&self, region: &str) -> Option<ProviderError> {
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

    /// The machine with this key.
    pub fn find<'a>(
        &self,
        machines: &'a [(Machine, LifecyclePoint)],
        key: &ResourceKey,
    ) -> Result<&'a (Machine, LifecyclePoint), ProviderError> {
        if let Some(error) = self.region_error(key.region.as_str()).filter(|_| self.has_key(key)) {
            return Err(error);
        }
        machines
            .iter()
            .find(|(machine, _)| {
                self.has_key(key) && machine.native == *key.native && machine.region == key.region.as_str()
            })
            .ok_or_else(|| ProviderError::NotFound { key: key.clone() })
    }

    fn has_key(&self, key: &ResourceKey) -> bool {
        key.provider == DemoAccount::PROVIDER && key.realm.as_str() == self.account.name && key.kind == Kind::Instance
    }

    /// True if the cloud of the account's style offers the action. EC2 cannot suspend.
    pub fn offers(&self, action: Action) -> bool {
        self.account.style == Style::Gcp || !matches!(action, Action::Suspend | Action::Resume)
    }
}
