//! Members of an instance that Nephoscope reads, borrowed from the reply.
//!
//! Element names are those of EC2's API model (botocore's `ec2/2016-11-15/service-2.json`). The
//! document has the other members too.

use std::borrow::Cow;

use crate::xml::{Cursor, ReplyError};

type Text<'a> = Cow<'a, str>;

/// Instance: an `<item>` of an `instancesSet`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Instance<'a> {
    pub id: Text<'a>,
    pub image: Text<'a>,
    pub state_code: Text<'a>,
    pub state: Text<'a>,
    pub private_dns: Text<'a>,
    pub public_dns: Text<'a>,
    pub transition_reason: Text<'a>,
    pub key_name: Text<'a>,
    pub instance_type: Text<'a>,
    pub launch_time: Text<'a>,
    pub zone: Text<'a>,
    pub subnet: Text<'a>,
    pub vpc: Text<'a>,
    pub private_ip: Text<'a>,
    pub public_ip: Text<'a>,
    pub ipv6: Text<'a>,
    pub architecture: Text<'a>,
    pub root_device_type: Text<'a>,
    pub lifecycle: Text<'a>,
    pub platform: Text<'a>,
    pub platform_details: Text<'a>,
    pub profile_arn: Text<'a>,
    pub reason_message: Text<'a>,
    pub managed: Text<'a>,
    pub manager: Text<'a>,
    pub groups: Vec<Text<'a>>,
    pub volumes: Vec<Text<'a>>,
    pub tags: Vec<(Text<'a>, Text<'a>)>,
    pub interfaces: Vec<Interface<'a>>,
}

/// Network interface of an instance.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Interface<'a> {
    pub private_ips: Vec<Text<'a>>,
    pub ipv6s: Vec<Text<'a>>,
    pub associations: Vec<Association<'a>>,
}

/// Public address of a network interface.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Association<'a> {
    pub public_ip: Text<'a>,
    pub owner: Text<'a>,
}

impl<'a> Instance<'a> {
    /// Reads the current element to its end.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, ReplyError> {
        let mut instance = Self::default();
        cursor.children(|cursor, name, _| {
            let field = match name {
                "instanceId" => &mut instance.id,
                "imageId" => &mut instance.image,
                "privateDnsName" => &mut instance.private_dns,
                "dnsName" => &mut instance.public_dns,
                "reason" => &mut instance.transition_reason,
                "keyName" => &mut instance.key_name,
                "instanceType" => &mut instance.instance_type,
                "launchTime" => &mut instance.launch_time,
                "subnetId" => &mut instance.subnet,
                "vpcId" => &mut instance.vpc,
                "privateIpAddress" => &mut instance.private_ip,
                "ipAddress" => &mut instance.public_ip,
                "ipv6Address" => &mut instance.ipv6,
                "architecture" => &mut instance.architecture,
                "rootDeviceType" => &mut instance.root_device_type,
                "instanceLifecycle" => &mut instance.lifecycle,
                "platform" => &mut instance.platform,
                "platformDetails" => &mut instance.platform_details,
                "instanceState" => {
                    return fields(cursor, [("code", &mut instance.state_code), ("name", &mut instance.state)]);
                }
                "placement" => return field(cursor, "availabilityZone", &mut instance.zone),
                "iamInstanceProfile" => return field(cursor, "arn", &mut instance.profile_arn),
                "stateReason" => return field(cursor, "message", &mut instance.reason_message),
                "operator" => {
                    return fields(cursor, [("managed", &mut instance.managed), ("principal", &mut instance.manager)]);
                }
                "groupSet" => return each(cursor, "groupId", &mut instance.groups),
                "blockDeviceMapping" => return volumes(cursor, &mut instance.volumes),
                "tagSet" => return tags(cursor, &mut instance.tags),
                "networkInterfaceSet" => {
                    return cursor.items(|cursor, _| {
                        instance.interfaces.push(Interface::read(cursor)?);
                        Ok(())
                    });
                }
                _ => return cursor.skip(),
            };
            *field = cursor.text()?;
            Ok(())
        })?;
        if instance.id.is_empty() { Err(ReplyError::Missing { element: "instanceId" }) } else { Ok(instance) }
    }
}

