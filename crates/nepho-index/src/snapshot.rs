//! The inventory at one moment.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
    time::Duration,
};

use nepho_core::{
    Account, AccountId, ResourceKey, ScopeKey, Timestamp,
    cache::{CachedRow, ScopeRecord},
    status::Totals,
};

use crate::{
    Change, Hits, Overlay, Query, RowSummary, RowView, Sort,
    apply::Draft,
    freshness::Freshness,
    order::{At, Orders},
    search::Scene,
    segment::{Place, Segment},
};

/// The age past which facts are stale while nothing polls: 15 minutes.
pub const DEFAULT_STALE_AFTER: Duration = Duration::from_mins(15);

/// The inventory at one moment: immutable, cheap to clone, shared by all readers.
#[derive(Clone, Default)]
pub struct Snapshot {
    pub(crate) inner: Arc<Inner>,
}

/// What a snapshot is made of. Each part is shared with the snapshot before where it is the same.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) accounts: Arc<BTreeMap<AccountId, Account>>,
    pub(crate) scopes: Arc<BTreeMap<ScopeKey, ScopeRecord>>,
    pub(crate) overlays: Arc<BTreeMap<ResourceKey, Overlay>>,
    /// The rows of each scope. A segment keeps its slot for as long as its scope is there.
    pub(crate) segments: Vec<Option<Arc<Segment>>>,
    /// Which slots have rows of a place.
    pub(crate) places: Arc<HashMap<Place, Vec<u32>>>,
    /// The overlays whose row is there, by where it is.
    pub(crate) overlaid: Arc<Vec<(At, Overlay)>>,
    /// All rows in order of name.
    pub(crate) by_name: Arc<Vec<At>>,
    pub(crate) orders: Orders,
    pub(crate) limit: Duration,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            accounts: Arc::default(),
            scopes: Arc::default(),
            overlays: Arc::default(),
            segments: Vec::new(),
            places: Arc::default(),
            overlaid: Arc::default(),
            by_name: Arc::default(),
            orders: Orders::default(),
            limit: DEFAULT_STALE_AFTER,
        }
    }
}

impl Inner {
    pub(crate) fn segment(&self, slot: u32) -> Option<&Segment> {
        self.segments.get(slot as usize)?.as_deref()
    }

    /// A segment and what is known beside it.
    pub(crate) fn scene(&self, slot: u32) -> Option<Scene<'_>> {
        let segment = self.segment(slot)?;
        let from = self.overlaid.partition_point(|(at, _)| at.slot < slot);
        let to = self.overlaid.partition_point(|(at, _)| at.slot <= slot);
        Some(Scene {
            segment,
            account: self.accounts.get(&segment.key.account),
            record: self.scopes.get(&segment.key),
            overlays: &self.overlaid[from..to],
        })
    }

    /// Every slot with a segment.
    pub(crate) fn scenes(&self) -> impl Iterator<Item = (u32, Scene<'_>)> {
        (0..).zip(&self.segments).filter_map(|(slot, _)| Some((slot, self.scene(slot)?)))
    }

    /// The account's name; its id while the account is not known.
    pub(crate) fn account_name<'a>(&'a self, id: &'a AccountId) -> &'a str {
        self.accounts.get(id).map_or(id.as_str(), |account| &account.name)
    }

    /// Where the rows of `key` are: one, or several when two scopes list it.
    pub(crate) fn locate(&self, key: &ResourceKey) -> impl Iterator<Item = At> {
        let slots = self.places.get(&Place::of(key)).map_or(&[][..], |slots| slots);
        slots.iter().filter_map(move |&slot| {
            let segment = self.segment(slot).filter(|segment| segment.key.scope.kind == key.kind)?;
            Some(At { slot, row: crate::segment::row_number(segment.position(key)?) })
        })
    }

    /// The row of `key`; of several one that is not missing.
    pub(crate) fn locate_one(&self, key: &ResourceKey) -> Option<At> {
        self.locate(key)
            .min_by_key(|at| self.segment(at.slot).is_none_or(|segment| segment.row(at.row()).missing_since.is_some()))
    }

    fn view(&self, at: At, freshness: Freshness) -> Option<RowView> {
        Some(crate::view::view(&self.scene(at.slot)?, at.row(), freshness))
    }
}

impl Snapshot {
    /// An inventory with nothing in it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The same inventory with another limit of age, see [`RowView::stale`]: three times the
    /// polling interval, or [`DEFAULT_STALE_AFTER`] when nothing polls. The next snapshots keep it.
    #[must_use]
    pub fn with_stale_after(&self, limit: Duration) -> Self {
        Self { inner: Arc::new(Inner { limit, ..Inner::clone(&self.inner) }) }
    }

