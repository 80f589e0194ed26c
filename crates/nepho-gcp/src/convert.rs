//! Conversion of Compute Engine's instances into resources.

use std::{net::IpAddr, sync::Arc};

use nepho_core::{
    Kind, Location, ProviderKind, Realm, Region, Resource, ResourceKey, Scope, State, Timestamp, Zone,
    resource::{InstanceFacts, Lifecycle},
};

use crate::api::instances::{Instance, last};

/// The version of this module. Raise it when the same reply becomes another resource.
pub(crate) const VERSION: u32 = 1;

/// The label that GKE puts on its nodes
/// (<https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels>).
const GKE_LABEL: &str = "goog-gke-node";

/// The realm of `project`, with the `host:port` of a custom endpoint. Old projects of a domain have a
/// colon in their id (`example.com:app`), which would end the realm within a key.
pub(crate) fn realm(project: &str, suffix: Option<&str>) -> Realm {
    let base = project.replace(':', "/");
    suffix.map_or_else(|| Realm::new(base.as_str()), |suffix| Realm::at_endpoint(&base, suffix))
}

/// The project of `realm`.
pub(crate) fn project(realm: &Realm) -> String {
    let base = realm.as_str().split_once('@').map_or(realm.as_str(), |(base, _)| base);
    base.replacen('/', ":", 1)
}

/// The region of a zone: its name without the last part
/// (<https://cloud.google.com/compute/docs/regions-zones#identifying_a_region_or_zone>).
pub(crate) fn region(zone: &str) -> Region {
    Region::new(zone.rsplit_once('-').map_or(zone, |(region, _)| region))
}

/// The scope of a zone's instances.
pub(crate) fn scope(zone: &str) -> Scope {
    Scope { location: Location::new(zone), kind: Kind::Instance }
}

/// Zone of a project. Its many rows share these texts.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    realm: Realm,
    region: Region,
    zone: Zone,
}

impl Place {
    /// `zone` in the project of `realm`.
    pub fn new(realm: &Realm, zone: &str) -> Self {
        Self { realm: realm.clone(), region: region(zone), zone: Zone::new(zone) }
    }

    /// The zone's name.
    pub fn zone(&self) -> &str {
        self.zone.as_str()
    }
}

/// Converts one instance of a zone.
pub(crate) fn resource(mut instance: Instance<'_>, place: &Place) -> Resource {
    let facts = facts(&mut instance);
    let tags = std::mem::take(&mut instance.labels);
    let interfaces = &instance.network_interfaces;
    let private = interfaces.iter().map(|one| &one.network_ip).chain(interfaces.iter().map(|one| &one.ipv6_address));
    let v6 = interfaces.iter().flat_map(|one| &one.ipv6_access_configs).map(|config| &*config.external_ipv6);
    let ptrs = interfaces.iter().flat_map(|one| &one.access_configs).map(|config| &config.public_ptr_domain_name);
    Resource {
        key: key(&instance.id, place),
        name: instance.name.to_string(),
        zone: Some(place.zone.clone()),
        state: state(&instance.status),
        raw_state: instance.status.to_string(),
        size: last(&instance.machine_type).to_owned(),
        private_ips: addresses(private.map(|text| &**text)),
        public_ips: addresses(instance.nat_ips().chain(v6)),
        dns_names: [&instance.hostname].into_iter().chain(ptrs).filter_map(|name| some(name)).collect(),
        tags,
        created_at: instance.creation_timestamp.parse::<Timestamp>().ok(),
        started_at: instance.last_start_timestamp.parse::<Timestamp>().ok(),
        facts,
    }
}

/// The key of the instance `id` in a zone.
fn key(id: &str, place: &Place) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Gcp,
        realm: place.realm.clone(),
        region: place.region.clone(),
        kind: Kind::Instance,
        native: Arc::from(id),
    }
}

/// The state of Compute Engine's `status`
/// (<https://cloud.google.com/compute/docs/instances/instance-lifecycle>). `TERMINATED` is a
/// stopped instance that still exists; a deleted instance is not listed.
pub(crate) fn state(word: &str) -> State {
    match word {
        "PENDING" | "PROVISIONING" | "STAGING" => State::Pending,
        "RUNNING" => State::Running,
        "PENDING_STOP" | "STOPPING" => State::Stopping,
        "STOPPED" | "TERMINATED" => State::Stopped,
        "SUSPENDING" => State::Suspending,
        "SUSPENDED" => State::Suspended,
        "DEPROVISIONING" => State::Terminating,
        "REPAIRING" => State::Repairing,
        _ => State::Unknown,
    }
}

/// The facts; moves the network tags out of the instance.
fn facts(instance: &mut Instance<'_>) -> InstanceFacts {
    let boot = instance.disks.iter().find(|disk| disk.boot);
    let interface = instance.network_interfaces.first();
    let disks = instance.disks.iter().filter_map(|disk| some(last(&disk.source)).or_else(|| some(&disk.device_name)));
    InstanceFacts {
        lifecycle: match &*instance.scheduling.provisioning_model {
            "SPOT" => Lifecycle::Spot,
            // The predecessor of Spot; Google reclaims these instances too.
            _ if instance.scheduling.preemptible => Lifecycle::Spot,
            "" | "STANDARD" => Lifecycle::OnDemand,
            _ => Lifecycle::Other,
        },
        // Not in a listing: only a plan reads it, see `api::preflight`.
        group: None,
        managed_by: instance.labels.contains_key(GKE_LABEL).then(|| "GKE".to_owned()),
        root_is_local: false,
        ephemeral_public_ip: None,
        image: some(last(&instance.source_machine_image)),
        architecture: boot.and_then(|disk| some(&disk.architecture)),
        // A licence names the operating system of the image that the disk was made from.
        platform: boot.and_then(|disk| some(last(disk.licenses.first()?))),
        network: interface.and_then(|one| some(last(&one.network))),
        subnet: interface.and_then(|one| some(last(&one.subnetwork))),
        security_groups: std::mem::take(&mut instance.tags.items),
        identity: instance.service_accounts.first().and_then(|one| some(&one.email)),
        key_pair: None,
        disks: disks.collect(),
        state_reason: some(&instance.status_message),
    }
}

/// The addresses in order, each once.
fn addresses<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<IpAddr> {
    let mut seen = Vec::new();
    for ip in texts.filter_map(|text| text.parse().ok()) {
        if !seen.contains(&ip) {
            seen.push(ip);
        }
    }
    seen
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