impl<'a> Interface<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, ReplyError> {
        let mut interface = Self::default();
        let mut own_address = Cow::Borrowed("");
        let mut own_association = Association::default();
        cursor.children(|cursor, name, _| match name {
            "privateIpAddress" => {
                own_address = cursor.text()?;
                Ok(())
            }
            "association" => own_association.read(cursor),
            "privateIpAddressesSet" => cursor.items(|cursor, _| interface.private_address(cursor)),
            "ipv6AddressesSet" => each(cursor, "ipv6Address", &mut interface.ipv6s),
            _ => cursor.skip(),
        })?;
        // Older replies have no list of addresses.
        if !own_address.is_empty() && !interface.private_ips.contains(&own_address) {
            interface.private_ips.insert(0, own_address);
        }
        let listed = interface.associations.iter().any(|known| known.public_ip == own_association.public_ip);
        if !own_association.public_ip.is_empty() && !listed {
            interface.associations.insert(0, own_association);
        }
        Ok(interface)
    }

    fn private_address(&mut self, cursor: &mut Cursor<'a>) -> Result<(), ReplyError> {
        let mut association = Association::default();
        cursor.children(|cursor, name, _| match name {
            "privateIpAddress" => {
                self.private_ips.push(cursor.text()?);
                Ok(())
            }
            "association" => association.read(cursor),
            _ => cursor.skip(),
        })?;
        if !association.public_ip.is_empty() {
            self.associations.push(association);
        }
        Ok(())
    }
}

impl<'a> Association<'a> {
    fn read(&mut self, cursor: &mut Cursor<'a>) -> Result<(), ReplyError> {
        fields(cursor, [("publicIp", &mut self.public_ip), ("ipOwnerId", &mut self.owner)])
    }
}

/// Reads the children with the names in `into`.
fn fields<'a, const N: usize>(cursor: &mut Cursor<'a>, mut into: [(&str, &mut Text<'a>); N]) -> Result<(), ReplyError> {
    cursor.children(|cursor, name, _| {
        match into.iter_mut().find(|(wanted, _)| *wanted == name) {
            Some((_, field)) => **field = cursor.text()?,
            None => cursor.skip()?,
        }
        Ok(())
    })
}

/// Reads the child `wanted`.
fn field<'a>(cursor: &mut Cursor<'a>, wanted: &str, into: &mut Text<'a>) -> Result<(), ReplyError> {
    fields(cursor, [(wanted, into)])
}

/// Reads the child `wanted` of each item.
fn each<'a>(cursor: &mut Cursor<'a>, wanted: &str, into: &mut Vec<Text<'a>>) -> Result<(), ReplyError> {
    cursor.items(|cursor, _| {
        let mut text = Cow::Borrowed("");
        field(cursor, wanted, &mut text)?;
        if !text.is_empty() {
            into.push(text);
        }
        Ok(())
    })
}

fn volumes<'a>(cursor: &mut Cursor<'a>, into: &mut Vec<Text<'a>>) -> Result<(), ReplyError> {
    cursor.items(|cursor, _| {
        cursor.children(|cursor, name, _| {
            if name != "ebs" {
                return cursor.skip();
            }
            let mut volume = Cow::Borrowed("");
            field(cursor, "volumeId", &mut volume)?;
            if !volume.is_empty() {
                into.push(volume);
            }
            Ok(())
        })
    })
}

fn tags<'a>(cursor: &mut Cursor<'a>, into: &mut Vec<(Text<'a>, Text<'a>)>) -> Result<(), ReplyError> {
    cursor.items(|cursor, _| {
        let (mut key, mut value) = (Cow::Borrowed(""), Cow::Borrowed(""));
        cursor.children(|cursor, name, _| {
            match name {
                "key" => key = cursor.text()?,
                "value" => value = cursor.text()?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        into.push((key, value));
        Ok(())
    })
}
