//! A machine as it was made, and the resource that it is at a moment.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use nepho_core::{
    Action, Kind, Region, Resource, ResourceKey, State, Timestamp, Zone,
    provider::{ListedResource, Preflight},
    resource::{InstanceFacts, Lifecycle},
};

use crate::{
    account::{DemoAccount, Style},
    document,
    lifecycle::{Habit, LifecyclePoint},
    workloads::{Disks, Public},
};

/// Everything about a machine that does not change while it exists.
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
    /// What a plan must know about it.
    pub(crate) fn preflight(&self) -> Preflight {
        Preflight {
            stop: Some(self.is_protected_against(Action::Stop)),
            termination: Some(self.is_protected_against(Action::Terminate)),
            local_disks: Some(self.disks != Disks::Network),
            permitted: Some(true),
            offered: None,
            public_ip_unknown: false,
        }
    }

    /// Whether its cloud refuses the action because it is protected. EC2 protects against stopping
    /// too, Compute Engine only against deleting.
    pub(crate) fn is_protected_against(&self, action: Action) -> bool {
        self.protected
            && match action {
                Action::Stop => self.account.style == Style::Aws,
                Action::Terminate => true,
                Action::Start | Action::Reboot | Action::Suspend | Action::Resume => false,
            }
    }

    /// Whether it can be stopped at all.
    pub(crate) fn has_local_root(&self) -> bool {
        self.disks == Disks::LocalRoot
    }

    /// The resource and its document.
    pub(crate) fn at(&self, life: LifecyclePoint) -> ListedResource {
        let resource = self.resource(life);
        ListedResource { document: document::of(self, &resource), resource }
    }

    fn resource(&self, life: LifecyclePoint) -> Resource {
        let style = self.account.style;
        // EC2 takes a public address away when it stops an instance, unless it is an elastic one.
        let kept = self.public == Public::Kept;
        let has_public = kept || matches!(life.state, State::Pending | State::Running);
        let public_ip = self.public_ip.filter(|_| has_public);
        let gone = matches!(life.state, State::Terminated);
        let private_ips: Vec<IpAddr> = if gone { Vec::new() } else { vec![self.private_ip] };
        Resource {
            key: ResourceKey {
                provider: DemoAccount::PROVIDER,
                realm: self.account.realm(),
                region: Region::new(self.region),
                kind: Kind::Instance,
                native: Arc::from(self.native.as_str()),
            },
            name: self.name.clone(),
            zone: Some(Zone::new(self.zone.as_str())),
            state: life.state,
            raw_state: raw_word(style, life.state).to_owned(),
            size: self.size.to_owned(),
            dns_names: private_ips.iter().map(|ip| self.dns_name(*ip)).collect(),
            private_ips,
            public_ips: public_ip.into_iter().filter(|_| !gone).collect(),
            tags: self.tags(),
            created_at: match style {
                // EC2 does not keep it.
                Style::Aws => None,
                Style::Gcp => moment(self.created),
            },
            started_at: moment(life.started),
            facts: InstanceFacts {
                lifecycle: self.lifecycle,
                group: self.group.map(str::to_owned),
                managed_by: None,
                root_is_local: self.has_local_root(),
                ephemeral_public_ip: public_ip.filter(|_| !kept && !gone),
                image: Some(self.image.clone()),
                architecture: Some(self.architecture().to_owned()),
                platform: Some("Linux/UNIX".to_owned()),
                network: Some(self.network.clone()),
                subnet: Some(self.subnet.clone()),
                security_groups: vec![self.firewall.clone()],
                identity: Some(format!("{}-role", self.team)),
                key_pair: (style == Style::Aws).then(|| "ops-2025".to_owned()),
                disks: vec![self.disk.clone()],
                state_reason: reason(style, life.state).map(str::to_owned),
            },
        }
    }

    fn tags(&self) -> BTreeMap<String, String> {
        let env = if self.account.prod { "prod" } else { self.account.name.rsplit('-').next().unwrap_or("dev") };
        let mut tags = BTreeMap::from([
            ("env".to_owned(), env.to_owned()),
            ("team".to_owned(), self.team.to_owned()),
            ("service".to_owned(), self.service.to_owned()),
        ]);
        if self.account.style == Style::Aws {
            if !self.name.is_empty() {
                tags.insert("Name".to_owned(), self.name.clone());
            }
            if let Some(group) = self.group {
                tags.insert("aws:autoscaling:groupName".to_owned(), group.to_owned());
            }
        }
        tags
    }

    fn dns_name(&self, ip: IpAddr) -> String {
        match self.account.style {
            Style::Aws => format!("ip-{}.{}.compute.internal", ip.to_string().replace('.', "-"), self.region),
            Style::Gcp => format!("{}.{}.c.{}.internal", self.name, self.zone, self.account.name),
        }
    }

    pub(crate) fn architecture(&self) -> &'static str {
        let family = self.size.split('.').next().unwrap_or_default();
        if self.account.style == Style::Aws && family.ends_with('g') { "arm64" } else { "x86_64" }
    }
}

/// The style's word for the state, as EC2 and Compute Engine say it. The demo goes on showing a
/// deleted machine for a while, as EC2 does; Compute Engine has no word for that.
pub(crate) fn raw_word(style: Style, state: State) -> &'static str {
    match (style, state) {
        (Style::Aws, State::Terminating) => "shutting-down",
        (Style::Aws, other) => other.as_str(),
        (Style::Gcp, State::Pending) => "STAGING",
        (Style::Gcp, State::Running) => "RUNNING",
        (Style::Gcp, State::Stopping) => "STOPPING",
        (Style::Gcp, State::Stopped) => "TERMINATED",
        (Style::Gcp, State::Suspending) => "SUSPENDING",
        (Style::Gcp, State::Suspended) => "SUSPENDED",
        (Style::Gcp, State::Terminating) => "DEPROVISIONING",
        (Style::Gcp, State::Terminated) => "DELETED",
        (Style::Gcp, State::Repairing) => "REPAIRING",
        (Style::Gcp, State::Unknown) => "UNKNOWN",
    }
}

fn reason(style: Style, state: State) -> Option<&'static str> {
    match (style, state) {
        (Style::Aws, State::Stopping | State::Stopped) => Some("Client.UserInitiatedShutdown: User initiated shutdown"),
        (Style::Aws, State::Terminating | State::Terminated) => {
            Some("Client.UserInitiatedShutdown: User initiated termination")
        }
        _ => None,
    }
}

/// The moment at `ms`; to the second, as the clouds tell it.
pub(crate) fn moment(ms: i64) -> Option<Timestamp> {
    Timestamp::from_second(ms.div_euclid(1000)).ok()
}
