//! A machine as it was created.

use std::net::IpAddr;

use nepho_core::{Action, Timestamp, resource::Lifecycle};

use super::{
    account::{DemoAccount, Style},
    lifecycle::Habit,
    workloads::{Disks, Public},
};

/// Properties of a machine that do not change while it exists.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) account: &'static DemoAccount,
    pub(crate) native: String,
    pub(crate) name: String,
    pub(crate) region: &'static str,
    pub(crate) zone: String,
    pub(crate) size: &'static str,
    pub(crate) team: &'static str,
    pub(crate) service: &'static str,
    pub(crate) habit: Habit,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) group: Option<&'static str>,
    pub(crate) private_ip: IpAddr,
    pub(crate) public_ip: Option<IpAddr>,
    pub(crate) public: Public,
    pub(crate) protected: bool,
    pub(crate) disks: Disks,
    pub(crate) image: String,
    pub(crate) network: String,
    pub(crate) subnet: String,
    pub(crate) firewall: String,
    pub(crate) disk: String,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
}

impl Machine {
    /// True if its cloud refuses the action because it is protected. EC2 also protects against
    /// stopping, Compute Engine only against deletion.
    pub(crate) fn is_protected_against(&self, action: Action) -> bool {
        self.protected
            && match action {
                Action::Stop => self.account.style == Style::Aws,
                Action::Terminate => true,
                Action::Start | Action::Reboot | Action::Suspend | Action::Resume => false,
            }
    }

    /// True if its root device is a local disk, so that it cannot be stopped.
    pub(crate) fn has_local_root(&self) -> bool {
        self.disks == Disks::LocalRoot
    }

    /// Its processor architecture, from the name of its size.
    pub(crate) fn architecture(&self) -> &'static str {
        let family = self.size.split('.').next().unwrap_or_default();
        if self.account.style == Style::Aws && family.ends_with('g') { "arm64" } else { "x86_64" }
    }
}

/// The time `ms` milliseconds after 1970, rounded down to a second as the clouds report it.
pub(crate) fn moment(ms: i64) -> Option<Timestamp> {
    Timestamp::from_second(ms.div_euclid(1000)).ok()
}
