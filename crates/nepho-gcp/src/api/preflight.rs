//! Facts of instances that plans read and a listing does not contain: the managed group that created
//! them, and the public address that a stop releases.
//!
//! The cache keeps them, so that the next listing does not remove them from a row.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nepho_core::Resource;

/// The most cached instances; a full cache is cleared.
const MOST_INSTANCES: usize = 50_000;

/// Cache of the facts, by instance id.
#[derive(Debug, Default)]
pub(crate) struct PreflightCache(Mutex<HashMap<Arc<str>, KnownFacts>>);

/// Facts of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KnownFacts {
    group: Option<String>,
    /// The address that a stop releases.
    ephemeral: Option<IpAddr>,
}

impl PreflightCache {
    /// Stores the managed group that created an instance, or that there is none.
    pub fn set_group(&self, native: &Arc<str>, group: Option<String>) {
        self.change(native, |facts| facts.group = group);
    }

    /// Stores the address that a stop releases, or that there is none.
    pub fn set_ephemeral(&self, native: &Arc<str>, address: Option<IpAddr>) {
        self.change(native, |facts| facts.ephemeral = address);
    }

    /// Sets the facts of a resource to the cached ones, and clears those that are not cached.
    pub fn complete(&self, resource: &mut Resource) {
        let all = self.lock();
        let facts = all.get(&resource.key.native);
        resource.facts.group = facts.and_then(|facts| facts.group.clone());
        // A cached address is valid only while the instance still has it.
        resource.facts.ephemeral_public_ip =
            facts.and_then(|facts| facts.ephemeral).filter(|ip| resource.public_ips.contains(ip));
    }

    fn change(&self, native: &Arc<str>, change: impl FnOnce(&mut KnownFacts)) {
        let mut all = self.lock();
        let mut facts = all.remove(native).unwrap_or_default();
        change(&mut facts);
        if facts == KnownFacts::default() {
            return;
        }
        if all.len() >= MOST_INSTANCES {
            all.clear();
        }
        all.insert(Arc::clone(native), facts);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, KnownFacts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use nepho_testkit::instance;

    use super::*;

    #[test]
    fn cached_facts_are_in_later_rows_until_they_change() {
        let preflight = PreflightCache::default();
        let (one, ip): (Arc<str>, IpAddr) = (Arc::from("1"), "203.0.113.9".parse().expect("an address"));
        let completed = |ip: IpAddr| {
            let mut row = instance("1").public_ip(ip).build();
            preflight.complete(&mut row);
            (row.facts.group, row.facts.ephemeral_public_ip)
        };
        assert_eq!(completed(ip), (None, None));
        preflight.set_group(&one, Some("web".to_owned()));
        preflight.set_ephemeral(&one, Some(ip));
        assert_eq!(completed(ip), (Some("web".to_owned()), Some(ip)));
        assert_eq!(completed("203.0.113.10".parse().expect("an address")), (Some("web".to_owned()), None));
        preflight.set_ephemeral(&one, None);
        preflight.set_group(&one, None);
        assert_eq!(completed(ip), (None, None));
        assert!(preflight.lock().is_empty(), "an instance without facts is not cached");
    }
}
