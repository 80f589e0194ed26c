//! Column `facts` of `resources`: facts of an instance for the drawer and plans, as JSON.
//!
//! Absent facts take no space. Members are only ever added; an older row lacks them until the
//! converter's new version rewrites it.

use std::net::IpAddr;

use nepho_core::resource::{InstanceFacts, Lifecycle};
use serde::{Deserialize, Serialize};

use crate::error::Fault;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    root_is_local: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ephemeral_public_ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subnet: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    security_groups: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_pair: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
}

/// Returns the column's text; `None` if all facts have their defaults.
pub(crate) fn to_column(facts: &InstanceFacts) -> Result<Option<String>, Fault> {
    // This names every member, so that a new member that is not stored does not compile.
    let InstanceFacts {
        lifecycle,
        group,
        managed_by,
        root_is_local,
        ephemeral_public_ip,
        image,
        architecture,
        platform,
        network,
        subnet,
        security_groups,
        identity,
        key_pair,
        disks,
        state_reason,
    } = facts.clone();
    let lifecycle = (lifecycle != Lifecycle::default()).then(|| lifecycle.as_str().to_owned());
    crate::columns::json(&Stored {
        lifecycle,
        group,
        managed_by,
        root_is_local,
        ephemeral_public_ip,
        image,
        architecture,
        platform,
        network,
        subnet,
        security_groups,
        identity,
        key_pair,
        disks,
        state_reason,
    })
}

/// Returns the facts of a column's text.
pub(crate) fn from_column(text: Option<&str>) -> Result<InstanceFacts, Fault> {
    let Some(text) = text else { return Ok(InstanceFacts::default()) };
    let stored: Stored = serde_json::from_str(text).map_err(|error| Fault::unreadable("list of facts", error))?;
    let lifecycle = match stored.lifecycle {
        Some(word) => word.parse().map_err(|error| Fault::unreadable("lifecycle", error))?,
        None => Lifecycle::default(),
    };
    Ok(InstanceFacts {
        lifecycle,
        group: stored.group,
        managed_by: stored.managed_by,
        root_is_local: stored.root_is_local,
        ephemeral_public_ip: stored.ephemeral_public_ip,
        image: stored.image,
        architecture: stored.architecture,
        platform: stored.platform,
        network: stored.network,
        subnet: stored.subnet,
        security_groups: stored.security_groups,
        identity: stored.identity,
        key_pair: stored.key_pair,
        disks: stored.disks,
        state_reason: stored.state_reason,
    })
}
