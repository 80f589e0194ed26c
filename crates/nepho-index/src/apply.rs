//! Construction of the next snapshot. A change affects only the scopes that it names.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use nepho_core::{ResourceKey, ScopeKey, cache::CachedRow};

use crate::{
    Change, SortColumn,
    inner::Inner,
    order_cache::OrderCache,
    position::{At, row_number},
    segment::{Place, Segment},
};

/// A snapshot under construction.
pub(crate) struct Draft {
    next: Inner,
    /// The slots of scopes that have rows.
    slots: BTreeMap<ScopeKey, u32>,
    /// Slots whose row numbers changed meaning, because rows were added, removed or renamed.
    moved: BTreeSet<u32>,
    /// Set if a row changed.
    rows: bool,
    overlays: bool,
}

impl Draft {
    pub(crate) fn new(next: Inner) -> Self {
        let slots = (0..)
            .zip(&next.segments)
            .filter_map(|(slot, segment)| Some((segment.as_ref()?.key.clone(), slot)))
            .collect();
        Self { next, slots, moved: BTreeSet::new(), rows: false, overlays: false }
    }

    pub(crate) fn make(&mut self, change: Change) {
        match change {
            Change::Rows { upserts, removed } => self.rows(upserts, &removed),
            Change::ReplaceScope { key, rows } => {
                let old = self.slots.get(&key).and_then(|&slot| self.next.segments[slot as usize].clone());
                self.put(Segment::replace(key, rows, old.as_deref()));
            }
            Change::Scopes(records) => {
                let scopes = Arc::make_mut(&mut self.next.scopes);
                scopes.extend(records.into_iter().map(|record| (record.key.clone(), record)));
                self.next.orders.forget(SortColumn::AsOf);
            }
            Change::RemoveScopes(keys) => keys.iter().for_each(|key| self.remove_scope(key)),
            Change::Accounts(accounts) => {
                let known = Arc::make_mut(&mut self.next.accounts);
                known.extend(accounts.into_iter().map(|account| (account.id.clone(), account)));
                self.next.orders.forget(SortColumn::Account);
            }
            Change::RemoveAccount(id) => {
                Arc::make_mut(&mut self.next.accounts).remove(&id);
                let scopes = self.slots.keys().chain(self.next.scopes.keys());
                let scopes: BTreeSet<_> = scopes.filter(|key| key.account == id).cloned().collect();
                for key in &scopes {
                    self.remove_scope(key);
                }
            }
            Change::Overlay { key, overlay } => {
                let overlays = Arc::make_mut(&mut self.next.overlays);
                match overlay {
                    Some(overlay) => overlays.insert(key, overlay),
                    None => overlays.remove(&key),
                };
                self.overlays = true;
            }
        }
    }

    fn rows(&mut self, upserts: Vec<CachedRow>, removed: &[ResourceKey]) {
        let mut by_scope: BTreeMap<ScopeKey, Vec<CachedRow>> = BTreeMap::new();
        for row in upserts {
            let key = ScopeKey { account: row.account.clone(), scope: row.scope.clone() };
            by_scope.entry(key).or_default().push(row);
        }
        for (key, &slot) in &self.slots {
            let segment = self.next.segment(slot);
            if removed.iter().any(|key| segment.is_some_and(|segment| segment.position(key).is_some())) {
                by_scope.entry(key.clone()).or_default();
            }
        }
        for (key, upserts) in by_scope {
            let segment = match self.slots.get(&key).and_then(|&slot| self.next.segment(slot)) {
                Some(old) => old.with(upserts, removed),
                None => Segment::replace(key, upserts, None),
            };
            self.put(segment);
        }
    }

    /// Stores a segment in the slot of its scope.
    fn put(&mut self, segment: Segment) {
        self.rows = true;
        let slot = self.slot(&segment.key);
        let place = &mut self.next.segments[slot as usize];
        if !place.as_ref().is_some_and(|old| old.is_aligned_with(&segment)) {
            self.moved.insert(slot);
        }
        *place = Some(Arc::new(segment));
    }

    /// Returns the slot of a scope, and assigns a free or new one if it has none.
    fn slot(&mut self, key: &ScopeKey) -> u32 {
        if let Some(&slot) = self.slots.get(key) {
            return slot;
        }
        let segments = &mut self.next.segments;
        let slot = segments.iter().position(Option::is_none).unwrap_or(segments.len());
        if slot == segments.len() {
            segments.push(None);
        }
        self.slots.insert(key.clone(), row_number(slot));
        row_number(slot)
    }

    fn remove_scope(&mut self, key: &ScopeKey) {
        Arc::make_mut(&mut self.next.scopes).remove(key);
        if let Some(slot) = self.slots.remove(key) {
            self.next.segments[slot as usize] = None;
            self.moved.insert(slot);
            self.rows = true;
        }
    }

    pub(crate) fn finish(mut self) -> Inner {
        if !self.moved.is_empty() {
            let fresh: Vec<u32> = self.moved.iter().copied().collect();
            self.next.by_name =
                Arc::new(self.next.mended(&self.next.by_name, |slot| self.moved.contains(&slot), &fresh));
        }
        if self.rows {
            self.next.orders = OrderCache::default();
            self.next.places = Arc::new(places(&self.next));
        }
        if self.overlays {
            self.next.orders.forget(SortColumn::State);
        }
        if self.rows || self.overlays {
            self.next.overlaid = Arc::new(overlaid(&self.next));
        }
        self.next
    }
}

fn places(next: &Inner) -> HashMap<Place, Vec<u32>> {
    let mut places: HashMap<Place, Vec<u32>> = HashMap::new();
    for (slot, segment) in (0..).zip(&next.segments) {
        for place in segment.iter().flat_map(|segment| segment.places.values()) {
            places.entry(place.clone()).or_default().push(slot);
        }
    }
    places
}

fn overlaid(next: &Inner) -> Vec<(At, crate::Overlay)> {
    let mut overlaid: Vec<_> =
        next.overlays.iter().flat_map(|(key, overlay)| next.locate(key).map(|at| (at, overlay.clone()))).collect();
    overlaid.sort_by_key(|(at, _)| *at);
    overlaid
}
