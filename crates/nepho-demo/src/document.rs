//! Documents of machines: JSON in the form of the imitated cloud.

use bytes::Bytes;
use nepho_core::{Document, DocumentFormat, Resource, State, Timestamp, resource::Lifecycle};
use serde_json::{Value, json};

use crate::fleet::{
    account::Style,
    machine::{Machine, moment},
    workloads::Disks,
};

/// The document of `machine`, whose present resource is `resource`.
pub(crate) fn of(machine: &Machine, resource: &Resource) -> Document {
    let value = match machine.account.style {
        Style::Aws => aws(machine, resource),
        Style::Gcp => gcp(machine, resource),
    };
    Document { format: DocumentFormat::Json, bytes: Bytes::from(value.to_string()) }
}

fn aws(machine: &Machine, resource: &Resource) -> Value {
    let tags: Vec<Value> = resource.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let mut value = json!({
        "InstanceId": machine.native,
        "ImageId": machine.image,
        "InstanceType": machine.size,
        "Architecture": machine.architecture(),
        "State": {"Code": ec2_code(resource.state), "Name": resource.raw_state},
        "LaunchTime": text(resource.started_at),
        "Placement": {"AvailabilityZone": machine.zone, "Tenancy": "default"},
        "PrivateIpAddress": resource.private_ips.first().map(ToString::to_string),
        "PrivateDnsName": resource.dns_names.first(),
        "PublicIpAddress": resource.public_ips.first().map(ToString::to_string),
        "VpcId": machine.network,
        "SubnetId": machine.subnet,
        "SecurityGroups": [{"GroupId": machine.firewall, "GroupName": machine.service}],
        "KeyName": "ops-2025",
        "EbsOptimized": true,
        "RootDeviceType": if machine.has_local_root() { "instance-store" } else { "ebs" },
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": machine.disk, "Status": "attached", "DeleteOnTermination": true}}],
        "PlatformDetails": "Linux/UNIX",
        "Monitoring": {"State": "disabled"},
        "Tags": tags,
    });
    if machine.lifecycle == Lifecycle::Spot {
        value["InstanceLifecycle"] = json!("spot");
    }
    if let Some(reason) = &resource.facts.state_reason {
        value["StateReason"] = json!({"Code": reason.split(':').next(), "Message": reason});
    }
    value
}

fn gcp(machine: &Machine, resource: &Resource) -> Value {
    let access: Vec<Value> = resource
        .public_ips
        .iter()
        .map(|ip| json!({"type": "ONE_TO_ONE_NAT", "name": "External NAT", "natIP": ip.to_string()}))
        .collect();
    let project = machine.account.name;
    let zone = format!("https://compute.demo.invalid/projects/{project}/zones/{}", machine.zone);
    let mut disks = vec![json!({"boot": true, "deviceName": "boot", "type": "PERSISTENT", "source": machine.disk})];
    if machine.disks == Disks::LocalData {
        disks.push(json!({"boot": false, "deviceName": "local-ssd-0", "type": "SCRATCH", "interface": "NVME"}));
    }
    json!({
        "kind": "compute#instance",
        "id": machine.native,
        "name": machine.name,
        "status": resource.raw_state,
        "zone": zone,
        "machineType": format!("{zone}/machineTypes/{}", machine.size),
        "creationTimestamp": text(moment(machine.created)),
        "lastStartTimestamp": text(resource.started_at),
        "deletionProtection": machine.protected,
        "labels": resource.tags,
        "scheduling": {
            "provisioningModel": if machine.lifecycle == Lifecycle::Spot { "SPOT" } else { "STANDARD" },
            "preemptible": machine.lifecycle == Lifecycle::Spot,
        },
        "networkInterfaces": [{
            "name": "nic0",
            "network": machine.network,
            "subnetwork": machine.subnet,
            "networkIP": resource.private_ips.first().map(ToString::to_string),
            "accessConfigs": access,
        }],
        "disks": disks,
        "tags": {"items": [machine.firewall]},
        "metadata": {"items": machine.group.map(|group| json!({"key": "created-by", "value": group})).into_iter().collect::<Vec<_>>()},
    })
}

fn text(moment: Option<Timestamp>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}

const fn ec2_code(state: State) -> u8 {
    match state {
        State::Pending => 0,
        State::Terminating => 32,
        State::Terminated => 48,
        State::Stopping => 64,
        State::Stopped => 80,
        _ => 16,
    }
}
