//! Construction of the next snapshot. A change affects only the scopes that it names.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use nepho_core::{
    ResourceKey, ScopeKey,
    cache::{CachedRow, ScopeRecord},
};

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
    /// Slots whose row numbers changed meaning, because rows were added, removed or renamed.
    moved: BTreeSet<u32>,
    /// Set if a row changed.
    rows: bool,
    /// Set if a segment has rows of other places than before.
    places: bool,
    overlays: bool,
}

impl Draft {
    pub(crate) fn new(next: Inner) -> Self {
        Self { next, moved: BTreeSet::new(), rows: false, places: false, overlays: false }
    }

    pub(crate) fn make(&mut self, change: Change) {
        match change {
            Change::Rows { upserts, removed } => self.rows(upserts, &removed),
            Change::ReplaceScope { key, rows } => {
                let old = self.next.scopes.slot(&key).and_then(|slot| self.next.segments[slot as usize].clone());
                self.put(Segment::replace(key, rows, old.as_deref()));
            }
            Change::Scopes(records) => {
                for record in records {
                    self.next.scopes.put(record);
                }
                self.next.orders.forget(SortColumn::AsOf);
            }
            Change::Failures { attempted_at, failures } => {
                for (key, failure) in failures {
                    let known = self.next.scopes.record(&key).cloned();
                    let record = known.unwrap_or_else(|| never_listed(key));
                    let (attempted_at, failure) = (Some(attempted_at), Some(failure));
                    self.next.scopes.put(ScopeRecord { attempted_at, failure, ..record });
                }
            }
            Change::RemoveScopes(keys) => keys.iter().for_each(|key| self.remove_scope(key)),
            Change::Accounts(accounts) => {
                let known = Arc::make_mut(&mut self.next.accounts);
                known.extend(accounts.into_iter().map(|account| (account.id.clone(), account)));
                self.next.orders.forget(SortColumn::Account);
            }
            Change::RemoveAccount(id) => {
                Arc::make_mut(&mut self.next.accounts).remove(&id);
                for key in self.next.scopes.keys_of(&id) {
                    self.remove_scope(&key);
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
        if !removed.is_empty() {
            for segment in self.next.segments.iter().flatten() {
                if removed.iter().any(|key| segment.position(key).is_some()) {
                    by_scope.entry(segment.key.clone()).or_default();
                }
            }
        }
        for (key, upserts) in by_scope {
            let segment = match self.next.scopes.slot(&key).and_then(|slot| self.next.segment(slot)) {
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
        let old = &mut Arc::make_mut(&mut self.next.segments)[slot as usize];
        if !old.as_ref().is_some_and(|old| old.is_aligned_with(&segment)) {
            self.moved.insert(slot);
        }
        let stays = old.as_ref().is_some_and(|old| old.places.values() == segment.places.values());
        self.places |= !stays;
        *old = Some(Arc::new(segment));
    }

    /// Returns the slot of a scope, and assigns a free or new one if it has none.
    fn slot(&mut self, key: &ScopeKey) -> u32 {
        if let Some(slot) = self.next.scopes.slot(key) {
            return slot;
        }
        let free = (!self.next.free.is_empty()).then(|| Arc::make_mut(&mut self.next.free).pop()).flatten();
        let slot = free.unwrap_or_else(|| {
            let segments = Arc::make_mut(&mut self.next.segments);
            segments.push(None);
            row_number(segments.len() - 1)
        });
        self.next.scopes.set_slot(key, slot);
        slot
    }

    fn remove_scope(&mut self, key: &ScopeKey) {
        if let Some(slot) = self.next.scopes.remove(key) {
            Arc::make_mut(&mut self.next.segments)[slot as usize] = None;
            Arc::make_mut(&mut self.next.free).push(slot);
            self.moved.insert(slot);
            (self.rows, self.places) = (true, true);
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
        }
        if self.places {
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

/// Returns the record of a scope without a complete listing.
fn never_listed(key: ScopeKey) -> ScopeRecord {
    ScopeRecord { key, generation: 0, rows: 0, as_of: None, attempted_at: None, failure: None }
}

fn places(next: &Inner) -> HashMap<Place, Vec<u32>> {
    let mut places: HashMap<Place, Vec<u32>> = HashMap::new();
    for (slot, segment) in (0..).zip(&*next.segments) {
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
