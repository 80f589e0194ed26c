//! Construction of a segment from new rows and the unchanged rows of its predecessor.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use nepho_core::{Realm, Region, ResourceKey, ScopeKey, Zone, cache::CachedRow};

use super::{Place, Segment, compare, digest};
use crate::{column::Column, position::row_number, row_set::RowSet, text};

/// A row to be placed in a segment, with its packed text.
struct Source<'a> {
    row: Arc<CachedRow>,
    packed: Cow<'a, str>,
}

impl Source<'_> {
    fn new(row: CachedRow) -> Self {
        Self { packed: text::pack(&row.resource).into(), row: Arc::new(row) }
    }
}

impl Segment {
    /// Builds the segment of all rows of a scope; reuses the unchanged rows of `old`.
    pub(crate) fn replace(key: ScopeKey, rows: Vec<CachedRow>, old: Option<&Self>) -> Self {
        let mut home = Home::new(&key);
        let (mut kept, mut new) = (Vec::new(), Vec::new());
        for row in last_of_each_key(rows) {
            let row = home.take_in(row);
            match old.and_then(|old| Some((old, old.position(&row.resource.key)?))) {
                Some((old, at)) if *old.rows[at] == row => kept.push(at),
                _ => new.push(Source::new(row)),
            }
        }
        // Restores their old order, so that the sort finds them in order.
        kept.sort_unstable();
        let kept = kept.into_iter().filter_map(|at| Some(old?.source(at)));
        let sources = kept.chain(new).collect();
        Self::build(key, sources)
    }

    /// Returns this segment with some rows inserted and some removed.
    pub(crate) fn with(&self, upserts: Vec<CachedRow>, removed: &[ResourceKey]) -> Self {
        let mut kept = RowSet::filled(self.len(), true);
        for key in removed.iter().chain(upserts.iter().map(|row| &row.resource.key)) {
            if let Some(at) = self.position(key) {
                kept.set(at, false);
            }
        }
        let mut home = Home::new(&self.key);
        let kept = kept.iter().map(|at| self.source(at));
        let sources = kept.chain(last_of_each_key(upserts).map(|row| Source::new(home.take_in(row)))).collect();
        Self::build(self.key.clone(), sources)
    }

    fn source(&self, at: usize) -> Source<'_> {
        Source { row: Arc::clone(&self.rows[at]), packed: self.packed(at).into() }
    }

    fn build(key: ScopeKey, mut sources: Vec<Source<'_>>) -> Self {
        // A stable sort merges runs, and the rows from an old segment form one run.
        sources.sort_by(|a, b| compare(&a.packed, &a.row, &b.packed, &b.row));
        let mut packed = String::with_capacity(sources.iter().map(|source| source.packed.len()).sum());
        let ends = sources
            .iter()
            .map(|source| {
                packed.push_str(&source.packed);
                packed.len()
            })
            .collect();
        let rows: Vec<_> = sources.into_iter().map(|source| source.row).collect();
        let resources = || rows.iter().map(|row| &row.resource);
        let numbered = || rows.iter().enumerate().map(|(at, row)| (row_number(at), row));
        let mut digests: Vec<_> = numbered().map(|(at, row)| (digest(&row.resource.key), at)).collect();
        digests.sort_unstable();
        Self {
            key,
            packed,
            ends,
            digests,
            places: Column::new(
                resources().map(|resource| (resource.key.provider, &resource.key.realm, &resource.key.region)),
                |(provider, realm, region)| Place { provider, realm: realm.clone(), region: region.clone() },
            ),
            zones: Column::new(resources().map(|resource| resource.zone.as_ref().map_or("", Zone::as_str)), Box::from),
            sizes: Column::new(resources().map(|resource| &*resource.size), Box::from),
            raw_states: Column::new(resources().map(|resource| &*resource.raw_state), Box::from),
            states: resources().map(|resource| resource.state).collect(),
            missing: numbered().filter(|(_, row)| row.missing_since.is_some()).map(|(at, _)| at).collect(),
            observed: numbered().filter_map(|(at, row)| Some((at, row.observed_at?))).collect(),
            rows,
        }
    }
}

/// Drops all but the last row of each key: a listing may repeat a row.
fn last_of_each_key(rows: Vec<CachedRow>) -> impl Iterator<Item = CachedRow> {
    let last: HashMap<ResourceKey, usize> =
        rows.iter().enumerate().map(|(i, row)| (row.resource.key.clone(), i)).collect();
    rows.into_iter().enumerate().filter(move |(i, row)| last[&row.resource.key] == *i).map(|(_, row)| row)
}

/// Shares equal texts between rows, so that 100,000 rows hold 20 region texts and not 100,000.
struct Home<'a> {
    key: &'a ScopeKey,
    realms: HashSet<Realm>,
    regions: HashSet<Region>,
    zones: HashSet<Zone>,
}

impl<'a> Home<'a> {
    fn new(key: &'a ScopeKey) -> Self {
        Self { key, realms: HashSet::new(), regions: HashSet::new(), zones: HashSet::new() }
    }

    fn take_in(&mut self, mut row: CachedRow) -> CachedRow {
        row.account = self.key.account.clone();
        row.scope = self.key.scope.clone();
        share(&mut self.realms, &mut row.resource.key.realm);
        share(&mut self.regions, &mut row.resource.key.region);
        if let Some(zone) = &mut row.resource.zone {
            share(&mut self.zones, zone);
        }
        row
    }
}

fn share<T: Clone + Eq + Hash>(shared: &mut HashSet<T>, own: &mut T) {
    match shared.get(own) {
        Some(text) => *own = text.clone(),
        None => {
            shared.insert(own.clone());
        }
    }
}
