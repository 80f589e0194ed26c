//! What plans find out about instances beyond what a listing says: the managed group that made
//! them, and which of their public addresses are reserved.
//!
//! It is remembered, so that a row that a plan completed does not lose it again with the next
//! listing.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nepho_core::Resource;

/// The most instances that are remembered; then it begins anew.
const MOST: usize = 50_000;

/// What is known.
#[derive(Debug, Default)]
pub(crate) struct PreflightCache(Mutex<HashMap<Arc<str>, KnownFacts>>);

/// What is known of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KnownFacts {
    group: Option<String>,
    /// The address that is known to be released when it stops.
    ephemeral: Option<IpAddr>,
}

impl PreflightCache {
    /// Remembers the managed group that made an instance, or that none did.
    pub fn group(&self, native: &Arc<str>, group: Option<String>) {
        self.change(native, |finding| finding.group = group);
    }

    /// Remembers the address that an instance loses when it stops, or that it loses none.
    pub fn ephemeral(&self, native: &Arc<str>, address: Option<IpAddr>) {
        self.change(native, |finding| finding.ephemeral = address);
    }

    /// Makes a resource say what is known of it, and no more than that.
    pub fn complete(&self, resource: &mut Resource) {
        let all = self.lock();
        let finding = all.get(&resource.key.native);
        resource.facts.group = finding.and_then(|finding| finding.group.clone());
        // An address that it has no more tells nothing of the one that it has.
        resource.facts.ephemeral_public_ip =
            finding.and_then(|finding| finding.ephemeral).filter(|ip| resource.public_ips.contains(ip));
    }

    fn change(&self, native: &Arc<str>, change: impl FnOnce(&mut KnownFacts)) {
        let mut all = self.lock();
        let mut finding = all.remove(native).unwrap_or_default();
        change(&mut finding);
        if finding == KnownFacts::default() {
            return;
        }
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(Arc::clone(native), finding);
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
    fn what_a_plan_found_is_in_later_rows_until_it_changes() {
        let preflight = PreflightCache::default();
        let (one, ip): (Arc<str>, IpAddr) = (Arc::from("1"), "203.0.113.9".parse().expect("an address"));
        let seen = |ip: IpAddr| {
            let mut row = instance("1").public_ip(ip).build();
            preflight.complete(&mut row);
            (row.facts.group, row.facts.ephemeral_public_ip)
        };
        assert_eq!(seen(ip), (None, None));
        preflight.group(&one, Some("web".to_owned()));
        preflight.ephemeral(&one, Some(ip));
        assert_eq!(seen(ip), (Some("web".to_owned()), Some(ip)));
        assert_eq!(seen("203.0.113.10".parse().expect("an address")), (Some("web".to_owned()), None));
        preflight.ephemeral(&one, None);
        preflight.group(&one, None);
        assert_eq!(seen(ip), (None, None));
        assert!(preflight.lock().is_empty(), "nothing is remembered of nothing");
    }
}