    /// The limit of age in use.
    pub fn stale_after(&self) -> Duration {
        self.inner.limit
    }

    /// The inventory after `changes`. What they do not touch is shared with this one.
    #[must_use]
    pub fn apply(&self, changes: Vec<Change>) -> Self {
        let mut draft = Draft::new(Inner::clone(&self.inner));
        for change in changes {
            draft.make(change);
        }
        Self { inner: Arc::new(draft.finish()) }
    }

    /// Runs `query`. The order is the query's own `sort:` if it has one, else `sort`.
    pub fn search(&self, query: &Query, sort: Sort, now: Timestamp) -> Hits {
        Hits::of(self.clone(), query, query.sort().unwrap_or(sort), self.freshness(now))
    }

    /// One row as it is shown.
    pub fn get(&self, key: &ResourceKey, now: Timestamp) -> Option<RowView> {
        self.inner.view(self.inner.locate_one(key)?, self.freshness(now))
    }

    /// One row as it is stored, without its overlay.
    pub fn row(&self, key: &ResourceKey) -> Option<Arc<CachedRow>> {
        let at = self.inner.locate_one(key)?;
        Some(Arc::clone(self.inner.segment(at.slot)?.row(at.row())))
    }

    /// The little that deciding about a selection needs.
    pub fn summary(&self, key: &ResourceKey) -> Option<RowSummary> {
        let at = self.inner.locate_one(key)?;
        let overlaid = &self.inner.overlaid;
        let overlay = overlaid.binary_search_by_key(&at, |(at, _)| *at).ok().map(|found| &overlaid[found].1);
        Some(crate::view::summary(self.inner.segment(at.slot)?, at.row(), overlay))
    }

    /// The rows that `text` names: the row with exactly that key; else the rows with exactly that
    /// native id; else the rows with exactly that name. Case counts. In order of name.
    pub fn find(&self, text: &str, now: Timestamp) -> Vec<RowView> {
        if let Some(row) = text.parse().ok().and_then(|key| self.get(&key, now)) {
            return vec![row];
        }
        let named = |is_it: &dyn Fn(&CachedRow) -> bool| -> Vec<RowView> {
            let rows = self.inner.by_name.iter().copied();
            let found = rows.filter(|at| self.inner.segment(at.slot).is_some_and(|s| is_it(s.row(at.row()))));
            found.filter_map(|at| self.inner.view(at, self.freshness(now))).collect()
        };
        if text.is_empty() {
            return Vec::new();
        }
        let by_id = named(&|row| *row.resource.key.native == *text);
        if by_id.is_empty() { named(&|row| row.resource.name == text) } else { by_id }
    }

    /// Counts over the whole inventory.
    pub fn totals(&self, now: Timestamp) -> Totals {
        let mut totals = Totals { all: self.len(), pending: self.inner.overlaid.len(), ..Totals::default() };
        for (_, scene) in self.inner.scenes() {
            (0..scene.segment.len()).for_each(|at| *totals.states.entry(scene.state(at)).or_default() += 1);
            totals.stale += scene.stale(self.freshness(now)).count();
            totals.missing += scene.segment.missing.len();
        }
        totals
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.inner.by_name.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of a scope.
    pub fn scope(&self, key: &ScopeKey) -> Option<&ScopeRecord> {
        self.inner.scopes.get(key)
    }

    /// The scopes of an account, in order of location and kind.
    pub fn scopes_of(&self, account: &AccountId) -> Vec<&ScopeRecord> {
        self.inner.scopes.values().filter(|record| record.key.account == *account).collect()
    }

    /// Every scope, by account, then in order of location and kind.
    pub fn scopes(&self) -> Vec<&ScopeRecord> {
        self.inner.scopes.values().collect()
    }

    /// One account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.inner.accounts.get(id)
    }

    /// The accounts, in order of id.
    pub fn accounts(&self) -> Vec<&Account> {
        self.inner.accounts.values().collect()
    }

    /// The overlay of a row, if it has one.
    pub fn overlay(&self, key: &ResourceKey) -> Option<&Overlay> {
        self.inner.overlays.get(key)
    }

    pub(crate) fn freshness(&self, now: Timestamp) -> Freshness {
        Freshness { now, limit: self.inner.limit }
    }
}

/// Rows are strangers' texts and too many to print.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("accounts", &self.inner.accounts.len())
            .field("scopes", &self.inner.scopes.len())
            .field("rows", &self.len())
            .finish()
    }
}
