//! What is shown of the inventory: a row, a glance at one, and the totals.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use nepho_core::{AccountId, Action, Failure, Health, Kind, Location, ProviderKind, Region, ResourceKey, State, Timestamp, Zone};

use crate::{Overlay, freshness::Freshness, search::Scene, segment::Segment};

/// One row as the table and `nepho list` show it. Owned, built only for the rows that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// What it is called for ever.
    pub key: ResourceKey,
    /// The cloud.
    pub provider: ProviderKind,
    /// The account's id.
    pub account: AccountId,
    /// The account's name; its id while the account itself is not known here.
    pub account_name: Arc<str>,
    /// Whether the account is a production account.
    pub prod: bool,
    /// The kind.
    pub kind: Kind,
    /// The region.
    pub region: Region,
    /// The region or the zone whose listing shows it.
    pub location: Location,
    /// The zone.
    pub zone: Option<Zone>,
    /// The display name, byte for byte; empty when it has none.
    pub name: String,
    /// The state: the overlay's while there is one that names a state, else the row's.
    pub state: State,
    /// The provider's word for `state`.
    pub raw_state: String,
    /// The action whose reply is shown over the row and is not yet confirmed.
    pub pending: Option<Action>,
    /// The health; unknown until checks exist.
    pub health: Health,
    /// The machine type.
    pub size: String,
    /// Private addresses, primary first.
    pub private_ips: Vec<IpAddr>,
    /// Public addresses, primary first.
    pub public_ips: Vec<IpAddr>,
    /// DNS names.
    pub dns_names: Vec<String>,
    /// Tags or labels.
    pub tags: BTreeMap<String, String>,
    /// When it was created, where that is known.
    pub created_at: Option<Timestamp>,
    /// When it was last started.
    pub started_at: Option<Timestamp>,
    /// How old these facts are: the start of the scope's last complete listing, or of a later
    /// reading of this row alone. Never later than `missing_since` on the listing's word.
    pub as_of: Option<Timestamp>,
    /// Whether the facts may be out of date: the scope's last try failed, the row is missing, or
    /// `as_of` is older than the snapshot's limit (or unknown).
    pub stale: bool,
    /// The start of the first complete listing that did not show it, if the last one did not.
    pub missing_since: Option<Timestamp>,
    /// Why the scope's last try failed, if it did.
    pub failure: Option<Failure>,
}

/// The few facts that deciding about a selection needs; cheap enough for 100,000 rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSummary {
    /// Whose.
    pub account: AccountId,
    /// The cloud.
    pub provider: ProviderKind,
    /// The kind.
    pub kind: Kind,
    /// The state as shown, overlay included.
    pub state: State,
    /// See [`RowView::pending`].
    pub pending: Option<Action>,
}

/// Counts over the whole inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows in all.
    pub all: usize,
    /// Rows by state as shown; states without rows are left out.
    pub states: BTreeMap<State, usize>,
    /// Rows that are stale, see [`RowView::stale`].
    pub stale: usize,
    /// Rows that the last complete listing of their scope did not show.
    pub missing: usize,
    /// Rows with an overlay, see [`RowView::pending`].
    pub pending: usize,
}

/// Builds a row.
pub(crate) fn view(scene: &Scene<'_>, at: usize, freshness: Freshness) -> RowView {
    let row = scene.segment.row(at);
    let resource = &row.resource;
    let overlay = scene.overlay(at);
    let raw_state = overlay.filter(|overlay| overlay.state.is_some()).map_or(&resource.raw_state, |it| &it.raw_state);
    let failure = scene.record.and_then(|record| record.failure.clone());
    let as_of = scene.as_of(at);
    RowView {
        key: resource.key.clone(),
        provider: resource.key.provider,
        account: row.account.clone(),
        account_name: scene.account.map_or(row.account.as_str(), |account| &account.name).into(),
        prod: scene.is_prod(),
        kind: resource.key.kind,
        region: resource.key.region.clone(),
        location: row.scope.location.clone(),
        zone: resource.zone.clone(),
        name: resource.name.clone(),
        state: scene.state(at),
        raw_state: raw_state.clone(),
        pending: overlay.map(|overlay| overlay.action),
        health: Health::Unknown,
        size: resource.size.clone(),
        private_ips: resource.private_ips.clone(),
        public_ips: resource.public_ips.clone(),
        dns_names: resource.dns_names.clone(),
        tags: resource.tags.clone(),
        created_at: resource.created_at,
        started_at: resource.started_at,
        as_of,
        stale: failure.is_some() || row.missing_since.is_some() || freshness.is_old(as_of),
        missing_since: row.missing_since,
        failure,
    }
}

/// Takes a glance at a row.
pub(crate) fn summary(segment: &Segment, at: usize, overlay: Option<&Overlay>) -> RowSummary {
    let row = segment.row(at);
    RowSummary {
        account: row.account.clone(),
        provider: row.resource.key.provider,
        kind: row.resource.key.kind,
        state: overlay.and_then(|overlay| overlay.state).unwrap_or(segment.states[at]),
        pending: overlay.map(|overlay| overlay.action),
    }
}
