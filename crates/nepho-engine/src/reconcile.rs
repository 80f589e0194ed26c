//! Compares a complete listing with what is stored of its scope. A pure function.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use nepho_core::{
    ScopeKey, Timestamp,
    cache::{KnownRow, KnownScope, RowWrite, ScopeCommit},
    fingerprint::Fingerprint,
    provider::Listed,
};

/// A scope's complete listing.
#[derive(Debug)]
pub struct Listing {
    /// Which scope.
    pub key: ScopeKey,
    /// When the listing started: its facts are as of then.
    pub started_at: Timestamp,
    /// The provider's converter version.
    pub converter: u32,
    /// Everything that was listed.
    pub listed: Vec<Listed>,
}

/// Computes the changes that `listing` makes to `known`.
///
/// Rows that this listing may not touch are left as they are, listed or not: those read singly
/// after the listing started, and those in `held` (an action's reply came after it started). A row
/// absent once is *missing*; a row absent from two complete listings in a row is *gone*.
pub fn reconcile<S: std::hash::BuildHasher>(
    known: &KnownScope,
    listing: &Listing,
    held: &HashSet<Arc<str>, S>,
) -> ScopeCommit {
    let started_at = listing.started_at;
    let mut commit = ScopeCommit {
        key: listing.key.clone(),
        base: known.generation,
        started_at,
        writes: Vec::new(),
        seen_again: Vec::new(),
        missing: Vec::new(),
        gone: Vec::new(),
    };
    let may_touch = |row: &KnownRow| row.observed_at.is_none_or(|at| at <= started_at) && !held.contains(&row.native);
    let mut unseen: HashMap<&str, &KnownRow> = known.rows.iter().map(|row| (&*row.native, row)).collect();
    let mut taken: HashSet<&str> = HashSet::with_capacity(listing.listed.len());
    for one in &listing.listed {
        if !taken.insert(&one.resource.key.native) {
            continue; // a provider promises unique ids; were one listed twice, the first stands
        }
        let row = Fingerprint::of_row(&one.resource, listing.converter);
        let document = Fingerprint::of_document(&one.document);
        match unseen.remove(&*one.resource.key.native) {
            None => commit.writes.push(write(one, row, Some(document))),
            Some(stored) if !may_touch(stored) => {}
            Some(stored) if stored.row == row && stored.document == document => {
                if stored.missing_since.is_some() || stored.observed_at.is_some() {
                    commit.seen_again.push(Arc::clone(&stored.native));
                }
            }
            Some(stored) => {
                commit.writes.push(write(one, row, (stored.document != document).then_some(document)));
            }
        }
    }
    let mut absent: Vec<&KnownRow> = unseen.into_values().filter(|row| may_touch(row)).collect();
    absent.sort_by(|a, b| a.native.cmp(&b.native));
    for row in absent {
        let list = if row.missing_since.is_some() { &mut commit.gone } else { &mut commit.missing };
        list.push(Arc::clone(&row.native));
    }
    commit
}

fn write(one: &Listed, row: Fingerprint, document: Option<Fingerprint>) -> RowWrite {
    let document = document.map(|print| (one.document.clone(), print));
    RowWrite { resource: one.resource.clone(), row, document }
}

/// What is stored of the scope once `commit` is done; saves reading it back.
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
