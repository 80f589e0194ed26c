//! Hashes that detect a change of a stored row or document.
//!
//! They only detect change and need not resist forgery, so a fast non-cryptographic hash is enough.

use std::hash::{Hash, Hasher};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::{document::Document, resource::Resource};

/// A 64-bit change detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Hashes the normalised members of `resource`, and `converter`, the version of the code that
    /// normalised them.
    pub fn of_row(resource: &Resource, converter: u32) -> Self {
        let mut hasher = Xxh3::new();
        converter.hash(&mut hasher);
        resource.key.native.hash(&mut hasher);
        resource.name.hash(&mut hasher);
        resource.zone.hash(&mut hasher);
        resource.state.hash(&mut hasher);
        resource.raw_state.hash(&mut hasher);
        resource.size.hash(&mut hasher);
        resource.private_ips.hash(&mut hasher);
        resource.public_ips.hash(&mut hasher);
        resource.dns_names.hash(&mut hasher);
        resource.tags.hash(&mut hasher);
        resource.created_at.hash(&mut hasher);
        resource.started_at.hash(&mut hasher);
        let facts = &resource.facts;
        facts.lifecycle.hash(&mut hasher);
        (&facts.group, &facts.managed_by, facts.root_is_local, facts.ephemeral_public_ip).hash(&mut hasher);
        (&facts.image, &facts.architecture, &facts.platform).hash(&mut hasher);
        (&facts.network, &facts.subnet, &facts.identity, &facts.key_pair).hash(&mut hasher);
        (&facts.security_groups, &facts.disks, &facts.state_reason).hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Hashes a document's bytes.
    pub fn of_document(document: &Document) -> Self {
        Self(xxh3_64(&document.bytes))
    }
}
