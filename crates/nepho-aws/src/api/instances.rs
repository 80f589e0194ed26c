//! The members of a described instance that Nephoscope reads, borrowed from the reply.
//!
//! Element names are those of EC2's API model (botocore's `ec2/2016-11-15/service-2.json`). The
//! members that are not read here are in the document all the same.

use std::borrow::Cow;

use crate::xml::{Cursor, ReplyError};

type Text<'a> = Cow<'a, str>;

/// One `<item>` of an `instancesSet`.
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

/// One network interface of an instance.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Interface<'a> {
    pub private_ips: Vec<Text<'a>>,
    pub ipv6s: Vec<Text<'a>>,
    pub associations: Vec<Association<'a>>,
}

/// A public address of a network interface.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Association<'a> {
    pub public_ip: Text<'a>,
    pub owner: Text<'a>,
}

impl<'a> Instance<'a> {
    /// Reads the current element to its end.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, ReplyError> {
        let mut it = Self::default();
        cursor.children(|cursor, name, _| {
            let field = match name {
                "instanceId" => &mut it.id,
                "imageId" => &mut it.image,
                "privateDnsName" => &mut it.private_dns,
                "dnsName" => &mut it.public_dns,
                "reason" => &mut it.transition_reason,
                "keyName" => &mut it.key_name,
                "instanceType" => &mut it.instance_type,
                "launchTime" => &mut it.launch_time,
                "subnetId" => &mut it.subnet,
                "vpcId" => &mut it.vpc,
                "privateIpAddress" => &mut it.private_ip,
                "ipAddress" => &mut it.public_ip,
                "ipv6Address" => &mut it.ipv6,
                "architecture" => &mut it.architecture,
                "rootDeviceType" => &mut it.root_device_type,
                "instanceLifecycle" => &mut it.lifecycle,
                "platform" => &mut it.platform,
                "platformDetails" => &mut it.platform_details,
                "instanceState" => {
                    return fields(cursor, [("code", &mut it.state_code), ("name", &mut it.state)]);
                }
                "placement" => return field(cursor, "availabilityZone", &mut it.zone),
                "iamInstanceProfile" => return field(cursor, "arn", &mut it.profile_arn),
                "stateReason" => return field(cursor, "message", &mut it.reason_message),
                "operator" => {
                    return fields(cursor, [("managed", &mut it.managed), ("principal", &mut it.manager)]);
                }
                "groupSet" => return each(cursor, "groupId", &mut it.groups),
                "blockDeviceMapping" => return volumes(cursor, &mut it.volumes),
                "tagSet" => return tags(cursor, &mut it.tags),
                "networkInterfaceSet" => {
                    return cursor.items(|cursor, _| {
                        it.interfaces.push(Interface::read(cursor)?);
                        Ok(())
                    });
                }
                _ => return cursor.skip(),
            };
            *field = cursor.text()?;
            Ok(())
        })?;
        if it.id.is_empty() { Err(ReplyError::Missing { element: "instanceId" }) } else { Ok(it) }
    }
}

impl<'a> Interface<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, ReplyError> {
        let mut it = Self::default();
        let mut own_address = Cow::Borrowed("");
        let mut own_association = Association::default();
        cursor.children(|cursor, name, _| match name {
            "privateIpAddress" => {
                own_address = cursor.text()?;
                Ok(())
            }
            "association" => own_association.read(cursor),
            "privateIpAddressesSet" => cursor.items(|cursor, _| it.private_address(cursor)),
            "ipv6AddressesSet" => each(cursor, "ipv6Address", &mut it.ipv6s),
            _ => cursor.skip(),
        })?;
        // Older replies have no list of addresses.
        if !own_address.is_empty() && !it.private_ips.contains(&own_address) {
            it.private_ips.insert(0, own_address);
        }
        let listed = it.associations.iter().any(|known| known.public_ip == own_association.public_ip);
        if !own_association.public_ip.is_empty() && !listed {
            it.associations.insert(0, own_association);
        }
        Ok(it)
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

/// Reads the children that are named in `into`.
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
