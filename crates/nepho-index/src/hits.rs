//! The result of a query: counts over all hits, and rows for a page of them.

use std::{cmp::Reverse, collections::BTreeMap, fmt, sync::Arc};

use nepho_core::{AccountId, ProviderKind, Region, ResourceKey, State, Timestamp};

use crate::{Query, RowView, Snapshot, Sort, freshness::Freshness, position::At, row_set::RowSet, search::Scene};

/// The number of hits with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet<T> {
    /// The value.
    pub value: T,
    /// The value's label on screen and in queries: an account's name, or the value's own text.
    pub label: Arc<str>,
    /// Number of hits with the value; never 0.
    pub count: usize,
}

/// The values among the hits; each list starts with the most frequent value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Clouds.
    pub provider: Vec<Facet<ProviderKind>>,
    /// Accounts.
    pub account: Vec<Facet<AccountId>>,
    /// Regions.
    pub region: Vec<Facet<Region>>,
    /// States as shown.
    pub state: Vec<Facet<State>>,
}

/// The ordered hits of one query in one snapshot. Holds that snapshot, so later changes do not
/// affect it.
#[derive(Clone)]
pub struct Hits {
    /// Number of hits.
    pub total: usize,
    /// Number of rows in the inventory.
    pub inventory_total: usize,
    /// Number of stale hits.
    pub stale: usize,
    /// Counts by cloud, account, region and state.
    pub facets: Facets,
    /// The order in use: the query's `sort:`, or the caller's order.
    pub sort: Sort,
    snapshot: Snapshot,
    freshness: Freshness,
    rows: Arc<Vec<At>>,
    /// The hits of each slot; `None` if every row matches.
    matched: Option<Vec<RowSet>>,
}

impl Snapshot {
    /// Runs `query`. Its `sort:` takes precedence over `sort`.
    pub fn search(&self, query: &Query, sort: Sort, now: Timestamp) -> Hits {
        Hits::of(self.clone(), query, query.sort().unwrap_or(sort), self.freshness(now))
    }
}

impl Hits {
    pub(crate) fn of(snapshot: Snapshot, query: &Query, sort: Sort, freshness: Freshness) -> Self {
        let inner = &snapshot.inner;
        let mut counts = Counts::default();
        let mut matched = vec![RowSet::filled(0, false); inner.segments.len()];
        for (slot, scene) in inner.scenes() {
            let rows = scene.matches(query, freshness);
            counts.add(&scene, &rows, freshness);
            matched[slot as usize] = rows;
        }
        let is_hit = |at: &At| matched[at.slot as usize].get(at.row());
        let inventory_total = inner.by_name.len();
        let rows = if query.is_unfiltered() {
            Arc::clone(inner.in_order(sort))
        } else if inner.is_in_order(sort) || counts.total * 4 > inventory_total {
            Arc::new(inner.in_order(sort).iter().copied().filter(is_hit).collect())
        } else {
            // Sorting a few hits is faster than sorting all rows.
            let hits: Vec<At> = inner.by_name.iter().copied().filter(is_hit).collect();
            Arc::new(inner.sorted(&hits, sort))
        };
        let matched = (!query.is_unfiltered()).then_some(matched);
        let facets = counts.facets(&snapshot);
        let (total, stale) = (counts.total, counts.stale);
        Self { total, inventory_total, stale, facets, sort, snapshot, freshness, rows, matched }
    }

    /// Returns up to `len` rows from `offset`; empty past the end.
    pub fn window(&self, offset: usize, len: usize) -> Vec<RowView> {
        let inner = &self.snapshot.inner;
        let rows = self.rows.iter().skip(offset).take(len);
        rows.filter_map(|at| Some(crate::view::view(&inner.scene(at.slot)?, at.row(), self.freshness))).collect()
    }

    /// Returns the keys of up to `len` hits from `offset` without building rows.
    pub fn keys_in(&self, offset: usize, len: usize) -> Vec<ResourceKey> {
        let inner = &self.snapshot.inner;
        let rows = self.rows.iter().skip(offset).take(len);
        rows.filter_map(|at| Some(inner.segment(at.slot)?.row(at.row()).resource.key.clone())).collect()
    }

    /// Returns the keys of all hits, in order.
    pub fn keys(&self) -> Vec<ResourceKey> {
        self.keys_in(0, self.total)
    }

    /// Returns the row's position among the hits.
    pub fn position(&self, key: &ResourceKey) -> Option<usize> {
        let at = self.snapshot.inner.locate(key).find(|at| self.is_hit(*at))?;
        self.rows.iter().position(|row| *row == at)
    }

    /// Returns `true` if the row is among the hits; faster than [`Hits::position`].
    pub fn contains(&self, key: &ResourceKey) -> bool {
        self.snapshot.inner.locate(key).any(|at| self.is_hit(at))
    }

    /// Returns the snapshot that was searched.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn is_hit(&self, at: At) -> bool {
        self.matched.as_ref().is_none_or(|matched| matched[at.slot as usize].get(at.row()))
    }
}

impl fmt::Debug for Hits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hits").field("total", &self.total).field("sort", &self.sort).finish_non_exhaustive()
    }
}

/// Counts over the hits of a search.
#[derive(Default)]
struct Counts {
    total: usize,
    stale: usize,
    provider: BTreeMap<ProviderKind, usize>,
    account: BTreeMap<AccountId, usize>,
    region: BTreeMap<Region, usize>,
    state: [usize; State::ALL.len()],
}

impl Counts {
    fn add(&mut self, scene: &Scene<'_>, rows: &RowSet, freshness: Freshness) {
        let total = rows.count();
        if total == 0 {
            return;
        }
        self.total += total;
        *self.account.entry(scene.segment.key.account.clone()).or_default() += total;
        let places = scene.segment.places.values();
        let mut at_place = vec![0; places.len()];
        for at in rows.iter() {
            at_place[scene.segment.places.number(at)] += 1;
            self.state[scene.state(at) as usize] += 1;
        }
        for (place, count) in places.iter().zip(at_place) {
            *self.provider.entry(place.provider).or_default() += count;
            *self.region.entry(place.region.clone()).or_default() += count;
        }
        let mut stale = scene.stale(freshness);
        stale.intersect(rows);
        self.stale += stale.count();
    }

    fn facets(&self, snapshot: &Snapshot) -> Facets {
        Facets {
            provider: facet(counts_of(&self.provider), |provider| provider.as_str().into()),
            account: facet(counts_of(&self.account), |id| snapshot.inner.account_name(id).into()),
            region: facet(counts_of(&self.region), |region| region.as_str().into()),
            state: facet(State::ALL.into_iter().zip(self.state), |state| state.as_str().into()),
        }
    }
}

fn counts_of<T: Clone>(counts: &BTreeMap<T, usize>) -> impl Iterator<Item = (T, usize)> {
    counts.iter().map(|(value, count)| (value.clone(), *count))
}

/// Sorts by descending count; equal counts keep the order of their values.
fn facet<T>(counts: impl Iterator<Item = (T, usize)>, label: impl Fn(&T) -> Arc<str>) -> Vec<Facet<T>> {
    let counts = counts.filter(|(_, count)| *count > 0);
    let mut facets: Vec<_> = counts.map(|(value, count)| Facet { label: label(&value), value, count }).collect();
    facets.sort_by_key(|facet| Reverse(facet.count));
    facets
}
