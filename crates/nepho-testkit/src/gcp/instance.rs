//! One instance, with all members that Compute Engine shows.

use serde_json::{Value, json};

use super::{
    links::{link, zonal},
    setup::region,
};

/// An instance for the double. It runs, and has one boot disk and an ephemeral public address.
#[derive(Clone, Debug, PartialEq)]
pub struct GcpInstance {
    pub(crate) project: String,
    pub(crate) zone: String,
    pub(crate) name: String,
    pub(crate) document: Value,
}

impl GcpInstance {
    /// Creates an instance with a numeric id made of its zone and name.
    pub fn new(project: &str, zone: &str, name: &str) -> Self {
        let id = numeric(&[project, zone, name]);
        let host = u8::try_from(id % 250 + 2).unwrap_or(2);
        let part = u8::try_from(id / 250 % 250).unwrap_or(0);
        let at = |kind: &str, name: &str| zonal(project, zone, kind, name);
        let region_link = link(project, &format!("regions/{}", region(zone)));
        let document = json!({
            "kind": "compute#instance",
            "id": id.to_string(),
            "creationTimestamp": "2025-11-03T01:15:42.123-08:00",
            "name": name,
            "tags": {"items": ["http-server"], "fingerprint": "6smc4R4d39I="},
            "machineType": at("machineTypes", "e2-medium"),
            "status": "RUNNING",
            "zone": link(project, &format!("zones/{zone}")),
            "canIpForward": false,
            "networkInterfaces": [{
                "kind": "compute#networkInterface",
                "network": link(project, "global/networks/default"),
                "subnetwork": format!("{region_link}/subnetworks/default"),
                "networkIP": format!("10.132.{part}.{host}"),
                "name": "nic0",
                "accessConfigs": [{
                    "kind": "compute#accessConfig",
                    "type": "ONE_TO_ONE_NAT",
                    "name": "External NAT",
                    "natIP": format!("203.0.{part}.{host}"),
                    "networkTier": "PREMIUM"
                }],
                "fingerprint": "QcJgFyvmCPo=",
                "stackType": "IPV4_ONLY"
            }],
            "disks": [{
                "kind": "compute#attachedDisk",
                "type": "PERSISTENT",
                "mode": "READ_WRITE",
                "source": at("disks", name),
                "deviceName": name,
                "index": 0,
                "boot": true,
                "autoDelete": true,
                "licenses": [link("debian-cloud", "global/licenses/debian-12-bookworm")],
                "interface": "SCSI",
                "guestOsFeatures": [{"type": "UEFI_COMPATIBLE"}, {"type": "VIRTIO_SCSI_MULTIQUEUE"}, {"type": "GVNIC"}],
                "diskSizeGb": "10",
                "architecture": "X86_64"
            }],
            "metadata": {
                "kind": "compute#metadata",
                "fingerprint": "wCvGvzHkSGA=",
                "items": [{"key": "enable-oslogin", "value": "true"}]
            },
            "serviceAccounts": [{
                "email": format!("{}-compute@developer.gserviceaccount.com", super::setup::number(project)),
                "scopes": ["https://www.googleapis.com/auth/devstorage.read_only", "https://www.googleapis.com/auth/logging.write"]
            }],
            "selfLink": at("instances", name),
            "scheduling": {
                "onHostMaintenance": "MIGRATE",
                "automaticRestart": true,
                "preemptible": false,
                "provisioningModel": "STANDARD"
            },
            "cpuPlatform": "Intel Broadwell",
            "labelFingerprint": "42WmSpB8rSM=",
            "startRestricted": false,
            "deletionProtection": false,
            "lastStartTimestamp": "2025-11-03T01:15:47.981-08:00",
            "shieldedInstanceConfig": {"enableSecureBoot": false, "enableVtpm": true, "enableIntegrityMonitoring": true},
            "shieldedInstanceIntegrityPolicy": {"updateAutoLearnPolicy": true},
            "fingerprint": "zvKyAOjiHrg="
        });
        Self { project: project.to_owned(), zone: zone.to_owned(), name: name.to_owned(), document }
    }

    /// Returns its numeric id.
    pub fn id(&self) -> &str {
        self.document["id"].as_str().unwrap_or_default()
    }

    /// Returns its zone.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Sets the numeric id.
    #[must_use]
    pub fn with_id(self, id: u64) -> Self {
        self.set("id", id.to_string())
    }

    /// Sets the status, such as `TERMINATED`.
    #[must_use]
    pub fn status(self, status: &str) -> Self {
        self.set("status", status)
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.document["labels"][key] = json!(value);
        self
    }

    /// Sets the machine type, one of its zone.
    #[must_use]
    pub fn machine_type(self, name: &str) -> Self {
        let link = zonal(&self.project, &self.zone, "machineTypes", name);
        self.set("machineType", link)
    }

    /// Protects it from deletion.
    #[must_use]
    pub fn protected(self) -> Self {
        self.set("deletionProtection", true)
    }

    /// Makes it a Spot instance.
    #[must_use]
    pub fn spot(self) -> Self {
        let scheduling = json!({
            "onHostMaintenance": "TERMINATE",
            "automaticRestart": false,
            "preemptible": true,
            "provisioningModel": "SPOT",
            "instanceTerminationAction": "STOP"
        });
        self.set("scheduling", scheduling)
    }

    /// Attaches a Local SSD.
    #[must_use]
    pub fn local_ssd(mut self) -> Self {
        let disk = json!({
            "kind": "compute#attachedDisk",
            "type": "SCRATCH",
            "mode": "READ_WRITE",
            "deviceName": "local-ssd-0",
            "index": 1,
            "boot": false,
            "autoDelete": true,
            "interface": "NVME",
            "diskSizeGb": "375"
        });
        if let Some(disks) = self.document["disks"].as_array_mut() {
            disks.push(disk);
        }
        self
    }

    /// Sets the public address. It is static only if it is reserved at the double.
    #[must_use]
    pub fn public_ip(mut self, address: &str) -> Self {
        self.document["networkInterfaces"][0]["accessConfigs"][0]["natIP"] = json!(address);
        self
    }

    /// Removes the public address.
    #[must_use]
    pub fn private(mut self) -> Self {
        if let Some(interface) = self.document["networkInterfaces"][0].as_object_mut() {
            interface.remove("accessConfigs");
        }
        self
    }

    /// Makes it a member of a managed instance group of its zone, by its metadata.
    #[must_use]
    pub fn managed_by(mut self, group: &str) -> Self {
        let number = super::setup::number(&self.project);
        let manager = format!("projects/{number}/zones/{}/instanceGroupManagers/{group}", self.zone);
        if let Some(items) = self.document["metadata"]["items"].as_array_mut() {
            items.push(json!({"key": "created-by", "value": manager}));
        }
        self
    }

    /// Sets any member. A member that Google does not have makes the reply a violation.
    #[must_use]
    pub fn set(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.document[member] = value.into();
        self
    }

    /// Removes a member.
    #[must_use]
    pub fn without(mut self, member: &str) -> Self {
        if let Some(members) = self.document.as_object_mut() {
            members.remove(member);
        }
        self
    }
}

/// Returns a numeric id made of these parts: 19 digits, as Google's ids have.
pub(crate) fn numeric(parts: &[&str]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([b'/'])) {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    1_000_000_000_000_000_000 + sum % 8_000_000_000_000_000_000
}
