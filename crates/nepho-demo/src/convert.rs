//! Conversion of the demo cloud's machines into resources.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use nepho_core::{
    Action, Kind, Region, Resource, ResourceKey, State, Zone,
    provider::{ListedResource, Preflight},
    resource::InstanceFacts,
};

use crate::{
    document,
    fleet::{
        account::{DemoAccount, Style},
        lifecycle::LifecyclePoint,
        machine::{Machine, moment},
        workloads::{Disks, Public},
    },
};

/// The version of this module. Raise it when the same machine becomes another resource.
pub(crate) const VERSION: u32 = 1;

/// The resource of a machine, and its document.
pub(crate) fn listed(machine: &Machine, life: LifecyclePoint) -> ListedResource {
    let resource = resource(machine, life);
    ListedResource { document: document::of(machine, &resource), resource }
}

/// The facts that a plan needs.
pub(crate) fn preflight(machine: &Machine) -> Preflight {
    Preflight {
        stop: Some(machine.is_protected_against(Action::Stop)),
        termination: Some(machine.is_protected_against(Action::Terminate)),
        local_disks: Some(machine.disks != Disks::Network),
        hibernation: None,
        permitted: Some(true),
        offered: None,
        public_ip_unknown: false,
    }
}

fn resource(machine: &Machine, life: LifecyclePoint) -> Resource {
    let style = machine.account.style;
    // EC2 releases a public address when it stops an instance, unless it is an Elastic IP.
    let kept = machine.public == Public::Kept;
    let has_public = kept || matches!(life.state, State::Pending | State::Running);
    let public_ip = machine.public_ip.filter(|_| has_public);
    let gone = matches!(life.state, State::Terminated);
    let private_ips: Vec<IpAddr> = if gone { Vec::new() } else { vec![machine.private_ip] };
    Resource {
        key: ResourceKey {
            provider: DemoAccount::PROVIDER,
            realm: machine.account.realm(),
            region: Region::new(machine.region),
            kind: Kind::Instance,
            native: Arc::from(machine.native.as_str()),
        },
        name: machine.name.clone(),
        zone: Some(Zone::new(machine.zone.as_str())),
        state: life.state,
        raw_state: raw_state(style, life.state).to_owned(),
        size: machine.size.to_owned(),
        dns_names: private_ips.iter().map(|ip| dns_name(machine, *ip)).collect(),
        private_ips,
        public_ips: public_ip.into_iter().filter(|_| !gone).collect(),
        tags: tags(machine),
        created_at: match style {
            // EC2 has no creation time.
            Style::Aws => None,
            Style::Gcp => moment(machine.created),
        },
        started_at: moment(life.started),
        facts: InstanceFacts {
            lifecycle: machine.lifecycle,
            group: machine.group.map(str::to_owned),
            managed_by: None,
            root_is_local: machine.has_local_root(),
            ephemeral_public_ip: public_ip.filter(|_| !kept && !gone),
            image: Some(machine.image.clone()),
            architecture: Some(machine.architecture().to_owned()),
            platform: Some("Linux/UNIX".to_owned()),
            network: Some(machine.network.clone()),
            subnet: Some(machine.subnet.clone()),
            security_groups: vec![machine.firewall.clone()],
            identity: Some(format!("{}-role", machine.team)),
            key_pair: (style == Style::Aws).then(|| "ops-2025".to_owned()),
            disks: vec![machine.disk.clone()],
            state_reason: reason(style, life.state).map(str::to_owned),
        },
    }
}

fn tags(machine: &Machine) -> BTreeMap<String, String> {
    let account = machine.account;
    let env = if account.prod { "prod" } else { account.name.rsplit('-').next().unwrap_or("dev") };
    let mut tags = BTreeMap::from([
        ("env".to_owned(), env.to_owned()),
        ("team".to_owned(), machine.team.to_owned()),
        ("service".to_owned(), machine.service.to_owned()),
    ]);
    if account.style == Style::Aws {
        if !machine.name.is_empty() {
            tags.insert("Name".to_owned(), machine.name.clone());
        }
        if let Some(group) = machine.group {
            tags.insert("aws:autoscaling:groupName".to_owned(), group.to_owned());
        }
    }
    tags
}

fn dns_name(machine: &Machine, ip: IpAddr) -> String {
    match machine.account.style {
        Style::Aws => format!("ip-{}.{}.compute.internal", ip.to_string().replace('.', "-"), machine.region),
        Style::Gcp => format!("{}.{}.c.{}.internal", machine.name, machine.zone, machine.account.name),
    }
}

/// The name of the state in EC2 or Compute Engine. The demo still lists a deleted machine for a
/// while, as EC2 does; Compute Engine has no name for that state.
pub(crate) fn raw_state(style: Style, state: State) -> &'static str {
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
