//! Builders of instances, for tests that need particular rows.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use nepho_core::{
    Document, DocumentFormat, Kind, Location, ProviderKind, Realm, Region, Resource, ResourceKey, Scope, State,
    Timestamp, Zone,
    provider::{ListedResource, Target},
    resource::{InstanceFacts, Lifecycle},
};
use serde_json::{Value, json};

/// The default realm of built instances and of a [`FakeProvider`](crate::FakeProvider).
pub const REALM: &str = "111122223333";

/// The default region of built instances.
pub const REGION: &str = "eu-west-1";

/// Begins a running, unnamed `m6i.large` with this id.
pub fn instance(native: &str) -> InstanceBuilder {
    InstanceBuilder {
        resource: Resource {
            key: key(native),
            name: String::new(),
            zone: None,
            state: State::Running,
            raw_state: raw_word(State::Running).to_owned(),
            size: "m6i.large".to_owned(),
            private_ips: Vec::new(),
            public_ips: Vec::new(),
            dns_names: Vec::new(),
            tags: std::collections::BTreeMap::new(),
            created_at: None,
            started_at: None,
            facts: InstanceFacts::default(),
        },
    }
}

/// Returns the key of `native` in [`REALM`] and [`REGION`].
pub fn key(native: &str) -> ResourceKey {
    ResourceKey {
        provider: ProviderKind::Aws,
        realm: Realm::new(REALM),
        region: Region::new(REGION),
        kind: Kind::Instance,
        native: Arc::from(native),
    }
}

/// Returns the scope of all instances of `location`.
pub fn scope(location: &str) -> Scope {
    Scope { location: Location::new(location), kind: Kind::Instance }
}

/// Returns EC2's word for `state`, or Nephoscope's where EC2 has none.
pub const fn raw_word(state: State) -> &'static str {
    match state {
        State::Terminating => "shutting-down",
        other => other.as_str(),
    }
}

/// An instance under construction. Every method takes and returns it, so that calls chain.
#[derive(Clone, Debug)]
#[must_use]
pub struct InstanceBuilder {
    resource: Resource,
}

impl InstanceBuilder {
    /// Sets the name.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.resource.name);
        self
    }

    /// Sets the state, with EC2's word for it.
    pub fn state(mut self, state: State) -> Self {
        self.resource.state = state;
        raw_word(state).clone_into(&mut self.resource.raw_state);
        self
    }

    /// Sets the cloud's word for its state.
    pub fn raw_state(mut self, word: &str) -> Self {
        word.clone_into(&mut self.resource.raw_state);
        self
    }

    /// Sets the region.
    pub fn region(mut self, region: &str) -> Self {
        self.resource.key.region = Region::new(region);
        self
    }

    /// Sets the zone; the region stays.
    pub fn zone(mut self, zone: &str) -> Self {
        self.resource.zone = Some(Zone::new(zone));
        self
    }

    /// Sets the realm.
    pub fn realm(mut self, realm: &Realm) -> Self {
        self.resource.key.realm = realm.clone();
        self
    }

    /// Sets the provider.
    pub fn provider(mut self, provider: ProviderKind) -> Self {
        self.resource.key.provider = provider;
        self
    }

    /// Sets its machine type.
    pub fn size(mut self, size: &str) -> Self {
        size.clone_into(&mut self.resource.size);
        self
    }

    /// Adds a tag.
    pub fn tag(mut self, name: &str, value: &str) -> Self {
        self.resource.tags.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds a private address.
    pub fn private_ip(mut self, ip: impl Into<IpAddr>) -> Self {
        self.resource.private_ips.push(ip.into());
        self
    }

    /// Adds a public address that stays when the instance stops.
    pub fn public_ip(mut self, ip: impl Into<IpAddr>) -> Self {
        self.resource.public_ips.push(ip.into());
        self
    }

    /// Adds a public address that is released when the instance stops.
    pub fn ephemeral_public_ip(mut self, ip: impl Into<IpAddr>) -> Self {
        let ip = ip.into();
        self.resource.facts.ephemeral_public_ip = Some(ip);
        self.public_ip(ip)
    }

    /// Adds a DNS name.
    pub fn dns_name(mut self, name: &str) -> Self {
        self.resource.dns_names.push(name.to_owned());
        self
    }

    /// Sets the time of its creation.
    pub fn created_at(mut self, moment: Timestamp) -> Self {
        self.resource.created_at = Some(moment);
        self
    }

    /// Sets the time of its last start.
    pub fn started_at(mut self, moment: Timestamp) -> Self {
        self.resource.started_at = Some(moment);
        self
    }

    /// Makes it a member of a scale group.
    pub fn group(mut self, group: &str) -> Self {
        self.resource.facts.group = Some(group.to_owned());
        self
    }

    /// Makes it a spot instance.
    pub fn spot(mut self) -> Self {
        self.resource.facts.lifecycle = Lifecycle::Spot;
        self
    }

    /// Makes its root disk local, so that the instance cannot be stopped.
    pub fn local_root(mut self) -> Self {
        self.resource.facts.root_is_local = true;
        self
    }

    /// Makes another service of the cloud its owner.
    pub fn managed_by(mut self, service: &str) -> Self {
        self.resource.facts.managed_by = Some(service.to_owned());
        self
    }

    /// Changes anything that has no method.
    pub fn with(mut self, change: impl FnOnce(&mut Resource)) -> Self {
        change(&mut self.resource);
        self
    }

    /// Returns the instance as a target.
    pub fn target(&self) -> Target {
        Target::from(&self.resource)
    }

    /// Returns the resource.
    pub fn build(self) -> Resource {
        self.resource
    }

    /// Returns the resource with a JSON document made of it.
    pub fn listed(self) -> ListedResource {
        listed(self.resource)
    }
}

/// Returns `resource` with a JSON document made of it, so that both change together.
pub fn listed(resource: Resource) -> ListedResource {
    ListedResource { document: document(&members(&resource)), resource }
}

/// Returns the full document of `resource`, with members that a listing does not show.
pub fn full_document(resource: &Resource) -> Document {
    let mut whole = members(resource);
    whole["disks"] = json!(resource.facts.disks);
    whole["image"] = json!(resource.facts.image);
    whole["network"] = json!(resource.facts.network);
    document(&whole)
}

fn members(resource: &Resource) -> Value {
    json!({
        "id": &*resource.key.native,
        "name": resource.name,
        "state": resource.raw_state,
        "size": resource.size,
        "zone": resource.zone.as_ref().map(Zone::as_str),
        "tags": resource.tags,
    })
}

fn document(members: &Value) -> Document {
    Document { format: DocumentFormat::Json, bytes: Bytes::from(members.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_instance_has_what_it_was_given() {
        let built =
            instance("i-1").named("web").state(State::Terminating).region("us-east-1").group("asg-web").listed();
        assert_eq!(built.resource.key.to_string(), "aws:111122223333:us-east-1:instance:i-1");
        assert_eq!((built.resource.state, built.resource.raw_state.as_str()), (State::Terminating, "shutting-down"));
        assert_eq!(built.resource.facts.group.as_deref(), Some("asg-web"));
        let document: Value = serde_json::from_slice(&built.document.bytes).expect("JSON");
        assert_eq!(document["state"], "shutting-down");
    }
}
