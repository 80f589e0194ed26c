//! Members of an instance that Nephoscope reads, borrowed from the reply, and the field masks for
//! them.
//!
//! Names are those of Google's discovery document (`compute.v1`, schema `Instance`). A listing
//! requests only these members: a third of the bytes, and no metadata, whose values hold startup
//! scripts and sometimes secrets.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;

/// Field mask of the members that a row, its facts and a plan need
/// (<https://cloud.google.com/compute/docs/api/how-tos/performance#partial-response>).
pub(crate) const FIELDS: &str = "id,name,status,statusMessage,zone,machineType,creationTimestamp,\
     lastStartTimestamp,labels,hostname,deletionProtection,sourceMachineImage,tags/items,\
     serviceAccounts/email,scheduling(provisioningModel,preemptible),\
     disks(type,source,deviceName,boot,architecture,licenses),\
     networkInterfaces(network,subnetwork,networkIP,ipv6Address,\
     accessConfigs(natIP,publicPtrDomainName),ipv6AccessConfigs/externalIpv6)";

/// The member that only a plan requests. No stored document has its values.
pub(crate) const METADATA: &str = "metadata";

/// The metadata key that a managed instance group sets on its instances; its value is the group's
/// partial address.
const CREATED_BY: &str = "created-by";

/// Instance in a reply.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Instance<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub status: Cow<'a, str>,
    pub status_message: String,
    #[serde(borrow)]
    pub zone: Cow<'a, str>,
    #[serde(borrow)]
    pub machine_type: Cow<'a, str>,
    #[serde(borrow)]
    pub creation_timestamp: Cow<'a, str>,
    #[serde(borrow)]
    pub last_start_timestamp: Cow<'a, str>,
    pub labels: BTreeMap<String, String>,
    pub hostname: String,
    pub deletion_protection: bool,
    #[serde(borrow)]
    pub source_machine_image: Cow<'a, str>,
    pub tags: Tags,
    #[serde(borrow)]
    pub service_accounts: Vec<ServiceAccount<'a>>,
    #[serde(borrow)]
    pub scheduling: Scheduling<'a>,
    #[serde(borrow)]
    pub disks: Vec<Disk<'a>>,
    #[serde(borrow)]
    pub network_interfaces: Vec<Interface<'a>>,
    #[serde(borrow)]
    pub metadata: Metadata<'a>,
}

/// Network tags, which firewall rules match.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tags {
    pub items: Vec<String>,
}

/// Service account of the instance.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceAccount<'a> {
    #[serde(borrow)]
    pub email: Cow<'a, str>,
}

/// Provisioning model.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Scheduling<'a> {
    #[serde(borrow)]
    pub provisioning_model: Cow<'a, str>,
    pub preemptible: bool,
}

/// Attached disk.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Disk<'a> {
    /// `PERSISTENT`, or `SCRATCH` for a Local SSD.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    #[serde(borrow)]
    pub device_name: Cow<'a, str>,
    pub boot: bool,
    #[serde(borrow)]
    pub architecture: Cow<'a, str>,
    pub licenses: Vec<String>,
}

/// Network interface.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Interface<'a> {
    #[serde(borrow)]
    pub network: Cow<'a, str>,
    #[serde(borrow)]
    pub subnetwork: Cow<'a, str>,
    #[serde(borrow, rename = "networkIP")]
    pub network_ip: Cow<'a, str>,
    #[serde(borrow)]
    pub ipv6_address: Cow<'a, str>,
    #[serde(borrow)]
    pub access_configs: Vec<AccessConfig<'a>>,
    #[serde(borrow)]
    pub ipv6_access_configs: Vec<AccessConfig<'a>>,
}

/// Public address of a network interface.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AccessConfig<'a> {
    #[serde(borrow, rename = "natIP")]
    pub nat_ip: Cow<'a, str>,
    #[serde(borrow)]
    pub external_ipv6: Cow<'a, str>,
    pub public_ptr_domain_name: String,
}

/// Metadata; empty if the field mask leaves them out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata<'a> {
    #[serde(borrow)]
    pub items: Vec<MetadataItem<'a>>,
}

/// Key and value of the metadata.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct MetadataItem<'a> {
    #[serde(borrow)]
    pub key: Cow<'a, str>,
    #[serde(borrow)]
    pub value: Cow<'a, str>,
}

impl std::fmt::Debug for MetadataItem<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetadataItem").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Instance<'_> {
    /// The name of the managed instance group that created the instance, from its metadata.
    pub fn created_by(&self) -> Option<String> {
        let mut marks = self.metadata.items.iter().filter(|item| item.key == CREATED_BY);
        marks.find_map(|item| group_name(&item.value))
    }

    /// True if it has a Local SSD, which loses its contents when the instance leaves its host.
    pub fn has_local_ssd(&self) -> bool {
        self.disks.iter().any(|disk| disk.kind == "SCRATCH")
    }

    /// Its public IPv4 addresses.
    pub fn nat_ips(&self) -> impl Iterator<Item = &str> {
        self.network_interfaces.iter().flat_map(|one| &one.access_configs).map(|config| &*config.nat_ip)
    }
}

/// True for the id of an instance, an unsigned 64-bit number. It becomes a part of the path of every
/// later request.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The group in `projects/1/zones/z/instanceGroupManagers/web`: `web`. Any user may write metadata, so
/// `None` for a value of another form.
fn group_name(address: &str) -> Option<String> {
    let parts: Vec<&str> = address.split('/').collect();
    match parts.as_slice() {
        [.., "zones" | "regions", _, "instanceGroupManagers", name] if !name.is_empty() => Some((*name).to_owned()),
        _ => None,
    }
}

/// The last segment of an address, such as a machine type's name.
pub(crate) fn last(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_is_known_by_its_address_only() {
        let of = |value: &str| {
            let text = serde_json::json!({"metadata": {"items": [{"key": "startup", "value": "projects/1/zones/z/instanceGroupManagers/no"}, {"key": "created-by", "value": value}]}});
            serde_json::from_str::<Instance<'_>>(&text.to_string()).expect("an instance").created_by()
        };
        assert_eq!(of("projects/1/zones/europe-west1-b/instanceGroupManagers/web").as_deref(), Some("web"));
        assert_eq!(of("projects/1/regions/europe-west1/instanceGroupManagers/web").as_deref(), Some("web"));
        for other in
            ["terraform", "", "projects/1/zones/z/instanceGroupManagers/", "projects/1/zones/z/instanceTemplates/t"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn id_is_digits_and_nothing_else() {
        for id in ["1", "4417394582134528217", "18446744073709551615"] {
            assert!(is_id(id), "{id}");
        }
        for other in ["", "web", "-1", "1/../2", "1 ", "٣", "184467440737095516150"] {
            assert!(!is_id(other), "{other}");
        }
    }

    #[test]
    fn values_of_metadata_are_in_no_debug_text() {
        let text = r#"{"metadata":{"items":[{"key":"startup-script","value":"PASSWORD=hunter2"}]}}"#;
        let instance: Instance<'_> = serde_json::from_str(text).expect("an instance");
        let shown = format!("{instance:?}");
        assert!(shown.contains("startup-script") && !shown.contains("hunter2"), "{shown}");
    }
}
