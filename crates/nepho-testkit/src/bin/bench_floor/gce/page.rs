//! The contents of Compute Engine's replies: zones, the next page, twelve columns of each instance.
//!
//! Texts are borrowed from the reply: the fleet has no escapes in these columns, and an escape is
//! an error.

use std::{collections::BTreeMap, io, sync::Arc};

use serde::Deserialize;

use crate::rows::{Batch, Instance};

type Text<'a> = Option<&'a str>;

#[derive(Deserialize)]
struct Zones<'a> {
    #[serde(borrow)]
    items: Vec<Zone<'a>>,
}

#[derive(Deserialize)]
struct Zone<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default)]
    items: Vec<Machine<'a>>,
}

#[derive(Deserialize)]
struct AggregatedList<'a> {
    #[serde(borrow, default)]
    items: BTreeMap<&'a str, Scoped<'a>>,
}

#[derive(Deserialize)]
struct Scoped<'a> {
    #[serde(borrow, default)]
    instances: Vec<Machine<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Machine<'a> {
    #[serde(borrow)]
    id: &'a str,
    name: &'a str,
    machine_type: Text<'a>,
    creation_timestamp: Text<'a>,
    status: Text<'a>,
    zone: Text<'a>,
    #[serde(default)]
    labels: BTreeMap<&'a str, &'a str>,
    #[serde(default)]
    network_interfaces: Vec<Interface<'a>>,
    #[serde(default)]
    disks: Vec<Disk<'a>>,
}

#[derive(Deserialize)]
struct Interface<'a> {
    #[serde(borrow, rename = "networkIP")]
    private_ip: Text<'a>,
    network: Text<'a>,
    subnetwork: Text<'a>,
    #[serde(default, rename = "accessConfigs")]
    access: Vec<Access<'a>>,
}

#[derive(Deserialize)]
struct Access<'a> {
    #[serde(borrow, rename = "natIP")]
    public_ip: Text<'a>,
}

#[derive(Deserialize)]
struct Disk<'a> {
    #[serde(borrow, default)]
    licenses: Vec<&'a str>,
    architecture: Text<'a>,
}

/// The names of the zones.
pub fn zones(reply: &str) -> io::Result<Vec<String>> {
    let zones: Zones = serde_json::from_str(reply)?;
    Ok(zones.items.into_iter().map(|zone| zone.name.to_owned()).collect())
}

/// The next page's token, found at the end of the reply.
pub fn next_token(reply: &str) -> Option<String> {
    let end = reply.get(reply.len().saturating_sub(400)..)?;
    let (_, rest) = end.split_once("\"nextPageToken\":")?;
    rest.split('"').nth(1).map(str::to_owned)
}

/// The instances of one zone.
pub fn instances(reply: &str) -> io::Result<Vec<Instance>> {
    let list: List = serde_json::from_str(reply)?;
    Ok(list.items.into_iter().map(instance).collect())
}

/// The instances of all zones.
pub fn all_instances(reply: &str) -> io::Result<Vec<Batch>> {
    let list: AggregatedList = serde_json::from_str(reply)?;
    let scopes = list.items.into_iter().filter(|(_, scoped)| !scoped.instances.is_empty());
    let batch = |(scope, scoped): (&str, Scoped)| Batch {
        place: Arc::from(scope.trim_start_matches("zones/")),
        instances: scoped.instances.into_iter().map(instance).collect(),
    };
    Ok(scopes.map(batch).collect())
}

fn instance(machine: Machine) -> Instance {
    let interface = machine.network_interfaces.first();
    let disk = machine.disks.first();
    let text = |text: Text| text.unwrap_or_default().to_owned();
    let last = |link: Text| link.and_then(|link| link.rsplit('/').next()).unwrap_or_default().to_owned();
    let columns = [
        machine.id.to_owned(),
        last(machine.machine_type),
        text(machine.creation_timestamp),
        text(interface.and_then(|one| one.private_ip)),
        text(interface.and_then(|one| one.access.first()?.public_ip)),
        last(interface.and_then(|one| one.network)),
        last(interface.and_then(|one| one.subnetwork)),
        last(disk.and_then(|one| one.licenses.first().copied())),
        text(disk.and_then(|one| one.architecture)),
        text(machine.status),
        last(machine.zone),
    ];
    let tags = machine.labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Instance { columns, name: machine.name.to_owned(), tags }
}
