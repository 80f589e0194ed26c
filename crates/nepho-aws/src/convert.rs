//! Conversion of EC2's instances into resources.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use nepho_core::{
    Kind, ProviderKind, Realm, Region, Resource, ResourceKey, State, Timestamp, Zone,
    resource::{InstanceFacts, Lifecycle},
};

use crate::api::instances::Instance;

/// The version of this module. Raise it when the same reply becomes another resource.
pub(crate) const VERSION: u32 = 1;

/// The tag that Auto Scaling sets on its members
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html>).
const GROUP_TAG: &str = "aws:autoscaling:groupName";

/// Converts one instance.
pub(crate) fn resource(instance: &Instance<'_>, realm: &Realm, region: &Region) -> Resource {
    let tags: BTreeMap<String, String> =
        instance.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let raw_state = if instance.state.is_empty() { &instance.state_code } else { &instance.state };
    Resource {
        key: key(&instance.id, realm, region),
        name: tags.get("Name").cloned().unwrap_or_default(),
        zone: some(&instance.zone).map(|zone| Zone::new(zone.as_str())),
        state: state(&instance.state, &instance.state_code),
        raw_state: raw_state.to_string(),
        size: instance.instance_type.to_string(),
        private_ips: private_ips(instance),
        public_ips: public_ips(instance),
        dns_names: [&instance.public_dns, &instance.private_dns].into_iter().filter_map(|name| some(name)).collect(),
        created_at: None,
        // EC2's launch time is the time of the last start.
        started_at: instance.launch_time.parse::<Timestamp>().ok(),
        facts: facts(instance, tags.get(GROUP_TAG).cloned()),
        tags,
    }
}

/// The key of the instance `id`.
pub(crate) fn key(id: &str, realm: &Realm, region: &Region) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Aws,
        realm: realm.clone(),
        region: region.clone(),
        kind: Kind::Instance,
        native: Arc::from(id),
    }
}

/// The state of EC2's name, else of the low byte of its code: the high byte is for EC2's own use
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html>).
pub(crate) fn state(name: &str, code: &str) -> State {
    match name {
        "pending" => State::Pending,
        "running" => State::Running,
        "shutting-down" => State::Terminating,
        "terminated" => State::Terminated,
        "stopping" => State::Stopping,
        "stopped" => State::Stopped,
        "" => match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(0) => State::Pending,
            Ok(16) => State::Running,
            Ok(32) => State::Terminating,
            Ok(48) => State::Terminated,
            Ok(64) => State::Stopping,
            Ok(80) => State::Stopped,
            _ => State::Unknown,
        },
        _ => State::Unknown,
    }
}

fn facts(instance: &Instance<'_>, group: Option<String>) -> InstanceFacts {
    InstanceFacts {
        lifecycle: match &*instance.lifecycle {
            "" => Lifecycle::OnDemand,
            "spot" => Lifecycle::Spot,
            _ => Lifecycle::Other,
        },
        group,
        managed_by: (instance.managed == "true")
            .then(|| some(&instance.manager).unwrap_or_else(|| "another AWS service".to_owned())),
        root_is_local: instance.root_device_type == "instance-store",
        ephemeral_public_ip: ephemeral_public_ip(instance),
        image: some(&instance.image),
        architecture: some(&instance.architecture),
        platform: some(&instance.platform_details).or_else(|| some(&instance.platform)),
        network: some(&instance.vpc),
        subnet: some(&instance.subnet),
        security_groups: instance.groups.iter().map(ToString::to_string).collect(),
        identity: some(&instance.profile_arn),
        key_pair: some(&instance.key_name),
        disks: instance.volumes.iter().map(ToString::to_string).collect(),
        state_reason: some(&instance.reason_message).or_else(|| some(&instance.transition_reason)),
    }
}

/// The address that a stop releases: one from Amazon's pool, not an Elastic IP
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceAssociation.html>).
fn ephemeral_public_ip(instance: &Instance<'_>) -> Option<IpAddr> {
    let associations = instance.interfaces.iter().flat_map(|interface| &interface.associations);
    associations.filter(|one| one.owner == "amazon").find_map(|one| one.public_ip.parse().ok())
}

fn private_ips(instance: &Instance<'_>) -> Vec<IpAddr> {
    let own = std::iter::once(&instance.private_ip);
    let interfaces = instance.interfaces.iter().flat_map(|interface| &interface.private_ips);
    let v4 = own.chain(interfaces).filter_map(|text| text.parse().ok());
    unique(v4.chain(ipv6s(instance).filter(|ip| !is_global(ip)).map(IpAddr::V6)))
}

fn public_ips(instance: &Instance<'_>) -> Vec<IpAddr> {
    let own = std::iter::once(&instance.public_ip);
    let interfaces = instance.interfaces.iter().flat_map(|interface| &interface.associations);
    let v4 = own.chain(interfaces.map(|association| &association.public_ip)).filter_map(|text| text.parse().ok());
    unique(v4.chain(ipv6s(instance).filter(is_global).map(IpAddr::V6)))
}

fn ipv6s<'i>(instance: &'i Instance<'_>) -> impl Iterator<Item = Ipv6Addr> + 'i {
    let interfaces = instance.interfaces.iter().flat_map(|interface| &interface.ipv6s);
    std::iter::once(&instance.ipv6).chain(interfaces).filter_map(|text| text.parse().ok())
}

/// True for a global IPv6 address (`2000::/3`); a VPC may also have private ones.
fn is_global(ip: &Ipv6Addr) -> bool {
    ip.segments()[0] & 0xe000 == 0x2000
}

/// The addresses in order, each once.
fn unique(ips: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut seen = Vec::new();
    for ip in ips {
        if !seen.contains(&ip) {
            seen.push(ip);
        }
    }
    seen
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
