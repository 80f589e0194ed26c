//! Instances of EC2 and their resources.

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
fn instance_has_every_member_that_the_table_and_the_drawer_show() {
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
    assert_eq!(it.facts.ephemeral_public_ip, Some(ip("54.0.0.2")), "a stop does not release the Elastic IP");
}

#[test]
fn state_is_read_from_the_name_else_from_the_low_byte() {
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
    assert_eq!(state("", "272"), State::Running, "256 is for EC2's own use");
    assert_eq!((state("", "7"), state("", "x"), state("", "")), (State::Unknown, State::Unknown, State::Unknown));
}

#[test]
fn absent_members_are_not_guessed() {
    let it = convert("<launchTime>yesterday</launchTime><operator><managed>false</managed></operator>");
    assert_eq!((it.facts, it.started_at, it.zone), (InstanceFacts::default(), None, None));
    let others =
        convert("<instanceLifecycle>capacity-block</instanceLifecycle><operator><managed>true</managed></operator>");
    assert_eq!(others.facts.lifecycle, Lifecycle::Other);
    assert_eq!(others.facts.managed_by.as_deref(), Some("another AWS service"));
}
