//! An instance as EC2 describes it → a resource as Nephoscope keeps it.

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

/// The version of this module: raise it whenever the same reply becomes another resource.
pub(crate) const VERSION: u32 = 1;

/// The tag by which Auto Scaling marks its members
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
        // EC2's launch time is that of the last start.
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

/// The state that EC2's word names, or else the low byte of its code: the high byte is EC2's own
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html>).
pub(crate) fn state(word: &str, code: &str) -> State {
    match word {
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

/// The address that a stop releases: one that EC2 assigned by itself, not an Elastic IP
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

/// Whether an IPv6 address is one of the internet's (`2000::/3`); a VPC may also have private ones.
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
mod tests {
    use super::*;
    use crate::xml::Cursor;

    fn convert(inner: &str) -> Resource {
        let text = format!("<item><instanceId>i-0ab</instanceId>{inner}</item>");
        let mut cursor = Cursor::of(&text);
        cursor.root("item").expect("an item");
        resource(&Instance::read(&mut cursor).expect("an instance"), &Realm::new("1"), &Region::new("eu-west-1"))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn everything_the_table_and_the_drawer_show() {
        let it = convert(
            "<imageId>ami-1</imageId><instanceState><code>80</code><name>stopped</name></instanceState>\
             <privateDnsName>ip-10</privateDnsName><dnsName>ec2-54</dnsName><reason>User initiated</reason>\
             <keyName>ops</keyName><instanceType>m5d.large</instanceType><launchTime>2026-01-02T03:04:05.000Z</launchTime>\
             <placement><availabilityZone>eu-west-1b</availabilityZone></placement><subnetId>subnet-1</subnetId>\
             <vpcId>vpc-1</vpcId><privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>54.0.0.1</ipAddress>\
             <groupSet><item><groupId>sg-1</groupId><groupName>web</groupName></item><item><groupId>sg-2</groupId></item></groupSet>\
             <architecture>arm64</architecture><rootDeviceType>instance-store</rootDeviceType>\
             <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId></ebs></item></blockDeviceMapping>\
             <instanceLifecycle>spot</instanceLifecycle>\
             <tagSet><item><key>Name</key><value>web &lt;b&gt;&amp;</value></item>\
             <item><key>aws:autoscaling:groupName</key><value>web-asg</value></item></tagSet>\
             <iamInstanceProfile><arn>arn:aws:iam::1:instance-profile/p</arn></iamInstanceProfile>\
             <platformDetails>Linux/UNIX</platformDetails><operator><managed>true</managed><principal>eks</principal></operator>\
             <stateReason><code>Client.User</code><message>User initiated shutdown</message></stateReason>",
        );
        let facts = &it.facts;
        assert_eq!(it.key.to_string(), "aws:1:eu-west-1:instance:i-0ab");
        assert_eq!((it.name.as_str(), it.state, it.raw_state.as_str()), ("web <b>&", State::Stopped, "stopped"));
        assert_eq!((it.zone.as_ref().map(Zone::as_str), it.size.as_str()), (Some("eu-west-1b"), "m5d.large"));
        assert_eq!((it.private_ips, it.public_ips), (vec![ip("10.0.0.1")], vec![ip("54.0.0.1")]));
        assert_eq!(it.dns_names, ["ec2-54", "ip-10"]);
        assert_eq!((it.created_at, it.started_at), (None, "2026-01-02T03:04:05Z".parse().ok()));
        assert_eq!(it.tags.len(), 2);
        assert_eq!((facts.lifecycle, facts.root_is_local, facts.ephemeral_public_ip), (Lifecycle::Spot, true, None));
        assert_eq!((facts.group.as_deref(), facts.managed_by.as_deref()), (Some("web-asg"), Some("eks")));
        assert_eq!((facts.image.as_deref(), facts.architecture.as_deref()), (Some("ami-1"), Some("arm64")));
        assert_eq!((facts.network.as_deref(), facts.subnet.as_deref()), (Some("vpc-1"), Some("subnet-1")));
        assert_eq!((facts.key_pair.as_deref(), facts.platform.as_deref()), (Some("ops"), Some("Linux/UNIX")));
        assert_eq!(
            (&facts.security_groups[..], &facts.disks[..]),
            (&["sg-1".into(), "sg-2".into()][..], &["vol-1".into()][..])
        );
        assert_eq!(facts.identity.as_deref(), Some("arn:aws:iam::1:instance-profile/p"));
        assert_eq!(facts.state_reason.as_deref(), Some("User initiated shutdown"));
    }

    #[test]
    fn addresses_of_all_interfaces_primary_first() {
        let it = convert(
            "<privateIpAddress>10.0.0.2</privateIpAddress><ipAddress>54.0.0.2</ipAddress><ipv6Address>2600::2</ipv6Address>\
             <networkInterfaceSet><item><privateIpAddress>10.0.0.1</privateIpAddress>\
             <association><publicIp>54.0.0.1</publicIp><ipOwnerId>123</ipOwnerId></association>\
             <privateIpAddressesSet><item><privateIpAddress>10.0.0.1</privateIpAddress></item></privateIpAddressesSet></item>\
             <item><privateIpAddress>10.0.0.2</privateIpAddress>\
             <association><publicIp>54.0.0.2</publicIp><ipOwnerId>amazon</ipOwnerId></association>\
             <privateIpAddressesSet><item><privateIpAddress>10.0.0.2</privateIpAddress>\
             <association><publicIp>54.0.0.2</publicIp><ipOwnerId>amazon</ipOwnerId></association></item>\
             <item><privateIpAddress>10.0.0.3</privateIpAddress></item></privateIpAddressesSet>\
             <ipv6AddressesSet><item><ipv6Address>2600::2</ipv6Address></item><item><ipv6Address>fd00::9</ipv6Address></item>\
             </ipv6AddressesSet></item></networkInterfaceSet>",
        );
        assert_eq!(it.private_ips, ["10.0.0.2", "10.0.0.1", "10.0.0.3", "fd00::9"].map(ip));
        assert_eq!(it.public_ips, ["54.0.0.2", "54.0.0.1", "2600::2"].map(ip));
        assert_eq!(it.facts.ephemeral_public_ip, Some(ip("54.0.0.2")), "the Elastic IP stays");
    }

    #[test]
    fn states_by_word_else_by_the_low_byte() {
        let states = [
            ("pending", State::Pending),
            ("running", State::Running),
            ("shutting-down", State::Terminating),
            ("terminated", State::Terminated),
            ("stopping", State::Stopping),
            ("stopped", State::Stopped),
            ("hibernating", State::Unknown),
        ];
        for (word, expected) in states {
            let it = convert(&format!("<instanceState><code>999</code><name>{word}</name></instanceState>"));
            assert_eq!((it.state, it.raw_state.as_str()), (expected, word));
        }
        assert_eq!(state("", "272"), State::Running, "256 is EC2's own");
        assert_eq!((state("", "7"), state("", "x"), state("", "")), (State::Unknown, State::Unknown, State::Unknown));
    }

    #[test]
    fn what_is_absent_is_not_guessed() {
        let it = convert("<launchTime>yesterday</launchTime><operator><managed>false</managed></operator>");
        assert_eq!((it.facts, it.started_at, it.zone), (InstanceFacts::default(), None, None));
        let others = convert(
            "<instanceLifecycle>capacity-block</instanceLifecycle><operator><managed>true</managed></operator>",
        );
        assert_eq!(others.facts.lifecycle, Lifecycle::Other);
        assert_eq!(others.facts.managed_by.as_deref(), Some("another AWS service"));
    }
}
