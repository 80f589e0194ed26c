//! The contents of a snapshot: shared tables of accounts, scopes, segments and overlays.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use nepho_core::{Account, AccountId, ResourceKey};

use crate::{
    Overlay, RowView,
    freshness::Freshness,
    order_cache::OrderCache,
    position::{At, row_number},
    scope_table::ScopeTable,
    search::Scene,
    segment::{Place, Segment},
};

/// The age past which facts are stale if no poller runs: 15 minutes.
pub const DEFAULT_STALE_AFTER: Duration = Duration::from_mins(15);

/// The contents of a snapshot. Equal parts are shared with the preceding snapshot.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) accounts: Arc<BTreeMap<AccountId, Account>>,
    pub(crate) scopes: ScopeTable,
    pub(crate) overlays: Arc<BTreeMap<ResourceKey, Overlay>>,
    /// The rows of each scope. A segment keeps its slot while its scope exists.
    pub(crate) segments: Arc<Vec<Option<Arc<Segment>>>>,
    /// The slots without a segment.
    pub(crate) free: Arc<Vec<u32>>,
    /// The slots that have rows of a place.
    pub(crate) places: Arc<HashMap<Place, Vec<u32>>>,
    /// The overlays of existing rows, sorted by row position.
    pub(crate) overlaid: Arc<Vec<(At, Overlay)>>,
    /// All rows in order of name.
    pub(crate) by_name: Arc<Vec<At>>,
    pub(crate) orders: OrderCache,
    pub(crate) limit: Duration,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            accounts: Arc::default(),
            scopes: ScopeTable::default(),
            overlays: Arc::default(),
            segments: Arc::default(),
            free: Arc::default(),
            places: Arc::default(),
            overlaid: Arc::default(),
            by_name: Arc::default(),
            orders: OrderCache::default(),
            limit: DEFAULT_STALE_AFTER,
        }
    }
}

impl Inner {
    pub(crate) fn segment(&self, slot: u32) -> Option<&Segment> {
        self.segments.get(slot as usize)?.as_deref()
    }

    /// Returns a segment with its context.
    pub(crate) fn scene(&self, slot: u32) -> Option<Scene<'_>> {
        let segment = self.segment(slot)?;
        let from = self.overlaid.partition_point(|(at, _)| at.slot < slot);
        let to = self.overlaid.partition_point(|(at, _)| at.slot <= slot);
        Some(Scene {
            segment,
            account: self.accounts.get(&segment.key.account),
            record: self.scopes.record(&segment.key),
            overlays: &self.overlaid[from..to],
        })
    }

    /// Returns every slot that has a segment.
    pub(crate) fn scenes(&self) -> impl Iterator<Item = (u32, Scene<'_>)> {
        (0..).zip(&*self.segments).filter_map(|(slot, _)| Some((slot, self.scene(slot)?)))
    }

    /// Returns the account's name, or its id while the account is unknown.
    pub(crate) fn account_name<'a>(&'a self, id: &'a AccountId) -> &'a str {
        self.accounts.get(id).map_or(id.as_str(), |account| &account.name)
    }

    /// Returns the positions of the rows of `key`: one, or several if two scopes list it.
    pub(crate) fn locate(&self, key: &ResourceKey) -> impl Iterator<Item = At> {
        let slots = self.places.get(&Place::of(key)).map_or(&[][..], |slots| slots);
        slots.iter().filter_map(move |&slot| {
            let segment = self.segment(slot).filter(|segment| segment.key.scope.kind == key.kind)?;
            Some(At { slot, row: row_number(segment.position(key)?) })
        })
    }

    /// Returns the position of the row of `key`, and prefers a row that is not missing.
    pub(crate) fn locate_one(&self, key: &ResourceKey) -> Option<At> {
        self.locate(key)
            .min_by_key(|at| self.segment(at.slot).is_none_or(|segment| segment.row(at.row()).missing_since.is_some()))
    }

    /// Returns the shown form of a row.
    pub(crate) fn view(&self, at: At, freshness: Freshness) -> Option<RowView> {
        Some(crate::view::view(&self.scene(at.slot)?, at.row(), freshness))
    }
}
