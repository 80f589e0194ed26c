//! Resources of the inventory.

use std::{collections::BTreeMap, net::IpAddr};

use crate::{
    Timestamp,
    key::{ResourceKey, Zone},
    state::State,
};

/// The purchasing model of an instance, as far as it changes the effect of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lifecycle {
    /// Kept until its owner stops it.
    #[default]
    OnDemand,
    /// The cloud may reclaim it; stopping and starting it have special rules.
    Spot,
    /// Any other model, such as a scheduled instance or a capacity block.
    Other,
}

impl Lifecycle {
    /// Every lifecycle.
    pub const ALL: [Self; 3] = [Self::OnDemand, Self::Spot, Self::Other];

    /// The word used in storage and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Spot => "spot",
            Self::Other => "other",
        }
    }
}
crate::string_enum::string_enum!(Lifecycle, "lifecycle");

/// One instance, as one listing or read returned it.
///
/// Absent facts are `None` or empty, never a guess. Texts are the cloud's, byte for byte: names and
/// tags are untrusted, and the display code makes deceptive characters visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The permanent identifier.
    pub key: ResourceKey,
    /// The display name; empty if it has none.
    pub name: String,
    /// The zone within the region.
    pub zone: Option<Zone>,
    /// The normalised state.
    pub state: State,
    /// The provider's name of the state.
    pub raw_state: String,
    /// The instance type or machine type, such as `m6i.xlarge`.
    pub size: String,
    /// Private IPs, primary first.
    pub private_ips: Vec<IpAddr>,
    /// Public IPs, primary first.
    pub public_ips: Vec<IpAddr>,
    /// DNS names that resolve to it.
    pub dns_names: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// Time of creation; `None` if the source does not record it.
    pub created_at: Option<Timestamp>,
    /// Time of the last start (EC2's `LaunchTime`).
    pub started_at: Option<Timestamp>,
    /// Facts that decide the behaviour of actions, or appear in the drawer's overview.
    pub facts: InstanceFacts,
}

/// Facts of an instance beyond the table's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceFacts {
    /// The purchasing model.
    pub lifecycle: Lifecycle,
    /// The name of the scale group that owns it.
    pub group: Option<String>,
    /// The cloud service that manages it and refuses most actions on it (EC2's `Operator`).
    pub managed_by: Option<String>,
    /// `true` if the root volume is an instance store, so that the instance cannot be stopped.
    pub root_is_local: bool,
    /// A public IPv4 address that a stop releases (EC2: association owned by `amazon`).
    pub ephemeral_public_ip: Option<IpAddr>,
    /// The image that it was created from.
    pub image: Option<String>,
    /// CPU architecture, in the provider's spelling.
    pub architecture: Option<String>,
    /// Operating system or billing platform, in the provider's spelling.
    pub platform: Option<String>,
    /// VPC or network.
    pub network: Option<String>,
    /// Subnet or subnetwork.
    pub subnet: Option<String>,
    /// Security groups or firewall tags, by id.
    pub security_groups: Vec<String>,
    /// Instance profile or service account.
    pub identity: Option<String>,
    /// SSH key pair name.
    pub key_pair: Option<String>,
    /// Attached disks, by id.
    pub disks: Vec<String>,
    /// The reason for its state, in the provider's words.
    pub state_reason: Option<String>,
}
