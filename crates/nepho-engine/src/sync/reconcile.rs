//! Comparison of a complete listing with the stored rows of its scope. A pure function.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use nepho_core::{
    Document, ScopeKey, Timestamp,
    cache::{KnownRow, KnownScope, RowWrite, ScopeCommit},
    fingerprint::Fingerprint,
    provider::ListedResource,
};

/// A scope's complete listing.
#[derive(Debug)]
pub struct Listing {
    /// The scope.
    pub key: ScopeKey,
    /// The start of the listing, which is the time of its facts.
    pub started_at: Timestamp,
    /// The provider's converter version.
    pub converter: u32,
    /// All listed resources.
    pub listed: Vec<ListedResource>,
}

/// The part of a listing that its commit does not contain. Together they rebuild the listing if the
/// stored rows changed before the commit.
#[derive(Debug)]
pub struct Rest {
    /// The resources that are not written.
    listed: Vec<ListedResource>,
    /// The documents of rows written without a document, in the order of the writes.
    documents: Vec<Document>,
    converter: u32,
}

impl Rest {
    /// Rebuilds the listing from a commit that was not made.
    pub fn listing(self, commit: ScopeCommit) -> Listing {
        let Self { mut listed, documents, converter } = self;
        let mut documents = documents.into_iter();
        listed.extend(commit.writes.into_iter().filter_map(|write| {
            let document = write.document.map(|(document, _)| document).or_else(|| documents.next())?;
            Some(ListedResource { resource: write.resource, document })
        }));
        Listing { key: commit.key, started_at: commit.started_at, converter, listed }
    }
}

/// Computes the changes that `listing` makes to `known`.
///
/// Rows that were read singly after the listing started stay unchanged, listed or not. A row that
/// one listing lacks is *missing*; a row that two consecutive complete listings lack is *gone*.
pub fn reconcile(known: &KnownScope, listing: Listing) -> (ScopeCommit, Rest) {
    let Listing { key, started_at, converter, listed } = listing;
    let mut commit = ScopeCommit {
        key,
        base: known.generation,
        started_at,
        writes: Vec::new(),
        seen_again: Vec::new(),
        missing: Vec::new(),
        gone: Vec::new(),
    };
    let mut rest = Rest { listed: Vec::new(), documents: Vec::new(), converter };
    let may_touch = |row: &KnownRow| row.observed_at.is_none_or(|at| at <= started_at);
    let mut unseen: HashMap<&str, &KnownRow> = known.rows.iter().map(|row| (&*row.native, row)).collect();
    let mut taken: HashSet<Arc<str>> = HashSet::with_capacity(listed.len());
    for item in listed {
        if !taken.insert(Arc::clone(&item.resource.key.native)) {
            continue; // ids are unique by contract; the first of two equal ids counts
        }
        let row = Fingerprint::of_row(&item.resource, converter);
        let document = Fingerprint::of_document(&item.document);
        match unseen.remove(&*item.resource.key.native) {
            Some(stored) if !may_touch(stored) => rest.listed.push(item),
            Some(stored) if stored.row == row && stored.document == document => {
                if stored.missing_since.is_some() || stored.observed_at.is_some() {
                    commit.seen_again.push(Arc::clone(&stored.native));
                }
                rest.listed.push(item);
            }
            Some(stored) if stored.document == document => {
                rest.documents.push(item.document);
                commit.writes.push(RowWrite { resource: item.resource, row, document: None });
            }
            Some(_) | None => {
                commit.writes.push(RowWrite {
                    resource: item.resource,
                    row,
                    document: Some((item.document, document)),
                });
            }
        }
    }
    let mut absent: Vec<&KnownRow> = unseen.into_values().filter(|row| may_touch(row)).collect();
    absent.sort_by(|a, b| a.native.cmp(&b.native));
    for row in absent {
        let list = if row.missing_since.is_some() { &mut commit.gone } else { &mut commit.missing };
        list.push(Arc::clone(&row.native));
    }
    (commit, rest)
}

