//! A resource of the inventory: what the table and the drawer show of it.

use std::{collections::BTreeMap, net::IpAddr};

use crate::{
    Timestamp,
    key::{ResourceKey, Zone},
    state::State,
};

/// How an instance is paid for, as far as it changes what an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lifecycle {
    /// Kept until stopped by its owner.
    #[default]
    OnDemand,
    /// May be reclaimed by the cloud; stopping or starting it has its own rules.
    Spot,
    /// Any other arrangement: scheduled, capacity block.
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

/// One machine, as of one reading.
///
/// Absent facts are `None` or empty, never a guess. Texts are the cloud's, byte for byte: names and
/// tags come from strangers and are made visible only when shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is called for ever.
    pub key: ResourceKey,
    /// Its display name; empty when it has none.
    pub name: String,
    /// Its zone within the region.
    pub zone: Option<Zone>,
    /// The normalised state.
    pub state: State,
    /// The provider's word for the state.
    pub raw_state: String,
    /// The machine type, such as `m6i.xlarge`.
    pub size: String,
    /// Private addresses, primary first.
    pub private_ips: Vec<IpAddr>,
    /// Public addresses, primary first.
    pub public_ips: Vec<IpAddr>,
    /// DNS names that resolve to it.
    pub dns_names: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// When it was created; only from a source that keeps it.
    pub created_at: Option<Timestamp>,
    /// When it was last started (EC2's `LaunchTime` is this).
    pub started_at: Option<Timestamp>,
    /// What decides how actions behave, and the drawer's overview.
    pub facts: InstanceFacts,
}

/// Facts of an instance beyond the table's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceFacts {
    /// How it is paid for.
    pub lifecycle: Lifecycle,
    /// The scale group that owns it, by name.
    pub group: Option<String>,
    /// The cloud service that owns it, which refuses most actions on it (EC2's `Operator`).
    pub managed_by: Option<String>,
    /// Whether its root volume is an instance store, so that it cannot be stopped at all.
    pub root_is_local: bool,
    /// A public IPv4 address that is released by a stop (EC2: association owned by `amazon`).
    pub ephemeral_public_ip: Option<IpAddr>,
    /// The image that it was made from.
    pub image: Option<String>,
    /// CPU architecture, in the provider's word.
    pub architecture: Option<String>,
    /// Operating system or billing platform, in the provider's words.
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
    /// Why it is in its state, in the provider's words.
    pub state_reason: Option<String>,
}