/// Returns the stored rows of the scope after `commit`, which saves loading them.
pub fn after(known: &KnownScope, commit: &ScopeCommit, generation: u64) -> KnownScope {
    let mut rows: HashMap<Arc<str>, KnownRow> =
        known.rows.iter().map(|row| (Arc::clone(&row.native), row.clone())).collect();
    for write in &commit.writes {
        let native = Arc::clone(&write.resource.key.native);
        let document = write.document.as_ref().map(|(_, print)| *print);
        let document = document.or_else(|| rows.get(&native).map(|row| row.document)).unwrap_or(Fingerprint(0));
        let row =
            KnownRow { native: Arc::clone(&native), row: write.row, document, missing_since: None, observed_at: None };
        rows.insert(native, row);
    }
    for native in &commit.seen_again {
        if let Some(row) = rows.get_mut(native) {
            (row.missing_since, row.observed_at) = (None, None);
        }
    }
    for native in &commit.missing {
        if let Some(row) = rows.get_mut(native) {
            row.missing_since = Some(commit.started_at);
        }
    }
    for native in &commit.gone {
        rows.remove(native);
    }
    KnownScope { generation, rows: rows.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use nepho_core::{AccountId, State};
    use nepho_testkit::{instance, instance::scope};
    use proptest::prelude::*;

    use super::*;

    const T: i64 = 1_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(T + second).expect("a moment")
    }

    fn listing(second: i64, machines: &BTreeMap<u8, u8>) -> Listing {
        let listed = machines
            .iter()
            .map(|(id, name)| instance(&format!("i-{id}")).named(&format!("n{name}")).state(State::Running).listed());
        let key = ScopeKey { account: AccountId::new("a"), scope: scope("eu-west-1") };
        Listing { key, started_at: at(second), converter: 1, listed: listed.collect() }
    }

    fn changes(known: &KnownScope, listing: Listing) -> ScopeCommit {
        reconcile(known, listing).0
    }

    fn ids<'a>(natives: impl IntoIterator<Item = &'a Arc<str>>) -> Vec<String> {
        let mut ids: Vec<String> = natives.into_iter().map(ToString::to_string).collect();
        ids.sort();
        ids
    }

    fn machines() -> impl Strategy<Value = BTreeMap<u8, u8>> {
        proptest::collection::btree_map(0..12_u8, 0..3_u8, 0..10)
    }

    proptest! {
        #[test]
        fn row_absent_from_two_listings_is_gone(first in machines(), then in machines()) {
            let commit = changes(&KnownScope::default(), listing(0, &first));
            let known = after(&KnownScope::default(), &commit, 1);
            let commit = changes(&known, listing(1, &then));
            let changed = then.iter().filter(|(id, name)| first.get(id) != Some(name)).count();
            prop_assert_eq!(commit.writes.len(), changed);
            let lost: Vec<String> = first.keys().filter(|id| !then.contains_key(id)).map(|id| format!("i-{id}")).collect();
            let mut lost = lost;
            lost.sort();
            prop_assert_eq!(ids(&commit.missing), lost.clone());
            prop_assert!(commit.gone.is_empty(), "absent once is not gone");
            let known = after(&known, &commit, 2);
            let again = changes(&known, listing(2, &then));
            prop_assert_eq!(ids(&again.gone), lost);
            prop_assert!(again.writes.is_empty() && again.missing.is_empty() && again.seen_again.is_empty());
            let known = after(&known, &again, 3);
            prop_assert_eq!(known.rows.len(), then.len());
            let settled = changes(&known, listing(3, &then));
            prop_assert_eq!(settled.writes.len() + settled.missing.len() + settled.gone.len(), 0);
        }

        #[test]
        fn listing_is_rebuilt_after_a_failed_commit(first in machines(), then in machines(), converter in 1..3_u32) {
            let known = after(&KnownScope::default(), &changes(&KnownScope::default(), listing(0, &first)), 1);
            let mut fresh = listing(1, &then);
            // Another converter writes every row, most of them without their documents.
            fresh.converter = converter;
            let natives = |listing: &Listing| {
                let mut listed = listing.listed.clone();
                listed.sort_by(|a, b| a.resource.key.native.cmp(&b.resource.key.native));
                listed
            };
            let expected = natives(&fresh);
            let (commit, rest) = reconcile(&known, fresh);
            let again = rest.listing(commit.clone());
            prop_assert_eq!(natives(&again), expected);
            let (mut same, _) = reconcile(&known, again);
            same.writes.sort_by(|a, b| a.resource.key.native.cmp(&b.resource.key.native));
            let mut commit = commit;
            commit.writes.sort_by(|a, b| a.resource.key.native.cmp(&b.resource.key.native));
            prop_assert_eq!(same, commit);
        }

        #[test]
        fn row_read_after_the_listing_started_stays_unchanged(
            stored in machines(), listed in machines(), observed in 0..12_u8,
        ) {
            let commit = changes(&KnownScope::default(), listing(0, &stored));
            let mut known = after(&KnownScope::default(), &commit, 1);
            let observed = format!("i-{observed}");
            for row in known.rows.iter_mut().filter(|row| *row.native == *observed) {
                row.observed_at = Some(at(5));
            }
            let commit = changes(&known, listing(4, &listed));
            if known.rows.iter().any(|row| *row.native == *observed) {
                prop_assert!(commit.writes.iter().all(|write| *write.resource.key.native != *observed));
                let touched = [&commit.missing, &commit.gone, &commit.seen_again];
                prop_assert!(touched.iter().all(|list| !ids(*list).contains(&observed)));
            }
        }
    }

    #[test]
    fn listing_prevails_over_an_older_single_read() {
        let one = BTreeMap::from([(1, 1)]);
        let mut known = after(&KnownScope::default(), &changes(&KnownScope::default(), listing(0, &one)), 1);
        known.rows[0].observed_at = Some(at(3));
        let commit = changes(&known, listing(4, &one));
        assert_eq!(ids(&commit.seen_again), ["i-1"]);
    }

    #[test]
    fn changed_document_alone_is_written() {
        let one = BTreeMap::from([(1, 1)]);
        let known = after(&KnownScope::default(), &changes(&KnownScope::default(), listing(0, &one)), 1);
        let mut changed = listing(1, &one);
        changed.listed[0].document.bytes = bytes::Bytes::from_static(b"{\"other\":1}");
        let commit = changes(&known, changed);
        assert_eq!(commit.writes.len(), 1);
        assert_eq!(commit.writes[0].row, known.rows[0].row);
        assert!(commit.writes[0].document.is_some());
    }

    #[test]
    fn a_changed_row_alone_is_written_without_its_document() {
        let one = BTreeMap::from([(1, 1)]);
        let known = after(&KnownScope::default(), &changes(&KnownScope::default(), listing(0, &one)), 1);
        let mut changed = listing(1, &one);
        changed.listed[0].resource.state = State::Stopped;
        let commit = changes(&known, changed);
        assert_eq!(commit.writes.len(), 1);
        assert_ne!(commit.writes[0].row, known.rows[0].row);
        assert!(commit.writes[0].document.is_none());
    }
}
